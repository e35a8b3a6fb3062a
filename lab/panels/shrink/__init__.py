"""What one step of the penalty does to weights."""
