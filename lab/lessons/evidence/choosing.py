"""Evidence from teams that each choose one of the lanes' networks by a few validation points of their own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from regviz import probes
from regviz.arrays import Array
from regviz.language import en, ntr, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane
from ...look.numbers import at_least, number, percent
from .finding import After, Evidence, Finding, points, waits

RIGHT = en(
    "Epoch {epoch}, {count} validation points for each team. On average its choice is right on {own} of the team's own "
    "points and {new} of all others, a difference of {difference} percentage points. Teams choose {chosen} of {lanes} "
    "networks."
)
FITS = en(
    "Epoch {epoch}, {count} validation points for each team. On average its choice has an R² of {own} on the team's "
    "own points and {new} on all others, a difference of {difference}. Teams choose {chosen} of {lanes} networks."
)

TOO_FEW = en("Epoch {epoch}: to choose by {count} validation points takes more than the {all} that there are.")
OTHER_POINTS = en("Epoch {epoch}: the networks have different validation points, so that nobody can choose among them.")
NONE_LEFT = en("Epoch {epoch}: all networks have diverged, so there is none to choose.")

MORE_RIGHT = en(
    "Epoch {epoch}, {count} validation points for each team. The best of all {all} networks is right on {own} of the "
    "team's own points and {new} of all others, a difference of {difference} percentage points. The best of any "
    "{fewer} of them: {its_own} and {its_new}, a difference of {its_difference}."
)
MORE_FITS = en(
    "Epoch {epoch}, {count} validation points for each team. The best of all {all} networks has an R² of {own} on the "
    "team's own points and {new} on all others, a difference of {difference}. The best of any {fewer} of them: "
    "{its_own} and {its_new}, a difference of {its_difference}."
)


def chosen_by(count: int, after: int, least: float = 0.02) -> Evidence:
    """Return how the networks that teams choose by `count` validation points each do on all other validation points.

    "lower" or "higher" than on the points that have chosen them, by `least` of the score on average, or the "same".
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        epoch = snapshot.common_epoch
        if why := _no_choice(snapshot, count):
            return Finding(why)
        found = probes.choose([_scores(model) for model in snapshot.models], count)
        own, new = found.means
        classes = snapshot.models[0].split.task == "classification"
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
        if waits(snapshot.models, after):
            return Finding(text)
        lower, higher = at_least(own - new, least), at_least(new - own, least)
        return Finding(text, "lower" if lower else "higher" if higher else "same")

    return After(after, look, weights=True)


def luck_of(count: int, fewer: int, after: int, least: float = 0.005) -> Evidence:
    """Return by how much the best of all networks does better on the `count` points that chose it than on others.

    That is "larger" or "smaller" by `least` of the score than for the best of any `fewer` of the same networks, on
    average over all ways to take these, or the "same". Networks that have diverged do not count.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        epoch = snapshot.common_epoch
        if why := _no_choice(snapshot, count):
            return Finding(why)
        left = [model for model in snapshot.models if model.state != "diverged"]
        if len(left) <= fewer:
            return Finding(
                ntr(
                    "Epoch {epoch}: there is 1 network to choose from, and not more than {fewer}.",
                    "Epoch {epoch}: there are {n} networks to choose from, and not more than {fewer}.",
                    len(left),
                    epoch=epoch,
                    fewer=fewer,
                )
            )
        own, new = probes.best_of([_scores(model) for model in left], count)
        luck, classes = own - new, left[0].split.task == "classification"
        score, apart = (partial(percent, digits=1), points) if classes else (partial(number, digits=1), number)
        text = tr(
            MORE_RIGHT if classes else MORE_FITS,
            epoch=epoch,
            count=count,
            all=len(left),
            fewer=fewer,
            own=score(float(own[-1])),
            new=score(float(new[-1])),
            difference=apart(float(luck[-1])),
            its_own=score(float(own[fewer - 1])),
            its_new=score(float(new[fewer - 1])),
            its_difference=apart(float(luck[fewer - 1])),
        )
        if waits(snapshot.models, after):
            return Finding(text)
        more = float(luck[-1] - luck[fewer - 1])
        return Finding(text, "larger" if at_least(more, least) else "smaller" if at_least(-more, least) else "same")

    return After(after, look, weights=True)


def _scores(model: ModelSnapshot) -> Array:
    """What each validation point adds to a network's score, in its own units: all have the same points."""
    return probes.point_scores(model, model.split.X_val, model.split.y_val)


def _no_choice(snapshot: Snapshot, count: int) -> str:
    """Why no network can be chosen by so many validation points, empty if one can."""
    if not probes.same_points(snapshot.models):
        return tr(OTHER_POINTS, epoch=snapshot.common_epoch)
    points = len(snapshot.models[0].split.y_val)
    if points <= count:
        return tr(TOO_FEW, epoch=snapshot.common_epoch, count=count, all=points)
    diverged = all(model.state == "diverged" for model in snapshot.models)
    return tr(NONE_LEFT, epoch=snapshot.common_epoch) if diverged else ""
