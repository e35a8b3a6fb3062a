"""A sweep in words: where it stands, its best value so far, and its test loss once a person has asked for it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..compare.sweep import SweepView
from ..look.numbers import number


def swept(view: SweepView, others: Mapping[str, SweepView] | None = None, asked: bool = False) -> str:
    """Where a sweep stands, which value is best so far, and the best ones of `others`, by name, that have ended.

    At its end also the test loss, if a person `asked` for it; a sweep that is repeated after that does not tell it.
    """
    if view.best is None:
        return without_best(view)
    losses = view.val_loss.mean(axis=1)
    best, ends = losses[view.best], [number(float(losses[end])) for end in (0, -1)]
    first, last = (_value(view, end) for end in (0, len(losses) - 1))
    seeds = "1 seed" if len(view.seeds) == 1 else f"{len(view.seeds)} seeds"
    text = (
        f"{len(losses)} values, {seeds} each, epoch {view.epoch} of {view.epochs}. "
        f"The lowest mean validation loss is {number(float(best))}, at {_value(view, view.best)}. "
        f"At {first} it is {ends[0]}, at {last} it is {ends[1]}."
    )
    for name, other in (others or {}).items():
        if other.best is not None:
            text += f" “{name}”: the lowest at {_value(other, other.best)}."
    if view.done and not view.cancelled:
        text += f" {_test(view, asked)}"
    return text


def without_best(view: SweepView) -> str:
    """Why a sweep has no best value."""
    if not view.done:
        return "The sweep has begun."
    if view.cancelled:
        return "There is no best value: it was cancelled early. Try again."
    return "There is no best value: a network diverged at every value. Try a smaller learning rate."


def _value(view: SweepView, at: int) -> str:
    return view.said(at)


def _test(view: SweepView, asked: bool) -> str:
    """What is known about the test split."""
    if view.test is None:
        return f"The test loss {'was shown once already' if asked else 'has not been looked at'}."
    mean, low, high = (number(float(f(view.test))) for f in (np.mean, np.min, np.max))
    where = _value(view, view.best) if view.best is not None else ""
    return f"Test loss at {where}, asked once, at the end: {mean} (from {low} to {high} over {len(view.test)} seeds)."
