"""Group: a stack with what is known of each network in it, measured after every epoch."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite, nan
from typing import TYPE_CHECKING, Self

import numpy as np

from ..config import LIVE_FIELDS, Config
from ..data.datasets import Split
from ..nn.activations import ACTIVATIONS, answers
from ..nn.batchnorm import Norm
from ..nn.layernorm import Gain
from ..optim.stopping import EarlyStopping, diverged
from .history import COLUMNS, History
from .parameters import ParameterLayout
from .snapshot import Made, ModelSnapshot, State
from .stack import Stack
from .turns import POINTS, Turn, with_turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Array
    from .parked import Parked


class Model:
    """What is known of one network besides its parameters."""

    def __init__(self, config: Config, split: Split, history: History) -> None:
        self.config, self.split, self.history = config, split, history
        self.stopping = EarlyStopping()
        self.state: State = "training"
        self.epoch = self.step = 0
        self.start_loss = inf
        self.stopped_epoch: int | None = None
        self.diverged_epoch: int | None = None
        self.layers: Sequence[Array] = ()
        self.norms: Sequence[Norm] = ()
        self.layer_norms: Sequence[Gain] = ()
        self.masks: tuple[NDArray[np.bool_], ...] = ()
        self.restored = False
        self.parked: Parked | None = None
        self.turns: tuple[Turn, ...] = ()
        self.anew: dict[str, float] = {}
        """What was measured on points that came after the newest row of its history."""
        self.unwritten: dict[str, float] = {}
        """What was measured of an epoch that has no row in its history, for one who looks at it."""
        self.layout: ParameterLayout
        self.made: Made
        self.answered: tuple[float, ...]

    @property
    def restores(self) -> bool:
        """Whether its training ends with the weights of its best epoch."""
        return self.config.patience is not None and self.config.restore_best

    def improved(self, val_loss: float) -> bool:
        """Return whether the epoch that was just measured is the best so far."""
        config = self.config
        better = self.stopping.improved(self.epoch, val_loss, config.min_delta, config.start_epoch)
        if better:
            self.history.keep(self.epoch)
        return better

    def waits(self, config: Config) -> bool:
        """Return whether it would go on training by `config`."""
        return not self.stopping.exhausted(self.epoch, config.patience, config.start_epoch)

    def turned(self, config: Config, *, goes_on: bool) -> None:
        """Note what is about to be turned, by becoming `config`; `goes_on`: the last turn of the field does."""
        for name in LIVE_FIELDS:
            before, after = getattr(self.config, name), getattr(config, name)
            if before != after:
                self.turns = with_turn(self.turns, Turn(self.epoch, name, before, after), goes_on=goes_on)

    def exchange(self, config: Config, split: Split, *, begun: bool, goes_on: bool) -> None:
        """Have other points from now on, and the Config that says so; note it once training has `begun`."""
        if begun and self.state != "diverged":
            turn = Turn(self.epoch, POINTS, len(self.split.y_train), len(split.y_train))
            self.turns = with_turn(self.turns, turn, goes_on=goes_on)
        self.config, self.split = config, split
        if self.state != "diverged":  # its weights stay those of an epoch before
            self.stopping.begin_anew(self.epoch)
            self.history.keep(self.epoch)

    def have(self, w: Array, *, restored: bool) -> None:
        """Show read-only parameters w (P,), which are those of the best epoch if they are `restored`."""
        self.layers, self.restored = self.layout.dense(w), restored
        self.norms, self.layer_norms = self.layout.norms(w), self.layout.gains(w)

    def come_to_rest(self) -> None:
        """Have the weights that a stopped network has."""
        assert self.parked is not None
        self.have(_frozen(self.parked.best if self.restores else self.parked.average), restored=self.restores)

    def snapshot(self) -> ModelSnapshot:
        return ModelSnapshot(
            config=self.config,
            split=self.split,
            weights=tuple([W[:, :-1].T for W in self.layers]),
            biases=tuple([W[:, -1] for W in self.layers]),
            masks=self.masks,
            history=self.history.arrays(),
            state=self.state,
            epoch=self.epoch,
            step=self.step,
            best_epoch=self.stopping.best_epoch,
            stopped_epoch=self.stopped_epoch,
            diverged_epoch=self.diverged_epoch,
            norms=tuple(self.norms),
            restored=self.restored,
            layer_norms=tuple(self.layer_norms),
            turns=self.turns,
            anew=self.anew | self.unwritten,
            answered=self.answered,
            made=self.made,
        )


class Group:
    """A stack with the models that train in it."""

    def __init__(self, models: Sequence[Model], stack: Stack, measure_every: int) -> None:
        self.models = list(models)
        self.stack, self.measure_every = stack, measure_every
        self.steps = max(model.step for model in models)
        self.best = stack.average.evaluated().copy()
        self.sound = self.best.copy()
        made = Made(stack.activation, type(stack.optimizer))
        answered = () if made.activation.name in ACTIVATIONS.shipped else answers(made.activation)
        for model in models:
            model.layout, model.made, model.answered = stack.layout, made, answered

    @classmethod
    def started(cls, models: Sequence[Model], measure_every: int) -> Self:
        """Return new networks, measured before training."""
        stack = Stack([model.config for model in models], [model.split for model in models])
        group = cls(models, stack, measure_every)
        group._measure()
        for model in models:
            model.start_loss = float(model.history.arrays()["train_loss"][0])
        return group

    @classmethod
    def resumed(cls, model: Model, config: Config, measure_every: int) -> Self:
        """Return a network that had stopped and trains on by `config`."""
        assert model.parked is not None
        parked, model.parked = model.parked, None
        model.config, model.state, model.stopped_epoch = config, "training", None
        group = cls([model], parked.stack(config, model.split), measure_every)
        if model.epoch < config.start_epoch:
            model.improved(np.inf)  # the newest epoch counts as the best until then
        else:
            group.best[0] = parked.best
        return group

    def advance_epochs(self, count: int) -> None:
        for _ in range(count):
            if not self.models:
                return
            for _ in range(self.stack.steps_per_epoch - self.stack.step_in_epoch):
                self._step()
            self._finish_epoch()

    def advance_steps(self, count: int) -> None:
        for _ in range(count):
            if not self.models:
                return
            self._step()
            if self.stack.step_in_epoch == 0:
                self._finish_epoch()
        if not self.models:  # the last ones have left with their last epoch
            return
        broken = [row for row, sound in enumerate(self._finite()) if not sound]
        for row in broken:  # in an epoch that is not finished, or was finished and not measured
            model = self.models[row]
            model.epoch += self.stack.step_in_epoch > 0
            model.state, model.diverged_epoch = "diverged", model.epoch
        self._dismiss(broken)

    def exchange(self) -> None:
        """Train on the points that its models have now. What was best is sought anew; a start is measured again.

        Histories get no other row before the epoch has ended, so what is measured on these points is kept beside them.
        """
        if not self.models:
            return
        self.stack.exchange([model.config for model in self.models], [model.split for model in self.models])
        np.copyto(self.best, self.stack.average.evaluated())
        if self.steps == 0:
            for model in self.models:
                model.history = History(model.history.capacity)
            self._measure()
            for model in self.models:
                model.start_loss = float(model.history.arrays()["train_loss"][0])
            return
        for model, values in zip(self.models, self.stack.measure().rows(), strict=True):
            model.anew = dict(zip(COLUMNS, values, strict=True))

    def follow(self, model: Model) -> None:
        """Hand a model's new Config to the stack, if it trains in here."""
        for row, mine in enumerate(self.models):
            if mine is model:
                self.stack.set(row, model.config)

    def reveal(self, *, final: bool = False) -> None:
        """Give every model a frozen copy of its parameters and masks; `final`, of those that training ends with.

        A finished epoch that is not written into the histories is measured, so that nobody takes the numbers of
        another epoch for those of these weights.
        """
        w = self.stack.average.evaluated().copy()
        restored = [final and model.restores for model in self.models]
        w[restored] = self.best[restored]
        w.setflags(write=False)
        found: list[dict[str, float]] = [{} for _ in self.models]
        if self.models and self.stack.step_in_epoch == 0 and not self._measures(self.models[0]):
            with np.errstate(all="ignore"):
                found = [dict(zip(COLUMNS, values, strict=True)) for values in self.stack.measure().rows()]
        for row, model in enumerate(self.models):
            model.have(w[row], restored=restored[row])
            model.unwritten = {} if restored[row] else found[row]
            self._tell(model, row)

    def _step(self) -> None:
        self.stack.unguarded_step()
        self.steps += 1

    def _finish_epoch(self) -> None:
        for model in self.models:
            model.epoch += 1
        self.stack.settle()
        if self._measures(self.models[0]):
            self._measure()

    def _measures(self, model: Model) -> bool:
        """Whether the epoch that a network has finished is written into its history."""
        return model.epoch % self.measure_every == 0

    def _measure(self) -> None:
        """Write the epoch into the histories, remember the best weights, let go of models that are finished."""
        found, leaving = self.stack.measure(), list[int]()
        w = self.stack.average.evaluated()
        finite = self._finite() & np.isfinite(found.val_loss) & np.isfinite(found.penalty)
        for row, (model, values) in enumerate(zip(self.models, found.rows(), strict=True)):
            train_loss, val_loss = values[:2]
            broken = not finite[row] or diverged(train_loss, model.start_loss)
            if not broken:
                model.history.append(model.epoch, values)
            elif not len(model.history):  # the row of before training is there in any case
                model.history.append(model.epoch, _without_end(values))
            if broken:
                model.state, model.diverged_epoch = "diverged", model.epoch
                leaving.append(row)
                continue
            model.anew = {}
            if model.improved(val_loss):
                self.best[row] = w[row]
            elif not model.waits(model.config):
                model.state, model.stopped_epoch = "stopped", model.epoch
                leaving.append(row)
        self._dismiss(leaving)
        if self.models:
            np.copyto(self.sound, self.stack.average.evaluated())

    def _finite(self) -> NDArray[np.bool_]:
        """Which models have finite parameters (M,). A sum is not finite if a part of it is not."""
        finite: NDArray[np.bool_] = np.isfinite(self.stack.w.sum(axis=1, dtype=np.float64))
        return finite

    def _dismiss(self, leaving: Sequence[int]) -> None:
        """Take models out of the stack that have stopped or diverged."""
        if not leaving:
            return
        from .parked import Parked  # most networks never leave, and `import regviz` is as light as it can be

        for row in leaving:
            model = self.models[row]
            model.unwritten = {}
            self._tell(model, row)
            if model.state == "stopped":
                model.parked = Parked.of(self.stack, row, self.best[row])
                model.come_to_rest()
            else:
                kept = self.best if model.restores else self.sound
                model.have(_frozen(kept[row]), restored=model.restores)
        staying = [row for row in range(len(self.models)) if row not in leaving]
        self.models = [self.models[row] for row in staying]
        self.best, self.sound = self.best[staying], self.sound[staying]
        if staying:
            self.stack.keep(staying)

    def _tell(self, model: Model, row: int) -> None:
        model.masks, model.step = self.stack.last_masks(row), self.steps


def _without_end(values: tuple[float, ...]) -> tuple[float, float, float, float, float]:
    """A row of the history of a network that has no finite loss: what is none is ∞, and a score of it NaN."""
    ends = (inf, inf, nan, nan, inf)
    train_loss, val_loss, *others = [v if isfinite(v) else end for v, end in zip(values, ends, strict=True)]
    train_score, val_score, penalty = others
    return train_loss, val_loss, train_score, val_score, penalty


def _frozen(w: Array) -> Array:
    """A read-only copy."""
    w = w.copy()
    w.setflags(write=False)
    return w
