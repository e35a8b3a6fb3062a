"""The readers of the sentence below the picture, and of the table's cells (see `reading`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from checker.reading import Claim, Seen, holds, reads
from checker.reckoning import Reckoned
from regviz.config import TECHNIQUES
from regviz.lab import Lane

Found = Iterator[Claim]

WHO = r"(LANE)((?: [\d.e−-]+)*)"
"""A lane's name, capital at the beginning of a sentence, and its strengths."""


def its(seen: Seen, name: str) -> Reckoned:
    """The network of the lane that a sentence begins with."""
    return next(one for lane, one in seen.networks.items() if lane.casefold() == name.casefold())


def plain(seen: Seen) -> Reckoned | None:
    """The first network without any technique, if it is sound."""
    for lane in seen.lanes:
        one = seen.networks[lane.name]
        if not lane.uses and not any(np_any(getattr(one.config, name)) for name in TECHNIQUES):
            return None if one.dead == "diverged" else one
    return None


def np_any(value: Any) -> bool:
    """Whether a technique's value, or one of its values by layer, is on."""
    return any(value) if isinstance(value, tuple) else bool(value)


@reads(r"Press play: every lane has [^.]*\.", "headline")
@reads(r"Press play\.", "headline")
def at_the_start(m: re.Match[str], seen: Seen) -> Found:
    yield "at the start", all(one.model.step == 0 for one in seen.networks.values())
    yield from alike(m, seen)


@reads(r"The lanes have [^.]*; what differs comes from the rest\.", "headline")
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
    rf"{WHO} stopped at epoch N and (took back its best weights, those|kept its weights; the best were those) "
    r"of epoch N\.",
    "headline",
)
def stopped(m: re.Match[str], seen: Seen) -> Found:
    one = its(seen, m[1])
    yield m[3], int(one.history["epoch"][-1])
    yield m[5], one.best_epoch
    back = m[4].startswith("took")
    yield m[4], back == bool(one.model.restored)
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


@reads(rf"{WHO} has removed N of N inputs: all their weights are exactly 0\.", "headline")
def removed(m: re.Match[str], seen: Seen) -> Found:
    weight = its(seen, m[1]).input_weight
    yield m[3], int((weight == 0).sum())
    yield m[4], weight.size


@reads(
    rf"{WHO} has set P of the weights to exactly 0(?: and (keeps the accuracy|(gains|loses) N points? of accuracy))?\.",
    "headline",
)
def set_to_zero(m: re.Match[str], seen: Seen) -> Found:
    one = its(seen, m[1])
    yield m[3], one.zeros / one.size
    other = plain(seen)
    if m[4] is None:
        yield "nothing to compare with", other is None
        return
    assert other is not None
    points = 100 * (one.score() - other.score())
    if m[5] is None:
        yield m[4], abs(points) < 1.001
    else:
        yield m[5], (points > 0) == (m[5] == "gains")
        yield m[6], abs(points)


@reads(rf"{WHO} shrinks Σw² to P of “(LANE)” but sets no weight to 0\.", "headline")
def shrinks(m: re.Match[str], seen: Seen) -> Found:
    one = its(seen, m[1])
    yield m[3], one.square / its(seen, m[4]).square
    yield "no weight is 0", one.zeros == 0


@reads(rf"{WHO} does worse than “(LANE)”: validation loss N, not N\.", "headline")
def does_worse(m: re.Match[str], seen: Seen) -> Found:
    one, other = its(seen, m[1]), its(seen, m[3])
    yield m[4], one.loss()
    yield m[5], other.loss()
    yield "it does worse", one.loss() > other.loss()


@reads(rf"{WHO} leaves a gap of N instead of N\.", "headline")
def gap(m: re.Match[str], seen: Seen) -> Found:
    one, other = its(seen, m[1]), plain(seen)
    assert other is not None
    yield m[3], one.loss() - one.loss("train")
    yield m[4], other.loss() - other.loss("train")
    yield "a smaller gap", one.loss() - one.loss("train") < other.loss() - other.loss("train")


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
