"""Trainer: networks that train side by side, as far as they are asked to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..config import DATA_FIELDS, LIVE_FIELDS, SHAPE_FIELDS, Config, check_known
from ..data.datasets import Split, load
from ..errors import ArgumentError, ConfigError
from ..fields import closest
from .group import Group, Model
from .history import LEAST_CAPACITY, History
from .parameters import ParameterLayout
from .snapshot import Snapshot

CACHED_PARAMETERS = 150_000
"""A stack holds about this many parameters at most: larger ones fall out of the processor's cache."""


POINT_FIELDS = tuple(name for name in DATA_FIELDS if name != "seed")
"""What an exchange of points may change: all that decides them but the seed, which decides other things too."""


class Trainer:
    """Trains one network per Config. Networks of one shape share a stack, which changes nothing but the speed.

    `history_capacity` bounds the rows of each network's history (None: every epoch is kept). All networks train on
    `split` if it is given; the Configs' data fields, their seeds aside, are then not looked at. Only every
    `measure_every`-th epoch is measured: on small data that takes longer than training, and changes no weight. A
    snapshot measures the epoch that it shows, if no row of the history does (`ModelSnapshot.now`). A network stops, or
    is found to have diverged, only when it is measured. Raises TypeError unless given a list of Configs, and
    ArgumentError for an impossible capacity or `measure_every`.
    """

    def __init__(
        self,
        configs: Sequence[Config],
        history_capacity: int | None = None,
        split: Split | None = None,
        measure_every: int = 1,
    ) -> None:
        configs = check_configs(configs)
        _check_whole("measure_every", measure_every, 1, suggestion=1)
        if history_capacity is not None:
            _check_whole("history_capacity", history_capacity, LEAST_CAPACITY, suggestion=2000)
        self._measure_every = measure_every
        self._models = [Model(config, split or load(config), History(history_capacity)) for config in configs]
        with np.errstate(all="ignore"):  # as in `advance`: a loss that is not finite is noticed
            self._groups = [Group.started(models, measure_every) for models in _same_shape(self._models)]

    @property
    def configs(self) -> list[Config]:
        """The Configs as they are now, live changes included."""
        return [model.config for model in self._models]

    @property
    def epochs(self) -> list[int]:
        """Epochs that each network has finished."""
        return [model.epoch for model in self._models]

    @property
    def common_epoch(self) -> int:
        """As of its snapshots: epochs that every network which still trains has finished."""
        training = (model.epoch for model in self._models if model.state == "training")
        return min(training, default=max(self.epochs))

    @property
    def done(self) -> bool:
        """Whether every network has stopped or diverged, so that `advance` does nothing."""
        return all(model.state != "training" for model in self._models)

    def advance(self, *, epochs: int | None = None, steps: int | None = None) -> None:
        """Train every network until it has finished `epochs` more epochs, or for `steps` more steps.

        Steps may end within an epoch; `epochs=1` then finishes that epoch. Finished epochs are measured into the
        history. A network that stops or diverges leaves the others alone. Raises TypeError unless exactly one of the
        two is given, and ValueError if it is none that one can go.
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

    def set(self, index: int, *, goes_on: bool = False, **fields: Any) -> None:
        """Change live fields of network `index` from its next step on; what the optimizer remembers is kept.

        Once it has taken a step, its history tells of it (`ModelSnapshot.turns`); with `goes_on` as of one turn with
        the last one of the same field, where a slider is dragged.

        Raises ArgumentError unless `index` is one of 0 to M − 1, and ConfigError for an impossible value, a field that
        does not exist, and one that needs a new Trainer. A network that has
        stopped trains on, as if it had never stopped, if its patience is no longer exhausted with these fields; until
        then it keeps the Config it ended with, `restore_best` aside, which says what weights it has. One that has
        diverged keeps its Config.
        """
        count = len(self._models)
        if isinstance(index, bool) or not isinstance(index, (int, np.integer)) or not 0 <= index < count:
            raise ArgumentError("index", index, f"allowed is the number of a network, from 0 to {count - 1}", 0)
        for name, value in fields.items():
            check_known(name, value)
            if name not in LIVE_FIELDS:
                names = sorted(LIVE_FIELDS)
                allowed = f"only {', '.join(names)} change while a network trains; for {name} make a new Trainer"
                raise ConfigError(name, value, allowed, closest(name, names))
        model = self._models[index]
        config = model.config.replace(**fields)
        if model.state == "training":
            if self._begun(model):
                model.turned(config, goes_on=goes_on)
            model.config = config
            for group in self._groups:
                group.follow(model)
        elif model.state == "stopped" and model.parked is not None:
            if model.waits(config):
                model.turned(config, goes_on=goes_on)
                self._groups.append(Group.resumed(model, config, self._measure_every))
            else:
                model.config = model.config.replace(restore_best=config.restore_best)
                model.come_to_rest()

    def exchange(self, configs: Sequence[Config], *, goes_on: bool = False) -> None:
        """Train on with other points: each network by its new Config, which may differ in data fields alone.

        Weights, epochs and what the optimizers remember stay. From here on batches are drawn as by a new Trainer with
        these Configs, and the best epoch is sought anew, so that a network which has stopped trains on; one that has
        diverged does not. Once training has begun, the histories tell of it (`ModelSnapshot.turns`), with `goes_on` as
        of one with the exchange before. Raises ConfigError for a field by which they need a new Trainer, also where
        networks of one shape would have different numbers of points, and ArgumentError unless there is a Config for
        each network. What is refused changes nothing.
        """
        configs = [config.replace() for config in check_configs(configs)]  # raises for what was removed since
        if (refused := self._refused(configs)) is not None:
            raise refused
        for model, config in zip(self._models, configs, strict=True):
            if model.state == "stopped" and model.parked is not None:
                # On its own points, which it then exchanges as one that never stopped: its masks fit their batches.
                self._groups.append(Group.resumed(model, model.config, self._measure_every))
            model.exchange(config, load(config), begun=self._begun(model), goes_on=goes_on)
        with np.errstate(all="ignore"):
            for group in self._groups:
                group.exchange()

    def exchanges(self, configs: Sequence[Config]) -> bool:
        """Return whether `exchange` takes these Configs: the networks fit the data, and nothing else is to change."""
        return self._refused(configs) is None

    def _refused(self, configs: Sequence[Config]) -> ConfigError | ArgumentError | None:
        """What an exchange by these Configs is refused for; None if it is not."""
        count = len(self._models)
        if len(configs) != count:
            return ArgumentError("len(configs)", len(configs), "an exchange takes one Config for each network", count)
        pairs = list(zip(self._models, configs, strict=True))
        for model, config in pairs:
            old, new = model.config.to_dict(), config.to_dict()
            for name in [*new, *(old.keys() - new.keys())]:  # a penalty may have been removed
                if new.get(name) != old.get(name) and name not in POINT_FIELDS:
                    way = "`set` changes it" if name in LIVE_FIELDS else "for another one make a new Trainer"
                    allowed = f"an exchange changes {', '.join(POINT_FIELDS)} alone; {way}"
                    return ConfigError(name, new.get(name), allowed, old.get(name))
            if _kind(load(config)) != _kind(model.split):
                name = "decoys" if new["data"] == old["data"] and new["decoys"] != old["decoys"] else "data"
                allowed = "a network trains on with as many inputs and the same answers; for others make a new Trainer"
                return ConfigError(name, new[name], allowed, old[name])
        given = {id(model): config for model, config in pairs}
        for group in self._groups:
            for config in [given[id(model)] for model in group.models]:
                first = given[id(group.models[0])]
                if _counts(load(config)) != _counts(load(first)):  # one stack goes through its batches as one
                    name = "n_train" if config.n_train != first.n_train else "data"
                    allowed = "networks of one shape have as many points each; else make a new Trainer"
                    return ConfigError(name, getattr(config, name), allowed, getattr(first, name))
        return None

    def _begun(self, model: Model) -> bool:
        """Whether a network has taken a step."""
        return model.epoch > 0 or any(model in group.models and group.steps > 0 for group in self._groups)

    def snapshot(self) -> Snapshot:
        """Return what can be seen now, as frozen copies: training on changes nothing in it."""
        for group in self._groups:
            group.reveal()
        return self._seen()

    def final(self) -> Snapshot:
        """Return what training ends with here: as `snapshot`, but with the best epoch's weights of every network that
        has a patience, unless it has `restore_best=False`. The Trainer itself can train on."""
        for group in self._groups:
            group.reveal(final=True)
        return self._seen()

    def _seen(self) -> Snapshot:
        models = tuple(model.snapshot() for model in self._models)
        return Snapshot(max(model.step for model in models), models)


def _kind(split: Split) -> tuple[str, int, int]:
    """What a network is made for."""
    return split.task, split.n_features, split.n_classes


def _counts(split: Split) -> tuple[int, int]:
    """How many points train and validate."""
    return len(split.y_train), len(split.y_val)


def _check_whole(name: str, value: object, least: int, *, suggestion: int) -> None:
    """Raise ArgumentError unless `value` is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ArgumentError(name, value, f"allowed is a whole number from {least}", suggestion)


def check_configs(configs: object) -> list[Config]:
    """Return `configs` as a list. Raises TypeError unless it is a list of at least one Config."""
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
    """Return how many networks of this shape at most share a stack."""
    return max(1, CACHED_PARAMETERS // ParameterLayout.of(config, split).size)


def alike(configs: Sequence[Config], *others: str) -> list[list[int]]:
    """Return the places of Configs that can share a stack: they agree in `SHAPE_FIELDS`, and in some `others`."""
    places: dict[tuple[Any, ...], list[int]] = {}
    for place, config in enumerate(configs):
        key = tuple(getattr(config, name) for name in (*SHAPE_FIELDS, *others))
        places.setdefault(key, []).append(place)
    return list(places.values())


def _same_shape(models: Sequence[Model]) -> list[list[Model]]:
    """Models that can share a stack, in groups no larger than the cache likes."""
    groups = []
    for places in alike([model.config for model in models]):
        members = [models[place] for place in places]
        size = stack_limit(members[0].config, members[0].split)
        groups += [members[start : start + size] for start in range(0, len(members), size)]
    return groups
