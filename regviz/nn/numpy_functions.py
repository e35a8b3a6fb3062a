"""NumPy's functions for traced arrays: which look at shapes alone, which make views, and which are some ufuncs."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

ABOUT_SHAPES: frozenset[Any] = frozenset(
    (np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.may_share_memory, np.shares_memory)
)
"""Asked at once: the answer is the same in every play."""

VIEWS: frozenset[Any] = frozenset(
    (np.transpose, np.swapaxes, np.moveaxis, np.expand_dims, np.squeeze, np.reshape, np.ravel, np.broadcast_to, np.flip)
)


def _sum(x: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return np.add.reduce(x, axis=axis, dtype=dtype, out=out, keepdims=keepdims)


def _mean(x: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    total = np.add.reduce(x, axis=axis, dtype=dtype, out=out, keepdims=keepdims)
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    total /= prod(x.shape[k] for k in axes)
    return total


def _max(x: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return np.maximum.reduce(x, axis=axis, out=out, keepdims=keepdims)


def _min(x: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return np.minimum.reduce(x, axis=axis, out=out, keepdims=keepdims)


def _any(x: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return np.logical_or.reduce(x, axis=axis, out=out, keepdims=keepdims)


def _all(x: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return np.logical_and.reduce(x, axis=axis, out=out, keepdims=keepdims)


def _clip(x: Any, low: Any = None, high: Any = None, out: Any = None) -> Any:
    x = x if low is None else np.maximum(x, low) if high is not None else np.maximum(x, low, out=out)
    return x if high is None else np.minimum(x, high, out=out)


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """√Σx² along one axis, or along all of them."""
    if ord not in (None, 2) or not (isinstance(axis, int) or (ord is None and axis is None)):
        raise TypeError(
            f"np.linalg.norm(ord={ord}, axis={axis}) cannot be traced; write what it is by np.sum and np.abs"
        )
    return np.sqrt(_sum(x * x, axis=axis, keepdims=keepdims))


def _copyto(target: Any, source: Any, where: Any = True) -> None:
    target[... if where is True else where] = source


EQUATIONS: dict[Any, Callable[..., Any]] = {
    np.sum: _sum,
    np.mean: _mean,
    np.max: _max,
    np.amax: _max,
    np.min: _min,
    np.amin: _min,
    np.any: _any,
    np.all: _all,
    np.clip: _clip,
    np.linalg.norm: _norm,
    np.copyto: _copyto,
}
"""Functions as ufuncs, which write straight into buffers."""
