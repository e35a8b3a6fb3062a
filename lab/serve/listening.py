"""Where a server listens: a free port, and the address at which other machines find it."""

from __future__ import annotations

import errno
import os
import socket

EVERYWHERE = ("", "0.0.0.0", "::")
"""Hosts that mean every address of this machine."""


BACKLOG = 128
"""Visitors who may wait to be let in, as tornado has it."""


def port_of(sockets: list[socket.socket]) -> int:
    """Return the port that all of `sockets` listen on."""
    return int(sockets[0].getsockname()[1])


def listen(host: str, port: int, tries: int = 50) -> list[socket.socket]:
    """Listen on the first port from `port` on that nobody listens on at `host`; on any free one if `port` is 0.

    Returns one socket for each address of `host`, all of one port. A server takes these: a port that was only looked at
    is taken by another server that starts at the same time. Raises SystemExit, with a sentence for the person at the
    terminal, if `host` is not this machine, if the port is reserved, or if none of `tries` ports is free.
    """
    addresses = resolve(host)
    last = min(port + tries - 1, 65535)
    for candidate in range(port, last + 1) if port else [0] * tries:
        try:
            return _listen(host, addresses, candidate)
        except OSError as error:
            if error.errno == errno.EACCES:
                raise SystemExit(f"Port {candidate} is reserved for the system; give one from 1024 on.") from None
            if error.errno != errno.EADDRINUSE:
                raise SystemExit(f"The server cannot listen on {host}: {error.strerror}.") from None
    raise SystemExit(f"No port from {port} to {last} is free on {host}.")


def resolve(host: str) -> list[tuple[socket.AddressFamily, str]]:
    """Return the addresses that `host` stands for. Raises SystemExit if it cannot be resolved."""
    try:
        found = socket.getaddrinfo(host or None, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise SystemExit(
            f"The host {host!r} cannot be resolved. Give an address of this machine, such as 127.0.0.1, "
            "or 0.0.0.0 for everybody."
        ) from None
    return [(family, str(address[0])) for family, _, _, _, address in found]


def outward_address(host: str) -> str | None:
    """Return the numeric address of this machine on its network, of the family of `host`, or None if it has none.

    Names of machines are often known to themselves alone. Nothing is sent: connecting a datagram socket only asks the
    routing table, here for an address that is reserved for documentation (RFC 5737, RFC 3849).
    """
    six = ":" in host
    with socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("2001:db8::1" if six else "192.0.2.1", 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])


def _listen(host: str, addresses: list[tuple[socket.AddressFamily, str]], port: int) -> list[socket.socket]:
    """Listen on each address that this machine has. Raises OSError, and listens on none then."""
    sockets: list[socket.socket] = []
    for family, address in dict.fromkeys(addresses):
        try:
            one = socket.socket(family)
        except OSError:  # A machine without IPv6.
            continue
        sockets.append(one)
        if os.name != "nt":  # there it would take a port from who has it
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.setblocking(False)
        try:
            one.bind((address, port))
            one.listen(BACKLOG)
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                sockets.pop().close()
                continue
            for each in sockets:
                each.close()
            raise
        port = port_of(sockets)
    if not sockets:
        raise SystemExit(
            f"{host} is not an address of this machine. Give one that is, such as 127.0.0.1, or 0.0.0.0 for everybody."
        )
    return sockets
