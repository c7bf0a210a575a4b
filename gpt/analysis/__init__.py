"""From a Trace and its model to the arrays that a picture needs."""
