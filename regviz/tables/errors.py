"""The error of a table that cannot be read, and how values and lists stand in its sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..errors import RegvizError
from ..language import ntr
from ..words import listed, tidy

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


def counted(count: int, noun: str) -> str:
    """Return "1 row", "1,200 rows", of the nouns that sentences count."""
    return _COUNTED[noun](count)


_COUNTED: dict[str, Callable[[int], str]] = {
    "cell": lambda n: ntr("1 cell", "{n} cells", n),
    "class": lambda n: ntr("1 class", "{n} classes", n),
    "column": lambda n: ntr("1 column", "{n} columns", n),
    "input": lambda n: ntr("1 input", "{n} inputs", n),
    "line": lambda n: ntr("1 line", "{n} lines", n),
    "row": lambda n: ntr("1 row", "{n} rows", n),
    "value": lambda n: ntr("1 value", "{n} values", n),
}


def with_rows(counts: Iterable[tuple[str, int]], most: int = 4) -> str:
    """Return texts with how many rows have them: "'a' (3 rows) and 'b' (1 row)"."""
    return listed([f"{quoted(text)} ({counted(count, 'row')})" for text, count in counts], most)
