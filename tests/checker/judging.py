"""What the numbers say to a lesson's question, worked out once more, apart from the code that the page asks.

A judge has the name of the evidence that it doubles, is given that evidence's settings, the networks by their lanes'
names, and a slack by which it moves each bound; `judged` asks it with a little slack on both sides, so that a number
on the very bound may be read either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from inspect import getclosurevars
from typing import Any

import numpy as np

from checker import reckoning
from checker.reckoning import Reckoned, bias_and_variance
from regviz.lab.lessons.evidence import After, OfSets

Networks = Mapping[str, Reckoned]

SLACK = 2e-4
"""Networks are float32, and here they are worked out in float64."""

JUDGES: dict[str, Callable[..., str]] = {}

MEASURED: dict[str, Callable[[Reckoned], float]] = {
    "loss": lambda its: its.then("val_loss"),
    "score": lambda its: its.then("val_score"),
    "train": lambda its: its.then("train_loss"),
    "gap": lambda its: abs(its.then("val_loss") - its.then("train_loss")),
    "test": lambda its: its.loss("test"),
    "test score": lambda its: its.score("test"),
}


def measure(of: str, its: Reckoned) -> float:
    """One of `MEASURED`; of a network that has diverged there is nothing to measure."""
    gone = its.dead == "diverged" if of.startswith("test") else its.broken
    return float("nan") if gone else MEASURED[of](its)


MEASURES: dict[str, Callable[[Reckoned], float]] = {name: partial(measure, name) for name in MEASURED}
"""What lanes are compared by; of one that has diverged there is nothing to measure."""


def settings(observe: Any) -> tuple[str, dict[str, Any]]:
    """Which kind of evidence this is, and its settings."""
    if isinstance(observe, OfSets):
        kind, given = settings(observe.read)
        return kind, {**given, "after": observe.sets.epochs, "count": observe.sets.count}
    observe = observe.look if isinstance(observe, After) else observe
    return observe.__qualname__.split(".")[0], dict(getclosurevars(observe).nonlocals)


def judged(observe: Any, networks: Networks, *, sets: Mapping[str, Sequence[Reckoned]] | None = None) -> set[str]:
    """The outcomes that these networks allow; "" is that it is not clear. Raises KeyError for unknown evidence."""
    kind, given = settings(observe)
    if kind == "beside":
        return judged(given["first"], networks)
    if isinstance(observe, After) and coming(networks.values(), observe.epoch):
        return {""}
    seen: Any = networks if sets is None else sets
    return {JUDGES[kind](seen, slack, **_known(JUDGES[kind], given)) for slack in (-SLACK, 0.0, SLACK)}


def _known(judge: Callable[..., str], given: Mapping[str, Any]) -> dict[str, Any]:
    names = judge.__code__.co_varnames[: judge.__code__.co_argcount]
    return {name: value for name, value in given.items() if name in names}


def judge(of: Callable[..., str]) -> Callable[..., str]:
    """Enter a judge under its name."""
    JUDGES[of.__name__] = of
    return of


def chosen(networks: Networks, among: Sequence[str]) -> dict[str, Reckoned]:
    """The networks that are compared."""
    return {name: its for name, its in networks.items() if not among or name in among}


def coming(networks: Iterable[Reckoned], after: int) -> bool:
    """Whether one of them is still to come to an epoch."""
    return any(not its.ended and its.model.epoch < after for its in networks)


def never(networks: Iterable[Reckoned], after: int) -> bool:
    """Whether one of them is still to come to an epoch, or broke before it."""
    return any(its.model.state != "stopped" and its.model.epoch < after for its in networks)


@judge
def memorizing(networks: Networks, slack: float, lane: str, until: int) -> str:
    its = networks[lane]
    begun, ended = its.best_epoch, int(its.history["epoch"][-1])
    windows = ((max(begun, end - 4), end) for end in range(begun + 2, ended + 1))
    found = ((its.between("val_loss", first, last), last - first + 1) for first, last in windows)
    medians = (np.median(values) for values, count in found if len(values) == count)
    if any(median >= 1.5 * its.best * (1 + slack) for median in medians):
        return "rises"
    if never([its], until):
        return ""
    return "falls" if its.best < 0.9 * float(its.history["val_loss"][0]) * (1 + slack) else "flat"


@judge
def gap_of(networks: Networks, slack: float, lane: str, after: int, least: float) -> str:
    its = networks[lane]
    if never([its], after):
        return ""
    gap = float(np.median(its.around("val_loss", its.epoch) - its.around("train_loss", its.epoch)))
    return "same" if abs(gap) < least + slack else "validation" if gap > 0 else "train"


@judge
def score_of(networks: Networks, slack: float, lane: str, after: int, least: float) -> str:
    its = networks[lane]
    change = its.score_change
    if never([its], after):
        return ""
    return "falls" if change <= -least + slack else "rises" if change >= least + slack else "same"


@judge
def rise_of(networks: Networks, slack: float, lane: str, after: int, least: float) -> str:
    its = networks[lane]
    worse = its.score_change <= -least + slack
    surer = its.confidence - its.score() >= 0.03 + slack
    if never([its], after):
        return ""
    return "both" if worse and surer else "mistakes" if worse else "confidence" if surer else "neither"


@judge
def calibration_of(networks: Networks, slack: float, lane: str, after: int, least: float) -> str:
    its = networks[lane]
    over = its.confidence - its.score()
    if never([its], after):
        return ""
    return "over" if over >= least + slack else "under" if -over >= least + slack else "same"


@judge
def lowest(networks: Networks, slack: float, of: str, after: int, margin: float, among: Sequence[str], tie: str) -> str:
    if coming(networks.values(), after):
        return ""
    high = of.endswith("score")
    found = {name: MEASURES[of](its) for name, its in chosen(networks, among).items()}
    found = {name: value for name, value in found.items() if np.isfinite(value)}
    first, then = sorted(found, key=found.__getitem__, reverse=high)[:2]
    clear = found[first] - found[then] >= margin + slack if high else found[then] >= margin * found[first] + slack
    return first if clear else tie


@judge
def worst(networks: Networks, slack: float, of: str, after: int, margin: float, tie: str) -> str:
    if coming(networks.values(), after):
        return ""
    high = of.endswith("score")
    found = {name: MEASURES[of](its) for name, its in networks.items()}
    found = {name: value for name, value in found.items() if np.isfinite(value)}
    first, then = sorted(found, key=found.__getitem__, reverse=not high)[:2]
    clear = found[then] - found[first] >= margin + slack if high else found[first] >= margin * found[then] + slack
    return first if clear else tie


@judge
def above(networks: Networks, slack: float, score: float, after: int, among: Sequence[str]) -> str:
    found = [name for name, its in chosen(networks, among).items() if its.median("val_score") >= score + slack]
    return "" if coming(networks.values(), after) else " + ".join(found) or "none"


@judge
def gainers(networks: Networks, slack: float, sides: Mapping[str, tuple[str, str]], after: int, least: float) -> str:
    scores = {name: its.median("val_score") for name, its in networks.items()}
    if any(np.isnan(scores[second] - scores[first]) for first, second in sides.values()):
        return ""
    found = [side for side, (first, second) in sides.items() if scores[second] - scores[first] >= least + slack]
    return "" if coming(networks.values(), after) else " + ".join(found) or "none"


@judge
def chosen_by(networks: Networks, slack: float, count: int, after: int, least: float) -> str:
    if coming(networks.values(), after) or not reckoning.same_points(list(networks.values())):
        return ""
    own, new, _ = reckoning.chosen_by(list(networks.values()), count)
    return "lower" if own - new >= least + slack else "higher" if new - own >= least + slack else "same"


@judge
def luck_of(networks: Networks, slack: float, count: int, fewer: int, after: int, least: float) -> str:
    its = [one for one in networks.values() if one.dead != "diverged"]
    if coming(networks.values(), after) or len(its) <= fewer or not reckoning.same_points(list(networks.values())):
        return ""
    (own, new, _), (its_own, its_new) = reckoning.chosen_by(its, count), reckoning.best_of(its, count, fewer)
    more = (own - new) - (its_own - its_new)
    return "larger" if more >= least + slack else "smaller" if -more >= least + slack else "same"


@judge
def stopping_of(networks: Networks, slack: float, stopper: str, other: str, after: int, margin: float) -> str:
    early, late = networks[stopper], networks[other]
    if early.model.stopped_epoch is None or never([late], after) or late.dead == "diverged":
        return ""
    stopped, now = early.loss("test"), late.loss("test")
    return "lower" if now >= margin * stopped + slack else "higher" if stopped >= margin * now + slack else "same"


@judge
def mislabelled(networks: Networks, slack: float, lane: str, after: int) -> str:
    its = networks[lane]
    if never([its], after) or its.labels is None:
        return ""
    _, wrong, true = its.labels
    return "wrong" if wrong >= 0.5 + slack else "true" if true >= 0.5 + slack else "neither"


@judge
def best_moves(networks: Networks, slack: float, first: Sequence[str], second: Sequence[str], after: int) -> str:
    places = []
    for names in (first, second):
        losses = np.array([MEASURES["loss"](networks[name]) for name in names])
        if np.isnan(losses).all():
            return ""
        order = np.argsort(losses)
        near = slack > 0 and losses[order[1]] - losses[order[0]] < SLACK
        places.append(int(order[1] if near else order[0]))
    before, now = places
    return "" if coming(networks.values(), after) else "rises" if now > before else "falls" if now < before else "same"


@judge
def steady_signal(
    networks: Networks, slack: float, first: str, second: str, after: int, low: float, high: float
) -> str:
    steady = []
    for name in (first, second):
        spreads = networks[name].spreads
        if low + slack <= min(spreads) and max(spreads) <= high + slack:
            steady.append(name)
    return (
        ""
        if never([networks[first], networks[second]], after)
        else "both"
        if len(steady) == 2
        else "".join(steady) or "neither"
    )


@judge
def spread_in_tests(networks: Networks, slack: float, names: Sequence[str], after: int, least: float) -> str:
    found = {name: networks[name].median("val_score") for name in names}
    if len(names) < 2 or coming(networks.values(), after) or np.isnan(list(found.values())).any():
        return ""
    first, then = sorted(found, key=found.__getitem__, reverse=True)[:2]
    return first if found[first] - found[then] >= least + slack else "same"


def fell(its: Reckoned, epoch: int) -> float:
    """The training loss at an epoch, as a share of the start's or of a guess's, if that is less. Infinite of what
    broke before; of what stopped before that of the weights it kept."""
    losses = its.history["train_loss"]
    if its.dead == "diverged" and its.history["epoch"][-1] < epoch:
        return float("inf")
    at = its.between("train_loss", epoch, epoch)
    then = float(at[0]) if len(at) else its.last("train_loss")
    return then / min(float(losses[0]), float(np.log(its.split.n_classes)))


@judge
def learners(networks: Networks, slack: float, after: int, share: float, among: Sequence[str]) -> str:
    of = chosen(networks, among)
    if coming(of.values(), after):
        return ""
    return " + ".join(name for name, its in of.items() if fell(its, after) < share + slack) or "none"


@judge
def trade_of(
    sets: Mapping[str, Sequence[Reckoned]], slack: float, first: str, last: str, times: float, after: int, count: int
) -> str:
    if coming([its for of in sets.values() for its in of], after) or len(sets[first]) < count:
        return ""
    (bias, variance), (bias_then, variance_then) = (bias_and_variance(sets[name]) for name in (first, last))
    chance = 1 / (count - 1)
    pairs = ((bias - chance * variance, bias_then - chance * variance_then), (variance, variance_then))
    ratios = [max(then, 1e-12) / max(now, 1e-12) for now, then in pairs]
    high, low = times + slack, 1 / times + slack
    return ", ".join("up" if ratio >= high else "down" if ratio <= low else "same" for ratio in ratios)
