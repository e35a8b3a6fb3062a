"""Choosing: how right the best of all lanes' networks is on the few points that have chosen it, and on new ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from matplotlib.text import Text
from numpy.typing import NDArray

from regviz.errors import ArgumentError
from regviz.language import en, tr
from regviz.probes import Choice, choose, point_scores
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.scene import NOTHING, Answer, PointerKind
from ..look.lettering import width_of
from ..look.numbers import number, percent
from .parts.artists import rectangles, set_line, stretch
from .parts.labels import first_that_fits, spread
from .parts.measuring import MeasuredPanel

COUNTS = (10, 20, 50, 100, 200)
"""Validation points by which is chosen."""

COUNT = 20
"""At which the labels stand until a person chooses another."""

BOTTOMS = (0.8, 0.6, 0.4, 0.2, 0.0)
"""Scores at which the axis may begin."""

STAY = 0.03
"""So much must both lines be above another bottom before the axis moves there."""

BESIDE = 10.0
"""CSS pixels between the axes and the labels."""

STRIP = 11.0
"""CSS pixels of the bar that says who is chosen."""


class ChoosingPanel(MeasuredPanel):
    """The score of the network that is best on a few validation points, on those and on all others, against how few
    they are; below, how many teams take which lane. The numbers are those at one count, which a click moves."""

    name: ClassVar[str] = "choosing"
    menu_title: ClassVar[str] = en("Choosing by few points")
    drawing: ClassVar[str] = (
        '<path d="M4 3V24H45" opacity=".4"/>'
        '<path d="M7 6C14 10 24 12 43 13"/>'
        '<path d="M7 20C14 17 24 15 43 14" stroke-dasharray="3 2.5"/>'
        '<path d="M4 29H18" stroke-width="4" stroke-linecap="butt"/>'
        '<path d="M19 29H45" stroke-width="4" stroke-linecap="butt" opacity=".45"/>'
    )
    listens: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.choices: dict[int, Choice | None] = {}
        """By the number of points what was asked for since a lane was measured last: all lines are of all lanes."""
        self.count = COUNT
        """The number of points at which the labels stand."""
        self.low = BOTTOMS[-1]

    @property
    def views(self) -> tuple[str, ...]:
        """The number of points, if a person chose it: "by100"."""
        return () if self.count == COUNT else (f"by{self.count}",)

    def look_at(self, words: tuple[str, ...]) -> None:
        """Put the labels at a count. Raises ArgumentError for words that are none."""
        count = COUNT
        for word in words:
            known = word.removeprefix("by")
            if len(words) > 1 or not (word.startswith("by") and known.isdecimal() and int(known) in COUNTS):
                said = en("the picture choosing takes one number of points, {words}")
                allowed = tr(said, words=", ".join(f"by{n}" for n in COUNTS))
                raise ArgumentError("panels", "~".join([self.name, *words]), allowed, f"{self.name}~by100")
            count = int(known)
        self.count = count

    def build(self, snapshot: Snapshot) -> None:
        """Axes over the counts, two lines with a label each, and the bar below."""
        look, place, models = self.look, self.place, snapshot.models
        split = models[0].split
        self.regression = split.task == "regression"
        self.counts = [count for count in COUNTS if count < len(split.y_val)]
        self.resume(models)
        self.choices.clear()
        self.subtitle = self.live(self.add_header(tr("Choosing by few points"), ""))
        self.empty = not self.counts
        if self.empty:
            self.stand_empty(tr("there are too few validation points to choose by"), tr("too few validation points"))
            return
        small, label = look.small_size, look.label_size
        wide = max(width_of(f"{name}  100.0 %", label, bold=True) for name in (tr("own"), tr("new")))
        self._room = min(wide, 0.4 * place.width)
        self.left = width_of("100 %", small) + 9
        self.top = self.header_height + 0.5 * small
        self.width = place.width - self.left - self._room - BESIDE
        self.height = place.height - self.top - 1.9 * small - STRIP - 0.6 * small
        self.plot = self.add_axes(self.left, self.top, self.width, self.height)
        self.plot.set(xlim=(-0.3, len(self.counts) - 0.7))
        apart = 1 if self.width / len(self.counts) > width_of("200", small) + 6 else 2
        self.plot.set_xticks(range(len(self.counts)), [f"{n}" * (k % apart == 0) for k, n in enumerate(self.counts)])
        self.plot.grid(axis="y", color=look.grid, linewidth=1)
        self._fit_axis()
        self.add_note(
            self.left + self.width + BESIDE,
            self.top + self.height + 5,
            self.fitting((tr("points"),), self._room),
            va="top",
        )
        thick: dict[str, Any] = {"linewidth": 7, "alpha": 0.3, "solid_capstyle": "butt"}
        self.gap = self.add_line(self.plot, look.text, zorder=2, visible=False, **thick)
        dots: dict[str, Any] = {"linewidth": 2.2, "marker": "o", "markersize": 6, "markeredgewidth": 1.6}
        self.own = self.add_line(self.plot, look.text, zorder=3, visible=False, **dots)
        dashes: dict[str, Any] = {"linestyle": (0, (3.2, 1.8)), "markerfacecolor": look.background}
        self.new = self.add_line(self.plot, look.text, zorder=4, visible=False, **dots, **dashes)
        self.labels: list[Text] = [self.live(self.add_text(0, 0, "", weight="bold", va="center")) for _ in range(2)]
        bar = self.add_axes(self.left, place.height - STRIP - 1, self.width, STRIP)
        bar.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
        self.bars = [self.add_patch(bar, rectangles(1, facecolor=look.lane(i), alpha=0.9)) for i in range(len(models))]
        self._point()
        self.begin(snapshot)

    @property
    def at(self) -> int:
        """The place of the count at which the labels stand among those that the points allow."""
        return min(range(len(self.counts)), key=lambda k: abs(self.counts[k] - self.count))

    # -- measuring and showing

    def measure(self, i: int, model: ModelSnapshot) -> Iterator[None]:
        """Each validation point's part in the score of lane `i`, once it has learned anything."""
        self.found[i] = point_scores(model, model.split.X_val, model.split.y_val) if model.step else None
        self.choices.clear()
        yield

    def chosen(self, k: int) -> Choice | None:
        """What all teams choose by the count at place `k`; None before they train, and if all have diverged."""
        count = self.counts[k]
        if count not in self.choices:
            known = [its for its in self.found if its is not None]
            silent = len(known) < len(self.lanes) or all(np.isnan(its).any() for its in known)
            self.choices[count] = None if silent else choose(known, count)
        return self.choices[count]

    def set_limits(self) -> bool:
        """Begin the axis at a round score below both lines."""
        values = self._lines().ravel()
        if not values.size:
            return False
        least = float(values.min())
        now = next((low for low in BOTTOMS if low <= least - (STAY if low > self.low else 0.01)), BOTTOMS[-1])
        moved, self.low = now != self.low, now
        if moved:
            self._fit_axis()
        return moved

    def show(self, i: int, model: ModelSnapshot) -> None:
        """The lines, labels and the bar, of which every lane is a part."""
        lines = self._lines()
        if not lines.size:
            for line in (self.own, self.new, self.gap):
                set_line(line)
            for label in self.labels:
                label.set_text("")
            for bar in self.bars:
                stretch(bar, [0.0], [0.0], [0.0], [1.0])
            return
        seen = np.maximum(lines, 2 * self.low - 1)
        for line, values in zip((self.own, self.new), seen, strict=True):
            set_line(line, range(len(self.counts)), values)
        self._label()

    def _lines(self) -> NDArray[np.float64]:
        """Scores on own and on new points (2, counts); empty while not all is known."""
        found = [self.chosen(k) for k in range(len(self.counts))]
        return np.array([its.means for its in found if its is not None]).T

    def _fit_axis(self) -> None:
        pieces = round((1 - self.low) / (0.05 if self.low >= 0.8 else 0.1 if self.low >= 0.6 else 0.2))
        shares = [self.low + k * (1 - self.low) / pieces for k in range(pieces + 1)]
        step = 1 if self.height > 1.6 * self.look.small_size * len(shares) else pieces
        self.plot.set_ylim(self.low, 1)
        words = [number(share) if self.regression else percent(share) for share in shares]
        self.plot.set_yticks(shares[::step], words[::step])

    def _label(self) -> None:
        found = self.chosen(self.at)
        if found is None:
            return
        line = 1.22 * self.look.label_size
        heights = [self._y(value) for value in found.means]
        order = sorted(range(2), key=heights.__getitem__)
        places = spread([heights[i] for i in order], line, self.top + 0.5 * line, self.top + self.height - 0.45 * line)
        for i, y in zip(order, places.tolist(), strict=True):
            said = self._score(found.means[i])
            words = [f"{(tr('own'), tr('new'))[i]}  {said}", said]
            self.labels[i].set_text(first_that_fits(words, self._room, self.look.label_size, bold=True))
            self.move(self.labels[i], self.left + self.width + BESIDE, round(y, 1))
        set_line(self.gap, (self.at, self.at), tuple(max(value, self.low) for value in found.means))
        ends = np.cumsum([0.0, *self._shares(found)])
        for bar, left, right in zip(self.bars, ends[:-1], ends[1:], strict=True):
            stretch(bar, [left], [right], [0.0], [1.0])

    def _shares(self, found: Choice) -> list[float]:
        return [float(np.mean(found.chosen == i)) for i in range(len(self.lanes))]

    def _y(self, value: float) -> float:
        return self.top + self.height * (1 - min(max(value, self.low), 1.0)) / (1 - self.low)

    def _score(self, value: float) -> str:
        return number(value) if self.regression else percent(value, 1)

    def _point(self) -> None:
        """Say what the lines and the bar are, and at which count the numbers."""
        what = "R²" if self.regression else tr("accuracy")
        count = self.counts[self.at]
        self.say(
            tr(
                "{what} of the best of all lanes on the points that chose it (own) and on others (new); "
                "bar: who is chosen by {count}, a click moves that",
                what=what,
                count=count,
            ),
            tr(
                "{what} of the best on the points that chose it (own) and on others (new); bar: who is chosen",
                what=what,
            ),
            tr("{what} on points that chose (own) and on new ones; bar: who is chosen", what=what),
            tr("{what} on own and new points, {count} choose", what=what, count=count),
            tr("{count} points choose", count=count),
        )

    # -- the pointer

    def targets(self) -> list[tuple[float, float]]:
        """Every count, at the middle of the axes."""
        return [] if self.empty else [(self._x(k), self.top + self.height / 2) for k in range(len(self.counts))]

    def first_target(self) -> int:
        """The count at which the labels stand."""
        return 0 if self.empty else self.at

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Say the numbers at the count under the pointer; a click puts the labels there."""
        if kind == "leave" or self.empty or not (-8 <= x - self.left <= self.width + 8 and y >= self.top):
            return NOTHING
        k = int(np.argmin([abs(x - self._x(k)) for k in range(len(self.counts))]))
        moved = kind == "click" and k != self.at
        if moved:
            self.count = self.counts[k]
            self._point()
            self._label()
        words = "\n".join(self.facts(k))
        return Answer(hint=words, redraw=moved, aloud=words if moved else "")

    def facts(self, k: int) -> list[str]:
        """What is chosen by the count at place `k`, in words."""
        found = self.chosen(k)
        if found is None:
            return [tr("by {counts} points nobody has chosen yet", counts=self.counts[k])]
        own, new = found.means
        shares = zip(self.lanes, self._shares(found), strict=True)
        return [
            tr("chosen by {counts} points each", counts=self.counts[k]),
            tr("on those points {own}, on new ones {new}", own=self._score(own), new=self._score(new)),
            tr("chosen: {names}", names=", ".join(f"{lane.name} {percent(share)}" for lane, share in shares if share)),
        ]

    def _x(self, k: int) -> float:
        return self.left + self.width * (k + 0.3) / (len(self.counts) - 0.4)
