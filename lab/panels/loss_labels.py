"""The right side of the loss picture: every lane's name and number with its mark before them, and the gap's number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.text import Text

from regviz.config import Config
from regviz.language import tr

from ..look.lettering import width_of
from ..look.numbers import WIDEST
from ..look.theme import mark
from .parts.artists import set_line
from .parts.base import Panel
from .parts.curves import Curves
from .parts.labels import first_that_fits, keep_order, shorten, spread

BESIDE = 18
"""CSS pixels from the last epoch to the labels: the widest mark has a radius of 6.4."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a lane: name and strengths, a number, and where its curve ends: an epoch, a place on the axis.

    Where a number is `needed`, the name is cut to make room for it; else the name, which tells the curves apart.
    """

    label: str
    number: str
    epoch: float = 0.0
    value: float = 0.0
    needed: bool = False


class Labels:
    """A label for each lane of `panel`; `longest` is what each may have to say.

    They take `most` CSS pixels at most, or up to `most_for_names` if a name, which tells curves apart, needs more.
    """

    def __init__(self, panel: Panel, longest: Sequence[Sequence[Said]], most: float, most_for_names: float) -> None:
        self.panel, self.size = panel, panel.look.label_size
        self.key = 0.95 * self.size
        around = BESIDE + 6 + self.key
        names = max(width_of(lane.name, self.size, bold=True) for lane in panel.lanes) + 1  # sums are not exact
        self.room = max(most, min(names + around, most_for_names)) - around
        texts = [self.fitting(i, said) for i, its in enumerate(longest) for said in its]
        gap = width_of(tr("gap {widest}", widest=WIDEST), panel.look.small_size) - self.key
        self.room = min(max(gap, *(width_of(text, self.size, bold=True) for text in texts)), self.room)
        self.width = self.room + around
        """CSS pixels that labels and marks take."""
        self._order = list(range(len(longest)))
        self._ordered = False
        self._called: dict[int, tuple[Config | None, str]] = {}

    def begin(self, curves: Curves) -> None:
        """Make the artists, on the axes of `curves`."""
        panel, look = self.panel, self.panel.look
        self.curves = curves
        self.gap = panel.live(panel.add_note(0, 0, va="center"))
        self.leaders = panel.add_line(curves.axes, look.muted, linewidth=1, alpha=0.55, zorder=2.5)
        self.keys = [self.mark_of(i, 0.55 * look.label_size, markeredgewidth=0) for i in self._order]
        self.texts: list[Text] = [
            panel.live(panel.add_text(0, 0, "", color=look.lane(i), weight="bold", va="center")) for i in self._order
        ]

    def mark_of(self, i: int, size: float, **style: object) -> Line2D:
        """Return the mark of lane `i`, of about `size` CSS pixels."""
        shape, look = mark(i), {"linestyle": "none", "zorder": 4} | style
        color = self.panel.look.lane(i)
        return self.panel.add_line(self.curves.axes, color, marker=shape.marker, markersize=size * shape.grow, **look)

    def show(self, said: Sequence[Said], end: float, gap: tuple[str, float] | None) -> None:
        """Put every label beside the end of its curve, all right of the epoch `end`; words and place of the gap."""
        curves, look = self.curves, self.panel.look
        heights = [curves.y(its.value) for its in said]
        self._order = keep_order(self._order, heights, slack=2.5 if self._ordered else 0)
        self._ordered = True
        wanted = [heights[i] for i in self._order]
        slots: list[tuple[Text, int]] = [(self.texts[i], i) for i in self._order]
        self.gap.set_visible(gap is not None)
        if gap is not None:
            self.gap.set_text(gap[0])
            rank = int(np.searchsorted(wanted, curves.y(gap[1])))
            wanted.insert(rank, curves.y(gap[1]))
            slots.insert(rank, (self.gap, -1))
        line = 1.22 * look.label_size
        places = spread(wanted, line, curves.top + 0.5 * line, curves.top + curves.height - 0.45 * line)
        x = curves.x(end)
        curves.keep_clear(x + BESIDE - 3, x + self.width - 2)
        leaders = [(np.nan, np.nan)]
        # Labels are read together: what only some lanes had room for would seem to be missing in the others.
        strengths = all(self._holds(its.label, its.number) for its in said)
        names = [(lane.name, its.number) for lane, its in zip(self.panel.lanes, said, strict=True) if not its.needed]
        numbers = all(self._holds(*pair) for pair in names)
        for (text, i), y in zip(slots, np.round(places, 1).tolist(), strict=True):
            self.panel.move(text, x + BESIDE + self.key * (i >= 0), y)
            if i < 0:
                continue
            set_line(self.keys[i], [curves.epoch(x + BESIDE + 0.3 * self.key)], [curves.loss(y)])
            text.set_text(self.fitting(i, said[i], strengths=strengths, numbers=numbers))
            epoch, value = max(said[i].epoch, curves.first), min(max(said[i].value, curves.low), curves.most)
            if epoch < end or abs(curves.y(value) - y) >= 0.5 * line:
                at_label = curves.epoch(x + BESIDE - 3), curves.loss(y)
                leaders += [(epoch, value), (end, value), at_label, (np.nan, np.nan)]
        set_line(self.leaders, *(zip(*leaders, strict=True) if len(leaders) > 1 else ()))

    def called(self, i: int, config: Config) -> str:
        """Return name and strengths of lane `i`, put together anew only for another Config: it is asked for at
        every epoch.
        """
        if self._called.get(i, (None, ""))[0] is not config:
            self._called[i] = config, self.panel.lanes[i].label(config)
        return self._called[i][1]

    def fitting(self, i: int, said: Said, *, strengths: bool = True, numbers: bool = True) -> str:
        """Return name, strength and number ("L1 0.001  0.40"); where there is no room name and number, then one of
        them.

        Without `strengths` name and number at most; without `numbers` the name, if its number is not needed.
        """
        name, number = self.panel.lanes[i].name, f"  {said.number}"
        room = self.room - (width_of(number, self.size, bold=True) if said.needed else 0)
        short = shorten(name, room, self.size, bold=True) + number * said.needed
        texts = [said.label + number] * strengths + [name + number] * (numbers or said.needed)
        return first_that_fits([*texts, short], self.room, self.size, bold=True)

    def _holds(self, words: str, number: str) -> bool:
        """Whether there is room for `words` and a `number` behind them."""
        return width_of(f"{words}  {number}", self.size, bold=True) <= self.room
