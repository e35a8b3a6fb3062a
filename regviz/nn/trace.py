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

All NumPy functions can be used. Ufuncs, and sum, mean, max, min, clip, where and norm, write straight into buffers;
others are called as they are, and what they return is copied.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from .calls import BY_NAME, FIRST_OUT, OUT, Buffer, Place, Recording, current, map_nested, same_memory
from .numpy_functions import ABOUT_SHAPES, EQUATIONS, VIEWS

if TYPE_CHECKING:
    from ..arrays import Array

__all__ = ["Recording", "Traced", "plain", "traced", "traced_inputs"]

NUMBERS = (bool, int, float, complex)

WIDE = 128
"""Samples up to which a column is spread before it meets an array."""

POWERS = {2: np.square, 0.5: np.sqrt, -1: np.reciprocal}
"""What ** means for these exponents, to NumPy's operator as well: much faster than np.power, and its own bits."""


def traced(array: Array) -> Array:
    """A Traced array, typed as the array that it stands for, so that one signature serves both."""
    return cast("Array", Traced(array))


def traced_inputs(recording: Recording) -> tuple[Array, ...]:
    """What stands for the inputs of a recording in equations."""
    return tuple([cast("Array", Traced(x, place=Place(k))) for k, x in enumerate(recording.inputs)])


def plain(x: Any) -> Array:
    """The array that x stands for, or x itself."""
    return cast("Array", x.array if isinstance(x, Traced) else x)


class Traced(NDArrayOperatorsMixin):
    """Stands for the memory of `array`."""

    __slots__ = ("__weakref__", "_array", "buffer", "place")
    __hash__ = object.__hash__

    def __init__(self, array: Array | None, buffer: Buffer | None = None, place: Place | None = None) -> None:
        """`buffer` is the result that this is, or a view of; `place` the input that this is a view of.

        Raises TypeError for anything but an array.
        """
        if array is not None and not isinstance(array, np.ndarray):
            raise TypeError(f"only an array can be traced, not {type(array).__name__} {array!r}")
        self._array, self.buffer, self.place = array, buffer, place

    @property
    def array(self) -> Array:
        """The array itself."""
        return cast("Array", self._array if self.buffer is None or self._array is not None else self.buffer.array)

    shape = property(lambda self: self.array.shape)
    ndim = property(lambda self: self.array.ndim)
    size = property(lambda self: self.array.size)
    dtype = property(lambda self: self.array.dtype)
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
            return trace_ufunc(recording, ufunc, operands, out, named)
        if method == "reduce" and not named.keys() - {"axis", "dtype", "keepdims"}:
            return trace_reduce(recording, ufunc, operands[0], out, **named)
        if method == "at":
            ufunc.at(_target(operands[0]), *map_nested(plain, operands[1:]))
            return recording.write(ufunc.at, *map_nested(_operand, operands))
        return trace_any(recording, getattr(ufunc, method), operands, named, out)

    def __array_function__(self, function: Any, types: Any, operands: Any, named: dict[str, Any]) -> Any:
        recording = current()
        if recording is None or function in ABOUT_SHAPES:
            return function(*map_nested(plain, operands), **map_nested(plain, named))
        if function in VIEWS and isinstance(operands[0], Traced):
            return operands[0].view(lambda array: function(array, *operands[1:], **named))
        if function in EQUATIONS:
            return EQUATIONS[function](*operands, **named)
        return trace_any(recording, function, operands, named, named.pop("out", None))

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
        return trace_any(recording, np.ndarray.__getitem__, (self, key), {})

    def __setitem__(self, key: Any, value: Any) -> None:
        recording = current()
        if recording is None:
            self.array[map_nested(plain, key)] = plain(value)
        elif _makes_view(key):
            trace_copy(recording, self[key], value)
        elif _is_mask(key):
            trace_copy(recording, self, value, where=key)
        else:
            self.array[map_nested(plain, key)] = plain(value)
            recording.write(np.ndarray.__setitem__, self.array, map_nested(_operand, key), _operand(value))

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
        return self.array.astype(dtype) if recording is None else _convert(recording, self, dtype)

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
        """view(array) of the same memory, or a copy where NumPy has to copy, as some reshapes do."""
        recording, array = current(), view(self.array)
        if recording is None:
            return array
        if not np.may_share_memory(array, self.array):
            return trace_any(recording, view, (self,), {})
        if self.buffer is not None:
            self.buffer.viewed = True
        return Traced(array, self.buffer, self.place and Place(self.place.index, (*self.place.steps, view)))

    def _numbers(self, what: str) -> Array:
        """The numbers for one who wants them now. Raises TypeError while they are recorded."""
        if current() is not None:
            raise TypeError(
                f"{what} of a traced array: a recording is made once and played with other numbers, so it cannot "
                "depend on them. Instead of an if write np.where(condition, a, b), instead of math's functions NumPy's"
            )
        return self.array


