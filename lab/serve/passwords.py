"""Passwords: one for everybody, one for those who present. Both are optional, and the second opens all doors.

A browser that has given one has a signed cookie. Its key is made from the passwords, so that it outlives a restart and
ends when a password is changed.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

import tornado.web
from voila.voila_identity_provider import VoilaIdentityProvider

from .pages import Friendly
from .saying import say
from .settings import Settings

PAUSE = 1.0
"""Seconds that a wrong password takes."""

MOST_GUESSES = 16
"""Wrong passwords that are being waited for at the same time; further ones are refused at once."""

DAYS = 30
"""A browser is known for as long as that."""


def key(settings: Settings) -> bytes | None:
    """The key that cookies are signed with; None without passwords, when any will do."""
    if not (settings.password or settings.lecturer_password):
        return None
    words = f"{settings.password}\0{settings.lecturer_password}".encode()
    return hashlib.scrypt(words, salt=f"regviz {settings.port}".encode(), n=2**14, r=8, p=1)


def role(handler: tornado.web.RequestHandler) -> str:
    """What the browser behind `handler` has shown to be: "lecturer", "guest", or "" for neither."""
    settings: Settings = handler.settings["regviz"]
    if not (settings.password or settings.lecturer_password):
        return ""
    cookie = handler.get_signed_cookie(_cookie(settings), max_age_days=DAYS)
    if cookie in (b"lecturer", b"guest"):
        return cookie.decode()
    kind, _, given = handler.request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":  # programs that read /metrics
        return ""
    try:
        return checked(settings, base64.b64decode(given, validate=True).decode().partition(":")[2])
    except ValueError:
        return ""


def checked(settings: Settings, password: str) -> str:
    """The role that a password gives; "" if it is none."""
    for name, wanted in (("lecturer", settings.lecturer_password), ("guest", settings.password)):
        if wanted and hmac.compare_digest(password.encode(), wanted.encode()):
            return name
    return ""


def may_enter(handler: tornado.web.RequestHandler) -> bool:
    """Whether the browser behind `handler` may see the server's pages."""
    return not handler.settings["regviz"].password or bool(role(handler))


def may_present(handler: tornado.web.RequestHandler) -> bool:
    """Whether the browser behind `handler` may present a lab to others."""
    if handler.settings["regviz"].lecturer_password:
        return role(handler) == "lecturer"
    return may_enter(handler)


def _cookie(settings: Settings) -> str:
    return f"regviz-door-{settings.port}"


class Visitors(VoilaIdentityProvider):
    """Everybody is a visitor without a name, once the password was given where there is one."""

    def get_user(self, handler: tornado.web.RequestHandler) -> Any:
        """The visitor behind a request; None if the password is missing."""
        return super().get_user(handler) if may_enter(handler) else None


class Login(Friendly):
    """The page that asks for the password."""

    guesses = 0

    @property
    def query(self) -> str:
        """The page that one wants to go to may ask for a language, too."""
        return f"{self.request.query}&{urlsplit(self._next()).query}"

    async def prepare(self) -> None:
        """Whoever has no password must be able to see this page; without passwords there is none."""
        self.current_user = self._jupyter_current_user = None
        settings: Settings = self.settings["regviz"]
        if not (settings.password or settings.lecturer_password):
            raise tornado.web.HTTPError(404)
        if self.request.method == "POST":
            self.check_xsrf_cookie()

    def get(self) -> None:
        """Ask."""
        self._ask()

    head = get

    async def post(self) -> None:
        """Take the password and go where the person wanted to go."""
        settings: Settings = self.settings["regviz"]
        found = checked(settings, self.get_body_argument("password", ""))
        if found:
            secure = self.request.protocol == "https"
            self.set_signed_cookie(
                _cookie(settings), found, expires_days=DAYS, path=self.base_url, httponly=True, secure=secure
            )
            self.redirect(self._next())
            return
        if Login.guesses < MOST_GUESSES:
            Login.guesses += 1
            try:
                await asyncio.sleep(PAUSE)
            finally:
                Login.guesses -= 1
        say(f"A wrong password came from {self.request.remote_ip}.", "password")
        self.set_status(403)
        self._ask(wrong=True)

    def _ask(self, wrong: bool = False) -> None:
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
