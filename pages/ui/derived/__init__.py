"""What is found once for all visitors from a model, whatever they type: a file a page."""
