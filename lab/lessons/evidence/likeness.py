"""Evidence from what networks answer: which of some others a network is most like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regviz.arrays import Array
from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane
from ...look.numbers import number
from .finding import After, Evidence, Finding, check_names, model_of, unclear


def most_like(lane: str, others: Sequence[str], after: int, times: float = 2.0) -> Evidence:
    """Return the name of that one of `others` whose answers are nearest to a lane's; "neither" if the next is not as
    far.

    Distances are root mean squares over the validation points, of a regression in units of its targets' own sd. The
    next one must be `times` as far away.
    """
    check_names("others", others)

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = model_of(snapshot, lanes, lane)
        models = {name: model_of(snapshot, lanes, name) for name in others}
        mine = _answers(model)
        found = {name: float(np.sqrt(np.mean((_answers(its) - mine) ** 2))) for name, its in models.items()}
        said = ", ".join(
            tr("{distance} from those of “{lane}”", distance=number(away), lane=name) for name, away in found.items()
        )
        losses = ", ".join(number(its.now("val_loss")) for its in (model, *models.values()))
        text = tr(
            "Epoch {epoch}: the answers of “{lane}” are {distances}. Validation losses: {losses}.",
            epoch=snapshot.common_epoch,
            lane=lane,
            distances=said,
            losses=losses,
        )
        if unclear((model, *models.values()), after) or not np.isfinite(list(found.values())).all():
            return Finding(text)
        near, then = sorted(found, key=found.__getitem__)[:2]
        return Finding(text, near if found[then] >= times * found[near] else "neither")

    return After(after, look, weights=True)


def _answers(model: ModelSnapshot) -> Array:
    """What a network says of the validation points, float64."""
    said: Array = model.predict(model.split.X_val).astype(np.float64)
    return said if model.split.task == "classification" else said / float(np.std(model.split.y_val))
