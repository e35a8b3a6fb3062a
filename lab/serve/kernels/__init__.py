"""A kernel for each visitor: seats, how kernels are forked, what they are told and may take."""
