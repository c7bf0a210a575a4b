"""The page of the slips."""
