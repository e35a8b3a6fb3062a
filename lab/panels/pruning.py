"""Pruning: how accurate each network still is without its smallest weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.text import Text

from regviz.errors import ArgumentError
from regviz.language import en, tr
from regviz.probes import pruned
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.scene import NOTHING, Answer, PointerKind
from ..look.lettering import width_of
from ..look.numbers import number, percent
from .parts.artists import set_line
from .parts.labels import first_that_fits, shorten, spread
from .parts.measuring import MeasuredPanel

STEPS = 20
"""Of the share that is deleted: every twentieth."""

SHARES = np.arange(STEPS + 1) / STEPS

SHARE = 0.7
"""At which the labels stand until a person chooses another."""

DIVERGED = np.full(len(SHARES), np.nan)
"""What stands for the scores of a lane that has diverged. R² may be NaN also where targets never vary."""

WORK = 50_000_000
"""Multiplications of one piece: some 4 ms."""

BESIDE = 10.0
"""CSS pixels between the axes and the labels."""

LOWEST = -0.2
"""R² below which a curve leaves the picture."""


class PruningPanel(MeasuredPanel):
    """Validation accuracy (R² of a regression) against the share of the smallest weights that are deleted, a line per
    lane; the numbers at one share, which a click moves."""

    name: ClassVar[str] = "pruning"
    menu_title: ClassVar[str] = en("Pruning")
    drawing: ClassVar[str] = (
        '<path d="M4 3V29H45" opacity=".4"/>'
        '<path d="M6 7H22C30 7 30 24 43 26"/>'
        '<path d="M6 9H30C38 9 38 20 43 25" opacity=".55"/>'
        '<path d="M31 3V29" stroke-dasharray="2 2.5"/>'
    )
    listens: ClassVar[bool] = True
    at: int = round(SHARE * STEPS)
    """The index of the share at which the labels stand."""

    @property
    def views(self) -> tuple[str, ...]:
        """The share in percent, if a person chose it: "at90"."""
        return () if self.at == round(SHARE * STEPS) else (f"at{round(100 * self.at / STEPS)}",)

    def look_at(self, words: tuple[str, ...]) -> None:
        """Put the labels at a share. Raises ArgumentError for words that are none."""
        at = round(SHARE * STEPS)
        for word in words:
            known = word.removeprefix("at")
            if len(words) > 1 or not (word.startswith("at") and known.isdecimal() and int(known) <= 100):
                allowed = tr("the picture pruning takes one share of the weights in percent, at0 to at100")
                raise ArgumentError("panels", "~".join([self.name, *words]), allowed, f"{self.name}~at90")
            at = round(int(known) / 100 * STEPS)
        self.at = at

    def build(self, snapshot: Snapshot) -> None:
        """Make axes from no weight to all, a line and a label per lane, and the upright at the chosen share."""
        look, place, models = self.look, self.place, snapshot.models
        regression = models[0].split.task == "regression"
        self.resume(models)
        self.subtitle = self.live(self.add_header(tr("Pruning"), ""))
        self._what = tr("validation R²") if regression else tr("validation accuracy")
        small, label = look.small_size, look.label_size
        wide = max(width_of(f"{lane.name}  100.0 %", label, bold=True) for lane in self.lanes)
        self._room = min(wide, 0.4 * place.width)
        self.left = width_of("100 %", small) + 9
        self.top = self.header_height + 0.5 * small
        self.width = place.width - self.left - self._room - BESIDE
        self.height = place.height - self.top - 1.9 * small
        self.low = LOWEST if regression else 0.0
        axes = self.add_axes(self.left, self.top, self.width, self.height)
        axes.set(xlim=(0, 1), ylim=(self.low, 1))
        tick = width_of("100 %", small)
        ticks = [0, 0.25, 0.5, 0.75, 1] if self.width > 6 * tick else [0, 0.5, 1] if self.width > 3.6 * tick else [0, 1]
        axes.set_xticks(ticks, [percent(share) for share in ticks])
        axes.get_xticklabels()[0].set_horizontalalignment("left")  # clear of the 0 % of the upright axis
        axes.get_xticklabels()[-1].set_horizontalalignment("right")
        shares = [0, 0.25, 0.5, 0.75, 1] if self.height > 7 * small else [0, 0.5, 1]
        axes.set_yticks(shares, [number(share) if regression else percent(share) for share in shares])
        axes.grid(axis="y", color=look.grid, linewidth=1)
        x, foot = self.left + self.width + BESIDE, self.top + self.height + 5
        self.add_note(x, foot, self.fitting((tr("deleted"), ""), self._room), va="top")
        self.upright = self.add_line(axes, look.text, linewidth=1.2, linestyle=(0, (3.2, 1.8)), zorder=2.5)
        self.lines: list[Line2D] = []
        self.dots: list[Line2D] = []
        self.labels: list[Text] = []
        for i in range(len(self.lanes)):
            color = look.lane(i)
            self.lines.append(self.add_line(axes, color, linewidth=2.2, zorder=3, visible=False))
            style: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 7, "markeredgewidth": 0}
            self.dots.append(self.add_line(axes, color, zorder=4, visible=False, **style))
            self.labels.append(self.live(self.add_text(0, 0, "", color=color, weight="bold", va="center")))
        self._point()
        self.begin(snapshot)

    # -- measuring and showing

    def measure(self, i: int, model: ModelSnapshot) -> Iterator[None]:
        """Yield lane `i` without a share of its weights after the other."""
        X, y = model.split.X_val, model.split.y_val
        found = np.full(len(SHARES), np.nan)
        at_once = max(1, WORK // (len(X) * sum(W.size for W in model.weights)))
        for k in range(0, len(SHARES), at_once):
            some = slice(k, k + at_once)
            found[some] = [its.score for its in pruned(model, X, y, SHARES[some].tolist())]
            yield
        self.found[i] = found if model.state != "diverged" else DIVERGED

    def set_limits(self) -> bool:
        """Keep the limits: an accuracy is from 0 to 1."""
        return False

    def show(self, i: int, model: ModelSnapshot) -> None:
        """Show line, dot and label of lane `i`; the labels of all give way to each other."""
        found = self.found[i]
        if found is None:
            return
        seen = np.maximum(found, 2 * self.low - 1)
        set_line(self.lines[i], SHARES, seen)
        self._label()

    def _label(self) -> None:
        at, line = self.at, 1.22 * self.look.label_size
        known = [i for i, found in enumerate(self.found) if found is not None]
        values = {i: float(found[at]) for i, found in enumerate(self.found) if found is not None}
        heights = {i: self._y(values[i]) for i in known}
        order = sorted(known, key=lambda i: (heights[i], i))
        low, high = self.top + 0.5 * line, self.top + self.height - 0.45 * line
        for i, y in zip(order, spread([heights[i] for i in order], line, low, high).tolist(), strict=True):
            self.labels[i].set_text(self._said(i, at))
            self.move(self.labels[i], self.left + self.width + BESIDE, round(y, 1))
            there = np.isfinite(values[i]) and values[i] >= self.low
            set_line(self.dots[i], *([(SHARES[at],), (values[i],)] if there else [(), ()]))

    def _said(self, i: int, at: int) -> str:
        size, name, value = self.look.label_size, self.lanes[i].name, float(self.found[i][at])
        said = tr("diverged") if self.found[i] is DIVERGED else self._score(value)
        short = shorten(name, self._room - width_of(f"  {said}", size, bold=True), size, bold=True)
        rounded = f"{name}  {percent(value)}" if np.isfinite(value) and not self.low else f"{name}  {said}"
        return first_that_fits([f"{name}  {said}", rounded, f"{short}  {said}"], self._room, size, bold=True)

    def _y(self, value: float) -> float:
        inside = min(max(value, self.low), 1.0) if np.isfinite(value) else self.low
        return self.top + self.height * (1 - inside) / (1 - self.low)

    def _point(self) -> None:
        """Put the upright and the words above to the chosen share."""
        share = float(SHARES[self.at])
        set_line(self.upright, (share, share), (self.low, 1))
        said = percent(share)
        self.say(
            tr(
                "{what} without the smallest weights; numbers: without {said} of them, a click moves that",
                what=self._what,
                said=said,
            ),
            tr("{what} without the smallest weights; numbers: without {said}", what=self._what, said=said),
            tr("without the smallest weights; numbers: {said}", said=said),
            tr("numbers: without {said}", said=said),
        )

    # -- the pointer

    def targets(self) -> list[tuple[float, float]]:
        """Return every share, at the middle of the axes."""
        return [(self._x(k), self.top + self.height / 2) for k in range(len(SHARES))]

    def first_target(self) -> int:
        """Return the share at which the labels stand."""
        return self.at

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Say the numbers at the share under the pointer; a click puts the labels there."""
        inside = -8 <= x - self.left <= self.width + 8 and 0 <= y - self.top <= self.height
        if kind == "leave" or not inside:
            return NOTHING
        k = int(np.clip(round((x - self.left) / self.width * STEPS), 0, STEPS))
        moved = kind == "click" and k != self.at
        if moved:
            self.at = k
            self._point()
            self._label()
        words = "\n".join(self.facts(k))
        return Answer(hint=words, redraw=moved, aloud=words if moved else "")

    def facts(self, k: int) -> list[str]:
        """Return all lanes without a share of their weights, in words."""
        lines = [tr("without the {shares} smallest weights", shares=percent(float(SHARES[k])))]
        for i, found in enumerate(self.found):
            if found is not None:
                lines.append(self._fact(i, float(found[k]), float(found[0]), gone=found is DIVERGED))
        return lines

    def _fact(self, i: int, value: float, whole: float, *, gone: bool) -> str:
        name = self.lanes[i].name
        if gone:
            return tr("{name}: diverged", name=name)
        return tr("{name}: {score} of {all}", name=name, score=self._score(value), all=self._score(whole))

    def _score(self, value: float) -> str:
        return number(value) if self.low < 0 else percent(value, 1)

    def _x(self, k: int) -> float:
        return self.left + self.width * k / STEPS
