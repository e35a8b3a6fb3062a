"""Evidence from teams that each choose one of the lanes' networks by a few validation points of their own."""

from __future__ import annotations

from collections.abc import Sequence

from regviz import probes
from regviz.language import en, tr
from regviz.training.snapshot import Snapshot

from ...compare.lanes import Lane
from ...look.numbers import number, percent
from .finding import Evidence, Finding, points

RIGHT = en(
    "Epoch {epoch}, {count} validation points for each team. On average its choice is right on {own} of the team's own "
    "points and {new} of all others, a difference of {difference} percentage points. Teams choose {chosen} of {lanes} "
    "networks."
)
FITS = en(
    "Epoch {epoch}, {count} validation points for each team. On average its choice has an R² of {own} on the team's "
    "own points and {new} on all others, a difference of {difference}. Teams choose {chosen} of {lanes} networks."
)


def chosen_by(count: int, after: int, least: float = 0.02) -> Evidence:
    """How the networks that teams choose by `count` validation points each do on all other validation points.

    "lower" or "higher" than on the points that have chosen them, by `least` of the score on average, or the "same".
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        epoch, split = snapshot.epoch, snapshot.models[0].split
        scores = [probes.point_scores(model, split.X_val, split.y_val) for model in snapshot.models]
        if all(model.state == "diverged" for model in snapshot.models) or len(split.y_val) <= count:
            nobody = en("Epoch {epoch}: nobody can choose by {count} of {all} validation points.")
            return Finding(tr(nobody, epoch=epoch, count=count, all=len(split.y_val)))
        found = probes.choose(scores, count)
        own, new = found.means
        classes = split.task == "classification"
        text = tr(
            RIGHT if classes else FITS,
            epoch=epoch,
            count=count,
            own=percent(own, 1) if classes else number(own, 1),
            new=percent(new, 1) if classes else number(new, 1),
            difference=points(own - new) if classes else number(own - new),
            chosen=len(set(found.chosen.tolist())),
            lanes=len(lanes),
        )
        if epoch < after:
            return Finding(text)
        return Finding(text, "lower" if own - new >= least else "higher" if new - own >= least else "same")

    return look
