"""How a server is to be run: what `regviz app` was told on its command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

USUAL_CAP = 24
"""How many visitors may run a lab at once, if nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A server that strangers may visit.

    cap                 how many may run a lab at once
    base_url            the path below which the outside world finds the server, with a slash at both ends
    certificate, key    files for TLS; a key may stand in the certificate's file
    origins             other origins whose pages may use the server, such as "https://course.example.org"
    parents             origins of pages that may hold the server's pages in a frame
    behind_proxy        whether X-Forwarded-… and X-Real-Ip are to be believed
    password            of everybody; "" for none
    lecturer_password   of those who may present; "" if everybody may
    passed              variables of the environment that kernels are told besides the usual ones
    """

    notebooks: Path
    host: str = "127.0.0.1"
    port: int = 8866
    cap: int = USUAL_CAP
    base_url: str = "/"
    certificate: Path | None = None
    key: Path | None = None
    origins: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    behind_proxy: bool = False
    password: str = field(default="", repr=False)
    lecturer_password: str = field(default="", repr=False)
    passed: tuple[str, ...] = ()
