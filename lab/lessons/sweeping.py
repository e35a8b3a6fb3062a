"""The sweeps that a lesson's breaks start: what they came to, and whose test loss has been seen."""

from __future__ import annotations

from regviz import Config

from ..compare.session import Session
from ..compare.sweep import Sweep, SweepRun, SweepView
from .evidence import Finding
from .sweep_report import swept


class Sweeping:
    """Starts sweeps in `session`, and tells of the one there is beside what earlier ones came to."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._swept: dict[str, SweepView] = {}
        """What finished sweeps came to, by the labels of their breaks."""
        self._network: tuple[Config, str] | None = None
        """What is being swept, and over which field."""
        self._asked: set[tuple[Config, str] | None] = set()
        """The sweeps whose test loss a person has seen. The same one again would come to the same."""
        self.askable = False
        """Whether a sweep is at its end and its test loss not yet asked for."""

    def start(self, field: str) -> None:
        """Sweep a technique's `field` over the networks of the present knobs. Raises ValueError for what cannot be."""
        session = self._session
        self._network = session.base, field
        session.start_sweep(SweepRun(session.base, Sweep.over(field, session.base), session.workers()))

    def ask_test(self) -> bool:
        """Reveal the test loss of the sweep that has ended, once; whether there was one."""
        sweep = self._session.sweep
        if not self.askable or sweep is None or not sweep.done:
            return False
        self._session.reveal_test()
        self._asked.add(self._network)
        return True

    def finding(self, label: str, view: SweepView) -> Finding:
        """Where the sweep of the break `label` stands, beside what the lesson's others over that field came to."""
        others = {name: its for name, its in self._swept.items() if name != label and its.field == view.field}
        ended = view.done and not view.cancelled
        if ended:
            self._swept[label] = view
        self.askable = ended and view.best is not None and self._network not in self._asked
        return Finding(swept(view, others, asked=self._network in self._asked), _lowest_at(view) if ended else "")


def _lowest_at(view: SweepView) -> str:
    """Where the lowest loss of a sweep is: at the "first" value, the "last", or "inside"; "" for nowhere."""
    if view.best is None:
        return ""
    return {0: "first", len(view.values) - 1: "last"}.get(view.best, "inside")
