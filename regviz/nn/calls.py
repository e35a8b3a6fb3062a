"""Recording: the NumPy calls of some equations, with a buffer for every result. `trace` says how equations get here."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

from ..memory import aligned_copy
from .call import FIRST_OUT, Call
from .tape import tape

if TYPE_CHECKING:
    from types import TracebackType

    from ..arrays import Array

_open: ContextVar[Recording | None] = ContextVar("the open recording", default=None)  # each thread has its own


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