def trace_ufunc(recording: Recording, ufunc: Any, operands: Any, out: Any, named: dict[str, Any]) -> Any:
    """A ufunc, written straight into a buffer or `out`."""
    if ufunc is np.power and isinstance(operands[1], (int, float)) and operands[1] in POWERS:
        ufunc, operands = POWERS[operands[1]], operands[:1]
    elementwise = ufunc.signature is None and not named
    if not named:
        operands = _in_one_dtype(recording, ufunc, operands)
        operands = _in_one_shape(recording, ufunc, operands) if elementwise and len(operands) > 1 else operands
    arrays, named_arrays = [plain(x) for x in operands], map_nested(plain, named) if named else named
    if out is None:
        buffer = recording.buffer(np.asarray(ufunc(*arrays, **named_arrays)))
        into, answer = buffer.array, Traced(None, buffer)
    else:
        buffer, into, answer = None, _target(out), out
        ufunc(*arrays, out=into, **named_arrays)
    if ufunc is np.matmul and not named and _is_one_product(arrays[0], arrays[1], into):
        # One network needs no stack of matrices: ndarray.dot gives the same bits, with a third of np.matmul's overhead
        operands = [x.view(_matrix) if isinstance(x, Traced) else _matrix(x) for x in operands]
        recording.write(np.ndarray.dot, *map(_operand, operands), FIRST_OUT, out=buffer or into)
    else:
        named = map_nested(_operand, named) if named else named
        recording.write(ufunc, *map(_operand, operands), OUT, named=named, out=buffer or into, elementwise=elementwise)
    return answer


def trace_reduce(
    recording: Recording, ufunc: Any, x: Any, out: Any, axis: Any = 0, dtype: Any = None, keepdims: bool = False
) -> Any:
    """ufunc.reduce over axes of x."""
    found = np.asarray(ufunc.reduce(plain(x), axis, dtype, None, keepdims))
    if out is None:
        buffer = recording.buffer(found)
        recording.write(ufunc.reduce, _operand(x), axis, dtype, OUT, keepdims, out=buffer)
        return Traced(None, buffer)
    np.copyto(_target(out), found)
    recording.write(ufunc.reduce, _operand(x), axis, dtype, OUT, keepdims, out=_target(out))
    return out


def trace_copy(recording: Recording, target: Any, source: Any, **named: Any) -> None:
    """target ← source."""
    memory = _target(target)
    if isinstance(source, Traced) and not named and same_memory(source.array, memory):
        return  # what an in-place operation on a view leaves to be done: nothing
    if not isinstance(source, (Traced, np.ndarray)):
        source = np.array(source, memory.dtype)
    np.copyto(memory, plain(source), **map_nested(plain, named))
    recording.write(np.copyto, memory, _operand(source), named=map_nested(_operand, named))


def trace_any(
    recording: Recording, function: Callable[..., Any], operands: Any, named: dict[str, Any], out: Any = None
) -> Any:
    """Any call: what it returns is copied into buffers."""
    found = function(*map_nested(plain, operands), **map_nested(plain, named))
    several = isinstance(found, (tuple, list))
    for part in found if several else (found,):
        if not isinstance(part, (np.ndarray, np.generic)):
            raise TypeError(
                f"{function.__name__} gives {part!r}: that is no array, and would be the same in every play"
            )
    results = [recording.buffer(np.array(part)) for part in (found if several else (found,))]
    arrays = [result.array for result in results]
    for result in results:
        result.viewed = True  # the call below knows where it is
    recording.write(_call_and_copy, arrays, function, map_nested(_operand, operands), map_nested(_operand, named))
    answers = tuple([Traced(None, result) for result in results])
    if out is not None:
        outs = out if isinstance(out, tuple) else (out,)
        for target, answer in zip(outs, answers, strict=True):
            trace_copy(recording, target, answer)
        answers = outs
    return answers if several else answers[0]


