"""The studio: the form of a new training, and the runs."""
