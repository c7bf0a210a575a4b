"""Two forwards to complete, as puzzles: lines are chosen, put in order and indented, and run on a small model."""
