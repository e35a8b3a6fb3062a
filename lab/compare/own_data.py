"""Whose rows a name stands for: all labs of a process share its data sets, and each keeps the rows that it was given.

A lab that brings data takes the name that they would have, unless code has given it to others or another lab lives on
it: then it takes the next one, "custom_2". What no lab holds any more may be replaced, and goes with the lab.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from threading import RLock
from typing import NamedTuple
from weakref import WeakKeyDictionary

from regviz.data.custom import SHIPPED, CustomData, custom_data, enter, remove_data
from regviz.data.raw import CUSTOM, Raw


@dataclass(eq=False)
class _Holding:
    """Rows by name: those that a session trains on `now`, and its `own`, to which a person may come back."""

    now: dict[str, Raw] = field(default_factory=dict)
    own: dict[str, Raw] = field(default_factory=dict)
    ended: bool = False

    def has(self, name: str, raw: Raw) -> bool:
        return self.now.get(name) is raw or self.own.get(name) is raw


class Brought(NamedTuple):
    """What data are called that a lab has brought, and what that name stood for before."""

    name: str
    before: CustomData | None


LONGEST = 36
"""Letters of a name that leave room for a number: a name has up to 40."""

_lock = RLock()
_holdings: WeakKeyDictionary[object, _Holding] = WeakKeyDictionary()
_brought: dict[str, Raw] = {}
"""What labs have added; what code has added is never replaced or taken away here."""
_left_alone: set[str] = set()
"""Names of `_brought` that no session has held yet: the one that they are for may still be made."""


def bring(
    name: str,
    make: Callable[[str], CustomData],
    session: object | None = None,
    *,
    leaving: Collection[object] = (),
    beside: bool = False,
) -> Brought:
    """Add the data that `make` returns for a name: `name` itself, or the next one that nobody else lives on.

    session   whose data they are; what it alone holds it may replace. None: nobody's yet
    leaving   sessions whose labs are about to end; they keep no name
    beside    take no name from anybody, not even one that nobody lives on

    The same data share a name. Raises what `make` raises, and adds nothing then.
    """
    with _lock:
        for free in _names(name):
            data, before = make(free), custom_data(free)
            same = before is not None and before.same_as(data)
            if before is not None and not same and (beside or not _may_go(free, before.raw, session, leaving)):
                continue
            enter(data, replace=True)
            if not same:
                _brought[free] = CUSTOM[free]
                _left_alone.add(free)
            if session is not None:
                hold(session, free)
            return Brought(free, before)
    raise AssertionError("there is always another name")


def put_back(session: object, brought: Brought) -> None:
    """Undo what `bring` did for `session`, which could not train on it."""
    name, before = brought
    with _lock:
        remove_data(name)
        if before is None:
            _brought.pop(name, None)
            _of(session).own.pop(name, None)
            return
        enter(before)
        if name in _brought:
            _brought[name] = before.raw
        hold(session, name)


def hold(session: object, name: str) -> None:
    """Note that custom data are `session`'s own: they keep their name as long as its lab lives."""
    with _lock:
        if (raw := CUSTOM.get(name)) is not None:
            _of(session).own[name] = raw
            _left_alone.discard(name)


def train_on(session: object, names: Iterable[str]) -> None:
    """Note what `session` trains on now."""
    with _lock:
        _of(session).now = {name: CUSTOM[name] for name in names if name in CUSTOM}
        _left_alone.difference_update(_of(session).now)


def is_others(name: str, session: object) -> bool:
    """Return whether another living session holds the data of this name, and `session` does not."""
    raw = CUSTOM.get(name)
    return raw is not None and not _of(session).has(name, raw) and _lived_on(name, raw, (session,))


def end(session: object) -> None:
    """Note that `session`'s lab has ended: others may have the names of its data."""
    with _lock:
        _of(session).ended = True


def take_away() -> None:
    """Take away what labs have brought and no session holds that is still in memory."""
    with _lock:
        holdings = list(_holdings.values())
        for name, raw in list(_brought.items()):
            known = CUSTOM.get(name) is raw
            if known and (name in _left_alone or any(holding.has(name, raw) for holding in holdings)):
                continue
            if known:
                remove_data(name)
            del _brought[name]
            _left_alone.discard(name)


def _names(name: str) -> Iterator[str]:
    """`name` and those that are tried after it, no shipped one among them."""
    tried = (name if n == 1 else f"{name[:LONGEST]}_{n}" for n in count(1))
    return (each for each in tried if each not in SHIPPED)


def _may_go(name: str, raw: Raw, session: object | None, leaving: Collection[object]) -> bool:
    """Whether the rows that have this name may make room for others."""
    but = leaving if session is None else (session, *leaving)
    return _brought.get(name) is raw and not _lived_on(name, raw, but)


def _lived_on(name: str, raw: Raw, but: Collection[object]) -> bool:
    holdings = list(_holdings.items())
    return any(its.has(name, raw) and not its.ended for session, its in holdings if session not in but)


def _of(session: object) -> _Holding:
    return _holdings.setdefault(session, _Holding())
