"""Registries: the members of one kind (penalties, optimizers, …) by name, those that a user adds included."""

from __future__ import annotations

import re
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from keyword import iskeyword
from typing import Any, Generic, TypeVar

from .errors import ArgumentError, ConfigError
from .fields import closest
from .language import tr

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
"""What the name of a member may be: it is a Python name, and stands in links and in names of files."""


Member = TypeVar("Member")


class Titled:
    """Base of the members of registries: `title` is what people call them, their name if they say nothing else."""

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        if "name" in vars(cls) and "title" not in vars(cls):  # not the title of another member that it is made from
            cls.title = vars(cls)["name"]  # type: ignore[attr-defined]


class Registry(Mapping[str, Member], Generic[Member]):
    """Members by name, in the order in which they were added. The shipped ones stay.

    `kind` is what a member is called in messages ("penalty"). `version` grows with every change.
    """

    def __init__(self, kind: str, shipped: Iterable[tuple[str, Member]]) -> None:
        self.kind = kind
        self._members = dict(shipped)
        self.shipped = frozenset(self._members)
        self.taken: frozenset[str] = frozenset()
        self.version = 0

    def __getitem__(self, name: str) -> Member:
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, name: object) -> bool:  # like the views below: what Mapping has for it is ten times slower
        return name in self._members

    def keys(self) -> KeysView[str]:
        return self._members.keys()

    def values(self) -> ValuesView[Member]:
        return self._members.values()

    def items(self) -> ItemsView[str, Member]:
        return self._members.items()

    def __repr__(self) -> str:
        return f"Registry({self.kind!r}, {', '.join(self._members)})"

    @property
    def custom(self) -> tuple[str, ...]:
        """The names that were added."""
        return tuple(name for name in self._members if name not in self.shipped)

    def add(self, name: str, member: Member) -> None:
        """Add a member, in place of an added one of the same name. Raises ArgumentError for an impossible name."""
        self.check_name(name)
        self._members[name] = member
        self.version += 1

    def remove(self, name: str) -> None:
        """Forget a member that was added. Raises ArgumentError if there is none of that name."""
        if name not in self.custom:
            names = ", ".join(self.custom) or tr("none so far")
            allowed = tr("only what was added can be removed ({kind}): {names}", kind=self.kind, names=names)
            raise ArgumentError(self.kind, name, allowed, next(iter(self.custom), f"add_{self.kind}"))
        del self._members[name]
        self.version += 1

    def check_name(self, name: object) -> None:
        """Raise ArgumentError for a name that no member can have, or that is taken."""
        if not isinstance(name, str) or not NAME.fullmatch(name) or iskeyword(name):
            allowed = "a name has letters A to Z, digits and _, a letter first, 40 at most; no keyword"
            raise ArgumentError(self.kind, name, allowed, f"my_{self.kind}")
        if name in self.shipped or name in self.taken:
            raise ArgumentError(self.kind, name, f"the name {name!r} is taken, by regviz itself", f"my_{name}")

    def reserve(self, names: Iterable[str]) -> None:
        """Reserve names: no member may have them from now on. Raises ArgumentError if an added one has."""
        self.taken = self.taken.union(names)
        for name in self.custom:
            self.check_name(name)

    def find(self, name: str) -> Member:
        """Return the member `name`. Raises ConfigError with a similar name if there is none, as in another process."""
        if name not in self._members:
            allowed = tr(
                "this process knows no {kind} of that name; call {function} in it too",
                kind=self.kind,
                function=f"add_{self.kind}",
            )
            raise ConfigError(self.kind, name, allowed, closest(name, self._members))
        return self._members[name]
