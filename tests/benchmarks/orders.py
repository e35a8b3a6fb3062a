"""Presses every break of every lesson in many random orders, and reads all that the page says: a Markdown table.

    python tests/benchmarks/orders.py --lessons 03c_twins --orders 50 --minutes 10

Run by `make bench-orders`; `wanderer` says what is pressed and what is read. Writes the rows of those lessons (of all,
unless it is told) into orders.md, and leaves the others as they are. A lesson whose minutes are over ends after the
order it is at. Ends with 1 if there was a fault.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from checker.wanderer import Wanderer
from lessons import EXPECTED

PAGE = Path(__file__).with_suffix(".md")

HEAD = """# The lessons' breaks in random orders

Written by `make bench-orders`. In each order somebody answers a lesson's question, gives a reason or none, presses
every break once with Back between (or the next break at once), answers what it asks, trains until the verdict and
beyond, epoch by epoch or step by step, and chooses other seeds and other data on the way. *Sentences*: observations,
verdicts, sentences below the picture and statements about the labels that were read; *cells*: those of the table;
*numbers*: the numbers and comparisons in the sentences that were worked out once more, from the networks' weights;
*dead*: looks at a lane that diverged, lost its weights or gives all points one answer, each of which must be said;
*Backs*: presses after which knobs, lanes, pictures and all weights must be those of a fresh lab. *Faults* is what was
false, unread, empty or silent.

| lesson | breaks | orders | sentences | cells | numbers | dead | Backs | faults |
|---|---|---|---|---|---|---|---|---|
"""

SENTENCES = ("observations", "headlines", "verdicts", "disclosures")


def wandered(name: str, orders: int, minutes: float = float("inf")) -> tuple[int, int, Counter[str], list[str]]:
    """Play a lesson in so many orders: its breaks, the orders played, what was read, and what was wrong."""
    until, read, faults, breaks, played = time.monotonic() + 60 * minutes, Counter[str](), list[str](), 0, 0
    while played < orders and (time.monotonic() < until or not played):
        one = Wanderer(name, np.random.default_rng([sorted(EXPECTED).index(name), played]))
        breaks = len(one.guide.lesson.breaks)
        try:
            one.wander()
        except Exception:  # a fault like any other: the other orders are played all the same
            one.faults.append(f"{name} · {one.where}: {traceback.format_exc(limit=-3)}")
        read += one.read
        faults += [f"order {played}: {fault}" for fault in one.faults]
        played += 1
        one.lab.close()
    return breaks, played, read, faults


def line(name: str, breaks: int, orders: int, read: Counter[str], faults: int) -> str:
    """One row of the table."""
    sentences = sum(read[kind] for kind in SENTENCES)
    cells = (breaks, orders, sentences, read["cells"], read["numbers"], read["dead lanes"], read["backs"], faults)
    return f"| {name} | {' | '.join(f'{cell:,}' for cell in cells)} |"


def write(name: str, row: str) -> None:
    """Put the row of a lesson into the table."""
    before = PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else []
    rows = [its for its in before if any(its.startswith(f"| {other} |") for other in EXPECTED if other != name)]
    PAGE.write_text(HEAD + "\n".join(sorted([*rows, row])) + "\n", encoding="utf-8")


def main() -> int:
    """Play, print and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--orders", type=int, default=50)
    parser.add_argument("--lessons", nargs="+", default=list(EXPECTED), choices=list(EXPECTED))
    parser.add_argument("--minutes", type=float, default=float("inf"), help="for each lesson, at most")
    chosen = parser.parse_args()
    wrong = 0
    for name in chosen.lessons:
        breaks, played, read, faults = wandered(name, chosen.orders, chosen.minutes)
        row = line(name, breaks, played, read, len(faults))
        print(row, *faults, sep="\n", flush=True)
        write(name, row)
        wrong += len(faults)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
