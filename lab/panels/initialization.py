"""How signals and gradients survive the depth of a network, before training and now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from regviz.arrays import Floats
from regviz.language import en, tr
from regviz.probes import statistics
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..look.lettering import width_of
from ..look.numbers import compact, power
from ..look.theme import mark
from .parts.artists import set_line
from .parts.labels import spread
from .parts.measuring import MeasuredPanel

SMALL = "0.0e−00"
"""No number at a line's end is wider: a gradient that has vanished has two digits in its exponent."""

BESIDE = 10.0
"""CSS pixels between the end of a line and its number."""

ROWS = 128
"""Training samples that are sent through: the first ones."""

FLOOR, CEILING = -6, 6
"""Powers of ten beyond which a spread counts as vanished or exploded."""

SOUND = (0.5, 2.0)
"""Where the spread of signals should stay over depth (claim C18)."""


class InitializationPanel(MeasuredPanel):
    """Standard deviations by layer on a log scale, one line per lane: activations on their way forward, and gradients
    on their way back, relative to the last hidden layer. Pale: at the start of the run."""

    name: ClassVar[str] = "initialization"
    menu_title: ClassVar[str] = en("Spread by layer")
    drawing: ClassVar[str] = (
        '<path d="M4 11H45V20H4z" fill="#000" stroke="none" opacity=".18"/>'
        '<path d="M6 14L15 15 24 15 33 16 42 16"/>'
        '<path d="M6 14L15 19 24 23 33 27 42 30" opacity=".6"/>'
    )

    def __init__(self) -> None:
        super().__init__()
        self.start: list[tuple[Floats, Floats] | None] = []
        """Per lane the stds at step 0, None if this picture was not there to see it."""

    def build(self, snapshot: Snapshot) -> None:
        """Make two plots on one log axis; numbers at the ends of the lines, names at the right."""
        look, place, models = self.look, self.place, snapshot.models
        self.depth = max(len(model.config.hidden) for model in models)
        self.empty = not self.depth
        self.subtitle = self.live(self.add_header(tr("Spread by layer")))
        if self.empty:
            self.stand_empty(tr("a linear model has no hidden layer"))
            return
        self.resume(models, (np.zeros(0), np.zeros(0), ()))
        known = self.measuring.known
        self.start = [self.start[i] if i in known else None for i in range(len(models))]
        small = look.small_size
        left = max(width_of(label, small) for label in ("10⁻⁶", power(-3))) + 12
        digits = width_of(SMALL, look.label_size, bold=True)
        between = digits + BESIDE + 4
        names = max(width_of(lane.name, look.label_size, bold=True) for lane in self.lanes)
        self._roomy = names + between < 0.3 * place.width
        right = BESIDE + digits + (width_of("  ", look.label_size, bold=True) + names if self._roomy else 0)
        self._width = (place.width - left - between - right) / 2
        self._top = self.header_height + 1.35 * small
        self._height = place.height - self._top - 3.1 * small
        self._lefts = left, left + self._width + between
        self._limits = (0, 0)
        self.lines: list[list[Line2D]] = []
        self.ghosts: list[list[Line2D]] = []
        self.plots = [self._plot(x, k) for k, x in enumerate(self._lefts)]
        self.labels = [
            [
                self.live(self.add_text(0, 0, "", color=look.lane(i), weight="bold", va="center"))
                for i in range(len(models))
            ]
            for _ in self.plots
        ]
        self._show_all(models)

    def draw(self, snapshot: Snapshot) -> None:
        """Send the training samples through one lane and back; show all lanes at once, since they share two axes."""
        if self.empty:
            return
        done = self.measuring.draw(snapshot.models, self.measure)
        self.behind = self.measuring.behind
        if done and (done[-1] == len(self.lanes) - 1 or not self.behind):
            self._show_all(snapshot.models)

    def measure(self, i: int, model: ModelSnapshot) -> tuple[()]:
        """Measure stds (layers,) of activations and of gradients, relative to the last layer's, and distinct units."""
        activations, gradients = spreads(model)
        self.found[i] = activations, gradients, distinct_units(model)
        if model.step == 0:
            self.start[i] = activations, gradients
        return ()

    # -- building

    def _plot(self, x: float, k: int) -> Axes:
        look, small = self.look, self.look.small_size
        axes = self.add_axes(x, self._top, self._width, self._height)
        axes.axhspan(*np.log10(SOUND), color=look.muted, alpha=0.13, linewidth=0, zorder=0)
        axes.grid(axis="y", color=look.grid, linewidth=1)
        pad = 0.06 * max(1, self.depth - 1)
        axes.set_xlim((1 - pad, self.depth + pad) if k == 0 else (self.depth + pad, 1 - pad))
        layers = list(range(1, self.depth + 1))
        if self._width < 2.4 * self.depth * width_of("0", small):
            layers = layers[:: max(1, self.depth - 1)]
        axes.set_xticks(layers, [str(layer) for layer in layers])
        titles = (
            (tr("activations, forward"), tr("activations"), tr("signals")),
            (tr("gradients, backward"), tr("gradients")),
        )[k]
        self.add_note(x, self._top - 0.55 * small, self.fitting(titles, self._width + 18), color=look.text)
        words = self.fitting((tr("hidden layer →"), tr("layer →"), tr("layer")), self._width)
        self.add_note(x, self._top + self._height + 2.6 * small, words)
        lanes = range(len(self.lanes))
        pale: dict[str, Any] = {"alpha": 0.38, "linewidth": 1.4, "linestyle": (0, (2, 1.6))}
        self.ghosts.append([self._line(axes, i, **pale) for i in lanes])
        marked = [{"linewidth": 2, "marker": mark(i).marker, "markersize": 5.5 * mark(i).grow} for i in lanes]
        self.lines.append([self._line(axes, i, **style) for i, style in enumerate(marked)])
        return axes

    def _line(self, axes: Axes, i: int, **style: Any) -> Line2D:
        return self.add_line(axes, self.look.lane(i), clip_on=False, zorder=3, **style)

    # -- showing

    def _show_all(self, models: Sequence[ModelSnapshot]) -> None:
        known = self.measuring.known
        if not known:
            return
        self.set_limits()
        for i in known:
            self.show(i, models[i])
        for k in range(2):
            self._set_labels(k, known)
        self._say(models, known)

    def show(self, i: int, model: ModelSnapshot) -> None:
        """Show the lines of lane `i`, and the pale ones of its start."""
        start = self.start[i]
        for k in range(2):
            self._set(self.lines[k][i], self.found[i][k])
            self._set(self.ghosts[k][i], np.zeros(0) if start is None else start[k])

    def _set(self, line: Line2D, values: Floats) -> None:
        set_line(line, np.arange(1, len(values) + 1), self._log(values))

    def _log(self, values: Any) -> Any:
        """log₁₀, what has vanished at the bottom and what has exploded at the top of the axis; NaN stays a gap."""
        with np.errstate(divide="ignore"):
            return np.clip(np.log10(values), *self._limits)

    def set_limits(self) -> bool:
        """Set whole powers of ten around all lines; they widen at once and never come back within a run's picture."""
        shown = [*(self.found[i] for i in self.measuring.known), *filter(None, self.start)]
        values = np.concatenate([part for stds in shown for part in stds[:2]])
        values = values[np.isfinite(values) & (values > 0)]
        powers = np.clip(np.log10(values), FLOOR, CEILING)
        low = min(-1, int(np.floor(powers.min(initial=0))), self._limits[0])
        high = max(1, int(np.ceil(powers.max(initial=0))), self._limits[1])
        if (low, high) == self._limits:
            return False
        self._limits = low, high
        step = max(1, -(-(high - low) // max(2, int(self._height / (2 * self.look.small_size)))))
        ticks = [exponent for exponent in range(low, high + 1) if exponent % step == 0]
        for k, axes in enumerate(self.plots):
            axes.set_ylim(low, high)
            axes.set_yticks(ticks, [power(tick) for tick in ticks] if k == 0 else [""] * len(ticks))
        return True

    def _set_labels(self, k: int, known: Sequence[int]) -> None:
        """The value at the end of every line, names too at the right; in the lines' order, clear of each other."""
        ends = {i: float(self.found[i][k][-1 if k == 0 else 0]) for i in known if len(self.found[i][k])}
        heights = {i: float(np.nan_to_num(self._log(value), nan=self._limits[0])) for i, value in ends.items()}
        order = sorted(heights, key=lambda i: (-round(heights[i], 2), i))
        low, high = self._limits
        wanted = [self._top + self._height * (high - heights[i]) / (high - low) for i in order]
        line = 1.18 * self.look.label_size
        places = spread(wanted, line, self._top, self._top + self._height)
        x = self._lefts[k] + self._width + BESIDE
        for text in self.labels[k]:
            text.set_visible(False)
        for i, y in zip(order, places, strict=True):
            number = compact(ends[i])
            named = k == 1 and self._roomy
            self.labels[k][i].set_text(f"{number}  {self.lanes[i].name}" if named else number)
            self.labels[k][i].set_visible(True)
            self.move(self.labels[k][i], x, round(float(y), 1))

    def _say(self, models: Sequence[ModelSnapshot], known: Sequence[int]) -> None:
        """What is shown; or, if there are any, whose units are all alike."""
        alike = [i for i in known if _alike(self.found[i][2], models[i].config.hidden)]
        look = self.look
        if not alike:
            texts: tuple[str, ...] = (
                tr("standard deviation over units and samples; band: 0.5 to 2, dotted: at the start"),
                tr("standard deviations; band: 0.5 to 2, dotted: at the start"),
                tr("std; band: 0.5 to 2, dotted: start"),
            )
            self.subtitle.set_color(look.muted)
        else:
            i = alike[0]
            units, count = max(models[i].config.hidden), min(self.found[i][2])
            name = self.lanes[i].name
            more = tr("{name} (and {n} more)", name=name, n=len(alike) - 1) if len(alike) > 1 else name
            texts = (
                tr(
                    "{name}: the {units} units of a layer are identical, {count} distinct unit of {units}",
                    name=more,
                    count=count,
                    units=units,
                ),
                tr(
                    "{name}: units of a layer are identical, {count} distinct of {units}",
                    name=name,
                    count=count,
                    units=units,
                ),
                tr("{name}: units identical, {count} distinct of {units}", name=name, count=count, units=units),
                tr("{name}: {count} distinct unit of {units}", name=name, count=count, units=units),
            )
            self.subtitle.set_color(look.text)
        self.say(*texts)


def spreads(model: ModelSnapshot) -> tuple[Floats, Floats]:
    """Return stds by hidden layer of a model's activations, and of its gradients relative to the last one (0 if that is
    0).
    """
    if not model.config.hidden:
        return np.zeros(0), np.zeros(0)
    found = statistics(model, model.split.X_train[:ROWS], model.split.y_train[:ROWS])
    forward, back = np.asarray(found.activations.std, float), np.asarray(found.gradients.std, float)
    with np.errstate(invalid="ignore"):  # of a network whose gradients are infinite
        return forward, back / back[-1] if back[-1] else 0 * back


def distinct_units(model: ModelSnapshot) -> tuple[int, ...]:
    """Return how many units of each hidden layer differ from each other, by incoming weights and bias, up to
    rounding.
    """
    counts = []
    for W, b in zip(model.weights[:-1], model.biases[:-1], strict=True):
        units = np.vstack([W, b]).T
        size = float(np.abs(units).max()) or 1.0
        counts.append(len(np.unique(np.round(units / size, 5), axis=0)))
    return tuple(counts)


def _alike(distinct: Sequence[int], hidden: Sequence[int]) -> bool:
    """True if some layer of several units has but one of a kind."""
    return any(count == 1 < units for count, units in zip(distinct, hidden, strict=True))
