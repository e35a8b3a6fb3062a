"""Whether the person in front of a lab is a visitor of `regviz app`, whose machine is everybody's."""

from __future__ import annotations

import os

GUEST = "REGVIZ_GUEST"
"""The variable by which a server tells a kernel that a stranger's page is in front of it: its lab accepts smaller
networks then."""


def is_guest() -> bool:
    """Return True in a kernel that a server has started for a visitor."""
    return bool(os.environ.get(GUEST))
