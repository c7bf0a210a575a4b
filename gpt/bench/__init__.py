"""How fast it all is, side by side with what others do: `python -m gpt.bench`."""
