"""Evidence from networks whose smallest weights are deleted."""

from __future__ import annotations

from collections.abc import Sequence

from regviz import probes
from regviz.language import tr
from regviz.training.snapshot import Snapshot

from ...compare.lanes import Lane
from ...look.numbers import at_least, percent
from .finding import After, Evidence, Finding, check_names, pairs, points, waits

NOBODY = "nobody"
"""The outcome if no lane loses much."""


def hurt_by_pruning(share: float, after: int, least: float = 0.05, among: Sequence[str] = ()) -> Evidence:
    """Return which lanes lose `least` of their validation accuracy without a `share` of their smallest weights.

    Joined by " + ", or "nobody".
    """
    check_names("among", among)

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        parts, hurt = [], []
        for lane, model in pairs(snapshot, lanes):
            if among and lane.name not in among:
                continue
            split = model.split
            whole, its = probes.pruned(model, split.X_val, split.y_val, (0.0, share))
            score, lost = percent(its.score, 1), points(whole.score - its.score)
            parts.append(tr("“{lane}” {score}, {lost} points lost", lane=lane.name, score=score, lost=lost))
            if at_least(whole.score - its.score, least):
                hurt.append(lane.name)
        text = tr(
            "Epoch {epoch}. Validation accuracy without the {share} smallest weights: {found}.",
            epoch=snapshot.common_epoch,
            share=percent(share),
            found="; ".join(parts),
        )
        if waits(snapshot.models, after):
            return Finding(text)
        return Finding(text, " + ".join(hurt) or NOBODY)

    return After(after, look, weights=True)
