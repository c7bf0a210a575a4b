"""The museum of slips: thirteen errors that tutorials print, each run broken and mended side by side."""
