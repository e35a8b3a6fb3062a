"""The penalty's shape in the plane of two weights, where it is what it is at a point: diamond, disc or any other."""

from __future__ import annotations

from typing import Any

import contourpy
import numpy as np
from matplotlib.path import Path

from regviz.arrays import Array
from regviz.language import tr
from regviz.optim.penalties import Penalty

from ...look.numbers import number, summed
from ..parts.penalties import Terms, plain_formula
from .plane import Pair, Place

GRID = 81
"""Points along each side of the grid on which the shape of any function is found; odd, so that 0 is one of them."""

FARTHEST = 1.6
"""How far a shape is followed, in units of the larger of the two weights: a bounded penalty's has no end."""

QUARTER = 32
"""Points of a shape in each quarter of the plane."""

STEPS = 40
"""Steps at most towards a point of the shape."""


class Slice:
    """A layer's penalty while two of its weights move and all others rest.

    What rests matters for groups only: their other weights W (in, out) keep their values.
    """

    def __init__(self, terms: Terms, W: Array, pair: Pair) -> None:
        self.members = terms.members
        self.W, self.pair = np.asarray(W, np.float64), pair

    def __call__(self, x: Array | float, y: Array | float) -> Array:
        """The penalty of the two weights, and of the groups that they are in, for x and y that broadcast; float64."""
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        if x.shape != y.shape:
            x, y = np.broadcast_arrays(x, y)
        with np.errstate(all="ignore"):
            return np.asarray(sum(lam * part for member, lam in self.members for part in self.parts(member, x, y)))

    def parts(self, member: Penalty, x: Array, y: Array) -> list[Array]:
        """Return what each of the two weights, or the group that it is in, costs without λ; one part for a group of
        both.
        """
        first, second = self.pair.first, self.pair.second
        if member.groups is None:
            return [np.asarray(member.value(each, 1.0), np.float64) for each in (x, y)]
        if _group(member, first) == _group(member, second):
            return [self._of_group(member, {first: x, second: y})]
        return [self._of_group(member, {place: each}) for place, each in ((first, x), (second, y))]

    def _of_group(self, member: Penalty, moved: dict[Place, Array]) -> Array:
        """f of the group that holds the weights `moved`, with these values."""
        place, values = next(iter(moved.items()))
        rest = self.W[place[0]] if member.groups == "inputs" else self.W[:, place[1]]
        group = np.tile(rest, (*values.shape, 1))
        for its, each in moved.items():
            group[..., its[1] if member.groups == "inputs" else its[0]] = each
        matrix = group[..., :, None] if member.groups == "inputs" else group[..., None, :]
        return np.asarray(member.value(matrix, 1.0), np.float64)[..., 0, 0]


def shape(x: float, y: float, cost: Slice, reach: float) -> Path:
    """Return the area of [−reach, reach]², and a little beyond, where the penalty is at most what it is at (x, y).

    Where it grows with every weight's size, as norms do, its edge is found along rays. Any other function's area may
    be bent inwards, in pieces, or without an end; it is found on a grid that has the point on it.
    """
    points = ball(x, y, cost, reach)
    return _on_grid(x, y, cost, reach) if points is None else Path(points, closed=True)


def ball(x: float, y: float, cost: Slice, reach: float) -> Array | None:
    """Return the curve (4·QUARTER + 1, 2) on which the penalty is what it is at (x, y), which is one of its points.

    None if the penalty does not grow along every ray alike in all four quarters, or not enough within twice the reach.
    """
    turn = np.linspace(0, np.pi / 2, QUARTER + 1)
    own = np.arctan2(abs(y), abs(x))
    nearest = 1 + int(np.argmin(np.abs(turn[1:-1] - own)))
    turn[nearest] = own if 0 < own < np.pi / 2 else turn[nearest]
    across, up = np.cos(turn), np.sin(turn)
    across[-1] = 0.0
    level, far = float(cost(x, y)), 2 * reach
    if x == y == 0:
        return np.zeros((4 * QUARTER + 1, 2))
    radii = far * np.linspace(0, 1, 13)[:, None]
    quarters = np.array([[1, 1], [-1, 1], [1, -1], [-1, -1]])[..., None, None]
    grown = cost(quarters[:, 0] * (radii * across[::8]), quarters[:, 1] * (radii * up[::8]))
    alike = np.abs(grown - grown[0]).max() <= 1e-9 * np.abs(grown).max()
    if not (alike and (grown[:, 1:] >= grown[:, :-1]).all() and (grown[:, -1] >= level).all()):
        return None  # not a number is not alike
    radii = far * np.linspace(0, 1, 25)[:, None]
    beyond = cost(radii * across, radii * up) >= level
    first = np.maximum(np.argmax(beyond, axis=0), 1)
    low, high = radii[first - 1, 0], radii[first, 0]
    r = _roots(lambda r: cost(r * across, r * up) - level, low, high, 1e-11 * abs(level))
    quarter = np.column_stack([r * across, r * up])
    half = np.concatenate([quarter, (quarter * [-1, 1])[-2::-1]])
    return np.concatenate([half, (half * [1, -1])[-2::-1]])


