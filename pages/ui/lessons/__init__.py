"""The lessons' pages."""
