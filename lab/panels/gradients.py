"""What pulls at the weights: the gradient of the data loss, that of the penalty, and their sum."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.text import Text
from numpy.typing import NDArray

from regviz.language import en, ntr, tr
from regviz.probes import gradient_split
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..look.lettering import width_of
from ..look.numbers import MINUS, WIDEST, compact
from .parts.artists import rectangles, stretch
from .parts.chosen import chosen_lane
from .parts.labels import first_that_fits, shorten
from .parts.layers import LayerPanel
from .parts.penalties import Terms, penalized
from .parts.scales import FINE, rescaled

MOST = 40
"""Weights shown: the largest of the layer."""

FADED = 0.7
"""The choice of weights is renewed when those chosen hold less than this share of what the largest would."""

WORK = 4_000_000
"""Weights × training points above which the gradients are asked for once per epoch instead of once per step."""

ROWS = ("data", "penalty", "total")


class GradientsPanel(LayerPanel):
    """Three aligned rows of bars on one scale, for the largest weights of one layer of one lane, in a fixed order.

    Of several penalties, the first one's part is darker.
    """

    name: ClassVar[str] = "gradients"
    menu_title: ClassVar[str] = en("Gradients")
    drawing: ClassVar[str] = (
        '<path d="M4 8H45M4 24H45" opacity=".4"/>'
        '<path d="M9 8V2M17 8V4M25 8v2M33 8v4M41 8v5M9 24v-4M17 24v-3M33 24v3M41 24v5" '
        'stroke-width="4" stroke-linecap="butt"/>'
    )

    def build(self, snapshot: Snapshot) -> None:
        """Make three axes one above the other, their names at the left and their norms at the right."""
        look, place, small = self.look, self.place, self.look.small_size
        self.what = self.live(self.add_header(tr("Gradients: data + penalty = sum")))
        base = self.header_height + 0.5 * look.label_size
        self.who = self.live(self.add_text(0, base, "", weight="bold"))
        self.angle = self.live(self.add_note(place.width, base, ha="right"))
        names = (tr("data loss"), tr("= sum"), *(formula(model, 0) for model in snapshot.models))
        words = [width_of(name, look.label_size, bold=True) for name in names]
        self._left = min(max(*words, width_of(tr("norm {widest}", widest=WIDEST), small)) + 12, 0.34 * place.width)
        self._top = self.header_height + 1.25 * look.label_size
        self._pitch = (place.height - self._top - 1.5 * small) / len(ROWS)
        self._ticks = self._pitch > 3.2 * small
        self.limit = 0.0
        self.axes_rows: list[Axes] = []
        self.bars: list[PathPatch] = []
        self.names: list[Text] = []
        self.norms: list[Text] = []
        for row in range(len(ROWS)):
            self._add_row(self._top + row * self._pitch)
        self.first = self.add_patch(self.axes_rows[1], rectangles(MOST, zorder=3))
        """The first penalty's part of the second row."""
        self.below = self.live(self.add_note(self._left, place.height - 3))
        self._lane: tuple[int, bool] | None = None
        self._picked: Any = None
        self.chosen: NDArray[np.intp] = np.zeros(0, np.intp)

    def _add_row(self, y: float) -> None:
        """Bars on an axes of their own, `y` CSS pixels from the top, with their name and norm at the left."""
        small = self.look.small_size
        width = self.place.width - self._left - width_of(WIDEST, small) - 9
        top, height = y + 0.06 * self._pitch, 0.88 * self._pitch
        axes = self.add_field(self._left, top, width, height, (0, MOST), (-1, 1), surface=True)
        axes.yaxis.tick_right()
        axes.axhline(0, color=self.look.muted, linewidth=1, zorder=1)
        self.axes_rows.append(axes)
        self.bars.append(self.add_patch(axes, rectangles(MOST)))
        middle = y + 0.5 * self._pitch
        self.names.append(self.live(self.add_text(0, middle - 0.1 * small, "", weight="bold")))
        self.norms.append(self.live(self.add_note(0, middle + 1.2 * small)))

    def draw(self, snapshot: Snapshot) -> None:
        """Ask for the gradients of the whole training set if the lane has trained on."""
        lane = self._choose(snapshot)
        model = snapshot.models[lane]
        layer = self.layer_of(model)
        heavy = len(model.split.X_train) * sum(W.size for W in model.weights) > WORK
        if self.unchanged(lane, layer, model.moment_of_epoch if heavy else model.moment):
            return
        found = gradient_split(model, model.split.X_train, model.split.y_train)
        W = model.weights[layer].ravel()
        parts = [np.nan_to_num(np.asarray(part[layer], float).ravel()) for part in found]
        self._pick(W, (lane, layer, len(W)))
        members = Terms.of(model, layer).members
        first = np.zeros(0)
        if len(members) > 1:
            (member, lam), *_ = members
            first = np.nan_to_num(member.gradient(model.weights[layer].T, lam).T.ravel()[self.chosen])
        self._color(lane, len(first) > 0)
        self._rescale(max(float(np.abs(part[self.chosen]).max(initial=0)) for part in parts))
        shown = [part[self.chosen] for part in parts]
        for patch, heights in zip([*self.bars, self.first], [*shown, first], strict=True):
            left = np.arange(len(heights)) + 0.16
            stretch(patch, left, left + 0.68, 0, np.clip(heights, -self.limit, self.limit))
        self._say(model, lane, layer, parts)
        if len(first):
            before, formula = self.norms[1].get_text(), members[0][0].gradient_formula
            texts = [
                tr("{before}; dark: {formula}", before=before, formula=formula),
                tr("dark: {formula}", formula=formula),
            ]
            self.norms[1].set_text(self.fitting(texts, self._left))

    def _choose(self, snapshot: Snapshot) -> int:
        """The lane a person picked, or the first with a penalty."""
        chosen = chosen_lane(self)
        return chosen if chosen is not None else next(iter(penalized(self.lanes, snapshot)), 0)

    def _pick(self, W: NDArray[Any], key: tuple[int, ...]) -> None:
        """The largest weights, in the order of their values; renewed only when most of them have faded."""
        size = np.abs(W)
        count = min(MOST, len(W))
        largest = np.argpartition(-size, count - 1)[:count]
        if key != self._picked or size[self.chosen].sum() < FADED * size[largest].sum():
            self._picked = key
            self.chosen = largest[np.argsort(-W[largest], kind="stable")]

    def _color(self, lane: int, several: bool) -> None:
        if (lane, several) == self._lane:
            return
        self._lane = lane, several
        color = self.look.lane(lane)
        self.who.set_color(color)
        styles = ((self.look.muted, 0.8), (color, 0.5 if several else 1), (self.look.text, 0.85), (color, 1))
        for patch, (tint, alpha) in zip([*self.bars, self.first], styles, strict=True):
            patch.set(facecolor=tint, alpha=alpha)
        self.names[1].set_color(color)

    def _rescale(self, needed: float) -> None:
        """One scale for all three rows, moving in steps."""
        limit = rescaled(needed, self.limit, FINE, share=0.55, least=1e-9)
        if limit == self.limit:
            return
        self.limit = limit
        name = compact(limit)
        for axes in self.axes_rows:
            axes.set_ylim(-1.04 * limit, 1.04 * limit)
            axes.set_yticks(*(([0, limit], ["0", name]) if self._ticks else ([0], ["0"])))

    def _say(self, model: ModelSnapshot, lane: int, layer: int, parts: list[NDArray[Any]]) -> None:
        place, size = self.place, self.look.label_size
        layers = len(model.weights)
        label = shorten(self.lanes[lane].label(model.config), 0.6 * place.width, size, bold=True)
        only, which = tr("its only layer"), tr("layer {layer} of {layers}", layer=layer + 1, layers=layers)
        self.who.set_text(f"{label}, {which if layers > 1 else only}")
        more = [tr("click: next layer")] if layers > 1 else []
        texts = [
            "; ".join([tr("whole training set, no dropout; one scale for all rows"), *more]),
            "; ".join([tr("whole training set"), *more]) if more else tr("whole training set, no dropout"),
            *(more or [tr("whole training set")]),
        ]
        self.what.set_text(self.fitting(texts))
        rows = ((tr("data loss"), tr("loss")), (formula(model, layer), tr("+ penalty")), (tr("= sum"),))
        for text, words in zip(self.names, rows, strict=True):
            text.set_text(first_that_fits(words, self._left, size, bold=True))
        for text, part in zip(self.norms, parts, strict=True):
            text.set_text(tr("norm {norm}", norm=compact(float(np.linalg.norm(part)))))
        degrees = angle(parts[0], parts[1])
        angles = [tr("no pull by a penalty"), ""]
        if np.isfinite(degrees):
            angles = [
                tr("angle of data and penalty: {degrees}°", degrees=f"{degrees:.0f}"),
                tr("angle {degrees}°", degrees=f"{degrees:.0f}"),
            ]
        used = width_of(self.who.get_text(), size, bold=True) + 14
        self.angle.set_text(self.fitting(angles, place.width - used))
        count = len(self.chosen)
        counts = [
            ntr(
                "its only weight",
                "the {count} largest of {n} weights, from + to {minus}",
                len(parts[0]),
                count=count,
                minus=MINUS,
            )
        ]
        counts += [
            ntr("the only weight", "{n} largest weights, + to {minus}", count, minus=MINUS),
            tr("weights, + to {minus}", minus=MINUS),
        ]
        self.below.set_text(self.fitting(counts, place.width - self._left))


def formula(model: ModelSnapshot, layer: int) -> str:
    """Return the penalty's gradient in words: "+2λw", "+λ·sign(w)", several, or "+0"."""
    terms = [member.gradient_formula for member, _ in Terms.of(model, layer).members]
    return "+" + " + ".join(terms) if terms else tr("+0, λ is 0")


def angle(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Return degrees between two vectors; NaN if one of them is 0."""
    lengths = float(np.linalg.norm(a)) * float(np.linalg.norm(b))
    if not lengths:
        return float("nan")
    return float(np.degrees(np.arccos(np.clip(float(a @ b) / lengths, -1, 1))))
