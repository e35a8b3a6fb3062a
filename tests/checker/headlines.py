"""The readers of the sentence below the picture, and of the table's cells (see `reading`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from checker.reading import Claim, Seen, holds, named, pairs, reads
from checker.reckoning import Reckoned
from regviz import Config
from regviz.lab import Lane

Found = Iterator[Claim]

WHO = r"(LANE)((?: [\d.e−-]+)*)"
"""A lane's name, capital at the beginning of a sentence, and its strengths."""


def named_as(seen: Seen, said: str) -> str:
    """The lane that a sentence begins with."""
    return next(lane for lane in seen.networks if lane.casefold() == said.casefold())


def its(seen: Seen, said: str) -> Reckoned:
    """Its network."""
    return seen.networks[named_as(seen, said)]


REGULARIZES = (
    *("dropout", "input_dropout", "l1", "l2", "group_lasso", "weight_decay", "max_norm", "clip_norm"),
    *("augment", "mixup", "label_smoothing", "ema", "batchnorm", "layernorm", "patience"),
)
"""What may keep a network from overfitting, of the fields that lessons and the playground have."""

CLEAR, UNSURE = 1.1, 1e-3
"""How many times a loss must be another one to be told, and how near to that it may be told or not."""


def on(seen: Seen, lane: Lane) -> dict[str, Any]:
    """What regularizes a lane and how much: what it takes from the knobs, though that be 0, and what it has."""
    config, off = seen.networks[lane.name].config, Config()
    return {
        name: getattr(config, name)
        for name in REGULARIZES
        if name in lane.uses or getattr(config, name) not in (getattr(off, name), 0, None)
    }


def counterpart(seen: Seen, name: str) -> str:
    """The lane that shows what `name`'s techniques do: it lacks one at least and adds none. "" if there is none.

    Only of those that have the same validation points and are sound; the barest counts, then the most alike.
    """
    of = {lane.name: on(seen, lane) for lane in seen.lanes}
    mine, best, found = seen.networks[name], (99, 99), ""
    for other, its in of.items():
        that = seen.networks[other]
        less = len(its) < len(of[name]) and its.items() <= of[name].items()
        same = that.split.X_val.shape == mine.split.X_val.shape and (that.split.X_val == mine.split.X_val).all()
        if less and same and (that.split.y_val == mine.split.y_val).all() and "diverged" not in (that.dead, mine.dead):
            mine_has, that_has = mine.config.to_dict(), that.config.to_dict()
            key = (len(its), sum(mine_has[field] != that_has[field] for field in mine_has))
            if key < best:
                best, found = key, other
    return found


def to_be_told(seen: Seen, *, by: float = 0.0) -> dict[tuple[str, str], set[str]]:
    """Which lanes do clearly better, or worse, than their counterparts: by the counterpart, and "lower" or "higher"."""
    found: dict[tuple[str, str], set[str]] = {}
    for lane in seen.lanes:
        if other := counterpart(seen, lane.name):
            ratio = seen.networks[lane.name].loss() / seen.networks[other].loss()
            if ratio > CLEAR * (1 + by) or 1 / ratio > CLEAR * (1 + by):
                found.setdefault((other, "higher" if ratio > 1 else "lower"), set()).add(lane.name)
    return found


def left_out(text: str, seen: Seen) -> list[str]:
    """The lanes that do clearly better or worse than their counterparts, of which the sentence below says nothing."""
    if not any(one.model.step for one in seen.networks.values()):
        return []  # untrained networks show what a start does
    names, told = "|".join(re.escape(lane.name) for lane in seen.lanes), dict[tuple[str, str], set[str]]()
    for m in re.finditer(
        rf"(Low|High)er validation loss than “({names})” \(.*?\): ([^;]*?)(?:; higher: (.*?))?\.(?= |$)", text
    ):
        for side, said in ((f"{m[1].lower()}er", m[3]), ("higher", m[4])):
            told.setdefault((m[2], side), set()).update(re.findall(rf"“({names})”", said or ""))
    missing = {key: lanes - told.get(key, set()) for key, lanes in to_be_told(seen, by=UNSURE).items()}
    return [f"nothing is said of {lanes}, {side} than {other!r}" for (other, side), lanes in missing.items() if lanes]


