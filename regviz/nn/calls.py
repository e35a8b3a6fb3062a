"""Recording: the NumPy calls of some equations, with a buffer for every result. `trace` says how equations get here."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from types import TracebackType

    from ..arrays import Array

BY_NAME = (np.maximum, np.minimum)
"""NumPy wants to be told `out` by name in these; in all others a place is quicker than a name."""

_open = threading.local()


class Call(NamedTuple):
    """One NumPy call.

    function     what is called
    operands     arrays, Places, OUT where the result goes, and anything else
    named        operands given by name
    out          the array that OUT stands for, or None
    elementwise  whether the result may take the place of an operand of its shape
    """

    function: Callable[..., object]
    operands: tuple[Any, ...]
    named: dict[str, Any]
    out: Array | None
    elementwise: bool


@dataclass(frozen=True)
class Place:
    """A view of an input of a recording: of which one, and by which steps it is made."""

    index: int
    steps: tuple[Callable[[Array], Array], ...] = ()

    def of(self, inputs: tuple[Array, ...]) -> Array:
        array = inputs[self.index]
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

    `calls` are (function, operands), there once the recording is closed. `inputs` are arrays (views allowed) that `on`
    can replace.
    """

    def __init__(self, *inputs: Array) -> None:
        self.inputs = inputs
        self.calls: list[tuple[Callable[..., object], tuple[Any, ...]]] = []
        self._written: list[Call] = []
        self._free: dict[tuple[tuple[int, ...], Any], list[Array]] = {}
        self._result: weakref.ref[Buffer] | None = None  # of the last call, if it got a buffer of its own
        self._outer: Recording | None = None

    def __enter__(self) -> Recording:
        """Open it: from now on this thread's operations on traced arrays are written down here."""
        if self._written:
            raise RuntimeError("this recording is complete; make another one")
        self._outer, _open.recording = current(), self
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _open.recording = self._outer
        self._free, self._result = {}, None
        self.calls = [_ready(call, self.inputs) for call in self._written]

    def play(self) -> None:
        """Make all calls."""
        for function, operands in self.calls:
            function(*operands)

    def on(self, *inputs: Array) -> Recording:
        """The same calls, over the same buffers, on other inputs of the same shapes. Raises ValueError for others."""
        for old, new in zip(self.inputs, inputs, strict=True):
            if old.shape != new.shape or old.dtype != new.dtype:
                raise ValueError(f"recorded for {old.dtype} {old.shape}, not for {new.dtype} {new.shape}")
        other = Recording(*inputs)
        other._written, other.calls = self._written, list(self.calls)
        for k, call in enumerate(self._written):
            if _has_place((call.operands, call.named)):
                other.calls[k] = _ready(call, inputs)
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
        """Memory for a result that a call has just given, with its numbers in it."""
        free = self._free.get((result.shape, result.dtype))
        if free:
            array = free.pop()
            np.copyto(array, result)
        elif result.flags.owndata and result.flags.c_contiguous and result.flags.writeable:
            array = result
        else:
            array = result.copy(order="C")
        return Buffer(self, array)

    def _release(self, buffer: Buffer) -> None:
        """Nobody holds this buffer any more: free its memory, and save what the last call can do without it."""
        if current() is not self or not self._written:
            return
        array = self._move_in(buffer.array) if self._result else self._write_through(buffer.array)
        self._free.setdefault((array.shape, array.dtype), []).append(array)

    def _move_in(self, array: Array) -> Array:
        """If the last call was the last to read `array`, let its result take the place; returns what is free now."""
        call, result = self._written[-1], self._result and self._result()
        if not result or result.viewed or not _may_overwrite(call, array):
            return array
        np.copyto(array, result.array)
        self._written[-1] = call._replace(out=array)
        result.array, free = array, result.array
        return free

    def _write_through(self, array: Array) -> Array:
        """If the last call only copied the result of the one before, let that one write to where the copy went."""
        *_, call, copy = (None, *self._written[-2:])
        if call and call.out is array and copy.function is np.copyto and not copy.named and copy.operands[1] is array:
            target = copy.operands[0]
            apart = not any(np.may_share_memory(x, target) for x in _arrays((call.operands, call.named)))
            alike = (target.shape, target.dtype) == (array.shape, array.dtype)
            blas = any(x is FIRST_OUT for x in call.operands) and not target[0].flags.c_contiguous
            if alike and not blas and (apart or _may_overwrite(call, target)):
                self._written[-2:] = [call._replace(out=target)]
        return array


def current() -> Recording | None:
    """The recording that is open in this thread."""
    return getattr(_open, "recording", None)


def map_nested(f: Callable[[Any], Any], x: Any) -> Any:
    """f of everything in x, which may be a tuple, a list, a dict or a single thing."""
    if type(x) in (tuple, list):
        return type(x)([map_nested(f, part) for part in x])
    if type(x) is dict:
        return {name: map_nested(f, part) for name, part in x.items()}
    return f(x)


def same_memory(a: Array, b: Array) -> bool:
    """Whether two arrays are the same numbers in the same order, of the same memory."""
    kinds = [(x.shape, x.strides, x.dtype, x.__array_interface__["data"]) for x in (a, b)]
    return a is b or kinds[0] == kinds[1]


def _may_overwrite(call: Call, array: Array) -> bool:
    """Whether an elementwise call reads `array`, or else nothing of its memory, so that its result may go there."""
    out = call.out
    if not call.elementwise or out is None or (out.shape, out.dtype) != (array.shape, array.dtype):
        return False
    same = [same_memory(x, array) for x in _arrays(call.operands)]
    shared = [np.may_share_memory(x, array) for x in _arrays(call.operands)]
    return any(same) and same == shared


def _ready(call: Call, inputs: tuple[Array, ...]) -> tuple[Callable[..., object], tuple[Any, ...]]:
    """A call as it is played."""

    def put(x: Any) -> Any:
        return x.of(inputs) if isinstance(x, Place) else x.of(call.out) if isinstance(x, Out) else x

    function, operands, named = call.function, call.operands, map_nested(put, call.named)
    if function in BY_NAME and operands[-1] is OUT:
        operands, named = operands[:-1], {**named, "out": call.out}
    return partial(function, **named) if named else function, map_nested(put, operands)


def _arrays(operands: Any) -> list[Array]:
    found: list[Array] = []
    map_nested(lambda x: found.append(x) if isinstance(x, np.ndarray) else None, operands)
    return found


def _has_place(operands: Any) -> bool:
    found: list[bool] = []
    map_nested(lambda x: found.append(isinstance(x, Place)), operands)
    return any(found)
