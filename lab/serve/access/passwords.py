"""Passwords: one for everybody, one for those who present. Both are optional, and the second opens all doors.

A browser that has given one has a signed cookie. Its key is made from the passwords, so that it outlives a restart and
ends when a password is changed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

import tornado.web
from voila.voila_identity_provider import VoilaIdentityProvider

from regviz.language import en

from ..pages.pages import Friendly
from ..saying import say
from ..settings import Settings
from .tries import Tries

GUESSES = (20, 0.1, 300, 1.0)
"""Wrong passwords: at once and each second, from an address and from all together. One address has 380 in the first
hour, all together 9,000: a word of a dictionary falls within hours, eight letters that mean nothing never."""

NO_COOKIES = en("This browser keeps no cookies, which the password needs. Allow them for this page, and try again.")

TOO_OFTEN = en("Too many wrong passwords came from your network. Try again in a minute.")

DAYS = 30
"""A browser is known for as long as that."""


def key(settings: Settings) -> bytes | None:
    """Return the key that cookies are signed with; None without passwords, when any will do."""
    if not (settings.password or settings.lecturer_password):
        return None
    words = f"{settings.password}\0{settings.lecturer_password}".encode()
    return hashlib.scrypt(words, salt=f"regviz {settings.port}".encode(), n=2**14, r=8, p=1)


def role(handler: tornado.web.RequestHandler) -> str:
    """Return what the browser behind `handler` has shown to be: "lecturer", "guest", or "" for neither.

    Raises HTTPError 429 for a password of HTTP's Basic authentication that comes after too many wrong ones.
    """
    settings: Settings = handler.settings["regviz"]
    if not (settings.password or settings.lecturer_password):
        return ""
    cookie = handler.get_signed_cookie(_cookie(settings), max_age_days=DAYS)
    if cookie in (b"lecturer", b"guest"):
        return cookie.decode()
    kind, _, given = handler.request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":  # programs that read /metrics
        return ""
    known: str | None = getattr(handler, "_basic_role", None)  # a request asks several times
    if known is None:
        try:
            word = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except ValueError:
            word = ""
        handler._basic_role = ""  # type: ignore[attr-defined]
        handler._basic_role = known = checked(handler, word)  # type: ignore[attr-defined]
    return known


def checked(handler: tornado.web.RequestHandler, password: str) -> str:
    """Return the role that a password gives which came with a request; "" if it is none.

    Raises HTTPError 429, and does not look at it, if too many wrong ones have come before.
    """
    settings: Settings = handler.settings["regviz"]
    tries: Tries = handler.settings.setdefault("tries", Tries(*GUESSES))
    address = str(handler.request.remote_ip)
    if not tries.allowed(address):
        raise tornado.web.HTTPError(429, reason="Too many wrong passwords")
    for name, wanted in (("lecturer", settings.lecturer_password), ("guest", settings.password)):
        if wanted and hmac.compare_digest(password.encode(), wanted.encode()):
            return name
    tries.wrong(address)
    say(f"A wrong password came from {address}.", "password")
    return ""


def may_enter(handler: tornado.web.RequestHandler) -> bool:
    """Return whether the browser behind `handler` may see the server's pages."""
    return not handler.settings["regviz"].password or bool(role(handler))


def may_present(handler: tornado.web.RequestHandler) -> bool:
    """Return whether the browser behind `handler` may present a lab to others."""
    try:
        if handler.settings["regviz"].lecturer_password:
            return role(handler) == "lecturer"
        return may_enter(handler)
    except tornado.web.HTTPError:  # too many guesses
        return False


def _cookie(settings: Settings) -> str:
    return f"regviz-door-{settings.port}"


class Visitors(VoilaIdentityProvider):
    """Everybody is a visitor without a name, once the password was given where there is one."""

    def get_user(self, handler: tornado.web.RequestHandler) -> Any:
        """Return the visitor behind a request; None if the password is missing."""
        return super().get_user(handler) if may_enter(handler) else None


class Login(Friendly):
    """The page that asks for the password."""

    @property
    def query(self) -> str:
        """The page that one wants to go to may ask for a language, too."""
        return f"{self.request.query}&{urlsplit(self._next()).query}"

    async def prepare(self) -> None:
        """Let whoever has no password see this page; without passwords there is none."""
        self.current_user = self._jupyter_current_user = None
        settings: Settings = self.settings["regviz"]
        if not (settings.password or settings.lecturer_password):
            raise tornado.web.HTTPError(404)
        if self.request.method == "POST":
            try:
                self.check_xsrf_cookie()
            except tornado.web.HTTPError as error:
                self.set_status(error.status_code)
                self._ask(wrong=NO_COOKIES)

    def get(self) -> None:
        """Ask."""
        self._ask()

    head = get

    def post(self) -> None:
        """Take the password and go where the person wanted to go."""
        settings: Settings = self.settings["regviz"]
        try:
            found = checked(self, self.get_body_argument("password", ""))
        except tornado.web.HTTPError as error:
            self.set_status(error.status_code)
            self._ask(wrong=TOO_OFTEN)
            return
        if not found:
            self.set_status(403)
            self._ask(wrong=en("That is not the password."))
            return
        secure = self.request.protocol == "https"
        self.set_signed_cookie(
            _cookie(settings), found, expires_days=DAYS, path=self.base_url, httponly=True, secure=secure
        )
        self.redirect(self._next())

    def _ask(self, wrong: str = "") -> None:
        settings: Settings = self.settings["regviz"]
        self.set_header("Cache-Control", "no-store")
        self.finish(
            self.render_template(
                "login.html",
                wrong=wrong,
                next=self._next(),
                everybody=bool(settings.password),
                xsrf=self.xsrf_token.decode(),
            )
        )

    def _next(self) -> str:
        """Where to go afterwards: a page of this server, whatever a link says."""
        wanted: str = self.get_argument("next", "")
        parts = urlsplit(wanted)
        own = not parts.scheme and not parts.netloc and wanted.startswith("/") and "\\" not in wanted
        return wanted if own and not wanted.startswith("//") and wanted.isprintable() else str(self.base_url)
