"""Questions that are asked of the networks of many training sets together, not of each by itself."""

from __future__ import annotations

from collections.abc import Sequence

from regviz.training.snapshot import Snapshot

from ..compare.chance import Sets
from ..compare.chance_view import ChanceView
from ..compare.lanes import Lane
from ..compare.session import Session
from .evidence import Evidence, OfSets


def missing(observe: Evidence, session: Session) -> Sets | None:
    """Return the training sets that `observe` needs and that nobody has begun to train with the present settings."""
    if not isinstance(observe, OfSets) or not session.playing or _sets(session) is not None:
        return None
    session.cancel_chance()
    return observe.sets


def seen(observe: Evidence, session: Session) -> Snapshot:
    """Return the networks that `observe` looks at: those that are shown, or those of all training sets so far."""
    view = _sets(session) if isinstance(observe, OfSets) else None
    if view is None or len(view.snapshots) < 2:
        return session.as_met()
    return of_all(view)


def of_all(view: ChanceView) -> Snapshot:
    """Return the networks of all seeds of `view` as one snapshot, those of a seed after those of the one before."""
    models = tuple(model for its in view.snapshots for model in its.models)
    return Snapshot(max(its.step for its in view.snapshots), models)


def alone(observe: Evidence, snapshot: Snapshot, lanes: Sequence[Lane]) -> bool:
    """Return whether `snapshot` is of one training set and the question of many: then nothing is said or taken back."""
    return isinstance(observe, OfSets) and len(snapshot.models) <= len(lanes)


def over(observe: Evidence, snapshot: Snapshot) -> bool:
    """Return whether nothing is to come that `observe` waits for: no network of `snapshot` trains, nor another set."""
    return not isinstance(observe, OfSets) and all(model.state != "training" for model in snapshot.models)


def _sets(session: Session) -> ChanceView | None:
    """The networks of many training sets, if they have the present settings and were asked nothing else."""
    view = None if session.chance is None else session.chance.view()
    if view is None or view.outcomes is not None or view.older(session.configs):
        return None
    return view
