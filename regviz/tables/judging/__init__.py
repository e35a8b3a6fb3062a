"""What a column is, and which columns are inputs and which is the target."""
