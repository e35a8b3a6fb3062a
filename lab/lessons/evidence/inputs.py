"""Evidence from the first layer: which inputs a network listens to."""

from __future__ import annotations

from collections.abc import Sequence

from regviz import probes
from regviz.arrays import Array
from regviz.language import en, ntr, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane
from ...look.numbers import number, percent
from .finding import After, Evidence, Finding, model_of, pairs, waits

FEW, MOST = 0.2, 0.8
"""To select inputs is to keep no more than `FEW` of those that say nothing, and at least `MOST` of the others."""

ALL_COPIES = en("“{lane}” keeps {kept} of the {count} copies, the smallest with {least} of the largest one's weight")


def inputs_kept(lane: str) -> Evidence:
    """Return how many inputs a lane still listens to: "selects" if hardly any of those made to say nothing, and most
    others.

    Where no input was made so, every kept input counts and there is no outcome.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = model_of(snapshot, lanes, lane)
        found, informative = probes.importance(model), model.split.informative
        live = ~found.dead
        right = _validated(model)
        if informative is None:
            listens = ntr(
                "{lane} listens to {live} of 1 input.",
                "{lane} listens to {live} of {n} inputs.",
                live.size,
                lane=lane,
                live=live.sum(),
            )
            return Finding(f"{listens} {right}")
        text = tr(
            "{lane} listens to {live} of the {all} inputs that matter and to {idle} of the {others} that do not; "
            "{share} of the first layer's Σ|w| is on those that matter.",
            lane=lane,
            live=live[informative].sum(),
            all=informative.sum(),
            idle=live[~informative].sum(),
            others=(~informative).sum(),
            share=percent(float(found.share[informative].sum())),
        )
        selects = live[~informative].mean() <= FEW and live[informative].mean() >= MOST
        return Finding(f"{text} {right}", "selects" if selects else "")

    return look


def copies_kept(lane: str, named: str, after: int) -> Evidence:
    """Return how many of the inputs whose names begin with `named` a lane keeps: "all", "some" or "none", after some
    epochs.

    The sentence tells of every lane, and of one that keeps them all, how evenly.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        said, outcome = [], ""
        for its, model in pairs(snapshot, lanes):
            names, shares = _kept(model, named)
            count = shares.size
            if len(names) == count:
                least = percent(shares.min() / shares.max())
                said.append(tr(ALL_COPIES, lane=its.name, kept=count, count=count, least=least))
            else:
                said.append(
                    tr("“{lane}” keeps {kept} of the {count} copies", lane=its.name, kept=len(names), count=count)
                )
            if its.name == lane:
                outcome = "all" if len(names) == count else "some" if names else "none"
        return Finding("; ".join(said) + ".", "" if waits(snapshot.models, after) else outcome)

    return After(after, look, weights=True)


def selecting(after: int) -> Evidence:
    """Return which lanes keep none of the inputs made to say nothing, but some of the others: joined by " + ", or
    "none".
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        informative = snapshot.models[0].split.informative
        if informative is None:
            return Finding(tr("Nobody knows which of these inputs say nothing."))
        said, found = list[str](), list[str]()
        first = en(
            "“{lane}” keeps {idle} of the {all_idle} inputs that say nothing and {others} of the {all_others} others"
        )
        for lane, model in pairs(snapshot, lanes):
            live = ~probes.importance(model).dead
            idle, others = int(live[~informative].sum()), int(live[informative].sum())
            texts = first if not said else en("“{lane}” keeps {idle} and {others}")
            counts = {"all_idle": (~informative).sum(), "all_others": informative.sum()}
            said.append(tr(texts, lane=lane.name, idle=idle, others=others, **counts))
            if others and not idle:
                found.append(lane.name)
        text = tr(
            "Epoch {epoch}: {found}. Validation losses: {losses}.",
            epoch=snapshot.common_epoch,
            found="; ".join(said),
            losses=", ".join(number(model.now("val_loss")) for model in snapshot.models),
        )
        if waits(snapshot.models, after):
            return Finding(text)
        return Finding(text, " + ".join(found) or "none")

    return After(after, look, weights=True)


def same_copies(named: str, after: int) -> Evidence:
    """Return whether all lanes keep the same inputs of those whose names begin with `named`: "same" or "different"."""

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        found = {lane.name: _kept(model, named)[0] for lane, model in pairs(snapshot, lanes)}
        keeps, nothing = en("“{lane}” keeps {names}"), en("“{lane}” keeps none")
        said = (tr(keeps if names else nothing, lane=lane, names=", ".join(names)) for lane, names in found.items())
        text = "; ".join(said) + "."
        if waits(snapshot.models, after):
            return Finding(text)
        return Finding(text, "same" if len(set(found.values())) == 1 else "different")

    return After(after, look, weights=True)


def _validated(model: ModelSnapshot) -> str:
    """How well a network does on validation points, in a sentence."""
    score = model.now("val_score")
    if model.split.task == "regression":
        return tr("Its validation R² is {score}.", score=number(score))
    return tr("Its validation accuracy is {score}.", score=percent(score, 1))


def _kept(model: ModelSnapshot, named: str) -> tuple[tuple[str, ...], Array]:
    """Of the inputs whose names begin with `named`: the names of those that are not dead, and each one's share.

    Raises ValueError if there are none.
    """
    found = probes.importance(model)
    places = [k for k, name in enumerate(model.split.feature_names) if name.startswith(named)]
    if not places:
        raise ValueError(tr("no input of these data is a copy of another one"))
    return tuple(model.split.feature_names[k] for k in places if not found.dead[k]), found.share[places]
