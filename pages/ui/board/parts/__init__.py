"""What one page fills a panel with that several pages share: its questions, its worked sums, its switches."""