@reads(r"Press play: every lane has [^.]*\.", "headline")
@reads(r"Press play\.", "headline")
def at_the_start(m: re.Match[str], seen: Seen) -> Found:
    yield "at the start", all(one.model.step == 0 for one in seen.networks.values())
    yield from alike(m, seen)


@reads(r"The lanes have [^.]*; any difference comes from the rest\.", "headline")
def alike(m: re.Match[str], seen: Seen) -> Found:
    configs = [one.config for one in seen.networks.values()]
    first = next(iter(seen.networks.values()))
    if "the same data" in m[0]:
        yield "the same data", all((one.split.X_train == first.split.X_train).all() for one in seen.networks.values())
    if "the same first weights" in m[0]:
        yield "the same first weights", len({(its.seed, its.init, its.hidden) for its in configs}) == 1
    if "the same batches" in m[0]:
        yield "the same batches", len({(its.seed, its.batch_size, its.n_train) for its in configs}) == 1


@reads(r"It is training\.", "headline")
def training(m: re.Match[str], seen: Seen) -> Found:
    yield "it is training", any(one.model.step for one in seen.networks.values())


@reads(rf"{WHO} diverged at epoch N: try a smaller learning rate, then reset\.", "headline")
def diverged(m: re.Match[str], seen: Seen) -> Found:
    yield m[3], its(seen, m[1]).model.diverged_epoch or -1


@reads(
    r"“(LANE)” stopped at epoch N and (went back to its weights|kept its last weights; its best were) from epoch N\.",
    "headline",
)
def stopped(m: re.Match[str], seen: Seen) -> Found:
    one = its(seen, m[1])
    yield m[2], int(one.history["epoch"][-1])
    yield m[4], one.best_epoch
    back = m[3].startswith("went")
    yield m[3], back == bool(one.model.restored)
    if back:
        yield "its weights have its best loss", abs(one.loss() - one.best) < 1e-3 * one.best + 1e-4


@reads(
    r"“(LANE)” (memorizes|overfits): its validation loss rose from N to N while its training loss fell to N\.",
    "headline",
)
def memorizes(m: re.Match[str], seen: Seen) -> Found:
    one = its(seen, m[1])
    knows = one.last("train_score") > 0.95
    yield m[2], knows == (m[2] == "memorizes")
    yield m[3], one.best
    yield m[4], one.loss()
    yield m[5], one.loss("train")
    yield "it rose", one.loss() > one.best
    yield "it fell", one.loss("train") < float(one.history["train_loss"][0])
    yield "it fell since", one.loss("train") < float(one.history["train_loss"][one.best_row])


@reads(rf"{WHO} has removed the only input: all its weights are exactly 0\.", "headline")
def removed_the_only_one(m: re.Match[str], seen: Seen) -> Found:
    yield "the only input", its(seen, m[1]).input_weight.tolist() == [0.0]


@reads(rf"{WHO} has removed N of N inputs: all their weights are exactly 0\.", "headline")
def removed(m: re.Match[str], seen: Seen) -> Found:
    one = its(seen, m[1])
    weight = one.input_weight
    other = counterpart(seen, named_as(seen, m[1]))
    kept = seen.networks[other].input_weight != 0 if other else np.full(weight.size, one.config.init != "zeros")
    yield m[3], int(((weight == 0) & kept).sum())
    yield "a penalty holds them there", one.config.penalty_rule == "proximal"
    yield m[4], weight.size


