"""Pictures over epochs of what no history has: it is measured once an epoch, and remembered while the run goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from matplotlib.lines import Line2D

from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot

from .base import Panel

MOST = 600
"""Moments kept; when there are more, every other one goes."""

ROUND = 10
"""Epochs of which an axis begins at a multiple."""


class Moment(Protocol):
    """What was measured at an epoch."""

    @property
    def epoch(self) -> int:
        """That epoch."""


M = TypeVar("M", bound=Moment)


class RememberingPanel(Panel):
    """A picture of one lane over the epochs that it has seen."""

    def __init__(self) -> None:
        super().__init__()
        self.points: list[Any] = []
        """The moments so far, in order."""
        self._run: tuple[Any, ...] = ()
        self._last = 0

    def say_diverged(self, lane: int, model: ModelSnapshot) -> None:
        """Say why there is nothing to see: nothing is measured of a network that has diverged."""
        whole = tr("“{lane}” diverged at epoch {epoch}.", lane=self.lanes[lane].name, epoch=model.diverged_epoch)
        self.say(whole, tr("diverged"))

    def remember(self, lane: int, model: ModelSnapshot, measure: Callable[[ModelSnapshot], Moment]) -> list[Any]:
        """Add the present moment, and begin anew with a new run. Returns the moments to show.

        Where a person looks back, nothing is added; what is looked at ends those before it, of a lane just chosen, too.
        """
        run = (lane, model.split, model.config.hidden, model.config.seed, model.config.init)
        earlier = self.scene.live is None and model.epoch < self._last
        if run != self._run or earlier:
            self._run, self.points = run, []
        if self.scene.live is not None:
            before = [point for point in self.points if point.epoch < model.epoch]
            return before if model.state == "diverged" else [*before, measure(model)]
        self._last = model.epoch
        if model.state == "diverged":
            return self.points
        moment = measure(model)
        if self.points and self.points[-1].epoch == moment.epoch:
            self.points[-1] = moment
        else:
            self.points.append(moment)
        if len(self.points) > MOST:
            self.points = [*self.points[:-1:2], self.points[-1]]
        return self.points


def beginning(points: Sequence[Moment]) -> float:
    """Return the epoch at which the axis begins: of a picture that was opened late, where it was, else 0."""
    return float(points[0].epoch // ROUND * ROUND)


def show_alone(line: Line2D, count: int) -> None:
    """Show a curve of one point as a dot, since no line goes through it; the axes may begin in its middle."""
    line.set(marker="o" if count == 1 else "", markersize=6, clip_on=count != 1)
