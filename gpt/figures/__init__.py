"""From plain arrays to figures and tables: a leaf that knows nothing of models."""
