"""What a learner must know of the networks before the numbers mean anything: their labels, and what was turned."""

from __future__ import annotations

from collections.abc import Sequence

from regviz import Config
from regviz.data.datasets import DATASETS

from ..compare.lanes import Lane, difference


def disclosed(base: Config) -> str:
    """What was done to the labels, in a sentence."""
    wrong = round(base.label_noise * base.n_train)
    kind = "targets" if DATASETS[base.data].task == "regression" else "labels"
    if not wrong:
        return f"All {kind} are right."
    are = "is" if wrong == 1 else "are"
    return (
        f"{wrong:,} of the {base.n_train:,} training {kind} {are} wrong, on purpose; all validation {kind} are right."
    )


def turned(base: Config, lanes: Sequence[Lane], asked: Config, of: Sequence[Lane]) -> str:
    """Why the numbers answer another question than the one asked, in a sentence; empty if they do not.

    Another seed is the same question.
    """
    mine, theirs = base.replace(seed=0), asked.replace(seed=0)
    if mine == theirs and [lane.config(mine) for lane in lanes] == [lane.config(theirs) for lane in of]:
        return ""
    words = difference(mine, theirs) if mine != theirs else "other lanes"
    return f"(With {words}: the question was asked without.)"
