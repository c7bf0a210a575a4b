"""Files that a crash never leaves half written, and files of strangers, read with care."""
