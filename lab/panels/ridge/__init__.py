"""The way of training and the path of ridge solutions, in the plane of two weights."""
