"""Trying a break: other knobs, lanes and pictures for a while, and the way back from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from regviz import Config
from regviz.language import tr
from regviz.training.snapshot import Snapshot

from ..compare.knobs import turned_to
from ..compare.lanes import Lane
from ..compare.session import Session
from ..compare.sweep import SweepRun
from .evidence import Evidence, Finding, open_until
from .lesson import Break, Lesson
from .question import ANY
from .setting import lacking, outrun, turned
from .sweeping import Sweeping


class Trial:
    """The break of `lesson` that is being tried in `session`, and what there was before it.

    `show` is called with the pictures of a break that has its own, and with None when it is left; `look` at the epoch
    that the question names, however fast training passes it.
    """

    def __init__(
        self,
        lesson: Lesson,
        session: Session,
        sweeping: Sweeping,
        show: Callable[[Sequence[str] | None], None],
        look: Callable[[], object] = lambda: None,
    ) -> None:
        self._lesson, self._session, self._sweeping = lesson, session, sweeping
        self._show, self._look = show, look
        self.broken = -1
        """Its index, −1 for none."""
        self._before: tuple[Config, Sequence[Lane]] | None = None
        self._own = session.base
        """The knobs with which the lesson's own question is asked."""
        self._tried: tuple[Config, Sequence[Lane]] = session.base, session.lanes
        """The knobs and the lanes that the break is tried with, as the lesson has them."""
        self._starts_own = True
        """Whether it was begun with those."""
        self._at = -1
        """What the session had trained when it began."""
        self._meet()

    @property
    def attempt(self) -> Break | None:
        """The break that is being tried."""
        return self._lesson.breaks[self.broken] if self.broken >= 0 else None

    @property
    def sweeps(self) -> bool:
        """Whether it is a sweep, which trains beside the lanes."""
        return self.attempt is not None and bool(self.attempt.sweep)

    @property
    def observe(self) -> Evidence:
        """What looks at the networks: the break's own evidence, or the lesson's."""
        own = None if self.attempt is None else self.attempt.observe
        return self._lesson.observe if own is None else own

    def finding(self, snapshot: Snapshot) -> tuple[Finding, int]:
        """Return what is to be seen of `snapshot`, or of the sweep that is tried, and its epoch; or why nothing is.

        Of data of another kind than those that were asked about no sentence is; and a person may have taken away the
        lane that the lesson looks at.
        """
        try:
            return self._found(snapshot)
        except ValueError as error:
            return Finding(tr("This cannot be observed here: {reason}.", reason=error)), snapshot.common_epoch

    def _found(self, snapshot: Snapshot) -> tuple[Finding, int]:
        attempt, session = self.attempt, self._session
        if attempt is not None and attempt.sweep and session.sweep is not None:
            return self._of_sweep(attempt, session.sweep)
        if lack := lacking(session.base, self._tried[0] if attempt is not None else self._own):
            raise ValueError(lack)
        return self.observe(snapshot, session.lanes), snapshot.common_epoch

    def _of_sweep(self, attempt: Break, run: SweepRun) -> tuple[Finding, int]:
        """What a sweep comes to or has come to, with the knobs turned since it began, and its epoch."""
        view, base = run.view(), self._session.base
        if attempt.question is not None:
            found, epoch = self._sweeping.answer(self.observe)
        else:
            found, epoch = self._sweeping.finding(attempt.label, view), view.epoch
        swept = [name for axis in view.axes for name in axis.fields(base, 1)]
        since = outrun(base, self._sweeping.begun, swept)
        return (Finding(f"{found.text} {since}", found.outcome) if since else found), epoch

    def _meet(self) -> None:
        self._session.meet(0 if self.sweeps else open_until(self.observe), self._look)

    def note(self, outcome: str) -> str:
        """Return what the break says of an outcome of its own networks; of other knobs than its own, what it says of
        any.

        A sweep is of the knobs with which it was started, whatever is turned after that.
        """
        if self.attempt is None:
            return ""
        own = self._starts_own if self.sweeps else self._is_own()
        return self.attempt.note(outcome if own else ANY)

    def _is_own(self) -> bool:
        """Whether knobs and lanes are those that the break has from the lesson."""
        return not turned(self._session.base, self._session.lanes, *self._tried)

    def begin(self, index: int, base: Config, lanes: Sequence[Lane]) -> None:
        """Try the break at `index`; one that asks is asked of `base` and `lanes`, not of knobs that a person turned.

        Raises ConfigError for one that cannot be, and changes nothing then.
        """
        attempt, session = self._lesson.breaks[index], self._session
        before, asks = (session.base, session.lanes), attempt.question is not None
        begins = (base.replace(seed=session.base.seed), tuple(lanes)) if asks else before
        self._check(attempt, *begins)
        if session.chance is not None and not session.chance.done:
            session.cancel_chance()  # its question is not asked any more
        if asks:
            session.compare(*begins)
        lesson_s = session.base
        if attempt.lanes is not None:
            session.set_lanes(attempt.lanes)
        if attempt.first:
            session.change(**attempt.first)
            session.reset()
            session.trainer.advance(epochs=attempt.epochs)
            session.trained += 1
            session.change(**{name: getattr(lesson_s, name) for name in attempt.first})
        session.change(**attempt.changes)
        if attempt.restart or session.trainer.done or (asks and not attempt.first and not attempt.sweep):
            session.reset()
        self._before, self.broken, self._at = before, index, -1 if attempt.first else session.trained
        self._tried = turned_to(base, attempt.changes), lanes if attempt.lanes is None else attempt.lanes
        self._starts_own = self._is_own()
        self._meet()
        if attempt.panels is not None:
            self._show(attempt.panels)
        if asks:
            session.pause()
            if attempt.sweep:
                session.drop_sweep()  # an earlier one would answer
        else:
            self.train()

    def _check(self, attempt: Break, base: Config, lanes: Sequence[Lane]) -> None:
        """Raise ConfigError if `attempt` is impossible with these knobs and lanes."""
        lanes, tried = lanes if attempt.lanes is None else attempt.lanes, turned_to(base, attempt.changes)
        for its in (turned_to(base, attempt.first), tried):
            self._session.check(its, lanes)
        if attempt.sweep:
            self._sweeping.prepare(attempt, tried)

    def train(self) -> None:
        """Train what the break, or the lesson, asks about: a sweep of its own, or the lanes."""
        attempt, session = self.attempt, self._session
        if attempt is not None and attempt.sweep:
            session.pause()
            self._sweeping.start(attempt)
        else:
            session.play()

    def end(self) -> bool:
        """Undo it. Returns whether there was one."""
        attempt, before = self.attempt, self._before
        if attempt is not None and before is not None:
            self._restore(attempt, *before)
        self._before, self.broken, self._sweeping.askable = None, -1, False
        self._meet()
        return attempt is not None and before is not None

    def _restore(self, attempt: Break, base: Config, lanes: Sequence[Lane]) -> None:
        """Give knobs, lanes and pictures back: lanes and knobs at once, for each may be impossible with the others'."""
        session = self._session
        if attempt.sweep:
            session.cancel_sweep()
        if tuple(lanes) == session.lanes:
            session.change(**base.to_dict())
        else:
            session.compare(base, lanes)
        if attempt.panels is not None:
            self._show(None)
        # Turning the knobs back does not undo what was trained: a ReLU network whose weights are all 0 stays so.
        turned = bool(attempt.changes or attempt.first) and not attempt.sweep
        if session.trainer.done or (turned and session.trained != self._at):
            session.reset()
