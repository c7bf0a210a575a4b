"""The panels that follow every key: their data, and how they are laid out."""
