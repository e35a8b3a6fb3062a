"""A network as a graph: which units are shown where not all have room, where they stand, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regviz.arrays import Floats
from regviz.language import ntr, tr
from regviz.probes import Measured, signals
from regviz.training.snapshot import ModelSnapshot

from ...look.numbers import number, percent

Units = NDArray[np.intp]

EDGES = 210
"""Edges at most: Agg takes about 16 microseconds for each, and more could hardly be told apart."""

OUSTED = 2.0
"""A unit gives up its place to one that is this many times as strong: places hardly ever change during a run."""


@dataclass(frozen=True, slots=True)
class Norms:
    """Lengths of each unit's incoming and outgoing weights in a layer; inputs have none coming in, outputs none out."""

    incoming: Floats | None
    outgoing: Floats | None

    @property
    def strength(self) -> Floats:
        """What decides who is shown: the product for hidden units, so that one that hears or says nothing counts 0."""
        if self.incoming is None:
            assert self.outgoing is not None
            return self.outgoing
        return self.incoming if self.outgoing is None else self.incoming * self.outgoing


def norms(model: ModelSnapshot) -> list[Norms]:
    """Return the norms of every layer: inputs, hidden layers, outputs."""
    incoming = [None, *(np.sqrt(np.square(W, dtype=float).sum(axis=0)) for W in model.weights)]
    outgoing = [*(np.sqrt(np.square(W, dtype=float).sum(axis=1)) for W in model.weights), None]
    return [Norms(a, b) for a, b in zip(incoming, outgoing, strict=True)]


def places(widths: Sequence[int], most: int) -> list[int]:
    """Return how many units of each layer are shown: all if there is room, else as many as `most` and EDGES allow.

    Outputs make way last: they are what the network says.
    """
    outputs = min(widths[-1], most)
    while True:
        shown = [*(min(width, most) for width in widths[:-1]), outputs]
        if most <= 2 or sum(shown[k] * shown[k + 1] for k in range(len(shown) - 1)) <= EDGES:
            return shown
        most -= 1


def strongest(strength: Floats, count: int, keep: Sequence[int] = ()) -> Units:
    """Return the `count` strongest units, those in `keep` before all others, in their own order."""
    strength = strength.copy()
    strength[list(keep)] = np.inf
    return np.sort(np.argsort(-strength, kind="stable")[:count])


def updated(shown: Units, strength: Floats, keep: Sequence[int] = ()) -> Units:
    """Return `shown`, its weakest unit replaced by the strongest hidden one if that is OUSTED times as strong.

    One change a call; units in `keep` stay.
    """
    rest = np.setdiff1d(np.arange(len(strength)), shown)
    free = [place for place, unit in enumerate(shown) if unit not in keep]
    if not len(rest) or not free:
        return shown
    best = rest[np.argmax(strength[rest])]
    place = min(free, key=lambda at: strength[shown[at]])
    if strength[best] <= OUSTED * strength[shown[place]]:
        return shown
    changed = shown.copy()
    changed[place] = best
    return changed


@dataclass(frozen=True, slots=True)
class Graph:
    """Where everything stands, in CSS pixels from the top left of the axes.

    x (layers,) and y, per layer (units,), of the units shown; `radius` of a unit; `points` (all units, 2), layer by
    layer; `segments` (edges, 2, 2), of each layer's weights row by row.
    """

    x: Floats
    y: tuple[Floats, ...]
    radius: float
    points: Floats
    segments: Floats


@dataclass(frozen=True, slots=True)
class Circles:
    """How large units may be: CSS pixels at most, and shares of their rows and of the columns' distance."""

    largest: float
    of_row: float = 0.36
    of_column: float = 0.2
    apart: bool = False
    """True if edges end at the circles: something is drawn inside that they must not cross."""


def graph(counts: Sequence[int], width: float, height: float, left: float, right: float, circles: Circles) -> Graph:
    """Return columns of `counts` units from `left` to `right` pixels before the end, each in the middle of its
    height.
    """
    x = np.linspace(left, width - right, len(counts))
    radius = radius_of(max(counts), height, float(x[-1] - x[0]) / max(1, len(counts) - 1), circles)
    steps = [min(height / count, 6 * radius) for count in counts]
    y: tuple[Floats, ...] = tuple(
        np.asarray((np.arange(n) - (n - 1) / 2) * step + height / 2, np.float64)
        for n, step in zip(counts, steps, strict=True)
    )
    segments = []
    for k in range(len(counts) - 1):
        a, b = np.meshgrid(y[k], y[k + 1], indexing="ij")
        ends = (np.stack([np.full_like(a, x[k]), a], axis=-1), np.stack([np.full_like(b, x[k + 1]), b], axis=-1))
        segments.append(np.stack(ends, axis=2).reshape(-1, 2, 2))
    points = np.concatenate([np.column_stack([np.full(len(ys), at), ys]) for at, ys in zip(x, y, strict=True)])
    lines = np.concatenate(segments)
    if circles.apart:
        way = lines[:, 1] - lines[:, 0]
        short = way * (radius / np.linalg.norm(way, axis=1, keepdims=True))
        lines[:, 0] += short
        lines[:, 1] -= short
    return Graph(x, y, radius, points, lines)


def radius_of(most: int, height: float, column: float, circles: Circles) -> float:
    """Return the radius of units, `most` of which stand in `height`, in columns that are `column` apart."""
    return float(min(circles.of_row * height / most, circles.largest, circles.of_column * column))


def facts(model: ModelSnapshot, layer: int, unit: int, name: str) -> str:
    """Return a unit's numbers, a line each; the inputs are layer 0."""
    its, lines = norms(model)[layer], [name]
    if its.incoming is not None:
        lines.append(tr("incoming norm {incoming}", incoming=number(its.incoming[unit])))
    if its.outgoing is not None:
        lines.append(tr("outgoing norm {outgoing}", outgoing=number(its.outgoing[unit])))
    if 0 < layer < len(model.weights):
        mean = float(signals(model, model.split.X_val).activations[layer - 1][:, unit].mean())
        lines.append(tr("mean activation {mean}", mean=number(mean)))
    if layer:
        zeros = float(np.mean(model.weights[layer - 1][:, unit] == 0))
        lines.append(tr("incoming weights exactly 0: {zeros}", zeros=percent(zeros)))
    return "\n".join(lines)


def verdicts(full: Measured, left: Measured, count: int, regression: bool) -> list[str]:
    """Return what the removal of `count` units has cost, in words of several lengths."""
    removed = ntr("{n} unit removed", "{n} units removed", count, n=count)
    loss = tr("loss {before} → {after}", before=number(full.loss), after=number(left.loss))
    if regression:
        change = number(left.loss - full.loss, sign=True)
        whole = tr("{removed}: validation {loss} ({change})", removed=removed, loss=loss, change=change)
        return [whole, f"{removed}: {loss}", loss]
    points = number(100 * (left.score - full.score), 1, sign=True)
    accuracy = f"{number(100 * full.score, 1)} → {percent(left.score, 1)}"
    return [
        tr(
            "{removed}: accuracy {accuracy} ({points} points), {loss}",
            removed=removed,
            accuracy=accuracy,
            points=points,
            loss=loss,
        ),
        f"{removed}: {accuracy} ({points}), {loss}",
        tr("{removed}: {points} points, {loss}", removed=removed, points=points, loss=loss),
        tr("{removed}: {points} points", removed=removed, points=points),
    ]
