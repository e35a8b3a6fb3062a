"""The code of a lecture is short, so it can be tried: who is asked for, and how often.

There are 19⁶ = 47 million codes. In a lecture of two hours one address may try 3,640 wrong ones, which finds a given
room with odds of 1 to 13,000; all addresses together, 46,000, with odds of 1 to 1,000. What is right costs nothing, so
that a hall behind one address is let in however many they are. While somebody behind that address tries code after
code, those who type the right one are refused with them. Whoever is in already stays, and who comes by the QR code is
let in: its link has six letters more, which nobody can try out.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from typing import Any

from tornado.web import HTTPError

from ..access.tries import Tries
from .room import Room
from .rooms import LENGTH, LETTERS, Rooms, normal

WRONG = (40, 0.5, 400, 5.0)
"""Codes that are none: at once and each second, from an address and from all together."""

VOTER = "regviz-voter"
"""What the cookie is called by which a browser has one voice; two servers on a machine have different ones."""


class Codes:
    """Finds rooms for those who have their codes."""

    def __init__(self, rooms: Rooms, clock: Callable[[], float] = time.monotonic) -> None:
        self._rooms, self._tries = rooms, Tries(*WRONG, clock)

    def find(self, handler: Any, code: str) -> Room | None:
        """Return the room that a browser asks for, None if there is none.

        Raises HTTPError 429 and does not look if too many wrong codes came from its address.
        """
        code = normal(code)
        short, more, address = code[:LENGTH], code[LENGTH:], str(handler.request.remote_ip)
        sure = len(more) == LENGTH or self.browser(handler)[1] == short
        if not sure and not self._tries.allowed(address):
            raise HTTPError(429, reason="Too many wrong codes")
        room = self._rooms.find(short)
        if room is not None and more and not secrets.compare_digest(more.encode(), sure_letters(room).encode()):
            room = None
        if room is None and not sure:
            self._tries.wrong(address)
        return room

    def browser(self, handler: Any) -> tuple[str, str]:
        """Return a browser's name and the code of the room that it was let into last, as its cookie says; "" for none.

        It is signed: a voice takes a visit.
        """
        kept = handler.get_signed_cookie(f"{VOTER}-{handler.settings['regviz'].port}")
        name, _, code = (kept or b"").decode().partition(" ")
        return name, code

    def remember(self, handler: Any, room: Room) -> None:
        """Let a browser keep its name, or a new one, and that it was let into this room.

        The name is random, says nothing else and is stored nowhere. "Lax", since who comes by a link in a mail or in
        another site's page is to have the name that it had: with "Strict" the browser would not show it, be given
        another, and have two voices.
        """
        name, code = self.browser(handler)
        if code != room.code:
            handler.set_signed_cookie(
                f"{VOTER}-{handler.settings['regviz'].port}",
                f"{name or secrets.token_hex(16)} {room.code}",
                expires_days=None,
                path=handler.base_url,
                httponly=True,
                samesite="Lax",
                secure=handler.request.protocol == "https",
            )


def sure_letters(room: Room) -> str:
    """Return what follows the code of a room in the link of its QR code."""
    return "".join(LETTERS[byte % len(LETTERS)] for byte in hashlib.sha256(room.token.encode()).digest()[:LENGTH])
