"""The parts of the page As printed: a listing of a tutorial, its numbers beside the printed ones, and all of a road."""
