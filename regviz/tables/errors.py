"""The error of a table that cannot be read, and how values and lists stand in its sentences."""

from __future__ import annotations

from typing import Any

from ..errors import RegvizError
from ..words import listed, tidy

__all__ = ["TableError", "counted", "listed", "quoted", "tidy", "were"]

LONGEST = 40
"""Characters of a value that a sentence shows."""


class TableError(RegvizError):
    """A table that cannot be read or used, in one sentence that says what to do.

    line      the line of the file (from 1) or None
    column    the name of the column or None
    value     the value that is to blame, or None
    """

    def __init__(
        self, sentence: str, line: int | None = None, column: str | None = None, value: Any | None = None
    ) -> None:
        super().__init__(sentence, line, column, value)
        self.sentence, self.line, self.column, self.value = sentence, line, column, value

    def __str__(self) -> str:
        return self.sentence


def quoted(value: object) -> str:
    """`value` in single quotes, no longer than a sentence bears."""
    text = tidy(str(value))
    return f"'{text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'}'"


def counted(count: int, noun: str) -> str:
    """ "1 row", "1,200 rows", "2 entries"."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"


def were(count: Any) -> str:
    """The verb after a count."""
    return "was" if count == 1 else "were"