def _roots(f: Any, low: Array, high: Array, close: float) -> Array:
    """Where nondecreasing functions of a radius are 0 within [low, high], up to `close`, by the Illinois rule."""
    at_low, at_high = f(low), f(high)
    middle, before = high, None
    for _ in range(STEPS):
        gap = at_high - at_low
        middle = high - np.divide(at_high * (high - low), gap, out=np.zeros_like(gap), where=gap > 0)
        value = f(middle)
        if np.abs(value).max() <= close:
            break
        below = value < 0
        if before is not None:  # an end that stays twice counts half
            at_high = np.where(below & before, at_high / 2, at_high)
            at_low = np.where(~below & ~before, at_low / 2, at_low)
        low, at_low = np.where(below, middle, low), np.where(below, value, at_low)
        high, at_high = np.where(below, high, middle), np.where(below, at_high, value)
        before = below
    return np.asarray(middle)


def _on_grid(x: float, y: float, cost: Slice, reach: float) -> Path:
    axis = np.union1d(np.linspace(-1.1 * reach, 1.1 * reach, GRID), [-abs(x), abs(x), -abs(y), abs(y)])
    values, level = cost(axis[None, :], axis[:, None]), float(cost(x, y))
    high = 10 * max(float(np.max(values, initial=0.0, where=np.isfinite(values))), abs(level), 1.0)
    values = np.nan_to_num(values, nan=high, posinf=high)
    below = min(float(values.min()), level) - 1.0
    generator = contourpy.contour_generator(axis, axis, values, fill_type=contourpy.FillType.OuterCode)
    found: Any = generator.filled(below, level)
    points, codes = found
    kept = [k for k, its in enumerate(points) if its is not None and len(its)]
    if not kept:
        return Path(np.tile([x, y], (3, 1)), closed=True)
    return Path(np.concatenate([points[k] for k in kept]), np.concatenate([codes[k] for k in kept]))


def extent(x: float, y: float, cost: Slice) -> float:
    """Return how far the shape through (x, y) goes out from 0 along an axis, roughly; at most `FARTHEST` times the
    weights.
    """
    size = max(abs(x), abs(y))
    out = np.linspace(0, FARTHEST * size, 41)
    level = float(cost(x, y)) * (1 + 1e-9)
    signs = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])[..., None]
    ends = cost(signs[:, 0] * out, signs[:, 1] * out)
    return max(size, float(out[(ends <= level).any(axis=0)].max(initial=0.0)))


def sizes(x: float, y: float, cost: Slice) -> tuple[str, ...]:
    """Return the penalty's terms of the two weights, longest first; a sum is that of the numbers as they are shown."""
    if x == 0 and y == 0:
        return tr("both weights are exactly 0"), tr("both exactly 0")
    here = np.asarray(x), np.asarray(y)
    named = [(plain_formula(member), [float(part) for part in cost.parts(member, *here)]) for member, _ in cost.members]
    if len(named) > 1:
        return ", ".join(f"{name} = {number(sum(parts))}" for name, parts in named), ""
    ((name, parts),) = named
    said, total = summed(parts, 2 if sum(parts) >= 0.1 else 4)
    said = [text if part else "0" for text, part in zip(said, parts, strict=True)]
    return " = ".join([name, *([" + ".join(said)] if len(parts) > 1 else []), total]), f"{name} = {total}"


def _group(member: Penalty, place: Place) -> int:
    """The number of the group of a penalty that a weight (input, unit) is in."""
    return place[0] if member.groups == "inputs" else place[1]
