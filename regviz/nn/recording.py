"""Calls handed to `do`: what optimizers and penalties are written in until they are equations (see `trace`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .calls import OUT, Recording

Do = Callable[..., object]


def now(function: Callable[..., object], *operands: Any, **out: Any) -> None:
    """Make a call at once."""
    function(*operands, **out)


def do_in(recording: Recording) -> Do:
    """What makes a call and writes it down."""

    def do(function: Callable[..., object], *operands: Any, out: Any = None) -> None:
        if out is None:
            function(*operands)
            recording.write(function, *operands)
        else:
            function(*operands, out=out)
            recording.write(function, *operands, OUT, out=out)

    return do
