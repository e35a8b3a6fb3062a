"""Fit of data that is neither a plane nor pictures: confusion matrices, and predicted against true values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, ListedColormap

from regviz.training.snapshot import ModelSnapshot

from ..parts.base import Panel
from ..parts.labels import shorten, width_of
from ..parts.views import Cell, View, accuracy, probabilities


class ConfusionView(View):
    """True classes down, predicted classes across, how many of the validation samples in each."""

    subtitles: ClassVar[tuple[str, ...]] = (
        "validation samples: true class down, predicted class across",
        "true class down, predicted across",
        "true down, predicted across",
    )

    def __init__(self, panel: Panel, models: Sequence[ModelSnapshot]) -> None:
        super().__init__(panel, models)
        small = panel.look.small_size
        self.names = [str(name) for name in self.split.class_names or range(self.split.n_classes)]
        longest = max(width_of(name, small) for name in self.names)
        self.margin_left = min(longest, 0.2 * panel.place.width) + 8
        self.margin_bottom = 1.5 * small
        self.totals = np.bincount(self.split.y_val.astype(int), minlength=self.split.n_classes)
        self.images: list[Any] = []
        self.counts: list[Any] = []

    def build(self, i: int, cell: Cell) -> float:
        """An image with a number in each of its cells."""
        look, k = self.panel.look, len(self.names)
        wide = np.floor(min(cell.width, 1.6 * cell.height, 84 * look.scale * k) / k)
        high = np.floor(min(cell.height, 1.4 * wide * k) / k)
        axes = self.panel.add_axes(cell.left, cell.top, k * wide, k * high)
        right, wrong = (
            LinearSegmentedColormap.from_list("share", [look.surface, look.class_fields[c]], N=128)(np.arange(128))
            for c in (2, 1)
        )
        self.images.append(
            self.panel.live(
                axes.imshow(
                    np.zeros((k, k), np.uint8),
                    cmap=ListedColormap(np.vstack([right, wrong])),
                    vmin=0,
                    vmax=255,
                    interpolation="nearest",
                    aspect="auto",
                    extent=(0, k, k, 0),
                )
            )
        )
        axes.set_xticks([])
        axes.set_yticks([])
        if k > 1:
            axes.vlines(np.arange(1, k), 0, k, color=look.background, linewidth=2)
            axes.hlines(np.arange(1, k), 0, k, color=look.background, linewidth=2)
        self._name_classes(cell, wide, high)
        places = [(row, column) for row in range(k) for column in range(k)]
        self.counts.append(
            [
                self.panel.live(
                    self.panel.add_text(
                        cell.left + (column + 0.5) * wide,
                        cell.top + (row + 0.5) * high,
                        "",
                        weight="bold" if row == column else "normal",
                        ha="center",
                        va="center",
                    )
                )
                for row, column in places
            ]
        )
        for text in self.counts[-1]:
            text.set_visible(min(wide, high) > 1.3 * look.label_size)
        return float(k * wide)

    def show(self, i: int, model: ModelSnapshot) -> tuple[str, tuple[str, ...]]:
        """Count the validation samples by true and predicted class."""
        k, true = len(self.names), self.split.y_val.astype(int)
        guess = probabilities(model, self.split.X_val).argmax(axis=1)
        counts = np.bincount(k * true + guess, minlength=k * k).reshape(k, k)
        share = counts / np.maximum(1, self.totals)[:, None]
        # Errors are few: their colour grows with the square root of their share.
        index = np.where(np.eye(k, dtype=bool), 127 * share, 128 + 127 * np.sqrt(share))
        self.images[i].set_data(np.rint(index).astype(np.uint8))
        for text, count in zip(self.counts[i], counts.ravel(), strict=True):
            text.set_text(str(count))
        score = "diverged" if model.state == "diverged" else f"{100 * np.trace(counts) / len(true):.1f} %"
        return score, ()

    def _name_classes(self, cell: Cell, wide: float, high: float) -> None:
        look = self.panel.look
        small: dict[str, Any] = {"size": look.small_size, "color": look.muted}
        bottom = cell.top + high * len(self.names) + 4
        first, last = min(self.names), max(self.names)
        common = next((j for j, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), 0)
        roomy = all(width_of(name, look.small_size) < wide for name in self.names)
        for k, name in enumerate(self.names):
            if cell.left <= self.margin_left + 1:
                text = shorten(name, self.margin_left - 6, look.small_size)
                middle = cell.top + (k + 0.5) * high
                self.panel.add_text(cell.left - 7, middle, text, ha="right", va="center", **small)
            text = shorten(name if roomy else name[common:] or name, wide, look.small_size)
            self.panel.add_text(cell.left + (k + 0.5) * wide, bottom, text, ha="center", va="top", **small)


class ValuesView(View):
    """Regression: what the net predicts against what is true, on the validation samples."""

    subtitles: ClassVar[tuple[str, ...]] = (
        "validation: predicted value (up) against true value (right); line: perfect",
        "predicted (up) against true (right), line: perfect",
        "predicted against true",
    )

    def __init__(self, panel: Panel, models: Sequence[ModelSnapshot]) -> None:
        super().__init__(panel, models)
        self.margin_left = width_of("−2", panel.look.small_size) + 7
        self.margin_bottom = 1.6 * panel.look.small_size
        true = np.asarray(self.split.y_val, float).ravel()
        self.true = true
        self.limit = 1.12 * float(np.abs(true).max()) + 1e-9
        self.dots: list[Any] = []

    def build(self, i: int, cell: Cell) -> float:
        """A field with equal limits both ways, its diagonal, and one dot per validation sample."""
        look, limit = self.panel.look, self.limit
        height = min(cell.height, 1.45 * cell.width)
        width = min(cell.width, 1.6 * height)
        axes = self.panel.add_axes(cell.left, cell.top, width, height)
        axes.set_facecolor(look.surface)
        axes.patch.set_visible(True)
        axes.set_xlim(-limit, limit)
        axes.set_ylim(-limit, limit)
        step = max(1, int(limit))
        ticks = [-step, 0, step]
        names = [f"−{step}", "0", f"{step}"]
        axes.set_xticks(ticks, names)
        axes.set_yticks(ticks, names if cell.left <= self.margin_left + 1 else [""] * 3)
        axes.grid(color=look.grid, linewidth=1)
        axes.set_axisbelow(True)
        axes.plot([-limit, limit], [-limit, limit], color=look.muted, linewidth=1.2)
        color = look.lanes[i % len(look.lanes)]
        size = 3.4 if len(self.true) <= 300 else 2.4
        dots = axes.plot([], [], "o", color=color, markersize=size, markeredgewidth=0, alpha=0.65, zorder=3)[0]
        self.dots.append(self.panel.live(dots))
        return float(width)

    def show(self, i: int, model: ModelSnapshot) -> tuple[str, tuple[str, ...]]:
        """Predict the validation samples; what lies outside is shown at the edge."""
        with np.errstate(all="ignore"):
            guess = np.asarray(model.predict(self.split.X_val), float).reshape(len(self.true))
        edge = 0.985 * self.limit
        self.dots[i].set_data(self.true, np.clip(guess, -edge, edge))
        text = accuracy(model)
        return (text if text == "diverged" else f"R² {float(model.history['val_score'][-1]):.2f}"), ()
