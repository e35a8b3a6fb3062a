"""How a server is to be run: what `regviz app` was told on its command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """A server that strangers may visit.

    `cap` is how many may run a lab at once. `base_url` is the path below which the outside world finds the server, with
    a slash at both ends. `passed` names variables of the environment that kernels are told besides the usual ones.
    """

    notebooks: Path
    host: str = "127.0.0.1"
    port: int = 8866
    cap: int = 24
    base_url: str = "/"
    passed: tuple[str, ...] = ()
