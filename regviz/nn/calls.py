"""Recording: the NumPy calls of some equations, with a buffer for every result. `trace` says how equations get here."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..memory import aligned_copy
from .tape import tape

if TYPE_CHECKING:
    from types import TracebackType

    from ..arrays import Array

BY_NAME = (np.maximum, np.minimum)
"""NumPy wants to be told `out` by name in these; in all others a place is quicker than a name."""

NESTED = frozenset((tuple, list, dict))

_open: ContextVar[Recording | None] = ContextVar("the open recording", default=None)  # each thread has its own


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


class Buffer:
    """The memory of a result. When nobody holds it any more, the recording may use the memory again."""

    __slots__ = ("__weakref__", "array", "recording", "viewed")

    def __init__(self, recording: Recording, array: Array) -> None:
        self.recording, self.array, self.viewed = recording, array, False

    def __del__(self) -> None:
        self.recording._release(self)


class Recording:
    """NumPy calls in the order in which they were made. They work on the very arrays that they were recorded with.

    `calls` are (function, operands), there once the recording is closed, and then `play()` makes them all. `inputs` are
    arrays (views allowed) that `on` can replace.
    """

    def __init__(self, *inputs: Array) -> None:
        self.inputs = inputs
        self.calls: list[tuple[Callable[..., object], tuple[Any, ...]]] = []
        self.play: Callable[[], None] = tape([])
        self._written: list[Call] = []
        self._of_inputs: list[int] = []  # which of them read an input
        self._free: dict[tuple[tuple[int, ...], Any], list[Array]] = {}
        self._full: dict[tuple[tuple[int, ...], Any, bytes], Array] = {}
        self._result: weakref.ref[Buffer] | None = None  # of the last call, if it got a buffer of its own
        self._outer: Recording | None = None

    def __enter__(self) -> Recording:
        """Open it: from now on this thread's operations on traced arrays are written down here."""
        if self._written:
            raise RuntimeError("this recording is complete; make another one")
        self._outer = current()
        _open.set(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _open.set(self._outer)
        self._free, self._full, self._result = {}, {}, None
        self._of_inputs = [k for k, call in enumerate(self._written) if call.reads_input]
        self._set([call.ready(self.inputs) for call in self._written])

    def _set(self, calls: list[tuple[Callable[..., object], tuple[Any, ...]]]) -> None:
        self.calls, self.play = calls, tape(calls)

    def on(self, *inputs: Array) -> Recording:
        """Return the same calls, over the same buffers, on other inputs of the same shapes. Raises ValueError for
        others.
        """
        for old, new in zip(self.inputs, inputs, strict=True):
            if old.shape != new.shape or old.dtype != new.dtype:
                raise ValueError(f"recorded for {old.dtype} {old.shape}, not for {new.dtype} {new.shape}")
        other = Recording(*inputs)
        other._written, other._of_inputs = self._written, self._of_inputs
        calls = list(self.calls)
        for k in self._of_inputs:
            calls[k] = self._written[k].ready(inputs)
        other._set(calls)
        return other

    def write(
        self,
        function: Callable[..., object],
        *operands: Any,
        named: dict[str, Any] | None = None,
        out: Buffer | Array | None = None,
        elementwise: bool = False,
    ) -> None:
        """Keep a call that has just been made."""
        self._result = weakref.ref(out) if isinstance(out, Buffer) else None
        out = out.array if isinstance(out, Buffer) else out
        self._written.append(Call(function, operands, named or {}, out, elementwise))

    def buffer(self, result: Array) -> Buffer:
        """Return memory for a result that a call has just given, with its numbers in it."""
        free = self._free.get((result.shape, result.dtype))
        if free:
            array = free.pop()
            np.copyto(array, result)
        else:
            array = aligned_copy(result)
        return Buffer(self, array)

    def full(self, shape: tuple[int, ...], number: Array) -> Array:
        """Return an array of one number, the same one wherever it is asked for: nobody writes into it."""
        key = shape, number.dtype, number.tobytes()
        if key not in self._full:
            self._full[key] = np.full(shape, number)
        return self._full[key]

    def _release(self, buffer: Buffer) -> None:
        """Nobody holds this buffer any more: free its memory, and save what the last call can do without it."""
        if current() is not self or not self._written:
            return
        array = self._move_in(self._write_through(buffer.array))
        self._free.setdefault((array.shape, array.dtype), []).append(array)

    def _move_in(self, array: Array) -> Array:
        """If the last call was the last to read `array`, let its result take the place; returns what is free now."""
        call, result = self._written[-1], self._result and self._result()
        if not result or result.viewed or not call.may_overwrite(array):
            return array
        np.copyto(array, result.array)
        result.array, free = array, result.array
        call.out = array
        return free

    def _write_through(self, array: Array) -> Array:
        """If nothing but a copy has read this result, let the call that gave it write to where the copy went."""
        copy: Call | None = None
        since: list[Call] = []  # calls between that one and the copy
        for call in reversed(self._written):
            if call.out is array:
                break
            if copy is None and call.is_copy_of(array):
                copy, since = call, []
            elif call.touches(array):
                return array
            else:
                since.append(call)
        if copy is None or call.out is not array:
            return array
        target = copy.operands[0]
        alike = target.shape == array.shape and target.dtype == array.dtype
        blas = any(x is FIRST_OUT for x in call.operands) and not target[0].flags.c_contiguous
        apart = not call.reads(target) and not any(other.touches(target) for other in since)
        if alike and not blas and (apart or (not since and call.may_overwrite(target))):
            call.out = target
            self._written = [other for other in self._written if other is not copy]
        return array


def current() -> Recording | None:
    """Return the recording that is open in this thread."""
    return _open.get()


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
