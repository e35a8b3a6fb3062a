"""Evidence from the training labels: which of them a network has learned, the right ones or the wrong ones."""

from __future__ import annotations

from collections.abc import Sequence

from regviz.data import load
from regviz.language import tr
from regviz.training.snapshot import Snapshot

from ...compare.lanes import Lane
from ...look.numbers import percent
from .finding import Evidence, Finding, model_of


def mislabelled(lane: str, after: int) -> Evidence:
    """What a lane answers for most training points whose label is wrong: "wrong" (that label), "true" (their class).

    "neither" if it gives neither to half of them, and where no label is wrong.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = model_of(snapshot, lanes, lane)
        split, flipped = model.split, model.split.flipped
        if not flipped.any():
            return Finding(tr("Epoch {epoch}: no label is wrong.", epoch=model.epoch))
        said = model.predict(split.X_train).argmax(axis=1)
        true = load(model.config.replace(label_noise=0.0)).y_train
        right = float((said == split.y_train)[~flipped].mean())
        wrong, seen = (float((said == labels)[flipped].mean()) for labels in (split.y_train, true))
        text = tr(
            "Epoch {epoch}: “{lane}” gives {right} of the rightly labelled points their label. Of the {count} with a "
            "wrong label, {wrong} get that label, and {true} their true class.",
            epoch=model.epoch,
            lane=lane,
            right=percent(right),
            count=flipped.sum(),
            wrong=percent(wrong),
            true=percent(seen),
        )
        if model.epoch < after:
            return Finding(text)
        return Finding(text, "wrong" if wrong >= 0.5 else "true" if seen >= 0.5 else "neither")

    return look
