"""What the loss picture shows: loss or score, on which axis, of how many epochs; and axes that hardly ever move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from regviz.errors import ArgumentError
from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot

from ..look.numbers import MISSING, capped, exponential, number, percent
from .parts.curves import Series, epoch_limit, loss_limit
from .parts.scales import ticks_of

LASTS = (50, 200)
"""Epochs that a window on the newest ones may show."""

SCORE, LOG, LAST = "score", "log", "last"
"""How a link calls a score in place of the loss, a logarithmic axis, and a window (with its epochs behind it)."""

Limits = tuple[float, float]


@dataclass(frozen=True, slots=True)
class LossView:
    """What a person chose to see: the score, a logarithmic axis of the loss, the last epochs alone (0: all)."""

    score: bool = False
    log: bool = False
    last: int = 0

    @property
    def words(self) -> tuple[str, ...]:
        """The choice as a link says it."""
        said = {SCORE: self.score, LOG: self.log, f"{LAST}{self.last}": self.last > 0}
        return tuple(word for word, chosen in said.items() if chosen)

    @classmethod
    def of(cls, words: Sequence[str]) -> Self:
        """Return the inverse of `words`. Raises ArgumentError for a word that says nothing here."""
        choice = cls()
        for word in words:
            if word not in (known := [SCORE, LOG, *(f"{LAST}{last}" for last in LASTS)]):
                allowed = tr("of the loss one may see {words}", words=", ".join(known))
                raise ArgumentError("panels", f"loss~{word}", allowed, "loss~log")
            choice = replace(choice, **{LAST: int(word[len(LAST) :])} if word.startswith(LAST) else {word: True})
        return choice

    def after(self, part: str) -> LossView:
        """Return what a click on the word for `part` (SCORE, LOG or LAST) brings."""
        if part == LAST:
            every = (0, *LASTS)
            return replace(self, last=every[(every.index(self.last) + 1) % len(every)])
        return replace(self, score=not self.score) if part == SCORE else replace(self, log=not self.log)


class Scale:
    """How the loss stands on the axis: as it is, from 0."""

    column: ClassVar[str] = "loss"
    """The history's, behind "train_" and "val_"."""
    falls: ClassVar[bool] = True
    """Whether what is worse stands higher."""

    def __init__(self, regression: bool) -> None:
        self.regression = regression

    @property
    def measured(self) -> str:
        """What is measured, as in a sentence."""
        return tr("loss")

    @property
    def titles(self) -> tuple[str, ...]:
        """What the picture is called, the shortest last."""
        return (tr("Loss, mean squared error"), tr("Loss (MSE)"), tr("Loss")) if self.regression else (tr("Loss"),)

    def raised(self, values: Series) -> Series:
        """Return where `values` of the history stand on the axis."""
        return np.asarray(values, float)

    def height(self, value: float) -> float:
        """Return where one value stands on the axis."""
        return float(self.raised(np.array([value]))[0])

    def limits(self, curves: Sequence[Series], now: Limits) -> Limits:
        """Return ends of the axis for `curves` of the history, where it has `now` (0, 0 for none yet)."""
        return 0.0, loss_limit(curves, now[1])

    def ticks(self, low: float, most: float) -> tuple[list[float], list[str]]:
        """Return ticks between the ends, with their names."""
        return ticks_of(most)

    def text(self, value: float) -> str:
        """Return `value` as a label says it; what is not there is infinite."""
        return capped(value, 1000)

    def gap(self, training: float, validation: float) -> float:
        """Return by how much validation is worse than training."""
        return validation - training

    def gap_text(self, gap: float) -> str:
        """Return a gap as a label says it."""
        return tr("gap {gap}", gap=number(gap))


class LogScale(Scale):
    """The loss's power of ten: what is small can be seen beside what is large, and half is as far as twice."""

    FLOOR: ClassVar[float] = 1e-12
    """Where smaller losses stand: they are rounding errors."""
    DECADES: ClassVar[float] = 5.0
    """Powers of ten below the highest that are shown at most."""
    AIR: ClassVar[float] = 0.75
    """Powers of ten that may be empty at an end before the axis moves."""

    def raised(self, values: Series) -> Series:
        """Return the logarithms to base 10."""
        return np.asarray(np.log10(np.maximum(values, self.FLOOR)))

    def limits(self, curves: Sequence[Series], now: Limits) -> Limits:
        """Return ends at 1, 2 or 5 times a power of ten; what explodes beyond four times the first loss is not
        followed.
        """
        starts = [float(curve[0]) for curve in curves if len(curve) and np.isfinite(curve[0])]
        highest = 4 * max(starts) if starts else np.inf
        held = [curve[np.isfinite(curve) & (curve <= highest) & (curve > 0)] for curve in curves]
        seen = [np.maximum(values, self.FLOOR) for values in held]
        if not any(map(len, seen)):
            return now if now != (0.0, 0.0) else (-2.0, 0.0)
        most = self._end(max(float(values.max()) for values in seen if len(values)), now, up=True)
        low = self._end(min(float(values.min()) for values in seen if len(values)), now, up=False)
        return max(low, most - self.DECADES), most

    def ticks(self, low: float, most: float) -> tuple[list[float], list[str]]:
        """Return powers of ten, and twice and five times of them where there are few."""
        steps = (1, 2, 3, 5) if most - low <= 1.05 else (1, 2, 5) if most - low <= 2.2 else (1,)
        values = [step * 10.0**power for power in range(int(np.floor(low)), int(np.ceil(most)) + 1) for step in steps]
        shown = [value for value in values if low - 1e-9 <= np.log10(value) <= most + 1e-9]
        names = [f"{value:g}" if 0.01 <= value < 1000 else exponential(value, 1) for value in shown]
        return [float(np.log10(value)) for value in shown], names

    def _end(self, value: float, now: Limits, *, up: bool) -> float:
        """An end of the axis that holds `value`; it stays where it is as long as it does without much air."""
        wanted, side = float(np.log10(value)), 1 if up else -1
        present = now[up]
        if now != (0.0, 0.0) and 0 <= side * (present - wanted) <= self.AIR:
            return present
        power = float(np.floor(wanted))
        ends = [power + part for part in (-np.log10(2), 0.0, np.log10(2), np.log10(5), 1.0, 1 + np.log10(2))]
        beyond = [end for end in ends if side * (end - wanted) >= 0.02]
        return min(beyond) if up else max(beyond)


