"""What pages share: choices, caches, layouts, components."""
