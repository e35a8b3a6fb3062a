"""Words that are tried: so many wrong ones from an address and from all together, and then none is looked at.

What is right costs nothing, so that a hall behind one address is let in however many they are. The price is that who
tries shuts the door for others behind the same address, and for no longer than it goes on; nobody else notices.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable

from .gate import Bucket

MEMORY = 3600.0
"""Seconds after its last wrong word for which an address is known."""

MOST_KNOWN = 5_000
"""Addresses that are known at the same time."""


class Tries:
    """Wrong words. `most` and `a_second` are those of an address, `all_most` and `all_a_second` those of everybody.

    Where all together have tried too often, an address that has had no wrong word within the hour may still try.
    """

    def __init__(
        self,
        most: float,
        a_second: float,
        all_most: float,
        all_a_second: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._rate, self._clock = most, a_second, clock
        self._known: dict[str, tuple[Bucket, float]] = {}
        self._all = Bucket(all_most, all_a_second, clock)

    def allowed(self, address: str) -> bool:
        """Return whether a word from this address is looked at. Ask before you look."""
        known = self._known.get(network(address))
        if known is None or self._clock() - known[1] > MEMORY:
            return len(self._known) < MOST_KNOWN or self._all.has(1)
        return known[0].has(1) and self._all.has(1)

    def wrong(self, address: str) -> None:
        """Note that a word from this address was wrong."""
        name, now = network(address), self._clock()
        known = self._known.pop(name, None)
        bucket = known[0] if known and now - known[1] <= MEMORY else Bucket(self._most, self._rate, self._clock)
        bucket.take(1)
        self._all.take(1)
        for other, (_, last) in list(self._known.items()):  # the one that guessed longest ago comes first
            if now - last <= MEMORY and len(self._known) < MOST_KNOWN:
                break
            del self._known[other]
        self._known[name] = bucket, now


def network(address: str) -> str:
    """Return what an address counts as: whoever has one of IP's version 6 has 2⁶⁴ of them."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.IPv6Network((found, 64), strict=False).network_address)
    return str(found)
