"""Reads what a lesson's page says, word for word, and holds each number and each comparison against the networks.

A sentence is read by the pattern that fits it from its first sign to its last; a sentence that none fits is a fault, so
that nothing goes unread. A pattern's reader names for each number in it what that should be, worked out by `reckoning`,
and for each comparison ("does worse than", "keeps the accuracy") the inequality that it claims. A number is right if it
is what that value rounds to at as many digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from checker.reckoning import Reckoned, common_epoch
from regviz.lab import Lane

N = r"[+−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+−]?\d+)?|—"
P = r"(?:[<>]?−?\d+(?:\.\d+)?\u00a0%|—)"
"""A number, and a share in percent, as pages show them."""

Claim = tuple[Any, Any]
"""A number's text and the value it should be; or what is claimed, and whether it is so."""


@dataclass
class Seen:
    """What is on the page: the networks by their lanes' names, in order.

    sets  the networks of all training sets by lane, where the question is of these
    lane  the one lane that the evidence looks at, for sentences that do not name it
    """

    lanes: Sequence[Lane]
    networks: Mapping[str, Reckoned]
    sets: Mapping[str, Sequence[Reckoned]] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def one(self) -> Reckoned:
        """The network that the evidence looks at."""
        return self.networks[self.given["lane"]]

    @property
    def epoch(self) -> int:
        """The epoch that all networks have, or had when they ended."""
        return common_epoch(its.model for its in self.networks.values())


Reader = Callable[[re.Match[str], Seen], Iterator[Claim]]

READERS: dict[str, list[tuple[str, Reader]]] = {"observation": [], "headline": []}


def reads(pattern: str, where: str = "observation") -> Callable[[Reader], Reader]:
    """Enter a reader of sentences: N, P and LANE in `pattern` stand for a number, a share and a lane's name."""

    def enter(reader: Reader) -> Reader:
        READERS[where].append((pattern, reader))
        return reader

    return enter


@lru_cache(maxsize=512)
def compiled(pattern: str, names: tuple[str, ...]) -> re.Pattern[str]:
    """A reader's pattern for lanes of these names."""
    names = tuple({*names, *(name[:1].upper() + name[1:] for name in names)})  # as a sentence begins
    lane = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    for word, its in (("LANE", f"(?:{lane})"), ("N", f"({N})"), ("P", f"({P})")):
        pattern = re.sub(rf"\b{word}\b", lambda _, its=its: its, pattern)
    return re.compile(pattern)


def read(text: str, seen: Seen, where: str = "observation") -> tuple[int, list[str]]:
    """Read all of `text`; how many numbers and comparisons were held against the networks, and what is wrong."""
    names, rest, count, wrong = tuple(lane.name for lane in seen.lanes), text.strip(), 0, []
    while rest:
        found = [
            (match, reader) for pattern, reader in READERS[where] if (match := compiled(pattern, names).match(rest))
        ]
        if not found:
            return count, [*wrong, f"nobody can read {rest!r}"]
        match, reader = max(found, key=lambda pair: pair[0].end())
        for said, value in reader(match, seen):
            count += 1
            if not holds(said, value):
                wrong.append(f"{said!r} is {value!r} in {match.group()!r}")
        rest = rest[match.end() :].strip()
    return count, wrong


def holds(said: Any, value: Any) -> bool:
    """Whether `said`, a number or a share as text, is what `value` rounds to; or whether a claim, a bool, is true."""
    if isinstance(value, bool):
        return value
    if not isinstance(said, str):
        return bool(said == value)
    text = said.replace("\u00a0", "").replace("−", "-").replace(",", "").removeprefix("+")
    if text == "—":
        return value != value or value in (float("inf"), float("-inf"))
    if text.endswith("%"):
        text, value = text[:-1], 100 * value
    if text[0] in "<>":
        bound = float(text[1:])
        return 0 < value < bound * 1.001 if text[0] == "<" else bound * 0.999999 < value < 100
    mantissa, _, exponent = text.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(float(text) - value) <= 0.53 * unit + 2e-4 * abs(value) + 2e-7  # the networks are float32


def pairs(text: str, pattern: str, names: Sequence[str]) -> list[tuple[str, ...]]:
    """All parts of a list that fit `pattern`, as their groups."""
    return [tuple(match.groups()) for match in compiled(pattern, tuple(names)).finditer(text)]


def named(seen: Seen) -> list[str]:
    """The lanes' names."""
    return [lane.name for lane in seen.lanes]
