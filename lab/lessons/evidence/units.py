"""Evidence from hidden units taken away: one at a time, or a random share of them as dropout does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regviz import probes
from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane
from ...look.numbers import at_least, number, percent
from .finding import After, Evidence, Finding, epoch_of, layered_of, points, unclear

SUB_NETWORKS, MASKS_SEED, STANDARD = 20, 20, 0.5
"""How many sub-networks are asked, the seed of their masks, and the rate for a lane without dropout of its own."""


def most_hurt(first: str, second: str, after: int, times: float = 1.4) -> Evidence:
    """Return the name of the lane that loses most accuracy when the one hidden unit it needs most is removed, or
    "same".
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        models = {name: layered_of(snapshot, lanes, name) for name in (first, second)}
        found = {name: _worst_removal(model) for name, model in models.items()}
        worst = {name: lost for name, (lost, _) in found.items()}
        weak, strong = sorted(worst, key=worst.__getitem__, reverse=True)
        text = tr(
            "Deleting its most important unit costs “{weak}” {weak_lost} points of accuracy (layer {weak_layer}), "
            "“{strong}” {strong_lost} points (layer {strong_layer}). Validation losses: {weak_loss} and {strong_loss}.",
            weak=weak,
            weak_lost=points(worst[weak]),
            weak_layer=found[weak][1],
            weak_loss=number(models[weak].now("val_loss")),
            strong=strong,
            strong_lost=points(worst[strong]),
            strong_layer=found[strong][1],
            strong_loss=number(models[strong].now("val_loss")),
        )
        if unclear(models.values(), after):
            return Finding(text)
        return Finding(text, weak if at_least(worst[weak], times * worst[strong] + 0.002) else "same")

    return After(after, look, weights=True)


def ensemble_of(lane: str, after: int, margin: float = 1.02) -> Evidence:
    """Return whose loss is lowest: the "full" network's, or that of the "average" of its masked sub-networks; or
    "same".
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = layered_of(snapshot, lanes, lane)
        X, y = model.split.X_val, model.split.y_val
        rate = model.config.dropout if any(model.config.dropout_rates) else STANDARD
        found = probes.sub_networks(model, X, y, SUB_NETWORKS, rate, MASKS_SEED)
        alone, average, full = float(np.mean(found.loss)), float(found.average_loss), float(found.full_loss)
        text = tr(
            "Epoch {epoch}, validation loss of “{lane}”: one sub-network alone {alone}, the average of {count} "
            "{average}, the full network {full}, right on {right}.",
            epoch=epoch_of(model),
            lane=lane,
            alone=number(alone),
            count=SUB_NETWORKS,
            average=number(average),
            full=number(full),
            right=percent(model.now("val_score"), 1),
        )
        if unclear([model], after):
            return Finding(text)
        outcome = "full" if average >= margin * full else "average" if full >= margin * average else "same"
        return Finding(text, outcome)

    return After(after, look)


def _worst_removal(model: ModelSnapshot) -> tuple[float, int]:
    """The accuracy lost without the unit that is needed most (0 if every removal is a gain), and its hidden layer."""
    X, y = model.split.X_val, model.split.y_val
    found = probes.ablate(model, X, y)
    lost = [max(0.0, float(found.full_score - accuracy.min())) for accuracy in found.score]
    return max(lost), 1 + int(np.argmax(lost))
