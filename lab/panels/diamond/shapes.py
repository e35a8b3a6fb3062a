"""The penalty's shape in the plane of two weights, where it is what it is at a point: diamond, disc or any other."""

from __future__ import annotations

from typing import Any

import contourpy
import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from ..parts.penalties import Terms

Array = NDArray[Any]

GRID = 81
"""Points along each side at which a penalty of one's own is asked; odd, so that 0 is one of them."""

FARTHEST = 1.6
"""How far a shape is followed, in units of the larger of the two weights: a bounded penalty's has no end."""


def ball(x: float, y: float, l1: float, l2: float, points: int = 128) -> Array:
    """The curve (points + 1, 2) on which λ₁Σ|w| + λ₂Σw² is what it is at (x, y): a diamond, a disc or between."""
    level = l1 * (abs(x) + abs(y)) + l2 * (x * x + y * y)
    turn = np.linspace(0, 2 * np.pi, points + 1)
    across, up = np.cos(turn), np.sin(turn)
    slant = l1 * (np.abs(across) + np.abs(up))
    if level <= 0:
        radius = np.zeros(points + 1)
    elif l2 > 0:  # the root of λ₂r² + slant·r = level, in a form that does not cancel
        radius = 2 * level / (slant + np.sqrt(slant * slant + 4 * l2 * level))
    else:
        radius = level / slant
    return np.column_stack([radius * across, radius * up])


def shape(x: float, y: float, terms: Terms, reach: float) -> Path:
    """The area of [−reach, reach]², and a little beyond, where the penalty is at most what it is at (x, y).

    L1, L2 and both are drawn from their formula (`ball`). A penalty of one's own may be any function, so that its area
    may be bent inwards, in pieces, or reach beyond what is seen; it is found on a grid that has the point on it.
    """
    if not terms.own:
        return Path(ball(x, y, terms.l1, terms.l2), closed=True)
    axis = np.union1d(np.linspace(-1.1 * reach, 1.1 * reach, GRID), [-abs(x), abs(x), -abs(y), abs(y)])
    with np.errstate(all="ignore"):
        each = terms.value(axis)
        level = float(terms.value(np.array([x, y])).sum())
    high = 10 * max(float(np.nanmax(each, initial=0.0, where=np.isfinite(each))), abs(level), 1.0)
    values = np.nan_to_num(np.add.outer(each, each), nan=high, posinf=high)
    below = min(float(values.min()), level) - 1.0
    generator = contourpy.contour_generator(axis, axis, values, fill_type=contourpy.FillType.OuterCode)
    found: Any = generator.filled(below, level)
    points, codes = found
    kept = [k for k, its in enumerate(points) if its is not None and len(its)]
    if not kept:
        return Path(np.tile([x, y], (3, 1)), closed=True)
    return Path(np.concatenate([points[k] for k in kept]), np.concatenate([codes[k] for k in kept]))


def extent(x: float, y: float, terms: Terms) -> float:
    """How far the shape through (x, y) goes out from 0 along an axis, roughly; at most `FARTHEST` times the weights."""
    size = max(abs(x), abs(y))
    if not terms.own:
        return size + 0.5 * min(abs(x), abs(y))
    out = np.linspace(0, FARTHEST * size, 41)
    with np.errstate(all="ignore"):
        level = float(terms.value(np.array([x, y])).sum())
        inside = (terms.value(np.stack([out, -out])) + terms.value(np.zeros(1)) <= level).any(axis=0)
    return max(size, float(out[inside].max(initial=0.0)))


def sizes(x: float, y: float, terms: Terms) -> tuple[str, ...]:
    """The penalty's terms of the two weights, longest first; a sum is that of the numbers as they are shown."""
    if x == 0 and y == 0:
        return "both weights are exactly 0", "both exactly 0"
    parts = [("Σ|w|", abs(x), abs(y))] * bool(terms.l1) + [("Σw²", x * x, y * y)] * bool(terms.l2)
    if terms.own:
        a, b = terms.f(np.array([x, y]))
        parts.append(("Σf(w)", float(a), float(b)))
    if len(parts) > 1:
        return ", ".join(f"{name} = {a + b:.{2 if a + b >= 0.1 else 4}f}" for name, a, b in parts), ""
    ((name, a, b),) = parts
    digits = 2 if a + b >= 0.1 else 4
    terms_said = [f"{value:.{digits}f}" if value else "0" for value in (a, b)]  # "0" is exactly 0, "0.00" is not
    a, b = round(a, digits), round(b, digits)
    return f"{name} = {terms_said[0]} + {terms_said[1]} = {a + b:.{digits}f}", f"{name} = {a + b:.{digits}f}"
