"""How large a comparison may become that a visitor of `regviz app` asks for: the machine belongs to everybody.

In a notebook of one's own nothing is bounded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regviz import Config
from regviz.data import load
from regviz.errors import ConfigError
from regviz.language import ntr
from regviz.training.parameters import ParameterLayout

from .guest import is_guest
from .sweep_stacks import SMALLER, Size, smaller
from .tape import SHORTEST

ROOM = 110_000_000
"""Bytes that the networks of a visitor may take, all lanes and the tape included. Pictures take as many while they ask
them for their answers at 10,000 points; no turn of a knob is to take more than 200 MB."""


def need(config: Config) -> int:
    """Return bytes that the network of `config` takes: while it trains, and as snapshots on the tape."""
    parameters = ParameterLayout.of(config, load(config)).size
    return np.dtype(config.dtype).itemsize * (Size.of(config).held + SHORTEST * parameters)


def check(configs: Sequence[Config], usual: int = 0) -> None:
    """Raise ConfigError if a visitor's networks would take more bytes than `ROOM`, or than `usual` if that is more."""
    if not is_guest():
        return
    most = max(ROOM, usual)
    needs = [need(config) for config in configs]
    if sum(needs) <= most:
        return
    config = configs[needs.index(max(needs))]
    field, value = smaller(config, lambda its: need(its) * len(configs) <= most) or SMALLER[-1]
    allowed = ntr(
        "a visitor's networks may take {most} MB on this server, and these would take {need} MB (1 lane)",
        "a visitor's networks may take {most} MB on this server, and these would take {need} MB ({n} lanes)",
        len(configs),
        most=most // 1_000_000,
        need=f"{-(-sum(needs) // 1_000_000):,}",
    )
    raise ConfigError(field, getattr(config, field), allowed, value)
