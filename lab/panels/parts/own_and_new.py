"""What pictures of choosing share: the score of the best on the points that chose it and on new ones, across counts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
from matplotlib.text import Text
from numpy.typing import NDArray

from regviz.arrays import Array
from regviz.data import Split
from regviz.errors import ArgumentError
from regviz.language import tr
from regviz.probes import point_scores, same_points
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.scene import NOTHING, Answer, PointerKind
from ...look.lettering import width_of
from ...look.numbers import number, percent
from .artists import set_line
from .labels import first_that_fits, spread
from .measuring import MeasuredPanel

BOTTOMS = (0.8, 0.6, 0.4, 0.2, 0.0)
"""Scores at which the axis may begin."""

STAY = 0.03
"""So much must both lines be above another bottom before the axis moves there."""

BESIDE = 10.0
"""CSS pixels between the axes and the labels."""

ENOUGH = 1_000_000
"""Validation points that are too few for no count."""


class OwnAndNewPanel(MeasuredPanel):
    """Two lines over some `counts`, with labels at one of them, which a click moves.

    `found` has what each validation point adds to the score of each of the `networks`, None before it has trained.
    """

    listens: ClassVar[bool] = True
    unit: ClassVar[str]
    """What is counted across."""
    before: ClassVar[str]
    """What a link says before the count that a person chose: "by" in "by100"."""
    usual: ClassVar[int]
    """The count at which the labels stand until a person chooses another."""
    dot: ClassVar[str] = ""
    """The mark of a count on the lines."""
    strip: ClassVar[float] = 0.0
    """CSS pixels that the picture takes for itself below."""

    def __init__(self) -> None:
        super().__init__()
        self._points: tuple[Split, ...] = ()
        self.count = self.usual
        """The count at which the labels stand."""
        self.low = BOTTOMS[-1]
        self._stale = True
        """Whether a network or the axis has changed since the lines were set: all of them share these."""

    @property
    def views(self) -> tuple[str, ...]:
        """The count, if a person chose it: "by100"."""
        return () if self.count == self.usual else (f"{self.before}{self.count}",)

    def look_at(self, words: tuple[str, ...]) -> None:
        """Put the labels at a count. Raises ArgumentError for words that are none."""
        count = self.usual
        for word in words:
            known = word.removeprefix(self.before)
            if len(words) > 1 or known == word or not (known.isdecimal() and self.may_be(int(known))):
                allowed, example = self.allowed()
                given = "~".join([self.name, *words])
                raise ArgumentError("panels", given, allowed, f"{self.name}~{self.before}{example}")
            count = int(known)
        self.count = count

    @abstractmethod
    def may_be(self, count: int) -> bool:
        """Return whether a link may ask for the count."""

    @abstractmethod
    def allowed(self) -> tuple[str, int]:
        """Return what a link may ask for, in words, and an example of a count."""

    @abstractmethod
    def networks(self, snapshot: Snapshot) -> Sequence[ModelSnapshot]:
        """Return the networks to choose from."""

    @abstractmethod
    def steps(self, points: int) -> list[int]:
        """Return the counts that stand across, of a validation set of so many points; none if it has too few."""

    @abstractmethod
    def mark_steps(self) -> None:
        """Set the limits of the axis across, and name the counts below it."""

    @abstractmethod
    def means_at(self, k: int) -> tuple[float, float] | None:
        """Return mean scores on own and on new points at the count with the place `k`; None while not all is known."""

    @abstractmethod
    def sayings(self) -> tuple[str, ...]:
        """Return what the lines are, and at which count the numbers, the longest first."""

    @abstractmethod
    def facts(self, k: int) -> list[str]:
        """Return what is chosen at the count with the place `k`, in words."""

    def forget_choices(self) -> None:
        """Forget what was worked out of all networks: one has been measured."""

    def show_chosen(self) -> None:
        """Show what else is shown of the count at which the labels stand."""

    def build(self, snapshot: Snapshot) -> None:
        """Make axes over the counts, and two lines with a label each."""
        look, place = self.look, self.place
        self.subtitle = self.live(self.add_header(tr(self.menu_title), ""))
        small, label = look.small_size, look.label_size
        wide = max(width_of(f"{name}  100.0 %", label, bold=True) for name in (tr("own"), tr("new")))
        self._room = min(wide, 0.4 * place.width)
        self.left = width_of("100 %", small) + 9
        self.top = self.header_height + 0.5 * small
        self.width = place.width - self.left - self._room - BESIDE
        self.height = place.height - self.top - 1.9 * small - self.strip - 0.6 * small
        self.plot = self.add_axes(self.left, self.top, self.width, self.height)
        self.plot.grid(axis="y", color=look.grid, linewidth=1)
        self.add_note(
            self.left + self.width + BESIDE,
            self.top + self.height + 5,
            self.fitting((tr(self.unit),), self._room),
            va="top",
        )
        thick: dict[str, Any] = {"linewidth": 7, "alpha": 0.3, "solid_capstyle": "butt"}
        self.gap = self.add_line(self.plot, look.text, zorder=2, visible=False, **thick)
        dots: dict[str, Any] = {"linewidth": 2.2, "marker": self.dot, "markersize": 6, "markeredgewidth": 1.6}
        self.own = self.add_line(self.plot, look.text, zorder=3, visible=False, **dots)
        dashes: dict[str, Any] = {"linestyle": (0, (3.2, 1.8)), "markerfacecolor": look.background}
        self.new = self.add_line(self.plot, look.text, zorder=4, visible=False, **dots, **dashes)
        self.labels: list[Text] = [self.live(self.add_text(0, 0, "", weight="bold", va="center")) for _ in range(2)]
        models = self.networks(snapshot)
        self.add_more(len(models))
        self._take(models, snapshot)
        self.begin(Snapshot(snapshot.step, tuple(models)))

    def draw(self, snapshot: Snapshot) -> None:
        """Follow the networks; those on other points begin anew, with their own kind of score."""
        models = self.networks(snapshot)
        if tuple(model.split for model in models) != self._points:
            self._take(models, snapshot)
            self.clear()
        super().draw(Snapshot(snapshot.step, tuple(models)))

    def _take(self, models: Sequence[ModelSnapshot], snapshot: Snapshot) -> None:
        """Have these networks to choose from, on the points that they have, or while there are none those of lanes."""
        self._points = tuple(model.split for model in models)
        self.resume(models)
        self.forget_choices()
        splits = self._points or (snapshot.models[0].split,)
        self.regression = splits[0].task == "regression"
        points = {len(split.y_val) for split in splits}
        found = self.steps(min(points))
        self.counts = found or self.steps(ENOUGH)
        differ = bool(models) and not same_points(models)
        self.empty, self.behind = not found or differ, False
        few = tr("there are too few validation points to choose by"), tr("too few validation points")
        apart = tr("the networks have different validation points"), tr("different validation points")
        self.mark_steps()
        self._fit_axis()
        self.say(*(apart if differ else few if self.empty else self.sayings()))

    def add_more(self, networks: int) -> None:
        """Make what else there is to show of so many networks."""

    @property
    def at(self) -> int:
        """The place of the count at which the labels stand among those that there are."""
        return min(range(len(self.counts)), key=lambda k: abs(self.counts[k] - self.count))

    # -- measuring and showing

    def known(self) -> list[Array]:
        """Return what is found of all networks; empty while not all of them are known, and if all have diverged."""
        known = [its for its in self.found if its is not None]
        silent = self.empty or len(known) < len(self.found) or all(np.isnan(its).any() for its in known)
        return [] if silent else known

    def measure(self, i: int, model: ModelSnapshot) -> Iterator[None]:
        """Yield each validation point's part in the score of network `i`, once it has learned anything."""
        self.found[i] = point_scores(model, model.split.X_val, model.split.y_val) if model.step else None
        self.forget_choices()
        self._stale = True
        yield

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
        """Show the lines and labels, of which every network is a part."""
        if not self._stale:
            return
        self._stale, lines = False, self._lines()
        if not lines.size:
            self.clear()
            return
        seen = np.maximum(lines, 2 * self.low - 1)
        for line, values in zip((self.own, self.new), seen, strict=True):
            set_line(line, range(len(self.counts)), values)
        self._label()

    def clear(self) -> None:
        """Show nothing."""
        for line in (self.own, self.new, self.gap):
            set_line(line)
        for label in self.labels:
            label.set_text("")

    def _lines(self) -> NDArray[np.float64]:
        """Scores on own and on new points (2, counts); empty while not all is known."""
        found = [self.means_at(k) for k in range(len(self.counts))]
        return np.array([its for its in found if its is not None]).T

    def _fit_axis(self) -> None:
        self._stale = True
        pieces = round((1 - self.low) / (0.05 if self.low >= 0.8 else 0.1 if self.low >= 0.6 else 0.2))
        shares = [self.low + k * (1 - self.low) / pieces for k in range(pieces + 1)]
        step = 1 if self.height > 1.6 * self.look.small_size * len(shares) else pieces
        self.plot.set_ylim(self.low, 1)
        words = [number(share) if self.regression else percent(share) for share in shares]
        self.plot.set_yticks(shares[::step], words[::step])

    def _label(self) -> None:
        means = self.means_at(self.at)
        if means is None:
            return
        line = 1.22 * self.look.label_size
        heights = [self._y(value) for value in means]
        order = sorted(range(2), key=heights.__getitem__)
        places = spread([heights[i] for i in order], line, self.top + 0.5 * line, self.top + self.height - 0.45 * line)
        for i, y in zip(order, places.tolist(), strict=True):
            said = self.score(means[i])
            words = [f"{(tr('own'), tr('new'))[i]}  {said}", said]
            self.labels[i].set_text(first_that_fits(words, self._room, self.look.label_size, bold=True))
            self.move(self.labels[i], self.left + self.width + BESIDE, round(y, 1))
        set_line(self.gap, (self.at, self.at), tuple(max(value, self.low) for value in means))
        self.show_chosen()

    def score(self, value: float) -> str:
        """Return a score as text: an accuracy in percent, or R²."""
        return number(value) if self.regression else percent(value, 1)

    def _y(self, value: float) -> float:
        return self.top + self.height * (1 - min(max(value, self.low), 1.0)) / (1 - self.low)

    # -- the pointer

    def targets(self) -> list[tuple[float, float]]:
        """Return every count, at the middle of the axes."""
        return [] if self.empty else [(self._x(k), self.top + self.height / 2) for k in range(len(self.counts))]

    def first_target(self) -> int:
        """Return the count at which the labels stand."""
        return 0 if self.empty else self.at

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Say the numbers at the count under the pointer; a click puts the labels there."""
        if kind == "leave" or self.empty or not (-8 <= x - self.left <= self.width + 8 and y >= self.top):
            return NOTHING
        k = int(np.argmin([abs(x - self._x(k)) for k in range(len(self.counts))]))
        moved = kind == "click" and k != self.at
        if moved:
            self.count = self.counts[k]
            self.say(*self.sayings())
            self._label()
        words = "\n".join(self.facts(k))
        return Answer(hint=words, redraw=moved, aloud=words if moved else "")

    def _x(self, k: int) -> float:
        """Where the place `k` is, in CSS pixels."""
        first, last = self.plot.get_xlim()
        return self.left + self.width * float((k - first) / (last - first))
