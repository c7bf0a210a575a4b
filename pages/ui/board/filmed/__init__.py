"""The film of a training step: what its panels look at, and what they say."""
