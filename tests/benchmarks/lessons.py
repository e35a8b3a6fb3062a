"""How often each question of each lesson is answered as the lecture says, and for how long: a Markdown table.

    python tests/benchmarks/lessons.py --lessons 03_l1_l2 --seeds 100 20 --long 10

Writes the rows of those lessons (of all, unless it is told) into lessons.md, and leaves the others as they are.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from asked import LONG, Told, questions, told
from lessons import EXPECTED, lesson_lab

PAGE = Path(__file__).with_suffix(".md")

HEAD = """# The lessons' questions in many seeds

Written by `make bench-lessons`. Each question is asked of its own networks in many seeds. *Says so*: the seeds in
which the numbers say what the lecture says, the first time they are clear; *epoch*: when that is (median, latest).
*Holds*: those of them in which they say the same at every look until the epoch *seen until*; in the others the page
says "By epoch … they say …", what it comes to being *turned*, and gives a reason of the lesson's own where *told why*
counts them; of the others it says that an answer belongs to its training time, or that it is chance by now.

| lesson | question | the numbers say | says so | epoch | seen until | holds | turned | told why |
|---|---|---|---|---|---|---|---|---|
"""


def line(name: str, label: str, expected: str, later: Sequence[str], found: Sequence[Told]) -> str:
    """One row of the table."""
    so = [one for one in found if one.outcome == expected]
    epochs = [one.epoch for one in so] or [0]
    turned = Counter(outcome or "unclear" for one in so for outcome in one.turned)
    others = Counter(one.outcome or "unclear" for one in found if one.outcome != expected)
    told_why = sum(1 for one in so if one.turned and one.turned <= {*later, ""} and one.turned & set(later))
    words = ", ".join(f"{outcome} {count}" for outcome, count in turned.items())
    but = f" (else {', '.join(f'{outcome} {count}' for outcome, count in others.items())})" if others else ""
    until = max([0, *(max(one.since, default=0) for one in so)])
    return (
        f"| {name} | {label or '*main*'} | {expected} | {len(so)} of {len(found)}{but} | {median(epochs):.0f}, "
        f"{max(epochs)} | {until} | {sum(one.held for one in so)} | {words} | "
        f"{told_why or ''} |"
    )


def main() -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", nargs=2, type=int, default=(100, 20), metavar=("FIRST", "COUNT"))
    parser.add_argument("--lessons", nargs="+", default=list(EXPECTED), choices=list(EXPECTED))
    parser.add_argument("--long", type=int, default=LONG, help="until how many times the epoch of the verdict")
    chosen = parser.parse_args()
    first, count = chosen.seeds
    for name in chosen.lessons:
        lab, lines = lesson_lab(name), []
        for index, question in questions(lab):
            found = told(lab, index, range(first, first + count), chosen.long)
            expected = EXPECTED[name][question.label]
            lines.append(line(name, question.label, expected, list(question.later), found))
            print(lines[-1], flush=True)
        write(name, lines)


def write(name: str, lines: Sequence[str]) -> None:
    """Put the rows of one lesson into the table."""
    before = PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else []
    rows = [row for row in before if any(row.startswith(f"| {its} |") for its in EXPECTED if its != name)]
    rows = sorted([*rows, *lines], key=lambda row: row.split("|")[1])  # stable: questions stay in their order
    PAGE.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
