"""One NumPy call, kept with all it takes to make it again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from ..arrays import Array

BY_NAME = (np.maximum, np.minimum)
"""NumPy wants to be told `out` by name in these; in all others a place is quicker than a name."""

NESTED = frozenset((tuple, list, dict))


class Call:
    """One NumPy call.

    function     what is called
    operands     arrays, Places, OUT where the result goes, and anything else, also nested in tuples, lists and dicts
    named        operands given by name
    out          the array that OUT stands for, or None
    elementwise  whether the result may take the place of an operand of its shape
    arrays       the arrays among all operands
    reads_input  whether a Place is among them
    """

    __slots__ = ("arrays", "elementwise", "function", "named", "operands", "out", "reads_input")

    def __init__(
        self,
        function: Callable[..., object],
        operands: tuple[Any, ...],
        named: dict[str, Any],
        out: Array | None,
        elementwise: bool,
    ) -> None:
        self.function, self.operands, self.named = function, operands, named
        self.out, self.elementwise = out, elementwise
        items = nested_items((operands, named))
        self.arrays = [x for x in items if isinstance(x, np.ndarray)]
        self.reads_input = any(isinstance(x, Place) for x in items)

    def ready(self, inputs: tuple[Array, ...]) -> tuple[Callable[..., object], tuple[Any, ...]]:
        """Return the call as it is played."""

        def put(x: Any) -> Any:
            return x.of(self.out) if isinstance(x, Out) else x.of(inputs) if isinstance(x, Place) else x

        function, operands, named = self.function, self.operands, self.named
        if function in BY_NAME and operands[-1] is OUT:
            operands, named = operands[:-1], {**named, "out": self.out}
        operands = map_nested(put, operands)
        if (self.elementwise or function is np.copyto) and not named:
            operands = _as_vectors(operands)
        return (partial(function, **map_nested(put, named)) if named else function), operands

    def reads(self, array: Array) -> bool:
        """Return whether an operand lies in the memory of `array`."""
        return any(np.may_share_memory(x, array) for x in self.arrays)

    def touches(self, array: Array) -> bool:
        """Return whether it reads or writes the memory of `array`."""
        return self.reads(array) or (self.out is not None and np.may_share_memory(self.out, array))

    def is_copy_of(self, array: Array) -> bool:
        """Return whether all it does is to copy `array`."""
        return self.function is np.copyto and not self.named and self.out is None and self.operands[1] is array

    def may_overwrite(self, array: Array) -> bool:
        """Return whether, elementwise, it reads `array` or else nothing of its memory, so that its result may go
        there.
        """
        out, reads = self.out, False
        if not self.elementwise or out is None or out.shape != array.shape or out.dtype != array.dtype:
            return False
        for x in self.operands:
            if x is array or (isinstance(x, np.ndarray) and np.may_share_memory(x, array)):
                if x is not array and not same_memory(x, array):
                    return False
                reads = True
        return reads


class Place(NamedTuple):
    """A view of an input of a recording: of which one, and by which steps it is made."""

    number: int
    steps: tuple[Callable[[Array], Array], ...] = ()

    def of(self, inputs: tuple[Array, ...]) -> Array:
        array = inputs[self.number]
        for step in self.steps:
            array = step(array)
        return array


class Out:
    """Stands among a call's operands for the buffer of its result."""

    def of(self, buffer: Any) -> Any:
        return buffer


class FirstOut(Out):
    """Stands for the first matrix of that buffer."""

    def of(self, buffer: Any) -> Any:
        return buffer[0]


OUT, FIRST_OUT = Out(), FirstOut()


def _as_vectors(arrays: tuple[Array, ...]) -> tuple[Array, ...]:
    """Arrays of one shape as vectors if that takes no copies: NumPy is quicker then, over gaps much quicker."""
    shapes = {array.shape for array in arrays if array.ndim}
    if len(shapes) != 1 or not all(_is_vector(array) for array in arrays):
        return arrays
    vectors = {id(array): array.reshape(-1) if array.ndim else array for array in arrays}
    return tuple([vectors[id(array)] for array in arrays])


def _is_vector(array: Array) -> bool:
    """Whether an array has no gaps, or one axis alone that is longer than 1."""
    return array.flags.c_contiguous or max(array.shape) == prod(array.shape)


def map_nested(f: Callable[[Any], Any], x: Any) -> Any:
    """Return f of everything in x, which may be a tuple, a list, a dict or a single thing."""
    kind = type(x)
    if kind is tuple or kind is list:
        return kind([map_nested(f, part) if type(part) in NESTED else f(part) for part in x])
    if kind is dict:
        return {name: map_nested(f, part) for name, part in x.items()}
    return f(x)


def nested_items(x: Any) -> list[Any]:
    """Return everything in x, which may be a tuple, a list, a dict or a single thing."""
    if type(x) not in NESTED:
        return [x]
    return [item for part in (x.values() if type(x) is dict else x) for item in nested_items(part)]


def same_memory(a: Array, b: Array) -> bool:
    """Return whether two arrays are the same numbers in the same order, of the same memory."""
    if a is b:
        return True
    if a.shape != b.shape or a.strides != b.strides or a.dtype != b.dtype or not np.may_share_memory(a, b):
        return False
    return bool(a.__array_interface__["data"] == b.__array_interface__["data"])
