"""What trains beside the lanes: a sweep, and the lanes with many seeds; and what all of them wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regviz.data.drawn import lacking
from regviz.errors import DataError
from regviz.language import tr

from .sweep_view import EndedSweep

if TYPE_CHECKING:
    from regviz.data.drawing import Drawing

    from .chance import ChanceRun
    from .chance_view import ChanceView
    from .sweep import SweepRun


MOST_ENDED = 2
"""Earlier sweeps that are shown beside the present one: more curves cannot be told apart."""


class Beside:
    """A sweep and many seeds, one of each at most; `changes` counts what a person did, `trained` what networks did."""

    changes: int
    trained: int
    measured = 0
    """How much of that they did beside the lanes."""
    sweep: SweepRun | None = None
    chance: ChanceRun | None = None
    question: str | None = None
    """Which question a person has answered and looks at, as of `Judge`; None for none."""
    _told: tuple[ChanceView, str | None, ChanceView] | None = None
    ended: tuple[EndedSweep, ...] = ()
    """What the sweeps before the present one came to, the newest first, one for each network."""

    waiting: Drawing | None = None
    """A drawing that has too few points yet: nothing is started until it has them, or other data are chosen."""

    def start_sweep(self, sweep: SweepRun) -> None:
        """Train `sweep` beside the lanes, and no other any more. Raises DataError while a drawing lacks points."""
        self._check_points()
        if self.sweep is not None:
            self.sweep.cancel()
            self._keep(EndedSweep.of(self.sweep.view()))
        self.sweep = sweep
        self.changes += 1

    def start_chance(self, chance: ChanceRun) -> None:
        """Train the lanes with many seeds beside those that are shown, and no others any more.

        Raises as `start_sweep`.
        """
        self._check_points()
        if self.chance is not None:
            self.chance.cancel()
        self.chance = chance
        self.changes += 1

    @property
    def advanced(self) -> int:
        """How much of what was trained are the lanes' own networks."""
        return self.trained - self.measured

    def seen_seeds(self) -> ChanceView | None:
        """Return what the many seeds show: their answers only to the question that is answered here. The same object
        until that changes."""
        if self.chance is None:
            return None
        view = self.chance.view()
        if self._told is None or self._told[0] is not view or self._told[1] != self.question:
            self._told = view, self.question, view.told(self.question)
        return self._told[2]

    def drop_chance(self) -> None:
        """End the many seeds, and forget what they have shown: their question is open again."""
        if self.chance is not None:
            self.chance.cancel()
            self.chance, self._told = None, None
            self.changes += 1

    def cancel_chance(self) -> None:
        """Train the many seeds no further. What they have shown stays."""
        if self.chance is not None:
            self.chance.cancel()
            self.changes += 1

    def cancel_sweep(self) -> None:
        """Train the sweep no further. What it has shown stays."""
        if self.sweep is not None:
            self.sweep.cancel()
            self.changes += 1

    def drop_sweep(self) -> None:
        """End the sweep, and forget what it has shown: another question is asked."""
        if self.sweep is not None:
            self.sweep.cancel()
            self.sweep = None
            self.changes += 1

    def reveal_test(self) -> None:
        """Measure the finished sweep's best value on the test split; nothing while it still trains."""
        if self.sweep is not None and self.sweep.done:
            self.sweep.reveal_test()
            self.changes += 1

    def drop_those_on(self, data: str) -> None:
        """End what trains on the data of this name, whose points are others now, and forget what it has shown."""
        if self.sweep is not None and self.sweep.data == data:
            self.sweep.cancel()
            self.sweep = None
        self.ended = tuple(one for one in self.ended if one.config.data != data)
        if self.chance is not None and self.chance.data == data:
            self.chance.cancel()
            self.chance = None

    def work_sweep(self, seconds: float) -> bool:
        """Train the sweep, or the many seeds, for about `seconds`. True if any step was done."""
        job = self._job
        if job is None:
            return False
        before = job.view()
        worked = job.work(seconds)
        news = job.view() is not before  # only then there is something new to see
        self.trained += news
        self.measured += news
        return worked

    def _check_points(self) -> None:
        """Refuse to train on the points that stood there before a drawing that has too few."""
        if self.waiting is not None:
            allowed, way = tr("nothing trains until then"), tr("drawing more of them")
            raise DataError("drawing", lacking(self.waiting), allowed, way)

    def _keep(self, ended: EndedSweep | None) -> None:
        if ended is not None:
            others = (one for one in self.ended if (one.field, one.config) != (ended.field, ended.config))
            self.ended = (ended, *others)[:MOST_ENDED]

    @property
    def _job(self) -> SweepRun | ChanceRun | None:
        """What trains beside the lanes: one after the other."""
        return next((job for job in (self.chance, self.sweep) if job is not None and not job.done), None)
