"""Evidence from the training labels: which of them a network has learned, the right ones or the wrong ones."""

from __future__ import annotations

from collections.abc import Sequence

from regviz import probes
from regviz.language import tr
from regviz.training.snapshot import Snapshot

from ...compare.lanes import Lane
from ...look.numbers import percent
from .finding import After, Evidence, Finding, epoch_of, model_of, unclear


def mislabelled(lane: str, after: int) -> Evidence:
    """Return what a lane answers for most training points whose label is wrong: "wrong" (that label), "true" (their
    class).

    "neither" if it gives neither to half of them, and where no label is wrong.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = model_of(snapshot, lanes, lane)
        flipped = model.split.flipped
        if not flipped.any():
            return Finding(tr("Epoch {epoch}: no label is wrong.", epoch=epoch_of(model)))
        found = probes.learned_labels(model)
        text = tr(
            "Epoch {epoch}: “{lane}” gives {right} of the correctly labelled points their label. Of the {count} with a "
            "wrong label, {wrong} get that label and {true} their true class.",
            epoch=epoch_of(model),
            lane=lane,
            right=percent(found.right),
            count=flipped.sum(),
            wrong=percent(found.wrong),
            true=percent(found.true),
        )
        if unclear([model], after):
            return Finding(text)
        return Finding(text, "wrong" if found.wrong >= 0.5 else "true" if found.true >= 0.5 else "neither")

    return After(after, look)
