"""A hidden layer as a row of boxes: Dense and what follows it, in the order of the Config. A click moves a box."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch

from regviz.language import en, ntr, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.scene import NOTHING, Answer, PointerKind
from ...look.lettering import width_of
from ..parts.base import Panel
from ..parts.cells import Cell
from ..parts.chosen import LaneTitle, chosen_lane
from ..parts.labels import first_that_fits
from .order import PARTS, facts, is_on, moved, name_of, norms_of, remarks, sentence

ROUNDING = 6.0
"""CSS pixels of a box's rounded corners."""

TITLE = en("Order of parts")


class BlocksPanel(Panel):
    """One lane's hidden layer: input → parts in their order → output. A click moves a part one place on.

    The lane is the chosen one, else the first that normalizes or uses dropout. A part that is off is only an outline.
    The numbers in the boxes are those of the first hidden layer and, for dropout, of the last training step.
    """

    name: ClassVar[str] = "blocks"
    menu_title: ClassVar[str] = en("A layer’s parts")
    drawing: ClassVar[str] = (
        '<path d="M3 16H8M21 16H27M40 16H45" opacity=".6"/>'
        '<rect x="8" y="9" width="13" height="14" rx="3"/>'
        '<rect x="27" y="9" width="13" height="14" rx="3"/>'
    )
    listens: ClassVar[bool] = True

    def build(self, snapshot: Snapshot) -> None:
        """Make four boxes and the arrows between them, side by side where there is room, else one below the other."""
        look, place = self.look, self.place
        self._pointed: int | None = None
        self._model: ModelSnapshot | None = None
        self._style: tuple[Any, ...] = ()
        self.subtitle = self.live(self.add_header(tr(TITLE)))
        self.title = LaneTitle(self, tr(TITLE))
        self.plot = self.add_field(0, 0, place.width, place.height, (0, place.width), (place.height, 0))
        self.remark = self.live(self.add_text(0, place.height - 0.4 * look.label_size, ""))
        self._remark_room = place.width
        box, terminal, wide = self._sizes()
        self.beside = place.width >= wide
        """True if the boxes stand side by side."""
        if self.beside:
            self._lay_row(box, terminal, wide)
        else:
            self._lay_column()
        self.boxes = [self.live(self._box(spot, zorder=3)) for spot in self.spots]
        self.frame = self._box(self.around, zorder=1, edgecolor=look.grid, linewidth=1.4, facecolor="none")

    def draw(self, snapshot: Snapshot) -> None:
        """Name the parts in their order, and give the numbers of the last step."""
        self.lane = self._its_lane(snapshot)
        model = self._model = snapshot.models[self.lane]
        if self.unchanged(self.lane, model.moment, self._pointed):
            return
        self.title.show(self.lane, snapshot)
        config = model.config
        self.order = str(config.order)
        """What the boxes show."""
        if (self.lane, config, self._pointed) != self._style:
            self._style = (self.lane, config, self._pointed)
            self._dress(model)
        for part, texts in zip(self.order.split("-"), self.facts, strict=True):
            lines: tuple[str, ...] = facts(model, part)
            if len(texts) == 1:
                room = self.spots[0].width - self._name_room
                lines = (self.fitting((", ".join(filter(None, lines)), lines[0]), room),)
            for text, line in zip(texts, lines, strict=True):
                text.set_text(line)

    def targets(self) -> list[tuple[float, float]]:
        """Return the boxes, in their order."""
        return [spot.middle for spot in self.spots]

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Tell on a box what the part does. A click moves it one place on, the last one back."""
        model, before = self._model, self._pointed
        over = next((k for k, spot in enumerate(self.spots) if spot.holds(x, y)), None)
        self._pointed = None if kind == "leave" or model is None else over
        redraw = self._pointed != before
        if self._pointed is None or model is None:
            return Answer(redraw=True) if redraw else NOTHING
        part = self.order.split("-")[self._pointed]
        wanted = moved(self.order, part)
        may, why = self._may_move(model, part, wanted)
        if kind == "click" and may:
            names = (name_of(model.config, name) for name in wanted.split("-"))
            return Answer(" → ".join(names), {"order": wanted}, redraw)
        return Answer(f"{sentence(model, part)}\n{why}", redraw=redraw)

    # -- which lane, and what a click may do

    def _its_lane(self, snapshot: Snapshot) -> int:
        chosen = chosen_lane(self)
        if chosen is not None:
            return chosen
        configs = [model.config for model in snapshot.models]
        return next((i for i, config in enumerate(configs) if norms_of(config) or any(config.dropout_rates)), 0)

    def _may_move(self, model: ModelSnapshot, part: str, wanted: str) -> tuple[bool, str]:
        """Whether a click on `part` gives the order `wanted`, and what the hint says about it."""
        if not model.config.hidden:
            return False, tr("there is no hidden layer to order")
        if "order" in self.lanes[self.lane].fixed:
            return False, tr("this lane's order is fixed")
        if wanted == self.order:
            return False, tr("{part} is always first", part=name_of(model.config, part))
        now, then = self.order.split("-"), wanted.split("-")
        passed = name_of(model.config, now[then.index(part)])
        after, before = en("click: move it after {passed}"), en("click: move it before {passed}")
        return True, tr(after if then.index(part) > now.index(part) else before, passed=passed)

    # -- where everything stands

    def _sizes(self) -> tuple[float, float, float]:
        """CSS pixels that a box, an end and the whole row need at least."""
        look = self.look
        self._small = look.small_size
        self._high = self.place.height - self.header_height - 1.9 * look.label_size
        box = width_of(tr("Activation"), look.label_size, bold=True) + 1.3 * self._small
        terminal = width_of(tr("output"), look.label_size) + 4
        return box, terminal, PARTS * box + 2 * terminal + 5 * 18 * look.scale + 16

    def _lay_row(self, box: float, terminal: float, wide: float) -> None:
        """Boxes side by side, two lines of numbers in each, the ends at the left and right."""
        look, small, spare = self.look, self._small, self.place.width - wide
        box += min(0.1 * spare, 60 * look.scale)
        gap = min((self.place.width - PARTS * box - 2 * terminal - 16) / 5, 70 * look.scale)
        high = min(look.label_size + 4.6 * small, self._high - 3.4 * small)
        start = (self.place.width - PARTS * box - 2 * terminal - 5 * gap) / 2
        top = self.header_height + min((self._high - high) / 2, 5 * small) + 0.6 * small
        first, middle = start + terminal + gap, top + high / 2
        self.spots = [Cell(first + k * (box + gap), top, box, high) for k in range(PARTS)]
        last = self.spots[-1].left + box
        pad = min(0.36 * gap, 14 * look.scale)
        self.around = Cell(first - pad, top - pad, last - first + 2 * pad, high + 2 * pad)
        below = self.around.top + self.around.height + 1.7 * look.label_size
        self.move(self.remark, self.around.left + 2, min(below, self.place.height - 0.4 * look.label_size))
        self._remark_room = self.place.width - self.around.left
        lines = [middle + (k - 1) * 1.45 * small + 0.3 * small for k in range(3)]
        centers = [spot.left + box / 2 for spot in self.spots]
        self._name_room = 0.0
        self.names = [self._name(x, lines[0], ha="center") for x in centers]
        self.facts = [[self._fact(x, y, ha="center") for y in lines[1:]] for x in centers]
        for x, ha, word in ((start, "left", tr("input")), (last + gap + terminal, "right", tr("output"))):
            self.add_text(x, middle - 0.2 * small, word, ha=ha)
        y = middle + 1.2 * small
        self.ends = [self._fact(start, y), self._fact(last + gap + terminal, y, ha="right")]
        self.layers = self._fact(self.around.left + 2, self.around.top - 0.6 * small)
        self._layers_room = self.around.width
        stops = [start + terminal, *(x for spot in self.spots for x in (spot.left, spot.left + box)), last + gap]
        for a, b in zip(stops[::2], stops[1::2], strict=True):
            self._arrow((a + 3, middle), (b - 3, middle), ">")

    def _lay_column(self) -> None:
        """Boxes one below the other, name and numbers in one line, the ends above and below."""
        look, small = self.look, self._small
        self._name_room = width_of(tr("Activation"), look.label_size, bold=True) + 1.9 * small
        end = 1.25 * small
        gap = float(np.clip(0.06 * self._high, 8, 17 * look.scale))
        high = min((self._high - 2 * end - 5 * gap) / PARTS, 2.5 * look.label_size)
        pad = 9.0
        most = width_of(tr("layers × 8") if self.place.width > 430 * look.scale else "× 8", small) + 10
        wide = min(self.place.width - 2 * pad - most - 4, 26 * look.label_size)
        left = max(pad + 1, (self.place.width - wide - 2 * pad - most) / 2 + pad)
        top = self.header_height + (self._high - 2 * end - 5 * gap - PARTS * high) / 2
        first, middle = top + end + gap, left + wide / 2
        self.spots = [Cell(left, first + k * (high + gap), wide, high) for k in range(PARTS)]
        last = self.spots[-1].top + high
        inner = 0.42 * gap
        self.around = Cell(left - pad, first - inner, wide + 2 * pad, last - first + 2 * inner)
        lines = [spot.top + high / 2 + 0.35 * look.label_size for spot in self.spots]
        self.names = [self._name(left + 0.8 * small, y) for y in lines]
        self.facts = [[self._fact(left + wide - 0.8 * small, y, ha="right")] for y in lines]
        self.ends = [self._fact(middle, y, ha="center") for y in (top + 0.85 * end, last + gap + 0.95 * end)]
        self.layers = self._fact(left + wide + 2 * pad, (first + last) / 2 + 0.35 * small)
        self._layers_room = most
        stops = [top + end, *(y for spot in self.spots for y in (spot.top, spot.top + high)), last + gap]
        for a, b in zip(stops[::2], stops[1::2], strict=True):
            self._arrow((middle, a + 1), (middle, b - 1), "v")

    def _name(self, x: float, y: float, ha: str = "left") -> Any:
        return self.live(self.add_text(x, y, "", weight="bold", ha=ha))

    def _fact(self, x: float, y: float, ha: str = "left") -> Any:
        return self.live(self.add_note(x, y, ha=ha))

    def _box(self, spot: Cell, **style: Any) -> FancyBboxPatch:
        shape = f"round,pad=0,rounding_size={ROUNDING * self.look.scale}"
        patch = FancyBboxPatch((spot.left, spot.top), spot.width, spot.height, boxstyle=shape, **style)
        self.plot.add_patch(patch)
        return patch

    def _arrow(self, tail: tuple[float, float], tip: tuple[float, float], head: str) -> None:
        color, size = self.look.muted, min(6.0 * self.look.scale, 7.0)
        x, y = zip(tail, tip, strict=True)
        back = 0.5 * size
        ends = (x[0], x[1] - (back if head == ">" else 0)), (y[0], y[1] - (back if head == "v" else 0))
        self.plot.add_line(Line2D(*ends, color=color, linewidth=1.5, zorder=2, solid_capstyle="butt"))
        style: dict[str, Any] = {"marker": head, "markersize": size, "markeredgewidth": 0, "linestyle": "none"}
        self.plot.add_line(Line2D([ends[0][1]], [ends[1][1]], color=color, zorder=2, **style))

    # -- what does not change from step to step

    def _dress(self, model: ModelSnapshot) -> None:
        """Names and colours of the boxes, the ends, how many layers there are, and what this order does."""
        look, config = self.look, model.config
        lane = look.lane(self.lane)
        for k, part in enumerate(self.order.split("-")):
            off = not is_on(model, part)
            self.names[k].set_text(name_of(config, part))
            self.names[k].set_color(look.muted if off else look.text)
            box = self.boxes[k]
            box.set_facecolor("none" if off else (lane, 0.16))
            box.set_edgecolor(look.muted if off else lane)
            box.set_linestyle((0, (3, 2.4)) if off else "solid")
            box.set_linewidth((1.2 if off else 1.8) + 1.4 * (k == self._pointed))
        inputs, outputs = len(model.weights[0]), len(model.biases[-1])
        ins = ntr("input: {n} number", "input: {n} numbers", inputs, n=inputs)
        outs = ntr("output: {n} number", "output: {n} numbers", outputs, n=outputs)
        for text, count, words in zip(self.ends, (inputs, outputs), (ins, outs), strict=True):
            text.set_text(f"{count}" if self.beside else words)
        depth = len(config.hidden)
        said = [tr("hidden layer × {depth}", depth=depth), tr("layers × {depth}", depth=depth), f"× {depth}"]
        if depth > 1:
            said.insert(0, tr("hidden layer, × {depth}; the numbers are the first one's", depth=depth))
        self.layers.set_text(self.fitting(said, self._layers_room))
        asked = [
            tr("click a part to move it one place on, the last one to move it back"),
            tr("click a part to move it"),
        ]
        if not depth:
            asked = [tr("a linear model: no hidden layer, nothing to order"), tr("a linear model: nothing to order")]
        elif "order" in self.lanes[self.lane].fixed:
            asked = [tr("this lane's order is fixed")]
        self.say(*asked)
        self.remark.set_text(first_that_fits(remarks(model), self._remark_room, look.label_size))
