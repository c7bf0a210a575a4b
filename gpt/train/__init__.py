"""Training: mathematics, loop, saved states, failures. `python -m gpt.train` is the way in."""
