"""Backslashes of files that write them before quotes: which stand before a sign, and which are part of a text."""

from __future__ import annotations

import re

from ...language import ntr
from .dialect import Dialect


def kept(text: str, dialect: Dialect) -> tuple[str, list[str]]:
    """Return `text` with every backslash doubled that is a sign of its own ("C:\\temp", "\\N"), and a note on the
    others.

    A backslash stands before the quote, the delimiter, a backslash or a line's end; Python's `csv` would take it away
    from before all else too.
    """
    if dialect.escape != "\\":
        return text, []
    meant = f"{dialect.quote}{dialect.delimiter}\\\n"
    found = re.compile(r"\\(.?)", re.DOTALL)
    gone = 0

    def one(match: re.Match[str]) -> str:
        nonlocal gone
        escapes = match[1] != "" and match[1] in meant
        gone += escapes
        return match[0] if escapes else "\\\\" + match[1]

    text = found.sub(one, text)
    said = ntr(
        "Backslashes before quotes and delimiters of a text were left out (1 place).",
        "Backslashes before quotes and delimiters of a text were left out ({n} places).",
        gone,
    )
    return text, [said] if gone else []
