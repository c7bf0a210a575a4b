"""One training step as a film: a tiny GPT, one batch, every number forward and back, and the optimizer's step."""
