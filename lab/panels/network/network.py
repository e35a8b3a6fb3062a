"""The network as a graph: weights as edges, what units answer, the last dropout mask, and what removed units cost."""

from __future__ import annotations

from typing import Any, ClassVar

from regviz.language import en, tr
from regviz.optim.penalties import PENALTIES
from regviz.probes import Measured, without
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.scene import END, NOTHING, Answer, PointerKind
from ...look.lettering import width_of
from ..parts.chosen import LaneTitle, chosen_lane, lane_with
from ..parts.labels import first_that_fits
from .artists import Artists
from .captions import Captions
from .graph import facts, verdicts
from .inside import Inside
from .room import ROWS
from .sayings import invitations, subtitles
from .seats import SeatedPanel
from .tracing import sentences, traced
from .words import ANSWERS, REMOVE, TRACE, NetworkView, Words, hint

TITLE = en("Network")


class NetworkPanel(SeatedPanel):
    """One lane's network. A pointer on a unit is told its numbers; a click shows it large, or if asked to removes it.

    Words in the head line switch pictures in the units, what a click does, and the trace of a training point.
    """

    name: ClassVar[str] = "network"
    menu_title: ClassVar[str] = en("Network")
    drawing: ClassVar[str] = (
        '<path d="M9 9L24 5M9 9L24 16M9 9L24 27M9 23L24 5M9 23L24 16M9 23L24 27M24 5L40 16M24 16L40 16M24 27L40 16" '
        'stroke-width="1.2" opacity=".55"/>'
        '<path d="M9 9v0M9 23v0M24 5v0M24 16v0M24 27v0M40 16v0" stroke-width="7"/>'
    )
    listens: ClassVar[bool] = True
    choice: NetworkView = NetworkView()
    """What a person chose to see; it outlives `build`."""
    large: tuple[int, int] | None = None
    """(layer, unit) of the hidden unit that is shown large; the inputs are layer 0."""
    point: int | None = None
    """The training point that is traced."""

    def __init__(self) -> None:
        super().__init__()
        self.worth: tuple[Measured, Measured] | None = None
        """Validation loss and accuracy of the full network, and without the killed units."""
        self._snapshot: Snapshot | None = None

    @property
    def views(self) -> tuple[str, ...]:
        """The choice, in words."""
        return self.choice.words

    def look_at(self, words: tuple[str, ...]) -> None:
        """Choose by the words of `views`. Raises ArgumentError for one that says nothing here."""
        self.choice = NetworkView.of(words)

    def build(self, snapshot: Snapshot) -> None:
        """Make edges, circles, their pictures, one unit large, and texts; where they stand depends on the lane's
        shape.
        """
        look, place = self.look, self.place
        self.subtitle = self.live(self.add_header(tr(TITLE)))
        self.title = LaneTitle(self, tr(TITLE))
        depth = max(len(model.config.hidden) for model in snapshot.models)
        words = (ANSWERS, REMOVE, TRACE) if depth else (TRACE,)
        longest = max(width_of(lane.name, look.title_size, bold=True) for lane in self.lanes)
        self.words = Words(self, words, self.title.x + min(longest, 0.25 * place.width))
        self.title.spare = self.words.width
        self._top = self.header_height
        self._height = place.height - self._top - 2.9 * look.small_size - 1.75 * look.label_size
        whole = self._height + 2.9 * look.small_size  # one unit, large, may have the captions' room, too
        self.plot = self.add_field(0, self._top, place.width, whole, (0, place.width), (whole, 0))
        self.inside = Inside(self, self.plot, snapshot.models[0].split, depth, whole, self._top)
        self.drawn = Artists(self, self.plot)
        self.edges, self.units, self.strikes = self.drawn.edges, self.drawn.units, self.drawn.strikes
        self.captions = Captions(self, self._top, self._top + self._height, ROWS)
        self._foot = place.height - 0.4 * look.label_size
        self.verdict = self.live(self.add_text(0, self._foot, ""))
        self.arrows = [self.live(self.add_text(x, self._foot, "", weight="bold", ha="center")) for x in self._arrows()]
        self.scale = self.traced_scale = 0.0
        self._room = None
        self._moment: tuple[Any, ...] = ()
        self._step = self._met = -1

    def draw(self, snapshot: Snapshot) -> None:
        """Show the weights and the mask of the chosen lane's last step, or what a training point makes of them."""
        chosen = chosen_lane(self)
        sparse = [name for name, member in PENALTIES.items() if member.prox is not None]
        self.lane = (lane_with(self, "dropout", *sparse) or 0) if chosen is None else chosen
        model, self._snapshot = snapshot.models[self.lane], snapshot
        hidden = model.config.hidden
        if self.large is not None and not (self.large[0] <= len(hidden) and self.large[1] < hidden[self.large[0] - 1]):
            self.large = None
        at = self.scene.traced
        self.point = at if at is not None and at < len(model.split.y_train) else None
        seen = self.choice, self.large, self.point
        moment = (self.lane, model.moment_of_epoch, frozenset(self.killed), bool(model.masks), *seen)
        moved, self._met = model.step != self._met, model.step
        rests = self._rests(moment, model, moved)
        if not rests:
            self.title.show(self.lane, snapshot)
            self._arrange(model)
        behind = self.behind
        tracing = self.point is not None and self.large is None
        asked = not tracing and self.inside.ask(model, self.lane, self.large, moved)
        self.behind = behind or (self.inside.waits and not tracing)
        if not rests or asked:
            self._show(model)
        if asked or (not rests and moment != self._moment):
            self._moment = moment
            self._weigh(model)

    def _rests(self, moment: tuple[Any, ...], model: ModelSnapshot, moved: bool) -> bool:
        """True if there is nothing to draw. Masks change with every step, weights alone are drawn once an epoch.

        When training stands still, the picture catches up with the last step.
        """
        if moment == self._moment and model.step == self._step:
            self.behind = False
            return True
        masks = model.masks and self.point is None and self.large is None
        self.behind = moment == self._moment and not masks and moved
        if not self.behind:
            self._step = model.step
        return self.behind

    # -- pointer and keyboard

    def targets(self) -> list[tuple[float, float]]:
        """Return the words of the head line, the units layer by layer, and the arrows to other points; large, one
        place.
        """
        words = self.words.targets()
        if self.large is not None:
            return [*words, (self.place.width - self.look.label_size, self._foot - 0.35 * self.look.label_size)]
        units = [(float(x), float(y) + self._top) for x, y in self.graph.points]
        arrows = [(x, self._foot - 0.35 * self.look.label_size) for x in self._arrows()]
        return [*words, *units, *(arrows if self.point is not None else ())]

    def first_target(self) -> int:
        """Return the first hidden unit."""
        return len(self.words.targets()) + (len(self.shown[0]) if len(self.shown) > 2 and self.large is None else 0)

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Tell a unit's numbers. A click on a hidden unit shows it large or removes it; another, or Escape,
        undoes.
        """
        if kind == "leave" or self._snapshot is None:
            return NOTHING
        model = self._snapshot.models[self.lane]
        word = self.words.at(x, y)
        if word is not None:
            return self._switch(word, kind)
        if self.large is not None:
            if kind == "move":
                layer, unit = self.large
                words = en("hidden layer {layer}, unit {unit}, large; Enter or Escape: back")
                return Answer(aloud=tr(words, layer=layer, unit=unit + 1))
            self.large = None
            return Answer(redraw=True, aloud=tr("the whole network"))
        if kind == "back":
            return self._trace(None) if self.point is not None else NOTHING
        if self.point is not None and (step := self._arrow_at(x, y)):
            told = tr("next training point") if step > 0 else tr("previous training point")
            other = (self.point + step) % len(model.split.y_train)
            return self._trace(other, told) if kind == "click" else Answer(hint=tr("click: {told}", told=told))
        spot = self._unit_at(x, y - self._top)
        if spot is None:
            return NOTHING
        layer, unit = spot
        if kind == "move" or not 0 < layer < len(self.shown) - 1:
            return Answer(hint=self._facts(model, layer, unit))
        if self.choice.remove:
            self.killed ^= {(layer - 1, unit)}
            return Answer(redraw=True, hint=self._facts(model, layer, unit))
        self.large = spot
        return Answer(
            redraw=True, aloud=tr("{facts}\nshown large; Enter or Escape: back", facts=self._facts(model, layer, unit))
        )

    def _switch(self, word: str, kind: PointerKind) -> Answer:
        """A word of the head line."""
        on = word in self._on
        if kind != "click":
            return Answer(hint=hint(word, on))
        self.choice = self.choice.after(word)
        if word == TRACE:
            return self._trace(None if on else 0, hint(word, not on))
        return Answer(hint=hint(word, not on), redraw=True)

    def _trace(self, point: int | None, told: str = "") -> Answer:
        """Ask for a training point to be traced, or none; it counts as such at once."""
        self.point = point
        return Answer(hint=told, redraw=True, trace=END if point is None else point)

    def _arrows(self) -> tuple[float, float]:
        """Where the arrows to the previous and to the next training point stand."""
        size = self.look.label_size
        return 0.6 * size, 2.4 * size

    def _arrow_at(self, x: float, y: float) -> int:
        """−1 or 1 on an arrow, else 0."""
        size = self.look.label_size
        if y < self._foot - 1.3 * size:
            return 0
        return next((step for step, at in zip((-1, 1), self._arrows(), strict=True) if abs(x - at) <= 0.9 * size), 0)

    # -- what is seen

    def _show(self, model: ModelSnapshot) -> None:
        """The whole network, a point's way through it, or one unit large."""
        inside, tracing = self.inside, self.point is not None and self.large is None
        for part in (self.drawn, self.captions):
            part.show(self.large is None)
        for text, arrow in zip(self.arrows, "‹›", strict=True):
            text.set_text(arrow if tracing else "")
        self.move(self.verdict, 3.4 * self.look.label_size if tracing else 0, self._foot)
        self.words.show(self._on)
        if self.large is not None and inside.big is not None:
            inside.hide_pictures()
            layer, unit = self.large
            names = (
                self.captions.names
                if layer == 1
                else [tr("unit {n}", n=k + 1) for k in range(model.config.hidden[layer - 2])]
            )
            inside.big.show(model, layer, unit, inside.said[layer - 1], names, self.point)
            return
        if inside.big is not None:
            inside.big.hide()
        found = traced(model, self.point, self.killed) if self.point is not None else None
        self._set_edges(model, found)
        self._set_units(model, found)
        if inside.pictured and found is None:
            inside.show_pictures(self.shown)
        else:
            inside.hide_pictures()
        if found is not None and self.point is not None:
            texts = sentences(model, self.point, found, self.captions.full_ends)
            room = self.place.width - 3.4 * self.look.label_size
            self.verdict.set_text(first_that_fits(texts, room, self.look.label_size))

    @property
    def _on(self) -> list[str]:
        """The words of the head line that are on."""
        states = ((ANSWERS, not self.choice.plain), (REMOVE, self.choice.remove), (TRACE, self.point is not None))
        return [word for word, on in states if on]

    # -- numbers

    def _weigh(self, model: ModelSnapshot) -> None:
        """What is drawn, what a click does, and what the killed units are worth together, in numbers."""
        look, inside = self.look, self.inside
        gone: dict[int, list[int]] = {}
        for layer, unit in sorted(self.killed):
            gone.setdefault(layer, []).append(unit)
        kind = inside.asking.kind if inside.pictured else ""
        if self.large is not None:
            self.say(tr("one unit, large; training points over what it answers"), tr("one unit"))
        else:
            self.say(*subtitles(kind, self.point is not None, bool(model.masks)))
        X, y = model.split.X_val, model.split.y_val
        self.worth = (without(model, X, y, {}), without(model, X, y, gone)) if gone else None
        self.verdict.set_color(look.text if gone or self.point is not None else look.muted)
        if self.large is not None:
            texts = [tr("click, or Escape: back to the network")]
        elif self.point is not None:
            return  # `_show` has said what the network says to it
        elif self.worth is not None:
            texts = verdicts(*self.worth, len(self.killed), model.split.task == "regression")
        else:
            dead = sum(int(said.dead.sum()) for said in inside.said)
            most = [len(units) for units in self.shown[1:-1]]
            texts = invitations(model.config.hidden, most, self.captions.cut, dead, self.choice.remove)
        self.verdict.set_text(first_that_fits(texts, self.place.width, look.label_size))

    def _facts(self, model: ModelSnapshot, layer: int, unit: int) -> str:
        """A unit's numbers, a line each, with what is known of its answers."""
        if layer == 0:
            name = tr("input {names}", names=self.captions.names[unit])
        elif layer == len(self.shown) - 1:
            name = tr("output {ends}", ends=self.captions.ends[unit])
        else:
            there = en("hidden layer {layer}, unit {unit}")
            removed = en("hidden layer {layer}, unit {unit}, removed (click: bring back)")
            name = tr(removed if (layer - 1, unit) in self.killed else there, layer=layer, unit=unit + 1)
        lines = [facts(model, layer, unit, name)]
        if 0 < layer < len(self.shown) - 1 and self.inside.said:
            lines += self.inside.told(layer - 1, unit)
        return "\n".join(lines)
