"""Why kept outputs are scaled: every unit's mean output through masks, with 1/(1 − p) and without."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from regviz.language import en, tr
from regviz.probes import masked_means
from regviz.training.snapshot import Snapshot

from ..look.lettering import width_of
from ..look.numbers import SPACE, number
from .parts.base import Panel
from .parts.chosen import LaneTitle, lane_that_drops, lane_with
from .parts.labels import spread
from .parts.scales import rescaled, ticks_around_zero, ticks_of

MASKS = 8
"""Draws of masks for each sample."""

ROWS = 400
"""Training samples that are asked at most: the first ones."""

TITLE = en("Mean output of a unit")


class ScalingPanel(Panel):
    """A dot and a ring per unit of the last hidden layer: across its mean output in the full network, up that behind
    dropout's masks, scaled (on the diagonal) and not (1 − p times as steep)."""

    name: ClassVar[str] = "scaling"
    menu_title: ClassVar[str] = en("Why kept outputs are scaled")
    drawing: ClassVar[str] = (
        '<path d="M6 28L42 3" opacity=".4"/>'
        '<path d="M12 24v0M19 19v0M27 13v0M35 8v0" stroke-width="4.5"/>'
        '<circle cx="20" cy="25" r="2"/>'
        '<circle cx="29" cy="22" r="2"/>'
        '<circle cx="38" cy="19" r="2"/>'
    )

    def build(self, snapshot: Snapshot) -> None:
        """Make one square of axes, two sets of marks, and the line that each should lie on, named at its right end."""
        look, place = self.look, self.place
        self.lane = lane_that_drops(self, snapshot)
        linear = not snapshot.models[lane_with(self, "dropout") or 0].config.hidden
        self.empty = self.lane is None
        self.subtitle = self.live(self.add_header(tr(TITLE)))
        if self.empty:
            self.stand_empty(tr("a linear model has no hidden unit to drop") if linear else tr("no lane uses dropout"))
            return
        self.title = LaneTitle(self, tr(TITLE))
        small = look.small_size
        self._left = 1.35 * small + width_of("−0.00", small) + 6
        self._top = self.header_height + 0.5 * small
        self._height = place.height - self._top - 1.9 * small
        self._right = place.width - width_of(tr("scaled × 20.00"), look.label_size, bold=True) - 10
        width = self._right - self._left
        self.plot = self.add_axes(self._left, self._top, width, self._height)
        self.plot.grid(color=look.grid, linewidth=1)
        self._limits = (0.0, 0.0)
        ends = [-1e9, 1e9]
        fixed: dict[str, Any] = {"color": look.muted, "scalex": False, "scaley": False, "zorder": 1.5}
        self.plot.plot(ends, ends, linewidth=1.3, **fixed)
        self.shorter = self.live(self.plot.plot(ends, ends, linewidth=1.3, linestyle=(0, (4, 1.8)), **fixed)[0])
        marks: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 6}
        hollow: dict[str, Any] = {"markerfacecolor": look.background, "markeredgewidth": 1.5, "zorder": 2}
        self.rings = self.add_line(self.plot, look.text, **hollow, **marks)
        self.dots = self.add_line(self.plot, look.text, markeredgewidth=0, alpha=0.85, zorder=3, **marks)
        bold: dict[str, Any] = {"weight": "bold", "va": "center"}
        self.names = [self.live(self.add_text(self._right + 8, 0, "", **bold)) for _ in range(2)]
        self.shares = [self.live(self.add_text(self._right + 8, 0, "", size=small, va="center")) for _ in range(2)]
        across = self.fitting((tr("in the full network"), tr("full network"), tr("full")), width / 3)
        self._free = 1 - (width_of(across, small) + 0.5 * width_of("0.00", small) + 8) / width
        """Share of the axis that has room for tick labels before its name."""
        self.add_note(self._right, place.height - 1.9 * small + 5, across, ha="right", va="top")
        self.add_note(2, self._top + self._height / 2, tr("with masks"), va="center", rotation=90)

    def draw(self, snapshot: Snapshot) -> None:
        """Draw masks anew once per epoch, and whenever p or the lane is another one."""
        lane = lane_that_drops(self, snapshot)
        if self.empty or lane is None:
            return
        model = snapshot.models[lane]
        if self.unchanged(lane, model.moment_of_epoch):
            return
        self.title.show(lane, snapshot)
        color = self.look.lane(lane)
        self.dots.set_color(color)
        self.rings.set_markeredgecolor(color)
        for text in (*self.names, *self.shares):
            text.set_color(color)
        p = model.config.dropout_rates[-1]
        found = masked_means(model, model.split.X_train[:ROWS], -1, MASKS, seed=model.epoch)
        if not np.isfinite(found.full).all():
            self.dots.set_data([], [])
            self.rings.set_data([], [])
            return
        self._rescale(found.full, found.scaled)
        self.dots.set_data(found.full, found.scaled)
        self.rings.set_data(found.full, found.masked)
        self.shorter.set_ydata([-1e9 * (1 - p), 1e9 * (1 - p)])
        self._say(p, *(share_of(part, found.full) for part in (found.scaled, found.masked)))

    def _rescale(self, *values: Any) -> None:
        """Both axes alike; below 0 only if a unit's mean is (tanh), and in steps."""
        most = max(float(np.abs(part).max(initial=0)) for part in values)
        high = rescaled(most, self._limits[1], share=0.4) or 1.0
        low = -high if min(float(part.min(initial=0)) for part in values) < 0 else 0.0
        if (low, high) == self._limits:
            return
        self._limits = low, high
        ticks, names = ticks_around_zero(high) if low else ticks_of(high)
        self.plot.set_xlim(low, high)
        self.plot.set_ylim(low, high)
        named = [k for k, tick in enumerate(ticks) if tick <= low + self._free * (high - low)]
        self.plot.set_xticks([ticks[k] for k in named], [names[k] for k in named])
        self.plot.set_yticks(ticks, names)

    def _say(self, p: float, scaled: float, masked: float) -> None:
        """Name both lines at their right ends, with the share of the full output that was measured."""
        look = self.look
        factor = f"× {number(1 / (1 - p))}"
        texts = [
            tr(
                "last hidden layer, training data, {masks} masks per sample: dots scaled by 1/(1 − p), rings not",
                masks=MASKS,
            ),
            tr("dots: masked outputs scaled by 1/(1 − p); rings: not scaled"),
            tr("dots: scaled by 1/(1 − p), rings: not"),
        ]
        if p == 0:
            texts = [tr("p is 0 now: nothing is dropped, nothing scaled"), tr("p is 0: nothing is dropped")]
        self.say(*texts)
        line = 1.1 * look.label_size
        low, high = self._limits
        wanted = [self._top + self._height * (high - end * high) / (high - low) for end in (1.0, 1 - p)]
        places = spread(wanted, 2.3 * line, self._top + 0.6 * line, self._top + self._height - 1.6 * line)
        said = ((tr("scaled {factor}", factor=factor), scaled), (tr("not scaled"), masked))
        for name, share, y, (text, value) in zip(self.names, self.shares, places, said, strict=True):
            self.move(name, self._right + 8, round(float(y), 1))
            self.move(share, self._right + 8, round(float(y) + line, 1))
            name.set_text(text)
            share.set_text(tr("{share} of full", share=f"{number(100 * value, 0)}{SPACE}%"))


def share_of(part: Any, full: Any) -> float:
    """Return slope of the line through 0 that fits `part` against `full` best; 1 where nothing is put out."""
    size = float(full @ full)
    return float(part @ full) / size if size else 1.0
