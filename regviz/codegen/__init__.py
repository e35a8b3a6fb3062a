"""A Config as a complete program that trains its network, for regviz or for PyTorch."""

from .regviz_program import program

__all__ = ["program"]
