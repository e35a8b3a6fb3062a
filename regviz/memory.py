"""Memory that starts where a processor's cache line starts, and memory that goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .arrays import Array

LINE = 64
"""Bytes of a cache line. NumPy's own memory starts at any multiple of 16."""

OFTEN = (700, 3, 1)
"""Thresholds of the collector for `keep_little`: the oldest generation is looked at ten times as often as usual."""

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Names of glibc's `mallopt`: bytes from which a block gets pages of its own, and heaps for all threads together."""


def aligned(shape: tuple[int, ...], dtype: Any) -> Array:
    """Return an array of zeros that starts at a cache line: vector instructions need a third less time there."""
    size = prod(shape) * np.dtype(dtype).itemsize
    memory = np.zeros(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    array: Array = memory[start : start + size].view(dtype).reshape(shape)
    return array


def aligned_copy(array: Array) -> Array:
    """Return the same numbers, one row after the other, from a cache line on."""
    copy = aligned(array.shape, array.dtype)
    copy[...] = array
    return copy


def freeze() -> None:
    """Leave what is here now out of every later collection of garbage, which then has little to look at."""
    gc.collect()
    gc.freeze()


def keep_little() -> None:
    """Let this process give memory back soon after it was freed; for a server that many visit for a long time.

    What is left of a peak, however little, holds the pages on which it lies. So garbage is not left to pile up (call
    this after `freeze`, when there is little to look at), and large blocks get pages of their own.
    """
    gc.set_threshold(*OFTEN)
    if (libc := _libc()) is not None and hasattr(libc, "mallopt"):
        libc.mallopt(M_ARENA_MAX, 1)
        libc.mallopt(M_MMAP_THRESHOLD, 65_536)


def give_back() -> None:
    """Free what only cycles and caches keep, and give the pages to the system: glibc keeps those of freed arrays.

    Python remembers by name where in a type it has found what; a name that was made at run time lives in that cache
    until another one takes its place, and keeps the page on which it lies.
    """
    clear = getattr(sys, "_clear_internal_caches", None) or getattr(sys, "_clear_type_cache", None)
    if clear is not None:
        clear()
    gc.collect()
    if (libc := _libc()) is not None and hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def _libc() -> Any:
    """The C library of Linux; glibc's has calls that others lack. None elsewhere."""
    with suppress(OSError):
        return ctypes.CDLL(None) if sys.platform == "linux" else None
    return None
