"""Tables of Config fields that grow with the penalties that are added."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any

from .fields import Field
from .language import SOURCE, speaking
from .registry import Registry


class FieldTable(Mapping[str, Field]):
    """The specification of every field by name: the shipped ones, and one that `make` writes for each added member.

    Added members stand behind the shipped ones of their registry.
    """

    def __init__(self, shipped: Mapping[str, Field], registry: Registry[Any], make: Callable[[str], Field]) -> None:
        self._shipped, self._registry, self._make = dict(shipped), registry, make
        self._last = [name for name in shipped if name in registry.shipped][-1]
        self._version = -1
        self._fields: dict[str, Field] = {}

    def __getitem__(self, name: str) -> Field:
        return self._now()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def _now(self) -> dict[str, Field]:
        if self._version != self._registry.version:
            version, fields = self._registry.version, dict[str, Field]()
            for name, field in self._shipped.items():
                fields[name] = field
                if name == self._last:
                    fields |= {added: self._make(added) for added in self._registry.custom}
            self._fields, self._version = fields, version  # whole, since other threads may read it
        return self._fields


class Names(Set[str]):
    """The names of those fields of a table of which something is true, in its order."""

    def __init__(self, table: Mapping[str, Field], chosen: Callable[[Field], Any]) -> None:
        self._table, self._chosen = table, chosen

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._table and bool(self._chosen(self._table[name]))

    def __iter__(self) -> Iterator[str]:
        return (name for name, field in self._table.items() if self._chosen(field))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"{{{', '.join(self)}}}"

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> Any:
        return frozenset(it)


class Told:
    """An attribute of a class that is made whenever somebody looks: what a table of fields says changes with it."""

    def __init__(self, tell: Callable[[], Any]) -> None:
        self._tell = tell

    def __get__(self, instance: object, owner: object = None) -> Any:
        return self._tell()


def documented(about: str | None, table: Mapping[str, Field]) -> str:
    """Return `about` with two lines below it for each field: what it is, and its default and what it allows."""
    lines = [about or ""]
    with speaking(SOURCE):
        for name, field in table.items():
            lines += [f"    {name:<16} {field.help}", f"{'':<21} default {field.default!r}; {field.kind.allowed}"]
    return "\n".join(lines)


def signature(table: Mapping[str, Field], annotations: Mapping[str, Any]) -> inspect.Signature:
    """Return the signature of a class that takes the fields by name; those added later are annotated as "PerLayer"."""
    return inspect.Signature(
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=annotations.get(name, "PerLayer"),
            )
            for name, field in table.items()
        ]
    )
