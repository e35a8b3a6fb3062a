"""Whether the person in front of a lab is a visitor of `regviz app`, whose machine is everybody's."""

from __future__ import annotations

import os

GUEST = "REGVIZ_GUEST"
"""The variable that the server sets for its kernels (`lab/serve/kernels/kernels.py`)."""


def is_guest() -> bool:
    """Return True in a kernel that a server has started for a visitor."""
    return bool(os.environ.get(GUEST))
