"""Custom members: which penalties, optimizers and activations Configs use, and how workers come by them."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from .config import Config
from .data.custom import CustomData, custom_data, enter
from .errors import ConfigError
from .optim.custom_penalties import add_penalty as add_penalty
from .optim.penalties import PENALTIES, used
from .registry import Registry
from .run import Run
from .specifications import MEMBERS

REGISTRIES: dict[str, Registry[Any]] = {"penalty": PENALTIES, **MEMBERS}
"""What can be added, by kind: `add_penalty` adds to "penalty"."""

Train = Callable[[Sequence[Config]], list[Run]]


class Member(NamedTuple):
    """A custom member: its kind, its name, what it is, and the Config field and value that name it."""

    kind: str
    name: str
    member: Any
    field: str
    value: Any


def custom_members(configs: Iterable[Config]) -> list[Member]:
    """Return the custom members that some Configs use, each once. Raises ConfigError for one that this process
    lacks.
    """
    found: dict[tuple[str, str], Member] = {}
    for config in configs:
        named = [("penalty", name, name) for name in used(config)]
        named += [(field, getattr(config, field), field) for field in MEMBERS]
        for kind, name, field in named:
            if name not in REGISTRIES[kind].shipped:
                member = Member(kind, name, REGISTRIES[kind].find(name), field, getattr(config, field))
                found.setdefault((kind, name), member)
    return list(found.values())


def carried(train: Train, configs: Sequence[Config]) -> Train:
    """Return `train` itself, or with the custom data and members that `configs` need, for workers in other
    processes.
    """
    names = sorted({config.data for config in configs})
    data = tuple([data for name in names if (data := custom_data(name)) is not None])
    members = tuple([_packed(member) for member in custom_members(configs)])
    return Carried(train, data, members) if data or members else train


def packed_members() -> tuple[Packed, ...]:
    """Return every custom member of this process, as it travels."""
    return tuple(
        _packed(Member(kind, name, registry[name], name if kind == "penalty" else kind, None))
        for kind, registry in REGISTRIES.items()
        for name in registry.custom
    )


def unpack_missing(members: Iterable[Packed], used: Set[Any]) -> None:
    """Add those members that this process lacks. Raises ConfigError for one that is `used` and did not arrive."""
    for packed in members:
        if packed.name not in REGISTRIES[packed.kind]:
            try:
                _unpack(packed)
            except ConfigError:
                if packed.name in used:
                    raise


@dataclass(frozen=True, slots=True)
class Packed:
    """A member as bytes, or why it cannot be pickled."""

    kind: str
    name: str
    content: bytes
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """`train` with what it needs in a process that may not have it."""

    train: Train
    data: tuple[CustomData, ...]
    members: tuple[Packed, ...]

    def __call__(self, configs: Sequence[Config]) -> list[Run]:
        for data in self.data:
            enter(data, replace=True)
        for packed in self.members:
            _unpack(packed)
        return self.train(configs)


def _packed(member: Member) -> Packed:
    """By cloudpickle where it is installed, which also takes what is defined in a notebook."""
    try:
        from cloudpickle import dumps  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        dumps = pickle.dumps
    try:
        return Packed(member.kind, member.name, dumps(member.member))
    except Exception as error:
        return Packed(member.kind, member.name, b"", f"it cannot be pickled ({error})")


def _unpack(packed: Packed) -> None:
    """Add a member to this process; one that cannot be read will do if the process has it already, as after a fork."""
    registry, reason = REGISTRIES[packed.kind], packed.reason
    if not reason:
        try:
            registry.add(packed.name, pickle.loads(packed.content))
            return
        except Exception as error:
            reason = f"its class is not to be found in this process ({error})"
    if packed.name not in registry:
        allowed = (
            f"the custom {packed.kind} did not reach a worker: {reason}. Install cloudpickle, or define it as a class "
            f"in a module that workers can import, or call add_{packed.kind} in each (initializer= of the executor)"
        )
        raise ConfigError(packed.kind, packed.name, allowed, next(iter(registry)))
