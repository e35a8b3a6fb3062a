"""The error of a table that cannot be read, and how values and lists stand in its sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import RegvizError
from ..words import counted, listed, tidy

__all__ = ["TableError", "counted", "listed", "quoted", "tidy", "with_rows"]

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
    """Return `value` in single quotes, no longer than a sentence bears."""
    text = tidy(str(value))
    return f"'{text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'}'"


def with_rows(counts: Iterable[tuple[str, int]], most: int = 4) -> str:
    """Return texts with how many rows have them: "'a' (3 rows) and 'b' (1 row)"."""
    return listed([f"{quoted(text)} ({counted(count, 'row')})" for text, count in counts], most)
