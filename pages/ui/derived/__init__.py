"""What is found once for all visitors from a model, whatever they type: a file a page."""
"""What is found once for all visitors from a model, beyond the passes over their prompts: a file for each page."""
