"""Evidence from teams that each choose one of the lanes' networks by a few validation points of their own."""

from __future__ import annotations

from collections.abc import Sequence

from regviz import probes
from regviz.training.snapshot import Snapshot

from ...compare.lanes import Lane
from ...look.numbers import number, percent
from .finding import Evidence, Finding, newest, points


def chosen_by(count: int, after: int, least: float = 0.02) -> Evidence:
    """How the networks that teams choose by `count` validation points each do on all other validation points.

    "lower" or "higher" than on the points that have chosen them, by `least` of the score on average, or the "same".
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        epoch, split = newest(snapshot), snapshot.models[0].split
        scores = [probes.point_scores(model, split.X_val, split.y_val) for model in snapshot.models]
        if all(model.state == "diverged" for model in snapshot.models) or len(split.y_val) <= count:
            return Finding(f"Epoch {epoch}: nobody can choose by {count} of {len(split.y_val)} validation points.")
        found = probes.choose(scores, count)
        own, new = found.means
        right, said = ("right on", percent) if split.task == "classification" else ("at an R² of", number)
        text = (
            f"Epoch {epoch}, {count} validation points for each team. Its choice is on average {right} "
            f"{said(own, 1)} of the team's own points and {said(new, 1)} of all others, a difference of "
            f"{points(own - new)}. Teams choose {len(set(found.chosen.tolist()))} of {len(lanes)} networks."
        )
        if epoch < after:
            return Finding(text)
        return Finding(text, "lower" if own - new >= least else "higher" if new - own >= least else "same")

    return look
