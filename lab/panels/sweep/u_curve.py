"""Loss against λ or p, over seeds: where validation is best, and on which side it overfits or underfits."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from numpy.typing import NDArray

from regviz.language import en, ntr, tr

from ...compare.beside import MOST_ENDED
from ...compare.lanes import TECHNIQUES, difference
from ...look.lettering import width_of
from ...look.numbers import number
from ..parts.areas import band
from ..parts.artists import NO_AREA, set_line
from ..parts.labels import first_that_fits
from ..parts.scales import FINE, nice_above, ticks_of
from .across import value_text
from .swept import SweptPanel, with_spread, zeros_text

if TYPE_CHECKING:
    from ...compare.sweep import SweepView
    from ...compare.sweep_view import EndedSweep

Indices = NDArray[np.intp]

WORDS = (en("overfits"), en("underfits"))

WORSE = 0.05
"""A value is worse than the best one if its validation loss is higher by this share, and beyond its seeds' chance."""

NEWEST, OLDEST = 0.75, 0.4
"""How opaque the curves of earlier sweeps are: that of the newest, and that of the oldest that is kept."""


class UCurvePanel(SweptPanel):
    """Mean validation loss (solid) and training loss (dashed) against the swept field, with bands over the seeds.

    The validation loss of earlier sweeps over the same values, for other networks or data, stays as faint curves.
    """

    name: ClassVar[str] = "u_curve"
    menu_title: ClassVar[str] = en("Loss in a sweep")
    drawing: ClassVar[str] = (
        '<path d="M4 3V29H45" opacity=".4"/>'
        '<path d="M7 5C13 22 19 24 25 23S38 16 43 5"/>'
        '<path d="M23 23v0" stroke-width="6"/>'
    )
    titles: ClassVar[str] = en("Loss against {field}")
    invitations: ClassVar[tuple[str, ...]] = (
        en("Run a sweep to see which value suits unseen data best"),
        en("Run a sweep to see the best value"),
    )

    def build_plots(self) -> list[Axes]:
        """Make one axes, two curves with their bands, the ring at the best value and the two zones above."""
        look = self.look
        plot = self.plot = self.add_axes(self.left, self.top, self.width, self.height)
        plot.grid(axis="y", color=look.grid, linewidth=1, clip_on=False)
        self.most = 0.0
        self._set_limit(1.0)
        areas = [PathPatch(NO_AREA, linewidth=0, alpha=alpha, zorder=1) for alpha in (0.10, 0.24)]
        self.bands = [self.add_patch(plot, area) for area in areas]
        self.training = self.line(plot, look.text, linewidth=1.5, linestyle=(0, (3.2, 1.8)), zorder=3)
        self.validation = self.line(plot, look.text, linewidth=2.2, zorder=4, solid_joinstyle="round")
        ring = {"linestyle": "none", "marker": "o", "markeredgewidth": 2.2, "markerfacecolor": look.background}
        self.ended: list[EndedSweep] = []
        faint = [{"alpha": alpha, "zorder": 2.5} for alpha in np.linspace(NEWEST, OLDEST, MOST_ENDED).tolist()]
        self.ghosts = [self.line(plot, look.muted, linewidth=1.6, **style) for style in faint]
        self.ghost_rings = [self.line(plot, look.muted, markersize=6, **{**ring, **style}) for style in faint]
        self.ring = self.line(plot, look.text, markersize=9, zorder=5, **ring)
        self.dots = self.line(plot, look.text, markersize=6, zorder=6, **{**ring, "markerfacecolor": look.text})
        ends = ((self.left, "left"), (self.left + self.width, "right"))
        self.zones = [self.live(self.add_note(x, self.baseline, ha=ha)) for x, ha in ends]
        self.brackets = [self.line(plot, look.muted, linewidth=2, clip_on=False) for _ in self.zones]
        return [plot]

    def show(self, view: SweepView) -> None:
        """Show both curves with their bands, the ring and the zones."""
        seeds = len(view.seeds)
        of_seeds = tr("band: {seeds} seeds", seeds=seeds) if seeds > 1 else tr("seed {seeds}", seeds=view.seeds[0])
        plain = tr("solid: validation, dashed: training")
        loss = tr("squared error") if view.models[0].split.task == "regression" else tr("loss")
        texts = [
            tr("solid: validation {loss}, dashed: training, {of_seeds}", loss=loss, of_seeds=of_seeds),
            f"{plain}, {of_seeds}",
        ]
        texts += [tr("dashed: training, {of_seeds}", of_seeds=of_seeds), plain]
        if np.isnan(view.val_loss).any():
            texts = [
                tr("{texts}, gap: diverged", texts=texts[0]),
                tr("{plain}, gap: diverged", plain=plain),
                tr("dashed: training, gap: diverged"),
            ]
        self.ended = [one for one in self.scene.ended if one.stands_beside(view)]
        self.say(*self._with_earlier(view, texts, plain))
        self._fit(view)
        self._set_ghosts()
        for line in (self.training, self.validation, self.ring):
            line.set_color(self.color)
        curves = ((self.training, self.bands[0], view.train_loss), (self.validation, self.bands[1], view.val_loss))
        for line, patch, losses in curves:
            patch.set_facecolor(self.color)
            losses = np.minimum(losses, 4 * self.most)  # none so far outside that Agg would have to carry it
            x, ends = self.across.line(np.stack([losses.min(axis=1), losses.mean(axis=1), losses.max(axis=1)]))
            set_line(line, x, ends[1])
            patch.set_path(band(x, ends[0], ends[2]) if seeds > 1 else NO_AREA)
        best = [] if view.best is None else [view.best]
        set_line(self.ring, self.across.x[best], view.val_loss[best].mean(axis=1))
        self._set_zones(view)

    def _with_earlier(self, view: SweepView, texts: list[str], plain: str) -> list[str]:
        """What the curves are, with what sets the faint ones apart; the longest first."""
        if not self.ended:
            return texts
        names = [self._apart(one, view) for one in self.ended]
        earlier = faint = tr("faint: earlier sweeps")
        if len(names) == 1:
            faint = tr("faint: {name}", name=names[0])
        elif len(names) == 2:
            faint = tr("faint: {name}, fainter: {other}", name=names[0], other=names[1])
        return [*(f"{text}, {faint}" for text in [*texts, plain]), f"{plain}, {earlier}", faint, earlier]

    @staticmethod
    def _apart(ended: EndedSweep, view: SweepView) -> str:
        """What an earlier sweep had that the present one has not ("training points 25")."""
        return difference(ended.config, view.models[0].config)

    def _set_ghosts(self) -> None:
        """The earlier sweeps' validation curves, each with a ring where it was best."""
        for i, (line, ring) in enumerate(zip(self.ghosts, self.ghost_rings, strict=True)):
            if i >= len(self.ended):
                set_line(line)
                set_line(ring)
                continue
            losses = np.minimum(self.ended[i].val_loss, 4 * self.most)
            set_line(line, *self.across.line(losses))
            best = [self.ended[i].best]
            set_line(ring, self.across.x[best], losses[best])

    def mark(self, view: SweepView, at: int | None, picked: int | None) -> None:
        """Draw dots on both curves."""
        losses = [] if at is None else [view.val_loss[at].mean(), view.train_loss[at].mean()]
        set_line(self.dots, [] if at is None else [self.across.x[at]] * 2, losses)

    def facts(self, view: SweepView, at: int, picked: int | None) -> list[str]:
        """Return the numbers at one value."""
        losses, missing = view.val_loss[at], int(np.isnan(view.val_loss[at]).sum())
        lines = [self.name_of(view, at)]
        if missing:
            lines.append(
                ntr("{gone} of 1 network diverged", "{gone} of {n} networks diverged", len(losses), gone=missing)
            )
        else:
            mean, train = number(losses.mean()), number(view.train_loss[at].mean())
            if len(losses) > 1:
                numbers = {"mean": mean, "low": number(losses.min()), "high": number(losses.max()), "train": train}
                lines.append(tr("validation {mean} ({low} to {high}), training {train}", **numbers))
            else:
                lines.append(tr("validation {mean}, training {train}", mean=mean, train=train))
            lines.append(zeros_text(float(view.zeros[at].mean())))
        for one in self.ended:
            if np.isfinite(one.val_loss[at]):
                loss = number(one.val_loss[at])
                lines.append(tr("{name}: validation {loss}", name=self._apart(one, view), loss=loss))
        return lines

    def words(self, view: SweepView) -> tuple[str, ...]:
        """Return how far the sweep is; at its end, the test score once a person asked for it."""
        if view.test is not None:
            test = tr("test {with_spread}", with_spread=with_spread(view.test))
            return tr("{test}, asked once, at the end", test=test), tr("{test}, asked once", test=test), test
        if view.done and not view.cancelled:
            (done,) = super().words(view)
            return tr("{done}, test score not asked for yet", done=done), done
        return super().words(view)

    def best_words(self, view: SweepView, best: int) -> str:
        """Return the best value and its validation loss; fewer words if the zones need the room for theirs."""
        over, under = zones(view)
        wide = [width_of(f"{word} ", self.look.small_size) for word in map(tr, WORDS)]
        self.reserved = wide[0] * bool(len(over)), wide[1] * bool(len(under))
        name, value = self.name_of(view, best), value_text(view.field, float(view.values[best]))
        texts = (
            tr("best {name}: {with_spread}", name=name, with_spread=with_spread(view.val_loss[best])),
            tr("best {name}", name=name),
            tr("best {value}", value=value),
            value,
        )
        return first_that_fits(texts, self.width - sum(self.reserved), self.look.label_size, bold=True)

    # -- limits and zones

    def _fit(self, view: SweepView) -> None:
        """The upper limit sees all bands, but not what explodes: beyond four times the loss before training.

        It moves when a band leaves the picture, or when a lower one would spare a good part of it.
        """
        earlier = [one.val_loss for one in self.ended]
        losses = np.concatenate([part.ravel() for part in (view.val_loss, view.train_loss, *earlier)])
        start = float(view.models[0].history["val_loss"][0])
        seen = losses[np.isfinite(losses) & (losses <= 4 * start)]
        if len(seen) and seen.max() > 0:
            limit = nice_above(1.08 * float(seen.max()), FINE)
            if seen.max() > self.most or limit < 0.85 * self.most:
                self._set_limit(limit)

    def _set_limit(self, most: float) -> None:
        self.most = most
        self.plot.set_ylim(0, most)
        self.plot.set_yticks(*ticks_of(most))

    def _set_zones(self, view: SweepView) -> None:
        """Brackets and words over the values that overfit and those that underfit, if there are any."""
        over, under = zones(view)
        (left, right), x = self.across.limits, self.across.x
        spans = ((left, x[over[-1]]) if len(over) else (), (x[under[0]], right) if len(under) else ())
        for text, word, line, span in zip(self.zones, map(tr, WORDS), self.brackets, spans, strict=True):
            text.set_text(word if span else "")
            set_line(line, span, [self.most] * len(span))


def zones(view: SweepView) -> tuple[Indices, Indices]:
    """Return indices of the values that overfit, and of those that underfit.

    Worse in validation than the best value on the same seeds, by more than `WORSE` and twice the standard error of the
    difference: with a smaller training loss that is overfitting, with a larger one underfitting. Overfitting stands
    left of the best value, underfitting right of it. Of what is no strength neither is said.
    """
    nothing = np.zeros(0, np.intp)
    if view.best is None or view.field not in TECHNIQUES:
        return nothing, nothing
    best, seeds = view.best, len(view.seeds)
    extra = view.val_loss - view.val_loss[best]
    error = extra.std(axis=1, ddof=1) / np.sqrt(seeds) if seeds > 1 else np.zeros(len(extra))
    worse = extra.mean(axis=1) > np.maximum(WORSE * view.val_loss[best].mean(), 2 * error)
    training = view.train_loss.mean(axis=1) - view.train_loss[best].mean()
    over = np.flatnonzero(worse & (training < 0))
    under = np.flatnonzero(worse & (training > 0))
    return over[over < best], under[under > best]
