"""Questions to guess before the answer is computed."""
