"""Weights against λ or p: the path that each weight of the first layer takes, and how many are exactly 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch

from regviz.language import en, ntr, tr

from ...look.numbers import number, percent
from ..parts.areas import band
from ..parts.artists import NO_AREA, set_line
from ..parts.curves import Series
from ..parts.scales import rescaled, ticks_around_zero, ticks_of
from .swept import SweptPanel

if TYPE_CHECKING:
    from ...compare.sweep import SweepView

MANY = 400
"""More weights than these are summed up by input: Σ|w|, one line each."""


class PathPanel(SweptPanel):
    """One line per weight of the first layer, and below them the share of zeros."""

    name: ClassVar[str] = "path"
    menu_title: ClassVar[str] = en("Weights along λ")
    drawing: ClassVar[str] = (
        '<path d="M4 16H45" opacity=".4"/>'
        '<path d="M5 3C18 4 28 14 36 16M5 10C14 11 20 15 26 16M5 29C16 28 24 18 31 16M5 22C10 21 14 17 18 16"/>'
    )
    titles: ClassVar[str] = en("First layer against {field}")
    invitations: ClassVar[tuple[str, ...]] = (
        en("Run a sweep to see which weights reach 0, and when"),
        en("Run a sweep to see weights shrink"),
    )
    margin: ClassVar[str] = "100 %"
    rows: ClassVar[float] = 2.2

    def build_plots(self) -> list[Axes]:
        """Make the weights' axes, and the zeros' below it."""
        look = self.look
        gap = 1.55 * look.small_size
        low = max(0.2 * self.height, 1.4 * look.small_size)
        high = self.height - low - gap
        self.plot = self.add_axes(self.left, self.top, self.width, high)
        self.plot.axhline(0, color=look.muted, linewidth=1.2, zorder=1)
        self.plot.grid(axis="y", color=look.grid, linewidth=1, clip_on=False)
        self.limits = (0.0, 0.0)
        self._set_limits(-1.0, 1.0)
        self.lines = self.live(LineCollection([], linewidths=1.1, zorder=3))
        self.plot.add_collection(self.lines, autolim=False)
        self.picked = self.line(self.plot, look.text, linewidth=2.4, zorder=5)
        self.share = self.add_axes(self.left, self.top + high + gap, self.width, low)
        self.share.set_ylim(0, 1)
        self.share.set_yticks([0, 1], ["0 %", "100 %"])
        self.share.grid(axis="y", color=look.grid, linewidth=1, clip_on=False)
        self.area = self.add_patch(self.share, PathPatch(NO_AREA, linewidth=0, alpha=0.3, zorder=2))
        self.zeros = self.line(self.share, look.text, linewidth=1.8, zorder=3, clip_on=False)
        self.zeros_label = self.live(self.add_note(self.left, self.top + high + gap - 0.4 * look.small_size))
        self.paths: Series = np.zeros((0, 0))
        self._bottom = self.top + high
        return [self.plot, self.share]

    def show(self, view: SweepView) -> None:
        """Show all lines and the share of zeros."""
        look, split = self.look, view.models[0].split
        self.paths, summed = paths_of(view)
        most = float(np.nanmax(np.abs(self.paths))) if np.isfinite(self.paths).any() else 0.0
        self._fit(most, signed=not summed)
        x, y = self.across.line(self.paths)
        matters = split.informative
        if matters is None:
            self.lines.set_color(self.color)
        else:
            matters = matters if summed else np.repeat(matters, view.models[0].weights[0].shape[1])
            order = np.argsort(matters, kind="stable")  # what matters is drawn above the rest
            y, matters = y[order], matters[order]
            self.lines.set_color([self.color if kept else look.muted for kept in matters])
        self.lines.set_segments([np.column_stack([x, row]) for row in y])
        self.lines.set_alpha(0.8 if len(self.paths) <= 40 else 0.5)
        self.subtitle.set_text(self._words(view, summed, matters is not None))

        share = view.zeros.mean(axis=1)
        x, share = self.across.line(share)
        set_line(self.zeros, x, share)
        self.area.set_path(band(x, np.where(np.isfinite(share), 0, np.nan), share))
        self.zeros.set_color(self.color)
        self.area.set_facecolor(self.color)
        best = float(view.zeros[view.best].mean()) if view.best is not None else None
        texts = (tr("weights exactly 0, all layers"), tr("weights exactly 0"), tr("exactly 0"))
        if best is not None:
            share_there = percent(best) if best > 0 else tr("none")
            texts = (
                tr("weights exactly 0, all layers: {share} at the best value", share=share_there),
                tr("weights exactly 0: {share} at the best value", share=share_there),
                tr("exactly 0: {share} at the best value", share=share_there),
            )
        self.zeros_label.set_text(self.fitting(texts, self.width))

    def words(self, view: SweepView) -> tuple[str, ...]:
        """Say nothing: here the subtitle says how far the sweep is."""
        return ("",)

    def pick(self, view: SweepView, at: int, y: float) -> int | None:
        """Return the line nearest to a pointer over the weights' axes."""
        column = self.paths[:, at]
        if y > self._bottom or not np.isfinite(column).all():
            return None
        low, high = self.limits
        return int(np.argmin(np.abs(column - (high - (high - low) * (y - self.top) / (self._bottom - self.top)))))

    def mark(self, view: SweepView, at: int | None, picked: int | None) -> None:
        """Draw the picked line in bold."""
        set_line(self.picked, *(self.across.line(self.paths[picked]) if picked is not None else ((), ())))

    def facts(self, view: SweepView, at: int, picked: int | None) -> list[str]:
        """Return the value, the picked line, and how many lines have not reached 0."""
        column = self.paths[:, at]
        lines = [self.name_of(view, at)]
        if picked is not None:
            lines.append(self._name(view, picked, float(column[picked])))
        if np.isfinite(column).all():
            left, count = np.count_nonzero(column), len(column)
            inputs = ntr("{left} of 1 input is left", "{left} of {n} inputs are left", count, left=left)
            weights = ntr(
                "{left} of 1 weight is left in this layer",
                "{left} of {n} weights are left in this layer",
                count,
                left=left,
            )
            lines.append(inputs if self._summed(view) else weights)
        else:
            lines.append(tr("this network diverged"))
        return lines

    # -- limits and words

    def _fit(self, most: float, signed: bool) -> None:
        """Limits that hold all lines; they move only if a line leaves them or half of them is empty."""
        low, now = self.limits
        limit = rescaled(most, now if (low < 0) == signed else 0.0, air=1.02)
        if most > 0 and limit != now:
            self._set_limits(-limit if signed else 0.0, limit)

    def _set_limits(self, low: float, high: float) -> None:
        self.limits = low, high
        self.plot.set_ylim(low, high)
        if low < 0:
            self.plot.set_yticks(*ticks_around_zero(high))
        else:
            ticks, names = ticks_of(high)
            self.plot.set_yticks(ticks[:: 2 if len(ticks) > 4 else 1], names[:: 2 if len(ticks) > 4 else 1])

    def _words(self, view: SweepView, summed: bool, told: bool) -> str:
        line = tr("a line per input: Σ|w| of its weights") if summed else tr("a line per weight of the first layer")
        short = tr("a line per input: Σ|w|") if summed else tr("a line per weight")
        progress = "" if view.epoch == view.epochs else f", {super().words(view)[0]}"
        more = progress or f", {tr('seed {seed}', seed=view.seeds[0])}"
        if any(model.state == "diverged" for model in view.models):
            more = f", {tr('gap: diverged')}"
        told_apart = tr("coloured: inputs that matter")
        color = f", {told_apart}" if told else ""
        texts = (f"{line}{color}{more}", f"{short}{color}{more}", f"{short}{color}", *([told_apart] if told else []))
        texts += (f"{short}{more}", short)
        return self.fitting(texts)

    def _name(self, view: SweepView, i: int, value: float) -> str:
        names = view.models[0].split.feature_names
        if self._summed(view):
            return f"{names[i]}: Σ|w| {number(value)}"
        source, unit = divmod(i, view.models[0].weights[0].shape[1])
        return tr("{names} to unit {unit}: {value}", names=names[source], unit=unit + 1, value=number(value))

    def _summed(self, view: SweepView) -> bool:
        shapes = {model.weights[0].shape for model in view.models}
        return len(shapes) > 1 or bool(view.models[0].weights[0].size > MANY)


def paths_of(view: SweepView) -> tuple[Series, bool]:
    """Return the first layer's weights (lines, V), NaN where a network diverged; summed up by input if they are
    many.
    """
    if len({model.weights[0].shape for model in view.models}) > 1:  # width, or inputs: no weight is there at all values
        return _by_input(view), True
    layers = np.stack([model.weights[0] for model in view.models], axis=-1).astype(float)
    layers[..., [model.state == "diverged" for model in view.models]] = np.nan
    if view.models[0].weights[0].size > MANY:
        return np.abs(layers).sum(axis=1), True
    return layers.reshape(-1, layers.shape[-1]), False


def _by_input(view: SweepView) -> Series:
    """Σ|w| of the inputs that all networks have (inputs, V), NaN where one diverged."""
    count = min(len(model.weights[0]) for model in view.models)
    summed = [np.abs(model.weights[0][:count]).sum(axis=1).astype(float) for model in view.models]
    found: Series = np.stack(summed, axis=1)
    found[:, [model.state == "diverged" for model in view.models]] = np.nan
    return found
