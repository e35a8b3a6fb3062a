"""The plane of two weights: loss, the penalty's shape, and the path of training."""
