"""What the lessons try out, computed on the spot."""
