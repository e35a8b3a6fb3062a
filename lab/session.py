"""What is running: the lanes, their trainer, and what a person did to it. Knows no page and no picture."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from regviz import Config, Snapshot, Trainer

from .knobs import BY_FIELD, for_data
from .lanes import DEFAULT_LANES, Lane

HISTORY = 2000
"""Epochs kept for the curves; a longer run is thinned, never averaged."""

SPEEDS: dict[str, float] = {"¼×": 5.0, "1×": 20.0, "4×": 80.0, "max": float("inf")}
"""Epochs per second that each speed aims at."""

BACKLOG = 0.1
"""Seconds of training at most that are caught up after a delay: the picture never jumps ahead to make up for one."""


class Session:
    """A comparison of lanes in training.

    `base` holds the value of every knob; lane `i` trains `lanes[i].config(base)`. `change` acts at once: a live field
    on the networks in training, any other by starting anew. Every impossible value raises `ConfigError` and changes
    nothing.
    """

    def __init__(self, base: Config | None = None, lanes: Sequence[Lane] = DEFAULT_LANES) -> None:
        self.base = base if base is not None else Config(l1=1e-3, l2=1e-3, dropout=0.5)
        self.lanes = tuple(lanes)
        self.playing = False
        self.speed = "1×"
        self.changes = 0
        """Counts what a person did; a frame carries the count, so that its effect can be timed."""
        self.trained = 0
        """Counts what the networks did, over restarts too: the picture is out of date when it has grown."""
        self.reset()

    # -- what a person does

    def change(self, **values: Any) -> None:
        """Turn knobs. A new data set brings its own training-set size and noise unless they are given too."""
        base = self.base
        if "data" in values and values["data"] != base.data:
            base = for_data(base.replace(data=values["data"], n_train=2), values["data"])
        base = base.replace(**values)
        configs = [lane.config(base) for lane in self.lanes]
        moved = [field for field in base.to_dict() if getattr(base, field) != getattr(self.base, field)]
        if not moved:
            return
        if all(field in BY_FIELD and BY_FIELD[field].live for field in moved):
            for i, config in enumerate(configs):
                self.trainer.set(i, **{field: getattr(config, field) for field in moved})
            self.base = base
        else:
            self._start(base)
        self.changes += 1

    def play(self) -> None:
        """Train on."""
        self.playing = not self.trainer.done
        self._clock = perf_counter()
        self.changes += 1

    def pause(self) -> None:
        """Stand still; nothing is lost."""
        self.playing = False
        self.changes += 1

    def step(self) -> None:
        """Pause, and train exactly one mini-batch."""
        self.playing = False
        self.trainer.advance(steps=1)
        self.trained += 1
        self.changes += 1

    def epoch(self) -> None:
        """Pause, and train to the end of the epoch."""
        self.playing = False
        self.trainer.advance(epochs=1)
        self.trained += 1
        self.changes += 1

    def reset(self) -> None:
        """Every network back to its first weights; knobs and play or pause stay as they are."""
        self._start(self.base)
        self.changes += 1

    def set_speed(self, speed: str) -> None:
        """Aim at `SPEEDS[speed]` epochs per second."""
        if speed not in SPEEDS:
            raise ValueError(f"speed is {speed!r}; it can be {', '.join(SPEEDS)}, for example '1×'")
        self.speed = speed
        self._owed = 0.0

    # -- what the loop does

    def work(self, seconds: float) -> bool:
        """Train what is due, for `seconds` at most. True if any step was done."""
        if not self.playing:
            return False
        started = perf_counter()
        pace = SPEEDS[self.speed] * self._steps_per_epoch
        self._owed = min(self._owed + (started - self._clock) * pace, max(1.0, BACKLOG * pace))
        self._clock = started
        worked = False
        while self._owed >= 1:
            self.trainer.advance(steps=1)
            self.trained += 1
            self._owed -= 1
            worked = True
            if perf_counter() - started >= seconds:
                break
        if self.trainer.done:
            self.playing = False
        return worked

    @property
    def next_due(self) -> float:
        """Seconds until `work` has something to do; infinite while paused."""
        if not self.playing:
            return float("inf")
        pace = SPEEDS[self.speed] * self._steps_per_epoch
        return max(0.0, (1 - self._owed) / pace - (perf_counter() - self._clock))

    def snapshot(self) -> Snapshot:
        """The networks as they are now."""
        return self.trainer.snapshot()

    def _start(self, base: Config) -> None:
        configs = [lane.config(base) for lane in self.lanes]
        self.trainer = Trainer(configs, history_capacity=HISTORY)
        self.base = base
        self._steps_per_epoch = -(-base.n_train // min(base.batch_size, base.n_train))
        self._owed = 0.0
        self._clock = perf_counter()
