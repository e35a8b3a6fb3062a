"""Evidence from the first layer: which inputs a network listens to."""

from __future__ import annotations

from collections.abc import Sequence

from regviz import probes
from regviz.training.snapshot import Snapshot

from ...compare.lanes import Lane
from ...look.numbers import percent
from .finding import Evidence, Finding, kept, model_of


def inputs_kept(lane: str) -> Evidence:
    """How many inputs a lane still listens to: "selects" if of those made to say nothing it keeps a smaller share.

    Where no input was made so, every kept input counts and there is no outcome.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = model_of(snapshot, lanes, lane)
        found, informative = probes.importance(model), model.split.informative
        live = ~found.dead
        right = f"Its validation accuracy is {percent(kept(model, 'val_score'), 1)}."
        if informative is None:
            return Finding(f"{lane} listens to {live.sum()} of {live.size} inputs. {right}")
        share = percent(float(found.share[informative].sum()))
        text = (
            f"{lane} listens to {live[informative].sum()} of the {informative.sum()} inputs that matter and to "
            f"{live[~informative].sum()} of the {(~informative).sum()} that do not; "
            f"{share} of the first layer's Σ|w| is on those that matter. {right}"
        )
        return Finding(text, "selects" if live[~informative].mean() < live[informative].mean() else "")

    return look
