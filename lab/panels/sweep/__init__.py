"""A sweep: loss and weights over a strength."""
