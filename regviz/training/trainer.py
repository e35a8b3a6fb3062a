"""Trainer: networks that train side by side, as far as they are asked to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..config import LIVE_FIELDS, SHAPE_FIELDS, Config
from ..data.datasets import Split, load
from ..errors import ConfigError
from ..fields import closest
from ..nn.batchnorm import Norm
from ..optim.stopping import EarlyStopping, diverged
from .history import History
from .parameters import ParameterLayout, layer_sizes
from .snapshot import ModelSnapshot, Snapshot, State
from .stack import Stack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Array

CACHED_PARAMETERS = 150_000
"""A stack holds about this many parameters at most: larger ones fall out of the processor's cache."""


class Trainer:
    """Trains one network per Config. Networks of one shape share a stack, which changes nothing but the speed.

    `history_capacity` bounds the rows of each network's history (None: every epoch is kept). All networks train on
    `split` if it is given; the Configs' data fields, their seeds aside, are then not looked at. Only every
    `measure_every`-th epoch is measured: on small data that takes longer than training, and changes no weight. A
    network stops, or is found to have diverged, only when it is measured. Raises TypeError unless given a list of
    Configs.
    """

    def __init__(
        self,
        configs: Sequence[Config],
        history_capacity: int | None = None,
        split: Split | None = None,
        measure_every: int = 1,
    ) -> None:
        configs = check_configs(configs)
        self._models = [_Model(config, split or load(config), History(history_capacity)) for config in configs]
        self._groups = [_Group(models, measure_every) for models in _same_shape(self._models)]

    @property
    def configs(self) -> list[Config]:
        """The Configs as they are now, live changes included."""
        return [model.config for model in self._models]

    @property
    def epochs(self) -> list[int]:
        """Epochs that each network has finished."""
        return [model.epoch for model in self._models]

    @property
    def done(self) -> bool:
        """Whether every network has stopped or diverged, so that `advance` does nothing."""
        return all(model.state != "training" for model in self._models)

    def advance(self, *, epochs: int | None = None, steps: int | None = None) -> None:
        """Train every network until it has finished `epochs` more epochs, or for `steps` more steps.

        Exactly one must be given (TypeError). Steps may end within an epoch; `epochs=1` then finishes that epoch.
        Finished epochs are measured into the history. A network that stops or diverges leaves the others alone.
        """
        if (epochs is None) == (steps is None):
            raise TypeError("advance() takes either epochs or steps, for example advance(epochs=1)")
        count = epochs if steps is None else steps
        if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 0:
            raise ValueError(f"advance() cannot go {count!r} {'epochs' if steps is None else 'steps'}; try 1")
        with np.errstate(all="ignore"):  # overflow is expected of a diverging network, and noticed by its loss
            for group in self._groups:
                if steps is None:
                    group.advance_epochs(int(count))
                else:
                    group.advance_steps(int(count))

    def set(self, index: int, **fields: Any) -> None:
        """Change live fields of network `index` from its next step on; what the optimizer remembers is kept.

        Raises ConfigError for an impossible value, and for a field that needs a new Trainer. A network that has
        stopped or diverged keeps the Config it ended with.
        """
        for name, value in fields.items():
            if name not in LIVE_FIELDS:
                names = sorted(LIVE_FIELDS)
                allowed = f"only {', '.join(names)} change while a network trains; for {name} make a new Trainer"
                raise ConfigError(name, value, allowed, closest(name, names))
        model = self._models[index]
        config = model.config.replace(**fields)
        if model.state == "training":
            model.config = config
            for group in self._groups:
                group.follow(model)

    def snapshot(self) -> Snapshot:
        """What can be seen now, as frozen copies: training on changes nothing in it."""
        for group in self._groups:
            group.reveal()
        models = tuple(model.snapshot() for model in self._models)
        return Snapshot(max(model.step for model in models), models)


class _Model:
    """What is known of one network besides its parameters."""

    def __init__(self, config: Config, split: Split, history: History) -> None:
        self.config, self.split, self.history = config, split, history
        self.stopping = EarlyStopping()
        self.state: State = "training"
        self.epoch = self.step = 0
        self.start_loss = np.inf
        self.stopped_epoch: int | None = None
        self.diverged_epoch: int | None = None
        self.layers: Sequence[Array] = ()
        self.norms: Sequence[Norm] = ()
        self.masks: tuple[NDArray[np.bool_], ...] = ()

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
        )


