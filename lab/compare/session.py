"""What is running: the lanes, their trainer, and what a person did to it. Knows no page and no picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from regviz import LIVE_FIELDS, Config, Snapshot, Trainer
from regviz.config import DATA_FIELDS
from regviz.data.drawing import Drawing

from . import bounds, own_data
from .beside import Beside
from .following import places_of
from .guest import is_guest
from .knobs import turned_to
from .lanes import DEFAULT_LANES, Lane, checked_lanes, configs_of, live_of
from .meeting import Meeting
from .pace import BACKLOG, REPLAY, SPARSE, SPEEDS, USUAL_SPEED, Drag, checked_speed, longest_epoch
from .picks import Picks
from .presets import START
from .scene import Pinned, Scene
from .tape import Tape

if TYPE_CHECKING:
    from concurrent.futures import Executor

HISTORY = 2000
"""Epochs kept for the curves; a longer run is thinned, never averaged."""

ASK_WORKERS = 0.02
"""Seconds between two looks at what others have trained, when nothing is left to do here."""


class Session(Picks, Beside):
    """A comparison of lanes in training.

    `base` holds the value of every knob; lane `i` trains `lanes[i].config(base)`. `change` acts at once: a live field
    on the networks in training, any other by starting anew. Every impossible value raises `ConfigError` and changes
    nothing.
    """

    def __init__(self, base: Config | None = None, lanes: Sequence[Lane] = DEFAULT_LANES) -> None:
        self.changes = 0
        """Counts what a person did; a frame carries the count, so that its effect can be timed."""
        self.trained = 0
        """Counts what the networks did, over restarts too: the picture is out of date when it has grown."""
        self.base = base if base is not None else START
        self.lanes = checked_lanes(lanes)
        self.clock: Callable[[], float] = perf_counter
        """Tells the time in seconds; the training that is due follows it."""
        self.playing = False
        self.speed = USUAL_SPEED
        self.tape = Tape()
        self.pinned: Pinned | None = None
        self.workers: Callable[[], Executor | None] = lambda: None  # who else trains; asked anew for each sweep
        self.looking_back: float | None = None
        """The epoch that is shown while a person looks back; None for the present."""
        self._usual, self._drag = 0, Drag()
        self._meeting = Meeting()
        self.reset()
        self._usual = sum(map(bounds.need, self.trainer.configs)) if is_guest() else 0

    # -- what a person does

    def change(self, **values: Any) -> None:
        """Turn knobs. A new data set brings its own training-set size and noise unless they are given too."""
        base = turned_to(self.base, values)
        configs = configs_of(self.lanes, base)
        moved = [field for field in base.to_dict() if getattr(base, field) != getattr(self.base, field)]
        if not moved:
            return
        if all(field in LIVE_FIELDS for field in moved):
            goes_on = self._drag.goes_on(moved, self.clock())
            for i, config in enumerate(configs):  # a lane that rested may have missed some
                self.trainer.set(i, goes_on=goes_on, **live_of(config))
            self.base, self.configs = base, configs
        else:
            self._start(base)
        self.looking_back = None
        self.changes += 1

    def exchange(self, base: Config, *, goes_on: bool = False, anew: bool = False) -> None:
        """Train on with the points that `base` names now: with the weights of now, or `anew`.

        Networks whose weights do not fit the points begin anew as well; `goes_on` as of `Trainer.exchange`. Raises
        ConfigError if a lane cannot train on them, and changes nothing then.
        """
        configs = self.configs if base is self.base else configs_of(self.lanes, base)
        now = self.trainer.configs  # a network that has ended may have missed turns, and does not begin anew for them
        given = [its if its == one else its.replace(**live_of(one)) for its, one in zip(configs, now, strict=True)]
        if anew or not self.trainer.exchanges(given):
            self.traced = None
            self._start(base)
        else:
            bounds.check(configs, self._usual)
            with self.tracing_on():
                self.trainer.exchange(given, goes_on=goes_on)
            for i, (its, one) in enumerate(zip(configs, given, strict=True)):
                if its != one:
                    self.trainer.set(i, **live_of(its))
            self.base, self.configs, self._steps_per_epoch = base, configs, longest_epoch(configs)
            own_data.train_on(self, [base.data, *(config.data for config in configs)])
        self.drop_those_on(base.data)
        self.waiting = self.looking_back = None
        self.changes += 1

    def wait_for(self, drawing: Drawing) -> None:
        """Stand still until a drawing has the points that training needs."""
        self.waiting, self.playing, self.looking_back = drawing, False, None
        self.changes += 1

    def set_lanes(self, lanes: Sequence[Lane]) -> None:
        """Compare these lanes from now on. A new name or colour only renames; a new network starts all anew.

        Raises ConfigError without a lane, for too many, and for one whose values are impossible.
        """
        self.compare(self.base, lanes, self.waiting)

    def check(self, base: Config, lanes: Sequence[Lane]) -> None:
        """Raise ConfigError or ArgumentError if `compare` would."""
        bounds.check(configs_of(checked_lanes(lanes), base), self._usual)

    def compare(self, base: Config, lanes: Sequence[Lane], waiting: Drawing | None = None) -> None:
        """Set knobs and lanes at once, or neither; no drawing waits on but `waiting`. Raises as `set_lanes`."""
        lanes = checked_lanes(lanes)
        configs = configs_of(lanes, base)
        before, self.lanes = self.lanes, lanes
        if configs == self.configs:
            self.base, to = base, [*range(len(lanes))]
        else:
            try:
                self._start(base)
            except (ValueError, MemoryError):
                self.lanes = before
                raise
            to = places_of(before, lanes)
        self.pinned = self.pinned and self.pinned.followed(before, lanes, to)
        self.chosen = None if self.chosen is None else to[self.chosen]
        self.waiting = waiting
        self.changes += 1

    def look_back(self, epoch: float | None) -> None:
        """Show the run as it was at `epoch`; None for the present. Training rests meanwhile, `play` replays."""
        present = epoch is None or not len(self.tape) or epoch >= self.tape.epochs[-1]
        self.playing = self.playing and present
        self.looking_back = None if present else max(float(epoch or 0), 0.0)
        self.changes += 1

    def pin(self) -> None:
        """Keep the run as it is now, to compare later ones with it."""
        self.pinned = Pinned.of(self.trainer.snapshot(), self.lanes)
        self.changes += 1

    def unpin(self) -> None:
        """Compare with nothing any more."""
        self.pinned = None
        self.changes += 1

    def play(self) -> None:
        """Train on, or replay from where a person looks back. Raises DataError while a drawing has too few points."""
        self._check_points()
        self.playing = self.looking_back is not None or not self.trainer.done
        self._clock = self.clock()
        self.changes += 1

    def pause(self) -> None:
        """Stand still; nothing is lost."""
        self.playing = False
        self.changes += 1

    def step(self) -> None:
        """Pause, and train exactly one mini-batch. Raises as `play`."""
        self._advance(steps=1)

    def epoch(self) -> None:
        """Pause, and train to the end of the epoch. Raises as `play`."""
        self._advance(epochs=1)

    def reset(self) -> None:
        """Set every network back to its first weights; knobs and play or pause stay as they are."""
        self._start(self.base)
        self.changes += 1

    def set_speed(self, speed: str) -> None:
        """Aim at `SPEEDS[speed]` epochs per second. Raises ArgumentError for a speed that does not exist."""
        self.speed = checked_speed(speed)
        self._owed = 0.0

    def meet(self, epoch: int, act: Callable[[], object]) -> None:
        """Call `act` each time that training has come to `epoch`, before it goes on; for 0, never."""
        self._meeting = Meeting(epoch, act)
        self._meeting.begin(self.trainer)

    def as_met(self) -> Snapshot:
        """Return the networks as they are shown; while `meet` acts, each as it was when it came to that epoch."""
        return self.snapshot() if self._meeting.met is None else self._meeting.met

    # -- what the loop does

    def work(self, seconds: float) -> bool:
        """Train (or replay) what is due, for `seconds` at most. True if any step was done."""
        if not self.playing:
            return False
        started = self.clock()
        if self.looking_back is not None:
            return self._replay(started)
        pace = SPEEDS[self.speed] * self._steps_per_epoch
        passed = started - self._clock  # nothing by a coarse clock, and nothing times "max" is no number
        self._owed = min(self._owed + (passed * pace if passed > 0 else 0.0), max(1.0, BACKLOG * pace))
        self._clock = started
        worked = False
        while self._owed >= 1:
            self.trainer.advance(steps=1)
            self.trained += 1
            self._owed -= 1
            worked = True
            self._steps += 1
            if self._steps >= self._recorded * SPARSE + 1:  # a frame may be hundreds of epochs after the last one
                self.snapshot()
            if not self._meeting.passed:
                self._meeting.look(self.trainer)
            if self.clock() - started >= seconds:
                break
        if self.trainer.done:
            self.playing = False
        return worked

    def _replay(self, now: float) -> bool:
        """Move on through the tape at the speed of training; at its end, training goes on."""
        assert self.looking_back is not None
        pace = min(SPEEDS[self.speed], REPLAY)
        moved = self.looking_back + min(now - self._clock, BACKLOG) * pace
        self._clock = now
        self.looking_back = None if moved >= self.tape.epochs[-1] else moved
        if self.looking_back is None:
            self.playing = not self.trainer.done
        self.trained += 1
        return True

    @property
    def training(self) -> bool:
        """True while lanes, a sweep or many seeds train, or a replay runs."""
        return self.playing or self._job is not None

    @property
    def next_due(self) -> float:
        """Seconds until `work` or `work_sweep` has something to do; infinite while paused."""
        job = self._job
        if job is not None and not job.waiting:
            return 0.0
        others = float("inf") if job is None else ASK_WORKERS
        if not self.playing:
            return others
        if self.looking_back is not None:
            return min(1 / 60, others)
        pace = SPEEDS[self.speed] * self._steps_per_epoch
        return min(max(0.0, (1 - self._owed) / pace - (self.clock() - self._clock)), others)

    def snapshot(self) -> Snapshot:
        """Return the networks as they are shown: now, or as they were where a person looks back."""
        if self.looking_back is not None:
            return self.tape.at(self.looking_back)
        snapshot = self.trainer.snapshot()
        self.tape.record(snapshot)
        self._recorded = self._steps
        return snapshot

    def scene(self) -> Scene:
        """Return what else there is to see."""
        return Scene(
            live=None if self.looking_back is None else self.trainer.snapshot(),
            configs=self.configs,
            pinned=self.pinned,
            sweep=None if self.sweep is None else self.sweep.view(),
            ended=self.ended,
            chance=self.seen_seeds(),
            chosen=self.chosen,
            past=self.tape.snapshots(),
            traced=self.traced,
            waiting=self.waiting if self.looking_back is None else None,
        )

    def _advance(self, **how: int) -> None:
        self._check_points()
        self.playing, self.looking_back = False, None
        self.trainer.advance(**how)
        if not self._meeting.passed:
            self._meeting.look(self.trainer)
        self.trained += 1
        self.changes += 1

    def _start(self, base: Config) -> None:
        configs = configs_of(self.lanes, base)
        if self.changes:  # what the notebook itself begins with is its author's matter
            bounds.check(configs, self._usual)
        self.trainer = Trainer(configs, history_capacity=HISTORY)
        self.configs = configs
        """What knobs and lanes ask for. A network that has ended keeps the Config it ended with: compare with these."""
        own_data.train_on(self, [base.data, *(config.data for config in configs)])
        if base.data != self.base.data:
            self.waiting = None
        self.tape.clear()
        self.looking_back = None
        if any(getattr(base, field) != getattr(self.base, field) for field in DATA_FIELDS):
            self.traced = None  # another point has its number now
        self.base = base
        self._steps_per_epoch = longest_epoch(configs)
        self._owed, self._steps, self._recorded = 0.0, 0, 0
        self._meeting.begin(self.trainer)
        self._clock = self.clock()