class ScoreScale(Scale):
    """The share of right answers, or R²: 1 is at the top, and what is missing to it is held as a loss is."""

    column: ClassVar[str] = "score"
    falls: ClassVar[bool] = False
    LEAST: ClassVar[float] = 0.05

    @property
    def measured(self) -> str:
        """What is measured, as in a sentence."""
        return "R²" if self.regression else tr("accuracy")

    @property
    def titles(self) -> tuple[str, ...]:
        """What the picture is called, the shortest last."""
        return (tr("R², explained variance"), "R²") if self.regression else (tr("Accuracy in %"), tr("Accuracy"))

    def limits(self, curves: Sequence[Series], now: Limits) -> Limits:
        """Return limits from what is missing at most up to 1, with a little air for marks."""
        present = 0.0 if now == (0.0, 0.0) else 1.0 - now[0]
        missing = max(loss_limit([1.0 - curve for curve in curves], present), self.LEAST)
        missing = missing if self.regression else min(missing, 1.0)
        return 1.0 - missing, 1.0 + 0.02 * missing

    def ticks(self, low: float, most: float) -> tuple[list[float], list[str]]:
        """Return round ones, from 1 downwards; accuracies in percent, without the sign."""
        missing, names = ticks_of(1.0 - low)
        ticks = [1.0 - tick for tick in missing]
        if self.regression:
            digits = max(len(name.partition(".")[2]) for name in names)
            return ticks, [number(tick, digits) if abs(tick) > 1e-9 else "0" for tick in ticks]
        return ticks, [f"{100 * tick:.4g}" for tick in ticks]

    def text(self, value: float) -> str:
        """Return a score in percent, or R² with two decimals."""
        if not np.isfinite(value):
            return MISSING
        return number(value, 2) if self.regression else percent(value, 1)

    def gap(self, training: float, validation: float) -> float:
        """Return by how much validation is worse than training."""
        return training - validation

    def gap_text(self, gap: float) -> str:
        """Return a gap as a label says it."""
        return super().gap_text(gap) if self.regression else tr("gap {gap}", gap=percent(gap, 1))


def scale_of(choice: LossView, regression: bool) -> Scale:
    """Return the axis that a person chose."""
    kind = ScoreScale if choice.score else LogScale if choice.log else Scale
    return kind(regression)


def window(end: float, last: int, first_now: float, last_now: float) -> Limits:
    """Return first and last epoch of the axis, where curves end at `end` and it has the `_now` ones.

    All epochs for a `last` of 0 or for a run that is no longer; else the `last` ones and up to a fifth of them around,
    so that the axis moves that seldom.
    """
    if not last or end <= last:
        return 0.0, epoch_limit(end, 0.0 if first_now else last_now)
    if first_now <= end - last and end <= last_now and np.isclose(last_now - first_now, 1.2 * last):
        return first_now, last_now
    step = last // 5
    first = float((int(end) - last) // step * step)
    return first, first + 1.2 * last


def rows_from(model: ModelSnapshot, first: float) -> slice:
    """Return the rows of a history from the epoch `first` on; nothing of one that ended before."""
    return slice(int(np.searchsorted(model.history["epoch"], first)) if first else 0, None)


def epoch_near(models: Sequence[ModelSnapshot], epoch: float, first: float, last: float) -> int:
    """Return the epoch nearest to `epoch` that was measured and is still known: of a long run not every one is.

    From `first` to `last`, or the newest one.
    """
    longest = max(models, key=lambda model: float(model.history["epoch"][-1]))
    epochs = longest.history["epoch"]
    shown = epochs[(epochs >= first) & (epochs <= last)]
    return int(shown[np.abs(shown - epoch).argmin()] if len(shown) else epochs[-1])


def last_finite(values: Series) -> int | None:
    """Return the row of the last finite one of `values`; None without one."""
    rows = np.flatnonzero(np.isfinite(values[-64:]))
    if not len(rows):
        rows = np.flatnonzero(np.isfinite(values))
        return int(rows[-1]) if len(rows) else None
    return int(rows[-1]) + max(0, len(values) - 64)
