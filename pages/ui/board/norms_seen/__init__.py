"""The page on layer norms: what its panels look at, and what panels that are not its own are sent."""
