"""What pulls at the weights: the gradient of the data loss, that of the penalty, and their sum."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from regviz.optim.penalties import used
from regviz.probes import gradient_split
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.scene import NOTHING, Answer, PointerKind
from ..page.report import MINUS
from .parts.base import Panel
from .parts.cells import penalized, set_text, strengths
from .parts.labels import first_that_fits, nice_above, shorten, width_of

MOST = 40
"""Weights shown: the largest of the layer."""

FADED = 0.7
"""The choice of weights is renewed when those chosen hold less than this share of what the largest would."""

WORK = 4_000_000
"""Weights × training points above which the gradients are asked for once per epoch instead of once per step."""

STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
ROWS = ("data", "penalty", "total")


class GradientsPanel(Panel):
    """Three aligned rows of bars on one scale, for the largest weights of one layer of one lane, in a fixed order."""

    name: ClassVar[str] = "gradients"
    listens: ClassVar[bool] = True
    layer: int = 0
    """Counts clicks; what is seen outlives `build`."""

    def build(self, snapshot: Snapshot) -> None:
        """Three axes one above the other, their names at the left and their norms at the right."""
        look, place = self.look, self.place
        small = look.small_size
        self.what = self.live(self.add_header("Gradients: data + penalty = sum", ""))
        self.who = self.live(self.add_text(0, self.header_height + 0.5 * look.label_size, "", weight="bold"))
        self.angle = self.add_text(place.width, self.header_height + 0.5 * look.label_size, "", size=small, ha="right")
        self.live(self.angle).set_color(look.muted)
        top = self.header_height + 1.25 * look.label_size
        bottom = 1.5 * small
        self._left = min(
            max(width_of("+λ·sign(w)", look.label_size), width_of("norm 0.0000", small)) + 12, 0.34 * place.width
        )
        self._pitch = (place.height - top - bottom) / 3
        self.limit = 0.0
        self.axes_rows, self.bars, self.names, self.norms = [], [], [], []
        self._ticks = self._pitch > 3.2 * small
        right = width_of("0.0000", small) + 9
        for row in range(3):
            y = top + row * self._pitch
            axes = self.add_axes(
                self._left, y + 0.06 * self._pitch, place.width - self._left - right, 0.88 * self._pitch
            )
            axes.set_xlim(0, MOST)
            axes.set_ylim(-1, 1)
            axes.set_xticks([])
            axes.set_yticks([])
            axes.yaxis.tick_right()
            axes.axhline(0, color=look.muted, linewidth=1, zorder=1)
            axes.set_facecolor(look.surface)
            axes.patch.set_visible(True)
            codes = np.tile([Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY], MOST)
            patch = PathPatch(Path(np.zeros((5 * MOST, 2)), codes), linewidth=0, zorder=2)
            axes.add_patch(patch)
            self.axes_rows.append(axes)
            self.bars.append(self.live(patch))
            middle = y + 0.5 * self._pitch
            self.names.append(self.live(self.add_text(0, middle - 0.1 * small, "", weight="bold")))
            self.norms.append(self.live(self.add_text(0, middle + 1.2 * small, "", size=small, color=look.muted)))
        self.below = self.live(self.add_text(self._left, place.height - 3, "", size=small, color=look.muted))
        self._lane = -1
        self._seen: Any = None
        self._picked: Any = None
        self.chosen: NDArray[np.intp] = np.zeros(0, np.intp)

    def draw(self, snapshot: Snapshot) -> None:
        """Ask for the gradients of the whole training set if the lane has trained on."""
        lane = self._choose(snapshot)
        model = snapshot.models[lane]
        layer = self.layer % len(model.weights)
        heavy = len(model.split.X_train) * sum(W.size for W in model.weights) > WORK
        seen = (lane, layer, model.epoch, 0 if heavy else model.step, model.state, model.config)
        if seen == self._seen:
            return
        self._seen = seen
        found = gradient_split(model, model.split.X_train, model.split.y_train)
        W = model.weights[layer].ravel()
        parts = [np.nan_to_num(np.asarray(part[layer], float).ravel()) for part in found]
        self._pick(W, (lane, layer, len(W)))
        self._color(lane)
        self._rescale(max(float(np.abs(part[self.chosen]).max(initial=0)) for part in parts))
        for patch, part in zip(self.bars, parts, strict=True):
            _stand(patch, np.clip(part[self.chosen], -self.limit, self.limit))
        self._say(model, lane, layer, parts)

    def targets(self) -> list[tuple[float, float]]:
        """One place: a click anywhere goes to the next layer."""
        return [(self.place.width / 2, self.place.height / 2)]

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """A click goes to the next layer."""
        if kind == "leave":
            return NOTHING
        if kind == "click":
            self.layer += 1
        return Answer(hint="click: next layer", redraw=kind == "click")

    def _choose(self, snapshot: Snapshot) -> int:
        """The lane a person picked, or the first with a penalty."""
        if self.scene.chosen is not None and self.scene.chosen < len(self.lanes):
            return self.scene.chosen
        return next(iter(penalized(self.lanes, snapshot)), 0)

    def _pick(self, W: NDArray[Any], key: tuple[int, ...]) -> None:
        """The largest weights, in the order of their values; renewed only when most of them have faded."""
        size = np.abs(W)
        count = min(MOST, len(W))
        largest = np.argpartition(-size, count - 1)[:count]
        if key != self._picked or size[self.chosen].sum() < FADED * size[largest].sum():
            self._picked = key
            self.chosen = largest[np.argsort(-W[largest], kind="stable")]

    def _color(self, lane: int) -> None:
        if lane == self._lane:
            return
        self._lane = lane
        color = self.look.lanes[lane % len(self.look.lanes)]
        self.who.set_color(color)
        for patch, tint, alpha in zip(self.bars, (self.look.muted, color, self.look.text), (0.8, 1, 0.85), strict=True):
            patch.set(facecolor=tint, alpha=alpha)
        self.names[1].set_color(color)

    def _rescale(self, needed: float) -> None:
        """One scale for all three rows, moving in steps."""
        if needed <= 0 or 0.55 * self.limit < needed <= self.limit:
            return
        self.limit = nice_above(min(max(1.05 * needed, 1e-9), 1e9), STEPS)
        name = _number(self.limit)
        for axes in self.axes_rows:
            axes.set_ylim(-1.04 * self.limit, 1.04 * self.limit)
            ticks, names = ([0, self.limit], ["0", name]) if self._ticks else ([0], ["0"])
            axes.set_yticks(ticks, names)

    def _say(self, model: ModelSnapshot, lane: int, layer: int, parts: list[NDArray[Any]]) -> None:
        look, place = self.look, self.place
        its = self.lanes[lane]
        layers = len(model.weights)
        label = shorten(its.label(model.config), 0.6 * place.width, look.label_size * 1.06)
        where = f"layer {layer + 1} of {layers}" if layers > 1 else "its only layer"
        set_text(self.who, f"{label}, {where}")
        texts = [
            f"whole training set, no dropout; one scale for all rows{'; click: next layer' if layers > 1 else ''}",
            f"whole training set{'; click: next layer' if layers > 1 else ', no dropout'}",
            "click: next layer" if layers > 1 else "whole training set",
        ]
        set_text(self.what, first_that_fits(texts, place.width, look.small_size))
        for text, words in zip(self.names, ("data loss", formula(model, layer), "= sum"), strict=True):
            set_text(text, first_that_fits([words, "+ penalty"], self._left, look.label_size))
        for text, part in zip(self.norms, parts, strict=True):
            set_text(text, f"norm {_number(float(np.linalg.norm(part)))}")
        degrees = angle(parts[0], parts[1])
        known = np.isfinite(degrees)
        angles = (
            [f"angle of data and penalty: {degrees:.0f}°", f"angle {degrees:.0f}°"]
            if known
            else ["no pull by a penalty", ""]
        )
        used = width_of(self.who.get_text(), look.label_size, bold=True) + 14
        set_text(self.angle, first_that_fits(angles, place.width - used, look.small_size))
        count = len(self.chosen)
        room = place.width - self._left
        counts = [
            f"the {count} largest of {len(parts[0]):,} weights, from + to {MINUS}",
            f"{count} largest weights, + to {MINUS}",
            f"weights, + to {MINUS}",
        ]
        set_text(self.below, first_that_fits(counts, room, look.small_size))


def formula(model: ModelSnapshot, layer: int) -> str:
    """The penalty's gradient in words: "+2λw", "+λ·sign(w)", "+λ·f′(w)" of one's own, several, or "+0"."""
    terms = [word for word, name in (("λ·sign(w)", "l1"), ("2λw", "l2")) if strengths(model, name)[layer] > 0]
    terms += [member.gradient_formula for name, member in used(model.config).items() if name not in ("l1", "l2")]
    return "+" + " + ".join(terms) if terms else "+0, λ is 0"


def angle(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Degrees between two vectors; NaN if one of them is 0."""
    lengths = float(np.linalg.norm(a)) * float(np.linalg.norm(b))
    if not lengths:
        return float("nan")
    return float(np.degrees(np.arccos(np.clip(float(a @ b) / lengths, -1, 1))))


def _number(value: float) -> str:
    """Two significant digits, without an exponent where people do not need one."""
    if value == 0 or 1e-4 <= value < 1e4:
        digits = 0 if value == 0 else max(0, 1 - int(np.floor(np.log10(value))))
        return f"{value:.{digits}f}"
    return f"{value:.0e}".replace("-", MINUS)


def _stand(patch: PathPatch, heights: NDArray[Any]) -> None:
    """Bars standing on 0, set in place; stale only if one has changed."""
    corners: Any = patch.get_path().vertices
    values: NDArray[Any] = np.zeros((MOST, 5, 2))
    at = np.arange(MOST, dtype=float)[:, None]
    values[..., 0] = at + np.array([0.16, 0.84, 0.84, 0.16, 0.16])
    values[: len(heights), 2:4, 1] = heights[:, None]
    values = values.reshape(-1, 2)
    if not np.array_equal(corners, values):
        corners[...] = values
        patch.stale = True
