"""Evidence from the weights: which are exactly 0, and which are nearly so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regviz.language import ntr, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane
from ...look.numbers import percent
from .finding import After, Evidence, Finding, model_of, pairs, quoted, unclear, waits


def zeros_of(first: str, second: str, after: int = 100, many: float = 0.5) -> Evidence:
    """Return which of two lanes has many weights at exactly 0, after some epochs: "first", "second", "both" or
    "neither".
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        models = [model_of(snapshot, lanes, name) for name in (first, second)]
        text = " ".join(_zeros(name, model) for name, model in zip((first, second), models, strict=True))
        if unclear(models, after):
            return Finding(text)
        one, other = (model.zero_fraction >= many for model in models)
        return Finding(text, "both" if one and other else "first" if one else "second" if other else "neither")

    return After(after, look, weights=True)


def near_zero(after: int, within: float = 1e-3, many: float = 0.1) -> Evidence:
    """Return which lanes have a share of at least `many` of their weights `within` of 0, joined by " + ", or "none"."""

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        found = {}
        for lane, model in pairs(snapshot, lanes):
            near = sum(int(np.sum(np.abs(W) < within)) for W in model.weights)
            found[lane.name] = near / sum(W.size for W in model.weights)
        losses = ", ".join(f"{model.now('val_loss'):.2f}" for model in snapshot.models)
        text = tr(
            "Weights within {bound} of 0: {shares}. Validation losses: {losses}.",
            bound=f"{within:g}",
            shares=quoted(found, share=True),
            losses=losses,
        )
        if waits(snapshot.models, after):
            return Finding(text)
        return Finding(text, " + ".join(name for name in found if found[name] >= many) or "none")

    return After(after, look, weights=True)


def _zeros(name: str, model: ModelSnapshot) -> str:
    zeros, count = (int(sum(f(W) for W in model.weights)) for f in (lambda W: np.sum(W == 0), np.size))
    if not zeros:
        return tr("{lane}: none of {count} weights is exactly 0.", lane=name, count=f"{count:,}")
    return ntr(
        "{lane}: 1 of {count} weights is exactly 0 ({share}).",
        "{lane}: {n} of {count} weights are exactly 0 ({share}).",
        zeros,
        lane=name,
        count=f"{count:,}",
        share=percent(model.zero_fraction),
    )
