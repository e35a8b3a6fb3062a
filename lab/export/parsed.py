"""Parts of a file that was parsed: each of the kind it must be, or refused by its name."""

from __future__ import annotations

from typing import Any

from regviz.errors import FileError
from regviz.fields import closest
from regviz.language import tr

from ..compare.lanes import LONGEST_NAME, is_a_name


def dict_in(where: str, value: Any, suggestion: Any) -> dict[str, Any]:
    """Return `value`, a dictionary. Raises FileError, which names the place `where`, for anything else."""
    if not isinstance(value, dict):
        raise FileError(where, value, tr("allowed are Config fields with their values"), suggestion)
    return value


def list_in(where: str, value: Any) -> list[Any]:
    """Return `value`, a list. Raises FileError for anything else."""
    if not isinstance(value, list):
        raise FileError(where, value, tr("allowed is a list"), [])
    return value


def text_in(where: str, value: Any) -> str:
    """Return `value`, a line that can name a lane or a lab. Raises FileError for anything else."""
    if not is_a_name(value):
        raise FileError(where, value, tr("allowed is a line of 1 to {n} letters", n=LONGEST_NAME), "none")
    return value


def one_of(where: str, value: Any, allowed: tuple[str, ...]) -> str:
    """Return `value`, one of `allowed`. Raises FileError, which proposes the closest, for anything else."""
    if not isinstance(value, str) or value not in allowed:
        raise FileError(
            where, value, tr("allowed is one of {names}", names=", ".join(allowed)), closest(value, allowed)
        )
    return value
