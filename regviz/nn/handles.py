"""Handle: what stands for an array in equations, and how one operation on handles is carried out and written down."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np

from .call import BY_NAME, FIRST_OUT, OUT, Place, map_nested, same_memory
from .calls import Buffer, Recording

if TYPE_CHECKING:
    from ..arrays import Array

NUMBERS = (bool, int, float, complex)

WIDE = 128
"""Samples up to which a column or a row is spread before it meets an array."""

POWERS = {2: np.square, 0.5: np.sqrt, -1: np.reciprocal}
"""What ** means for these exponents, to NumPy's operator as well: much faster than np.power, and its own bits."""


class Handle:
    """Stands for the memory of `array`, or of the buffer that it is, or is a view of."""

    __slots__ = ("__weakref__", "_array", "buffer", "place")

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

    def through(self, view: Callable[[Array], Array]) -> Self:
        """Return the same memory as view(array)."""
        if self.buffer is not None:
            self.buffer.viewed = True
        place = self.place and Place(self.place.number, (*self.place.steps, view))
        return type(self)(view(self.array), self.buffer, place)


def plain(x: Any) -> Array:
    """Return the array that x stands for, or x itself."""
    return cast("Array", x.array if isinstance(x, Handle) else x)


def write_ufunc(recording: Recording, ufunc: Any, operands: Any, out: Any, named: dict[str, Any]) -> Buffer | None:
    """Return a ufunc, written straight into `out`, or into the buffer that is returned."""
    if ufunc is np.power and isinstance(operands[1], (int, float)) and operands[1] in POWERS:
        ufunc, operands = POWERS[operands[1]], operands[:1]
    elementwise = ufunc.signature is None and not named
    if not named:
        operands = _in_one_dtype(recording, ufunc, operands)
        operands = _in_one_shape(recording, ufunc, operands) if elementwise and len(operands) > 1 else operands
    arrays, named_arrays = [plain(x) for x in operands], map_nested(plain, named) if named else named
    if out is None:
        buffer = recording.buffer(np.asarray(ufunc(*arrays, **named_arrays)))
        into = buffer.array
    else:
        buffer, into = None, target_of(out)
        ufunc(*arrays, out=into, **named_arrays)
    if ufunc is np.matmul and not named and _is_one_product(arrays[0], arrays[1], into):
        # One network needs no stack of matrices: ndarray.dot gives the same bits, with a third of np.matmul's overhead
        operands = [x.through(_matrix) if isinstance(x, Handle) else _matrix(x) for x in operands]
        recording.write(np.ndarray.dot, *map(operand, operands), FIRST_OUT, out=buffer or into)
    else:
        named = map_nested(operand, named) if named else named
        recording.write(ufunc, *map(operand, operands), OUT, named=named, out=buffer or into, elementwise=elementwise)
    return buffer


def write_reduce(
    recording: Recording, ufunc: Any, x: Any, out: Any, axis: Any = 0, dtype: Any = None, keepdims: bool = False
) -> Buffer | None:
    """Return ufunc.reduce over axes of x, into `out` or the buffer that is returned."""
    found = np.asarray(ufunc.reduce(plain(x), axis, dtype, None, keepdims))
    if out is None:
        buffer = recording.buffer(found)
        recording.write(ufunc.reduce, operand(x), axis, dtype, OUT, keepdims, out=buffer)
        return buffer
    np.copyto(target_of(out), found)
    recording.write(ufunc.reduce, operand(x), axis, dtype, OUT, keepdims, out=target_of(out))
    return None


def write_copy(recording: Recording, target: Any, source: Any, **named: Any) -> None:
    """Write target ← source."""
    memory = target_of(target)
    if isinstance(source, Handle) and not named and same_memory(source.array, memory):
        return  # what an in-place operation on a view leaves to be done: nothing
    if not isinstance(source, (Handle, np.ndarray)):
        source = np.array(source, memory.dtype)
    np.copyto(memory, plain(source), **map_nested(plain, named))
    recording.write(np.copyto, memory, operand(source), named=map_nested(operand, named))


