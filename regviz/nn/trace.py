"""Tracing: equations on arrays, carried out once and written down as NumPy calls that can be made again and again.

    w, g = traced(np.ones((3, 8))), traced(np.zeros((3, 8)))
    with Recording() as step:
        w -= 0.1 * (g + 2 * lam * w)  # an ordinary equation
    step.play()                       # the same four calls on the same memory, without the Python in between

A training step is some fifty NumPy calls of less than a microsecond each, so what Python does between them counts.

- `traced(array)` stands for the memory of `array`. What changes from play to play has to be traced: parameters,
  gradients, what an optimizer remembers, masks. Wrap such an array once and keep it; `plain(w)` is the array again.
- While a `Recording` is open (`with`), every operation with a traced operand is carried out, written down, and gives a
  traced array. In-place operations (`w -= …`, `w[...] = …`, `out=w`) write into the memory of `w`; slices, transposes
  and `w[..., None]` are views of it. Results get buffers, which are used again once nobody holds the result. What
  somebody holds, such as `self.slope`, keeps its buffer, and every play writes it anew.
- While none is open, the same equations work at once, on traced and on plain arrays alike, and give plain arrays.
- What involves no traced array is no part of the recording: `2 * lam` costs nothing per play. Nor is Python itself: an
  `if` may ask for shapes and settings, not for traced numbers. bool, float, int and iteration of a traced array raise
  TypeError, and so does writing into an array that is not traced.
- A plain array is read at every play. Python's numbers, and NumPy's scalars, are constants and take the dtype of what
  they meet: float32 stays float32.
- A recording holds for its shapes and settings. When those change (a mask comes or goes), make another one.
- `Recording(x, y)` can be made `on` other arrays. The equations then use `traced_inputs(recording)`.

All NumPy functions can be used. Ufuncs, and sum, mean, max, min, any, all, clip and norm, write straight into buffers;
others, np.where among them, are called as they are, and what they return is copied.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from .call import Place, map_nested
from .calls import Buffer, Recording, current
from .handles import (
    Handle,
    operand,
    plain,
    target_of,
    write_any,
    write_conversion,
    write_copy,
    write_reduce,
    write_ufunc,
)
from .numpy_functions import ABOUT_SHAPES, EQUATIONS, VIEWS

if TYPE_CHECKING:
    from ..arrays import Array

__all__ = ["Recording", "Traced", "plain", "traced", "traced_inputs"]


def traced(array: Array) -> Array:
    """Return a Traced array, typed as the array that it stands for, so that one signature serves both."""
    return cast("Array", Traced(array))


def traced_inputs(recording: Recording) -> tuple[Array, ...]:
    """Return what stands for the inputs of a recording in equations."""
    return tuple([cast("Array", Traced(x, place=Place(k))) for k, x in enumerate(recording.inputs)])


class Traced(Handle, NDArrayOperatorsMixin):
    """A handle that is used like the array itself."""

    __slots__ = ()
    __hash__ = object.__hash__

    T = property(lambda self: self.view(lambda array: array.T))
    mT = property(lambda self: self.view(lambda array: array.mT))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *operands: Any, out: Any = None, **named: Any) -> Any:
        out = out[0] if isinstance(out, tuple) and len(out) == 1 else out
        recording = current()
        if recording is None:
            if out is not None:
                named["out"] = out
            found = getattr(ufunc, method)(*map_nested(plain, operands), **map_nested(plain, named))
            return found if out is None else out
        if method == "__call__" and ufunc.nout == 1 and (out is not None or "where" not in named):
            return _result(write_ufunc(recording, ufunc, operands, out, named), out)
        if method == "reduce" and not named.keys() - {"axis", "dtype", "keepdims"}:
            return _result(write_reduce(recording, ufunc, operands[0], out, **named), out)
        if method == "at":
            ufunc.at(target_of(operands[0]), *map_nested(plain, operands[1:]))
            return recording.write(ufunc.at, *map_nested(operand, operands))
        return _copied(recording, getattr(ufunc, method), operands, named, out)

    def __array_function__(self, function: Any, types: Any, operands: Any, named: dict[str, Any]) -> Any:
        recording = current()
        if recording is None or function in ABOUT_SHAPES:
            return function(*map_nested(plain, operands), **map_nested(plain, named))
        if function in VIEWS and isinstance(operands[0], Traced):
            return operands[0].view(lambda array: function(array, *operands[1:], **named))
        if function in EQUATIONS:
            return EQUATIONS[function](*operands, **named)
        return _copied(recording, function, operands, named, named.pop("out", None))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self._numbers("np.asarray"), dtype, copy=copy)

    def __getitem__(self, key: Any) -> Any:
        recording = current()
        if recording is None:
            return self.array[map_nested(plain, key)]
        if _makes_view(key):
            full = key if isinstance(key, tuple) else (key,)
            full = full if Ellipsis in full else (*full, Ellipsis)  # else a single item would be a number
            return self.view(lambda array: array[full])
        if _is_mask(key):
            raise TypeError("how many items a mask picks may change from play to play; write np.where(mask, w, 0)")
        return _copied(recording, np.ndarray.__getitem__, (self, key), {})

    def __setitem__(self, key: Any, value: Any) -> None:
        recording = current()
        if recording is None:
            self.array[map_nested(plain, key)] = plain(value)
        elif _makes_view(key):
            write_copy(recording, self[key], value)
        elif _is_mask(key):
            write_copy(recording, self, value, where=key)
        else:
            self.array[map_nested(plain, key)] = plain(value)
            recording.write(np.ndarray.__setitem__, self.array, map_nested(operand, key), operand(value))

    def __bool__(self) -> bool:
        return bool(self._numbers("bool"))

    def __float__(self) -> float:
        return float(self._numbers("float"))

    def __int__(self) -> int:
        return int(self._numbers("int"))

    def __index__(self) -> int:
        return self._numbers("index").__index__()

    def __iter__(self) -> Any:
        return iter(self._numbers("iteration"))

    def __contains__(self, x: Any) -> bool:
        return x in self._numbers("in")

    def __len__(self) -> int:
        return len(self.array)

    def __repr__(self) -> str:
        return f"traced {self.array!r}"

    def sum(self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        return np.add.reduce(self, axis=axis, dtype=dtype, out=out, keepdims=keepdims)

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        return np.mean(self, axis=axis, dtype=dtype, out=out, keepdims=keepdims)

    def max(self, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        return np.maximum.reduce(self, axis=axis, out=out, keepdims=keepdims)

    def min(self, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        return np.minimum.reduce(self, axis=axis, out=out, keepdims=keepdims)

    def any(self, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        return np.logical_or.reduce(self, axis=axis, out=out, keepdims=keepdims)

    def all(self, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        return np.logical_and.reduce(self, axis=axis, out=out, keepdims=keepdims)

    def clip(self, low: Any, high: Any) -> Any:
        return np.clip(self, low, high)

    def dot(self, other: Any) -> Any:
        return np.dot(self, other)

    def fill(self, value: Any) -> None:
        self[...] = value

    def copy(self) -> Any:
        return self.astype(self.dtype)

    def astype(self, dtype: Any) -> Any:
        recording = current()
        return self.array.astype(dtype) if recording is None else Traced(None, write_conversion(recording, self, dtype))

    def transpose(self, *axes: Any) -> Any:
        return self.view(lambda array: array.transpose(*axes))

    def swapaxes(self, one: int, other: int) -> Any:
        return self.view(lambda array: array.swapaxes(one, other))

    def reshape(self, *shape: Any) -> Any:
        return self.view(lambda array: array.reshape(*shape))

    def ravel(self) -> Any:
        return self.reshape(-1)

    def squeeze(self, axis: Any = None) -> Any:
        return self.view(lambda array: array.squeeze(axis))

    def view(self, view: Callable[[Array], Array]) -> Any:
        """Return view(array) of the same memory, or a copy where NumPy has to copy, as some reshapes do."""
        recording, array = current(), view(self.array)
        if recording is None:
            return array
        if not np.may_share_memory(array, self.array):
            return _copied(recording, view, (self,), {})
        return self.through(view)

    def _numbers(self, what: str) -> Array:
        """The numbers for one who wants them now. Raises TypeError while they are recorded."""
        if current() is not None:
            raise TypeError(
                f"{what} of a traced array: a recording is made once and played with other numbers, so it cannot "
                "depend on them. Instead of an if write np.where(condition, a, b), instead of math's functions NumPy's"
            )
        return self.array


def _result(buffer: Buffer | None, out: Any) -> Any:
    """What an operation gives: a new array, or the one that was given for its result."""
    return out if buffer is None else Traced(None, buffer)


def _copied(recording: Recording, function: Callable[..., Any], operands: Any, named: Any, out: Any = None) -> Any:
    """What a function gives, copied into new arrays, or into the ones that were given for that."""
    found = write_any(recording, function, operands, named)
    results = tuple([Traced(None, buffer) for buffer in (found if isinstance(found, list) else (found,))])
    if out is not None:
        outs = out if isinstance(out, tuple) else (out,)
        for target, result in zip(outs, results, strict=True):
            write_copy(recording, target, result)
        results = outs
    return results if isinstance(found, list) else results[0]


def _makes_view(key: Any) -> bool:
    """Whether indexing by this key makes a view."""
    keys = key if isinstance(key, tuple) else (key,)
    return all(k is None or k is Ellipsis or isinstance(k, (int, np.integer, slice)) for k in keys)


def _is_mask(key: Any) -> bool:
    return isinstance(key, (Handle, np.ndarray)) and key.dtype.kind == "b"
