"""A Config as a complete program that trains its network, for regviz or for PyTorch."""

from __future__ import annotations

from ..config import Config
from ..errors import ArgumentError
from . import regviz_program, torch_program

TARGETS = {"regviz": regviz_program.program, "torch": torch_program.program}


def program(config: Config, target: str = "regviz") -> str:
    """Return a program that trains the network of `config`, to copy and run, for regviz or for PyTorch ("torch").

    The regviz program gives the same numbers to the last bit; it contains the source of custom penalties, optimizers
    and activations. The PyTorch program is the same network, data, loss and rules of learning; its random numbers
    (start, batches, masks) are PyTorch's own. Raises ArgumentError for another target, and ConfigError for what a
    program cannot contain.
    """
    if target not in TARGETS:
        raise ArgumentError("target", target, "a program is written for regviz or for torch", "regviz")
    return TARGETS[target](config)


__all__ = ["program"]
