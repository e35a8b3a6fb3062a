"""What the system may give: open files to the server, memory to a visitor's kernel."""

from __future__ import annotations

from contextlib import suppress

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

MEMORY = 1_000_000_000
"""Bytes of data that a visitor's kernel may hold. A lab that plays needs a tenth; without a limit one visitor who asks
for eight layers of 1,024 units takes all memory from everybody."""

FILES = 65_536
"""Files that the server may have open: a visitor takes about ten."""


def raise_open_files() -> None:
    """Let this process open as many files as the system allows it, `FILES` at most."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def limit_memory(pid: int) -> None:
    """Let the process `pid` hold `MEMORY` bytes of data at most; what asks for more gets a MemoryError.

    Only Linux can limit another process; elsewhere nothing happens.
    """
    limit = getattr(resource, "prlimit", None)
    if limit is not None:
        with suppress(OSError, ValueError):  # it may have ended already
            limit(pid, resource.RLIMIT_DATA, (MEMORY, MEMORY))
