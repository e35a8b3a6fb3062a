"""The readers of what a lesson observes in losses, signals and labels, one for each sentence (see `reading`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from checker.judging import MEASURES, chosen, coming, fell
from checker.reading import Claim, Seen, named, pairs, reads
from checker.reckoning import bias_and_variance

CALLED = {
    "Validation loss": "loss",
    "Validation accuracy": "score",
    "Training loss": "train",
    "Gap between validation and training loss": "gap",
    "Test loss": "test",
    "Test accuracy": "test score",
}
MEASURE = "|".join(CALLED)

PARTS = ("val_loss", "train_loss")

Found = Iterator[Claim]


@reads(
    r"Training loss N, with P of the training labels right\. Validation loss N; its best was N, at epoch "
    r"N, so it is N times that\."
)
def memorizing(m: re.Match[str], seen: Seen) -> Found:
    its = seen.one
    now, best = its.last("val_loss"), its.best
    values = its.last("train_loss"), its.last("train_score"), now, best, its.best_epoch, now / best
    yield from zip(m.groups(), values, strict=True)


@reads(
    r"Epoch N: training loss N, validation loss N, a gap of N as the median of five epochs\. The best validation loss "
    r"was N, at epoch N, so it is N times that\."
)
def gap(m: re.Match[str], seen: Seen) -> Found:
    its = seen.one
    now, train, best = its.last("val_loss"), its.last("train_loss"), its.best
    gap = float(np.median([a - b for a, b in zip(*(its.around(of, its.epoch) for of in PARTS), strict=True)]))
    values = its.epoch, train, now, gap, best, its.best_epoch, now / best
    yield from zip(m.groups(), values, strict=True)


@reads(
    r"Epoch N: validation loss N, N times its best, that of epoch N\. Validation accuracy P around that epoch and P "
    r"now, as medians of five epochs\."
)
def score(m: re.Match[str], seen: Seen) -> Found:
    its = seen.one
    now = its.last("val_loss")
    values = its.epoch, now, now / its.best, its.best_epoch, its.score_then, its.score_now
    yield from zip(m.groups(), values, strict=True)


@reads(
    r"Epoch N: validation loss N, N times its best\. Wrong answers: P around epoch N, P now \(medians of five "
    r"epochs\)\. On average the network is P confident and right on P\."
)
def rise(m: re.Match[str], seen: Seen) -> Found:
    its = seen.one
    now, right = its.last("val_loss"), its.score()
    values = now, now / its.best, 1 - its.score_then, its.best_epoch, 1 - its.score_now, its.confidence, right
    yield from zip(m.groups(), (its.epoch, *values), strict=True)


@reads(r"Epoch N: “(LANE)” is P confident on average and right on P, a difference of N points\.")
def calibration(m: re.Match[str], seen: Seen) -> Found:
    epoch, name, said, right, difference = m.groups()
    its = seen.networks[name]
    yield epoch, its.epoch
    yield said, its.confidence
    yield right, its.score()
    yield difference, 100 * (its.confidence - its.score())


@reads(rf"({MEASURE}) at epoch N: ((?:“LANE” (?:P|N)(?:, )?)+)\. Right on the training labels: ((?:P(?:, )?)+)\.")
def worst(m: re.Match[str], seen: Seen) -> Found:
    measure = MEASURES[CALLED[m[1]]]
    yield m[2], seen.epoch
    lists = re.search(r": (“.*)\. Right on the training labels: (.*)\.", m[0])
    assert lists is not None
    for name, share, value in pairs(lists[1], r"“(LANE)” (?:P|N)", named(seen)):
        yield share or value, measure(seen.networks[name])
    found = pairs(lists[2], "P", named(seen))
    yield "one share for each lane", len(found) == len(seen.lanes)
    for (share,), lane in zip(found, seen.lanes, strict=False):
        yield share, seen.networks[lane.name].then("train_score")


@reads(rf"({MEASURE}) at epoch N, the (highest|lowest) first: ((?:LANE (?:P|N)(?:, )?)+)\.")
def lowest(m: re.Match[str], seen: Seen) -> Found:
    measure = MEASURES[CALLED[m[1]]]
    yield m[2], seen.epoch
    found = pairs(m[0].partition("first: ")[2], r"(LANE) (?:P|N)(?=[,.])", named(seen))
    values = [measure(seen.networks[name]) for name, *_ in found]
    order = sorted(values, reverse=m[3] == "highest")
    yield f"the {m[3]} first", all(abs(a - b) <= 2e-4 for a, b in zip(values, order, strict=True))
    yield "two lanes or more", len(found) >= 2
    for (_, share, value), its in zip(found, values, strict=True):
        yield share or value, its


@reads(r"Epoch N\. The test data are not looked at before epoch N\.")
def not_looked_at(m: re.Match[str], seen: Seen) -> Found:
    yield m[1], seen.epoch
    yield m[2], seen.given["after"]
    yield "before that", seen.epoch < seen.given["after"]


@reads(
    r"Epoch N\. Validation accuracy, as medians of five epochs: ((?:LANE P(?:, )?)+)\. Weights that are exactly 0: "
    r"((?:LANE P(?:, )?)+)\."
)
def above(m: re.Match[str], seen: Seen) -> Found:
    yield m[1], seen.epoch
    scores, _, zeros = m[0].partition("Weights")
    for name, share in pairs(scores, "(LANE) P", named(seen)):
        yield share, seen.networks[name].median("val_score")
    for name, share in pairs(zeros, "(LANE) P", named(seen)):
        yield share, seen.networks[name].zeros / seen.networks[name].size


@reads(r"Validation loss at epoch N\. (?:(?:“LANE” N(?:, )?)+: lowest is “LANE”\. ?)+")
def moves(m: re.Match[str], seen: Seen) -> Found:
    yield m[1], seen.epoch
    for part in re.findall(r"(“[^:]*): lowest is “([^”]*)”", m[0]):
        found = pairs(part[0], "“(LANE)” N", named(seen))
        for name, loss in found:
            yield loss, MEASURES["loss"](seen.networks[name])
        smallest = np.nanmin([MEASURES["loss"](seen.networks[name]) for name, _ in found])
        yield f"lowest is {part[1]}", bool(MEASURES["loss"](seen.networks[part[1]]) <= smallest + 2e-4)


@reads(r"Epoch N: no label is wrong\.")
def none_wrong(m: re.Match[str], seen: Seen) -> Found:
    yield m[1], seen.one.epoch
    yield "no label is wrong", not seen.one.split.flipped.any()


@reads(
    r"Epoch N: “(LANE)” gives P of the correctly labelled points their label\. Of the N with a wrong label, P get that "
    r"label and P their true class\."
)
def labels(m: re.Match[str], seen: Seen) -> Found:
    epoch, name, right, count, wrong, true = m.groups()
    its = seen.networks[name]
    assert its.labels is not None
    yield epoch, its.epoch
    yield count, int(its.split.flipped.sum())
    yield from zip((right, wrong, true), its.labels, strict=True)


@reads(
    r"Epoch N, standard deviation of what enters the activations of N layers?\. “(LANE)”: from N to N\. “(LANE)”: from "
    r"N to N\. Validation accuracy: “LANE” P, “LANE” P\."
)
def steady(m: re.Match[str], seen: Seen) -> Found:
    epoch, layers, first, low, high, second, its_low, its_high, *_ = m.groups()
    yield epoch, seen.epoch
    yield layers, len(seen.networks[first].weights) - 1
    for name, one, other in ((first, low, high), (second, its_low, its_high)):
        spreads = seen.networks[name].spreads
        yield one, min(spreads)
        yield other, max(spreads)
    for name, share in pairs(m[0].partition("accuracy: ")[2], "“(LANE)” P", named(seen)):
        yield share, seen.networks[name].then("val_score")


ENTERING = r"“(LANE)” N in layer 1(?:, N to N in later ones)?"


@reads(
    rf"At test time the spread entering BatchNorm, as a share of that in training: (?:{ENTERING}(?:; )?)+\."
    r"(?: Validation accuracy, as medians of five epochs: (?:“LANE” P(?:, )?)+\.)?"
)
def spread(m: re.Match[str], seen: Seen) -> Found:
    shares, _, scores = m[0].partition("Validation accuracy, as medians of five epochs: ")
    for name, first, low, high in pairs(shares, ENTERING, named(seen)):
        its = seen.networks[name].shares_of_spread
        yield first, its[0]
        if low:
            yield low, min(its[1:])
            yield high, max(its[1:])
    for name, share in pairs(scores, "“(LANE)” P", named(seen)):
        yield share, seen.networks[name].median("val_score")


ONE_LEARNER = r"LANE (?:N, P(?: \(epoch N\))?|diverged)"


@reads(
    rf"Training loss and accuracy at epoch N: (?:{ONE_LEARNER}(?:, )?)+\."
    r"(?: By epoch N, LANE(?:(?:, | and )LANE)* (?:has|have) begun to learn, too\.)?"
)
def learned(m: re.Match[str], seen: Seen) -> Found:
    after, share = seen.given["after"], seen.given["share"]
    of = chosen(seen.networks, seen.given["among"])
    at = seen.epoch if coming(of.values(), after) else after
    yield m[1], at
    now, by, since = m[0].partition(" By epoch ")
    told = now.partition(": ")[2]
    for name, loss, right, epoch in pairs(told, r"(LANE) N, P(?: \(epoch N\))?", named(seen)):
        its = of[name]
        then = int(epoch) if epoch else at
        yield f"epoch {then} of {name}", then == at or (its.ended and then == its.epoch < at)
        yield loss, float(its.between("train_loss", then, then)[0])
        yield right, float(its.between("train_score", then, then)[0])
    for (name,) in pairs(told, "(LANE) diverged", named(seen)):
        yield f"{name} diverged before", of[name].dead == "diverged" and int(of[name].history["epoch"][-1]) < at
    if by:
        yield since.partition(",")[0], seen.epoch
    for (name,) in pairs(since.partition(",")[2].partition(" ha")[0], r"\b(LANE)\b", named(seen)):
        before, by_now = (fell(of[name], epoch) for epoch in (after, of[name].epoch))
        yield f"{name} has begun since", by_now < share * 1.001 and before > by_now


@reads(r"Best validation loss so far N, at epoch N\. N(?: of N)? epochs? of patience used\.")
def waiting(m: re.Match[str], seen: Seen) -> Found:
    its = seen.networks[seen.given["stopper"]]
    loss, epoch, waited, patience = m.groups()
    yield loss, its.best
    yield epoch, its.best_epoch
    yield waited, its.model.epoch - its.best_epoch
    if patience:
        yield patience, its.config.patience or 0


@reads(
    r"Stopped at epoch N, with the weights of epoch N: validation loss N\. The one that trains on has N at epoch N\."
    r"(?: On test data, which chose nothing: N and N \(P and P right\)\.)?"
)
def stopping(m: re.Match[str], seen: Seen) -> Found:
    early, late = seen.networks[seen.given["stopper"]], seen.networks[seen.given["other"]]
    stopped, kept, loss, its_loss, epoch, test, its_test, right, its_right = m.groups()
    yield stopped, int(early.history["epoch"][-1])
    yield kept, early.epoch
    yield loss, early.loss()
    yield its_loss, late.last("val_loss")
    yield epoch, late.epoch
    if test:
        yield test, early.loss("test")
        yield its_test, late.loss("test")
        yield right, early.score("test")
        yield its_right, late.score("test")


@reads(r"N training sets, epoch N, bias² \+ variance: (?:“LANE” N \+ N(?:, )?)+\.")
def trade(m: re.Match[str], seen: Seen) -> Found:
    first = next(iter(seen.sets.values()))
    yield m[1], len(first)
    yield m[2], max(its.model.epoch for its in first)
    for name, bias, variance in pairs(m[0], r"“(LANE)” N \+ N", named(seen)):
        yield from zip((bias, variance), bias_and_variance(seen.sets[name]), strict=True)


@reads(r"This is one training set\. Press “N seeds” to see N\.")
def one_set(m: re.Match[str], seen: Seen) -> Found:
    yield "one training set", all(len(its) < 2 for its in seen.sets.values())


@reads(
    r"“(LANE)” (?:gives every point the same answer: (?:"
    r"all its weights are 0, so no signal passes(?: and no gradient)?|"
    r"(?:hidden layer N|the last layer) hardly tells them apart)|diverged at epoch N)\."
)
def stuck(m: re.Match[str], seen: Seen) -> Found:
    its = seen.networks[m[1]]
    if m[3]:
        yield m[3], its.model.diverged_epoch or -1
        return
    answers = its.answers("val")[:200]
    yield "one answer for all points", bool((answers.max(axis=0) - answers.min(axis=0)).max() <= 0.0101)
    if "all its weights are 0" in m[0]:
        yield "all its weights are 0", its.zeros == its.size
        yield "no gradient passes hidden layers", ("gradient" in m[0]) == (len(its.weights) > 1)
        return
    ranges = [float(np.ptp(said, axis=0).max()) for said in its.units(its.split.X_val[:200])]
    if m[2]:
        yield f"layer {m[2]} hardly tells points apart", ranges[int(m[2]) - 1] <= 0.0101
        yield "the first such layer", all(its >= 0.0099 for its in ranges[: int(m[2]) - 1])
    else:
        yield "all hidden layers tell points apart", all(its >= 0.0099 for its in ranges)


@reads(r"This cannot be observed here: these data have (targets, and no labels|labels, and no targets)\.")
def of_another_kind(m: re.Match[str], seen: Seen) -> Found:
    yield m[1], all(its.regression == m[1].startswith("targets") for its in seen.networks.values())


@reads(r"This cannot be observed here: no input of these data is a copy of another one\.")
def no_copies(m: re.Match[str], seen: Seen) -> Found:
    yield "no copies", not any(its.config.data == "twins" for its in seen.networks.values())


@reads(r"Nobody knows which of these inputs say nothing\.")
def nobody_knows(m: re.Match[str], seen: Seen) -> Found:
    yield "nobody knows", all(its.split.informative is None for its in seen.networks.values())


@reads(r"\((?:Changed since the question was asked: .*?|The lanes have changed since the question was asked)\.\)")
def turned(m: re.Match[str], seen: Seen) -> Found:
    yield from ()


@reads(r"“(LANE)” is ahead: (?:its weights are those of epoch N|it stopped at epoch N, with the weights of epoch N)\.")
def ahead(m: re.Match[str], seen: Seen) -> Found:
    its = seen.networks[m[1]]
    yield "it is ahead", its.model.epoch > seen.epoch
    yield m[2] or m[4], its.epoch
    if m[3]:
        yield m[3], int(its.history["epoch"][-1])