class _Group:
    """A stack with the models that train in it."""

    def __init__(self, models: Sequence[_Model], measure_every: int) -> None:
        self.models = list(models)
        self.measure_every = measure_every
        self.stack = Stack([model.config for model in models], [model.split for model in models])
        self.steps = 0
        self.best, self.sound = self.stack.w.copy(), self.stack.w.copy()
        self._measure()
        for model in models:
            model.start_loss = float(model.history.arrays()["train_loss"][0])

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
        broken = [row for row, sound in enumerate(self._finite()) if not sound]
        for row in broken:  # in an epoch that is not finished
            model = self.models[row]
            model.epoch += 1
            model.state, model.diverged_epoch = "diverged", model.epoch
        self._dismiss(broken)

    def follow(self, model: _Model) -> None:
        """Hand a model's new Config to the stack, if it trains in here."""
        for row, mine in enumerate(self.models):
            if mine is model:
                self.stack.set(row, model.config)

    def reveal(self) -> None:
        """Give every model a frozen copy of its parameters and masks."""
        w = self.stack.w.copy()
        w.setflags(write=False)
        for row, model in enumerate(self.models):
            self._freeze(model, row, w[row])

    def _step(self) -> None:
        self.stack.step()
        self.steps += 1

    def _finish_epoch(self) -> None:
        for model in self.models:
            model.epoch += 1
        self.stack.settle()
        if self.models[0].epoch % self.measure_every == 0:
            self._measure()

    def _measure(self) -> None:
        """Write the epoch into the histories, remember the best weights, let go of models that are finished."""
        w, found, leaving = self.stack.w, self.stack.measure(), []
        columns = (found.train_loss, found.val_loss, found.train_score, found.val_score, found.penalty)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        finite = self._finite() & np.isfinite(found.val_loss) & np.isfinite(found.penalty)
        for row, (model, values) in enumerate(zip(self.models, rows, strict=True)):
            train_loss, val_loss = values[:2]
            if not finite[row] or diverged(train_loss, model.start_loss):
                model.state, model.diverged_epoch = "diverged", model.epoch
                leaving.append(row)
                continue
            model.history.append(model.epoch, values)
            if model.stopping.improved(model.epoch, val_loss):
                self.best[row] = w[row]
            elif model.stopping.exhausted(model.epoch, model.config.patience):
                model.state, model.stopped_epoch = "stopped", model.epoch
                w[row] = self.best[row]
                leaving.append(row)
        self._dismiss(leaving)
        if self.models:
            np.copyto(self.sound, self.stack.w)

    def _finite(self) -> NDArray[np.bool_]:
        """Which models have finite parameters (M,). A sum is not finite if a part of it is not."""
        finite: NDArray[np.bool_] = np.isfinite(self.stack.w.sum(axis=1, dtype=np.float64))
        return finite

    def _dismiss(self, leaving: Sequence[int]) -> None:
        """Take models out of the stack that have stopped or diverged."""
        if not leaving:
            return
        for row in leaving:
            model = self.models[row]
            if model.state == "diverged":
                self.stack.w[row] = self.sound[row]
            w = self.stack.w[row].copy()
            w.setflags(write=False)
            self._freeze(model, row, w)
        staying = [row for row in range(len(self.models)) if row not in leaving]
        self.models = [self.models[row] for row in staying]
        self.best, self.sound = self.best[staying], self.sound[staying]
        if staying:
            self.stack.keep(staying)

    def _freeze(self, model: _Model, row: int, w: Array) -> None:
        layout = self.stack.layout
        model.layers, model.norms = layout.dense(w), layout.norms(w)
        model.masks, model.step = self.stack.last_masks(row), self.steps


def check_configs(configs: object) -> list[Config]:
    """`configs` as a list. Raises TypeError unless it is a list of at least one Config."""
    if isinstance(configs, Config):
        raise TypeError("expected a list of Configs, got one Config; write [config]")
    if not isinstance(configs, Iterable):
        raise TypeError(f"expected a list of Configs, got {type(configs).__name__}; write [Config(...)]")
    configs = list(configs)
    for config in configs:
        if not isinstance(config, Config):
            raise TypeError(f"expected a list of Configs, got {type(config).__name__} in it; write [Config(...)]")
    if not configs:
        raise TypeError("expected a list of at least one Config, got none; write [Config(...)]")
    return configs


def stack_limit(config: Config, split: Split) -> int:
    """How many networks of this shape at most share a stack."""
    return max(1, CACHED_PARAMETERS // ParameterLayout(layer_sizes(config, split), config.batchnorm).size)


def alike(configs: Sequence[Config], *others: str) -> list[list[int]]:
    """The places of Configs that can share a stack: they agree in `SHAPE_FIELDS`, and in some `others`."""
    places: dict[tuple[Any, ...], list[int]] = {}
    for place, config in enumerate(configs):
        key = tuple(getattr(config, name) for name in (*SHAPE_FIELDS, *others))
        places.setdefault(key, []).append(place)
    return list(places.values())


def _same_shape(models: Sequence[_Model]) -> list[list[_Model]]:
    """Models that can share a stack, in groups no larger than the cache likes."""
    groups = []
    for places in alike([model.config for model in models]):
        members = [models[place] for place in places]
        size = stack_limit(members[0].config, members[0].split)
        groups += [members[start : start + size] for start in range(0, len(members), size)]
    return groups
