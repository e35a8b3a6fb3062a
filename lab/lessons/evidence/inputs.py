"""Evidence from the first layer: which inputs a network listens to."""

from __future__ import annotations

from collections.abc import Sequence

from regviz import probes
from regviz.arrays import Array
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane
from ...look.numbers import percent
from .finding import Evidence, Finding, kept, model_of, newest, pairs


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


def copies_kept(lane: str, named: str, after: int) -> Evidence:
    """How many of the inputs whose names begin with `named` a lane keeps: "all", "some" or "none", after some epochs.

    The sentence tells of every lane, and of one that keeps them all, how evenly.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        said, outcome = [], ""
        for its, model in pairs(snapshot, lanes):
            names, shares = _kept(model, named)
            count = shares.size
            text = f"“{its.name}” keeps {len(names)} of the {count} copies"
            if len(names) == count:
                text += f", the least with {percent(shares.min() / shares.max())} of the weight of the largest"
            said.append(text)
            if its.name == lane:
                outcome = "all" if len(names) == count else "some" if names else "none"
        return Finding("; ".join(said) + ".", outcome if newest(snapshot) >= after else "")

    return look


def same_copies(named: str, after: int) -> Evidence:
    """Whether all lanes keep the same inputs of those whose names begin with `named`: "same" or "different"."""

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        found = {lane.name: _kept(model, named)[0] for lane, model in pairs(snapshot, lanes)}
        text = "; ".join(f"“{lane}” keeps {', '.join(names) or 'none'}" for lane, names in found.items()) + "."
        if newest(snapshot) < after:
            return Finding(text)
        return Finding(text, "same" if len(set(found.values())) == 1 else "different")

    return look


def _kept(model: ModelSnapshot, named: str) -> tuple[tuple[str, ...], Array]:
    """Of the inputs whose names begin with `named`: the names of those that are not dead, and each one's share."""
    found = probes.importance(model)
    places = [k for k, name in enumerate(model.split.feature_names) if name.startswith(named)]
    return tuple(model.split.feature_names[k] for k in places if not found.dead[k]), found.share[places]
