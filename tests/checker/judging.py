"""What the numbers say to a lesson's question, worked out once more, apart from the code that the page asks.

A judge has the name of the evidence that it doubles, is given that evidence's settings, the networks by their lanes'
names, and a slack by which it moves each bound; `judged` asks it with a little slack on both sides, so that a number
on the very bound may be read either way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import getclosurevars
from typing import Any

import numpy as np

from checker import reckoning
from checker.reckoning import Reckoned, bias_and_variance, common_epoch
from regviz.lab.lessons.evidence import After, OfSets

Networks = Mapping[str, Reckoned]

SLACK = 2e-4
"""Networks are float32, and here they are worked out in float64."""

JUDGES: dict[str, Callable[..., str]] = {}

MEASURES: dict[str, Callable[[Reckoned], float]] = {
    "loss": lambda its: its.loss(),
    "score": lambda its: its.score(),
    "train": lambda its: its.loss("train"),
    "gap": lambda its: abs(its.loss() - its.loss("train")),
    "test": lambda its: its.loss("test"),
    "test score": lambda its: its.score("test"),
}


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


def newest(networks: Networks) -> int:
    """The epoch that all have, or had when they ended."""
    return common_epoch(its.model for its in networks.values())


@judge
def memorizing(networks: Networks, slack: float, lane: str, until: int) -> str:
    its = networks[lane]
    since = its.history["val_loss"][its.best_row :]
    medians = (np.median(since[max(0, end - 5) : end]) for end in range(3, len(since) + 1))
    if any(median >= 1.5 * its.best * (1 + slack) for median in medians):
        return "rises"
    if its.model.epoch < until:
        return ""
    return "falls" if its.best < 0.9 * float(its.history["val_loss"][0]) * (1 + slack) else "flat"


@judge
def gap_of(networks: Networks, slack: float, lane: str, after: int, least: float) -> str:
    its = networks[lane]
    if its.model.epoch < after:
        return ""
    gap = float(np.median((its.history["val_loss"] - its.history["train_loss"])[-5:]))
    return "same" if abs(gap) < least + slack else "validation" if gap > 0 else "train"


@judge
def score_of(networks: Networks, slack: float, lane: str, after: int, least: float) -> str:
    its = networks[lane]
    change = its.median("val_score") - its.score_then
    if its.model.epoch < after:
        return ""
    return "falls" if change <= -least + slack else "rises" if change >= least + slack else "same"


@judge
def rise_of(networks: Networks, slack: float, lane: str, after: int, least: float) -> str:
    its = networks[lane]
    worse = its.median("val_score") - its.score_then <= -least + slack
    surer = its.confidence - its.score() >= 0.03 + slack
    if its.model.epoch < after:
        return ""
    return "both" if worse and surer else "mistakes" if worse else "confidence" if surer else "neither"


@judge
def calibration_of(networks: Networks, slack: float, lane: str, after: int, least: float) -> str:
    its = networks[lane]
    over = its.confidence - its.score()
    if its.model.epoch < after:
        return ""
    return "over" if over >= least + slack else "under" if -over >= least + slack else "same"


@judge
def lowest(networks: Networks, slack: float, of: str, after: int, margin: float, among: Sequence[str], tie: str) -> str:
    if newest(networks) < after and not all(its.ended for its in networks.values()):
        return ""
    high = of.endswith("score")
    found = {name: MEASURES[of](its) for name, its in chosen(networks, among).items() if its.dead != "diverged"}
    first, then = sorted(found, key=found.__getitem__, reverse=high)[:2]
    clear = found[first] - found[then] >= margin + slack if high else found[then] >= margin * found[first] + slack
    return first if clear else tie


@judge
def worst(networks: Networks, slack: float, of: str, after: int, margin: float, tie: str) -> str:
    if newest(networks) < after:
        return ""
    high = of.endswith("score")
    found = {name: MEASURES[of](its) for name, its in networks.items() if its.dead != "diverged"}
    first, then = sorted(found, key=found.__getitem__, reverse=not high)[:2]
    clear = found[then] - found[first] >= margin + slack if high else found[first] >= margin * found[then] + slack
    return first if clear else tie


@judge
def above(networks: Networks, slack: float, score: float, after: int, among: Sequence[str]) -> str:
    found = [name for name, its in chosen(networks, among).items() if its.median("val_score") >= score + slack]
    return "" if newest(networks) < after else " + ".join(found) or "none"


@judge
def gainers(networks: Networks, slack: float, sides: Mapping[str, tuple[str, str]], after: int, least: float) -> str:
    scores = {name: its.median("val_score") for name, its in networks.items()}
    found = [side for side, (first, second) in sides.items() if scores[second] - scores[first] >= least + slack]
    return "" if newest(networks) < after else " + ".join(found) or "none"


@judge
def chosen_by(networks: Networks, slack: float, count: int, after: int, least: float) -> str:
    if newest(networks) < after:
        return ""
    own, new, _ = reckoning.chosen_by(list(networks.values()), count)
    return "lower" if own - new >= least + slack else "higher" if new - own >= least + slack else "same"


@judge
def luck_of(networks: Networks, slack: float, count: int, fewer: int, after: int, least: float) -> str:
    its = [one for one in networks.values() if one.dead != "diverged"]
    if newest(networks) < after or len(its) <= fewer:
        return ""
    (own, new, _), (its_own, its_new) = reckoning.chosen_by(its, count), reckoning.best_of(its, count, fewer)
    more = (own - new) - (its_own - its_new)
    return "larger" if more >= least + slack else "smaller" if -more >= least + slack else "same"


@judge
def stopping_of(networks: Networks, slack: float, stopper: str, other: str, after: int, margin: float) -> str:
    early, late = networks[stopper], networks[other]
    if early.model.stopped_epoch is None or late.model.epoch < after or late.dead == "diverged":
        return ""
    stopped, now = early.loss("test"), late.loss("test")
    return "lower" if now >= margin * stopped + slack else "higher" if stopped >= margin * now + slack else "same"


@judge
def mislabelled(networks: Networks, slack: float, lane: str, after: int) -> str:
    its = networks[lane]
    if its.model.epoch < after or its.labels is None:
        return ""
    _, wrong, true = its.labels
    return "wrong" if wrong >= 0.5 + slack else "true" if true >= 0.5 + slack else "neither"


@judge
def best_moves(networks: Networks, slack: float, first: Sequence[str], second: Sequence[str], after: int) -> str:
    places = []
    for names in (first, second):
        losses = np.array([networks[name].loss() for name in names])
        order = np.argsort(losses)
        near = slack > 0 and losses[order[1]] - losses[order[0]] < SLACK
        places.append(int(order[1] if near else order[0]))
    before, now = places
    return "" if newest(networks) < after else "rises" if now > before else "falls" if now < before else "same"


@judge
def steady_signal(
    networks: Networks, slack: float, first: str, second: str, after: int, low: float, high: float
) -> str:
    steady = []
    for name in (first, second):
        spreads = networks[name].spreads
        if low + slack <= min(spreads) and max(spreads) <= high + slack:
            steady.append(name)
    return "" if newest(networks) < after else "both" if len(steady) == 2 else "".join(steady) or "neither"


@judge
def spread_in_tests(networks: Networks, slack: float, names: Sequence[str], after: int, least: float) -> str:
    if len(names) < 2 or newest(networks) < after:
        return ""
    found = {name: networks[name].median("val_score") for name in names}
    first, then = sorted(found, key=found.__getitem__, reverse=True)[:2]
    return first if found[first] - found[then] >= least + slack else "same"


def fell(its: Reckoned, row: int) -> float:
    """The training loss, as a share of the start's or, if that is less, of a guess's."""
    losses = its.history["train_loss"]
    return float(losses[row]) / min(float(losses[0]), float(np.log(its.split.n_classes)))


@judge
def learners(networks: Networks, slack: float, after: int, share: float, among: Sequence[str]) -> str:
    of = chosen(networks, among)
    if any(len(its.history["epoch"]) <= after for its in of.values()):
        return ""
    return " + ".join(name for name, its in of.items() if fell(its, after) < share + slack) or "none"


@judge
def trade_of(
    sets: Mapping[str, Sequence[Reckoned]], slack: float, first: str, last: str, times: float, after: int, count: int
) -> str:
    epoch = max(its.model.epoch for of in sets.values() for its in of)
    if epoch < after or len(sets[first]) < count:
        return ""
    (bias, variance), (bias_then, variance_then) = (bias_and_variance(sets[name]) for name in (first, last))
    chance = 1 / (count - 1)
    pairs = ((bias - chance * variance, bias_then - chance * variance_then), (variance, variance_then))
    ratios = [max(then, 1e-12) / max(now, 1e-12) for now, then in pairs]
    high, low = times + slack, 1 / times + slack
    return ", ".join("up" if ratio >= high else "down" if ratio <= low else "same" for ratio in ratios)
