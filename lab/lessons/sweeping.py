"""The sweeps that a lesson's breaks start: what they came to, and whose test loss has been seen."""

from __future__ import annotations

from regviz import Config
from regviz.training.snapshot import Snapshot

from ..compare.lanes import Lane
from ..compare.session import Session
from ..compare.sweep import EPOCHS, SEEDS, Sweep, SweepRun, SweepView
from .evidence import Evidence, Finding
from .lesson import Break
from .sweep_report import swept


class Sweeping:
    """Starts sweeps in `session`, and tells of the one there is beside what earlier ones came to."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._swept: dict[str, SweepView] = {}
        """What finished sweeps came to, by the labels of their breaks."""
        self._run: SweepRun | None = None
        """The one that was started here last; a person may have started another since."""
        self._network: tuple[Config, Sweep] | None = None
        """What is being swept, and how."""
        self._ready: tuple[tuple[Config, Sweep], SweepRun] | None = None
        """One that is possible and not started yet."""
        self._asked: set[tuple[Config, Sweep] | None] = set()
        """The sweeps whose test loss a person has seen. The same one again would come to the same."""
        self.askable = False
        """Whether a sweep is at its end and its test loss not yet asked for."""

    def prepare(self, attempt: Break, base: Config) -> None:
        """Make what a break sweeps with networks like `base`. Raises ValueError for what cannot be."""
        sweep = sweep_of(attempt, base)
        self._ready = (base, sweep), SweepRun(base, sweep)

    def start(self, attempt: Break) -> None:
        """Sweep as a break says, with the networks of the present knobs. Raises ValueError for what cannot be."""
        base = self._session.base
        if self._ready is None or self._ready[0] != (base, sweep_of(attempt, base)):
            self.prepare(attempt, base)
        assert self._ready is not None
        (self._network, self._run), self._ready = self._ready, None
        self._session.start_sweep(self._run)
        self._run.share(self._session.workers())

    @property
    def begun(self) -> Config:
        """The knobs with which the sweep began, and which it keeps."""
        return self._network[0] if self._network is not None else self._session.base

    def ask_test(self) -> bool:
        """Reveal the test loss of the sweep that has ended, once; whether there was one."""
        sweep = self._session.sweep
        if not self.askable or sweep is None or not sweep.done:
            return False
        self._session.reveal_test()
        self._asked.add(self._network)
        return True

    def finding(self, label: str, view: SweepView) -> Finding:
        """Return where the sweep of the break `label` stands, beside what the lesson's others over that field came
        to. Of one that a person has started in its place nothing is kept.
        """
        if self._session.sweep is not self._run:
            self.askable = False
            return Finding(swept(view))
        others = {name: its for name, its in self._swept.items() if name != label and its.fields == view.fields}
        ended = view.done and not view.cancelled
        if ended:
            self._swept[label] = view
        self.askable = ended and view.best is not None and self._network not in self._asked
        return Finding(swept(view, others, asked=self._network in self._asked), _lowest_at(view) if ended else "")

    def answer(self, observe: Evidence) -> tuple[Finding, int]:
        """Return what the networks of the sweep come to at its end, before that how far it is, and its epoch.

        A sweep that a person has started in its place answers nothing.
        """
        run = self._session.sweep
        if run is None:
            return Finding(""), 0
        view = run.view()
        if run is not self._run or view.cancelled or not (view.done and view.models):
            return Finding(swept(view)), view.epoch
        return observe(*networks(view)), view.epoch


def sweep_of(attempt: Break, base: Config) -> Sweep:
    """Return the sweep of a break over networks like `base`: one that asks has one seed, since its networks are
    asked.
    """
    seeds = SEEDS if attempt.question is None else 1
    return Sweep.through(attempt.sweep, base, seeds=seeds, epochs=attempt.epochs or EPOCHS)


def networks(view: SweepView) -> tuple[Snapshot, list[Lane]]:
    """Return the networks of a sweep's first seed as evidence reads those of lanes, which are called by their
    values.
    """
    lanes = [Lane(view.said(index), fixed=view.change(index)) for index in range(len(view.models))]
    return Snapshot(max(model.step for model in view.models), view.models), lanes


def _lowest_at(view: SweepView) -> str:
    """Where the lowest loss of a sweep is: at the "first" value, the "last", or "inside"; "" for nowhere.

    Of one over two fields at the "edge" of its map, or "inside".
    """
    if view.best is None:
        return ""
    if view.seconds is not None:
        first, second = divmod(view.best, len(view.seconds))
        at_end = first in (0, len(view.values) - 1) or second in (0, len(view.seconds) - 1)
        return "edge" if at_end else "inside"
    return {0: "first", len(view.values) - 1: "last"}.get(view.best, "inside")