def write_any(
    recording: Recording, function: Callable[..., Any], operands: Any, named: dict[str, Any]
) -> list[Buffer] | Buffer:
    """Return any call: what it returns is copied into buffers, a list of them if it returns several arrays.

    Raises TypeError for what is no array.
    """
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
    recording.write(_call_and_copy, arrays, function, map_nested(operand, operands), map_nested(operand, named))
    return results if several else results[0]


def _in_one_dtype(recording: Recording, ufunc: np.ufunc, operands: Any) -> list[Any]:
    """Operands of the dtypes that a ufunc computes in: numbers as arrays, arrays converted by a call of their own.

    Else NumPy would convert the numbers at every call, and arrays piece by piece.
    """
    kinds: list[Any] = []
    found: list[Any] = []
    for x in operands:
        if isinstance(x, np.generic):
            x = x.item()
        elif not isinstance(x, (Handle, np.ndarray, *NUMBERS)):
            x = np.asarray(x)
        found.append(x)
        kinds.append(type(x) if isinstance(x, NUMBERS) else x.dtype)
    for k, dtype in enumerate(_dtypes(ufunc, *kinds)):
        if isinstance(found[k], NUMBERS):
            found[k] = np.array(found[k], dtype)
        elif kinds[k] != dtype:
            found[k] = Handle(None, write_conversion(recording, found[k], dtype))
    return found


@cache
def _dtypes(ufunc: np.ufunc, *kinds: Any) -> tuple[Any, ...]:
    """The dtypes that a ufunc converts its operands to, given their dtypes, or types for Python's numbers."""
    return ufunc.resolve_dtypes((*kinds, *[None] * ufunc.nout))[: ufunc.nin]


def _in_one_shape(recording: Recording, ufunc: np.ufunc, operands: list[Any]) -> list[Any]:
    """Operands as large as each other where that is quicker.

    NumPy goes over a column (…, units, 1) or a row (…, 1, N) beside an array (…, units, N) in many small steps: to
    spread it first and then go over both at once takes three quarters of the time. Of an array and a number it takes
    the larger slowly.
    """
    shapes = [x.shape for x in operands]
    for k, x in enumerate(operands):
        for shape in shapes:
            narrow = x.ndim == len(shape) > 1 and x.shape in ((*shape[:-1], 1), (*shape[:-2], 1, shape[-1]))
            if narrow and x.shape != shape and shape[-1] <= WIDE:
                wide = recording.buffer(np.broadcast_to(plain(x), shape))
                recording.write(np.copyto, OUT, operand(x), out=wide)
                operands[k] = Handle(None, wide)
                break
            if ufunc in BY_NAME and x.shape == () != shape and isinstance(x, np.ndarray):
                operands[k] = recording.full(shape, x)
                break
    return operands


def write_conversion(recording: Recording, x: Any, dtype: Any) -> Buffer:
    """Return x in another dtype."""
    result = recording.buffer(plain(x).astype(dtype, order="C"))
    safe = np.can_cast(x.dtype, dtype, "same_kind")
    recording.write(np.copyto, OUT, operand(x), named={} if safe else {"casting": "unsafe"}, out=result)
    return result


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


def target_of(x: Any) -> Array:
    """Return the memory to be written to. Raises TypeError unless it is traced."""
    if not isinstance(x, Handle):
        raise TypeError("the recording would write into an array that is not traced; make it one by traced(array)")
    return x.array


def operand(x: Any) -> Any:
    """Return x as a call keeps it."""
    return x if not isinstance(x, Handle) else x.array if x.place is None else x.place


def _matrix(array: Array) -> Array:
    """The one matrix of a stack of one."""
    return array[0] if array.ndim == 3 else array


def _call_and_copy(buffers: list[Array], function: Callable[..., Any], operands: Any, named: dict[str, Any]) -> None:
    found = function(*operands, **named)
    for buffer, part in zip(buffers, found if isinstance(found, (tuple, list)) else (found,), strict=True):
        buffer[...] = part