def _in_one_dtype(recording: Recording, ufunc: np.ufunc, operands: Any) -> list[Any]:
    """Operands of the dtypes that a ufunc computes in: numbers as arrays, arrays converted by a call of their own.

    Else NumPy would convert the numbers at every call, and arrays piece by piece.
    """
    kinds: list[Any] = []
    found: list[Any] = []
    for x in operands:
        if isinstance(x, np.generic):
            x = x.item()
        elif not isinstance(x, (Traced, np.ndarray, *NUMBERS)):
            x = np.asarray(x)
        found.append(x)
        kinds.append(type(x) if isinstance(x, NUMBERS) else x.dtype)
    for k, dtype in enumerate(_dtypes(ufunc, *kinds)):
        if isinstance(found[k], NUMBERS):
            found[k] = np.array(found[k], dtype)
        elif kinds[k] != dtype:
            found[k] = _convert(recording, found[k], dtype)
    return found


@cache
def _dtypes(ufunc: np.ufunc, *kinds: Any) -> tuple[Any, ...]:
    """The dtypes that a ufunc converts its operands to, given their dtypes, or types for Python's numbers."""
    return ufunc.resolve_dtypes((*kinds, *[None] * ufunc.nout))[: ufunc.nin]


def _in_one_shape(recording: Recording, ufunc: np.ufunc, operands: list[Any]) -> list[Any]:
    """Operands as large as each other where that is quicker.

    NumPy goes over a column (…, units, 1) beside an array (…, units, N) in many small steps: to spread the column first
    and then go over both at once takes three quarters of the time. Of an array and a number it takes the larger slowly.
    """
    shapes = [x.shape for x in operands]
    for k, x in enumerate(operands):
        for shape in shapes:
            if x.ndim == len(shape) > 1 and x.shape == (*shape[:-1], 1) and 1 < shape[-1] <= WIDE:
                wide = recording.buffer(np.broadcast_to(plain(x), shape))
                recording.write(np.copyto, OUT, _operand(x), out=wide)
                operands[k] = Traced(None, wide)
                break
            if ufunc in BY_NAME and x.shape == () != shape and isinstance(x, np.ndarray):
                operands[k] = np.full(shape, x)
                break
    return operands


def _convert(recording: Recording, x: Any, dtype: Any) -> Traced:
    """x in another dtype."""
    result = recording.buffer(plain(x).astype(dtype, order="C"))
    safe = np.can_cast(x.dtype, dtype, "same_kind")
    recording.write(np.copyto, OUT, _operand(x), named={} if safe else {"casting": "unsafe"}, out=result)
    return Traced(None, result)


def _is_one_product(A: Array, B: Array, C: Array) -> bool:
    """Whether A·B → C are stacks of one matrix each for which ndarray.dot calls BLAS just as np.matmul does.

    Of a matrix with gaps between its rows or columns it first makes a copy without, and then the product's last bits
    can be others. Vectors can go to other parts of BLAS, but for a matrix times a column.
    """
    if not (A.ndim == C.ndim == 3 and len(A) == len(C) == 1 and A.dtype == B.dtype == C.dtype and A.dtype.char in "fd"):
        return False
    if B.ndim != 2 and not (B.ndim == 3 and len(B) == 1):
        return False
    whole = all(x.flags.c_contiguous or x.flags.f_contiguous for x in map(_matrix, (A, B)))
    return whole and C[0].flags.c_contiguous and A.shape[2] > 1 and (A.shape[1] > 1 or B.shape[-1] == 1)


def _target(x: Any) -> Array:
    """The memory to be written to. Raises TypeError unless it is traced."""
    if not isinstance(x, Traced):
        raise TypeError("the recording would write into an array that is not traced; make it one by traced(array)")
    return x.array


def _operand(x: Any) -> Any:
    """x as a call keeps it."""
    return x if not isinstance(x, Traced) else x.array if x.place is None else x.place


def _makes_view(key: Any) -> bool:
    """Whether indexing by this key makes a view."""
    keys = key if isinstance(key, tuple) else (key,)
    return all(k is None or k is Ellipsis or isinstance(k, (int, np.integer, slice)) for k in keys)


def _is_mask(key: Any) -> bool:
    return isinstance(key, (Traced, np.ndarray)) and key.dtype.kind == "b"


def _matrix(array: Array) -> Array:
    """The one matrix of a stack of one."""
    return array[0] if array.ndim == 3 else array


def _call_and_copy(buffers: list[Array], function: Callable[..., Any], operands: Any, named: dict[str, Any]) -> None:
    found = function(*operands, **named)
    for buffer, part in zip(buffers, found if isinstance(found, (tuple, list)) else (found,), strict=True):
        buffer[...] = part