@reads(
    rf"{WHO} has set P of the weights to exactly 0(?: and (keeps the accuracy|(gains|loses) N points? of accuracy))?\.",
    "headline",
)
def set_to_zero(m: re.Match[str], seen: Seen) -> Found:
    one = its(seen, m[1])
    other = counterpart(seen, named_as(seen, m[1]))
    before = seen.networks[other] if other else None
    without = float(one.config.init == "zeros") if before is None else before.zeros / before.size
    yield m[3], one.zeros / one.size - without
    holds_at_0 = any(getattr(one.config, name) for name in ("l1", "group_lasso"))
    yield "a penalty holds them there", holds_at_0 and one.config.penalty_rule == "proximal"
    if m[4] is None:
        yield "nothing to compare with", not other or one.regression
        return
    points = 100 * (one.score() - seen.networks[other].score())
    if m[5] is None:
        yield m[4], abs(points) < 1.001
    else:
        yield m[5], (points > 0) == (m[5] == "gains")
        yield m[6], abs(points)


@reads(rf"{WHO} shrinks Σw² to P of “(LANE)” but sets no weight to 0\.", "headline")
def shrinks(m: re.Match[str], seen: Seen) -> Found:
    one = its(seen, m[1])
    yield m[3], one.square / its(seen, m[4]).square
    yield "its counterpart", counterpart(seen, named_as(seen, m[1])) == m[4]
    yield "no weight is 0", one.zeros == 0


OTHERS = r"((?:“LANE” N(?:, )?)+)"
"""Lanes with a loss each."""


@reads(rf"(Lower|Higher) validation loss than “(LANE)” \(N\): {OTHERS}(?:; higher: {OTHERS})?\.", "headline")
def beside_another(m: re.Match[str], seen: Seen) -> Found:
    side, other, loss = m[1].lower(), m[2], m[3]
    yield loss, seen.networks[other].loss()
    allowed = to_be_told(seen, by=-UNSURE)
    for where, said in ((side, m[4]), ("higher", m[6])):
        for lane, number in pairs(said or "", "“(LANE)” N", named(seen)):
            yield number, seen.networks[lane].loss()
            yield f"{lane} is {where}", lane in allowed.get((other, where), set())


def table_faults(headings: Sequence[str], rows: Sequence[dict[str, Any]], seen: Seen) -> tuple[int, list[str]]:
    """Read the table; how many cells were held against the networks, and what is wrong."""
    count, wrong = 0, []
    if len(rows) != len(seen.lanes):
        wrong.append(f"{len(rows)} rows for {len(seen.lanes)} lanes")
    for row, lane in zip(rows, seen.lanes, strict=False):
        one = seen.networks[lane.name]
        for heading, cell in zip(headings, row["cells"], strict=True):
            count += 1
            if not cell.strip() or not of_cell(heading, cell, lane, one):
                wrong.append(f"{heading} of {lane.name!r} reads {cell!r}")
    return count, wrong


def of_cell(heading: str, cell: str, lane: Lane, one: Reckoned) -> bool:
    """Whether a cell is what its network comes to."""
    if heading == "lane":
        return cell.startswith(lane.name)
    if heading == "epoch":
        return cell == str(one.model.epoch)
    if heading == "state":
        at = re.search(r"epoch (\d+)|best at (\d+)", cell)
        if "diverged" in cell:
            return one.model.state == "diverged" and at is not None and int(at[1]) == one.model.diverged_epoch
        if cell.startswith("stopped"):
            numbers = [int(found) for found in re.findall(r"\d+", cell)]
            return one.model.state == "stopped" and numbers == [int(one.history["epoch"][-1]), one.best_epoch]
        return cell == (f"best at epoch {one.best_epoch}" if one.model.epoch else "at the start")
    if heading in ("balanced accuracy", "recall by class"):
        return "%" in cell
    loss = one.last("val_loss") if one.dead == "diverged" else one.loss()
    score = one.last("val_score") if one.dead == "diverged" else one.score()
    values = {
        "validation accuracy": score,
        "validation R²": score,
        "validation loss": loss,
        "gap": loss - (one.last("train_loss") if one.dead == "diverged" else one.loss("train")),
        "exactly 0": one.zeros / one.size,
    }
    return holds(cell, values[heading])
