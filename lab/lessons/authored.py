"""What the author of a lesson wrote, in the reader's language.

A notebook is a program, and stays English: the catalogues have its arguments, each on one line. What nobody has
translated, as another author's lesson, is shown as it is written.
"""

from __future__ import annotations

import re

from regviz.language import tr

from .mathml import with_formulas

BREAK = re.compile(r"\s*\n\s*")


def one_line(text: str) -> str:
    """Return `text` without the line ends and the indentation of its program."""
    return BREAK.sub(" ", text.strip())


def said(text: str) -> str:
    """Return `text` in the present language."""
    return tr(one_line(text))


def shown(text: str) -> str:
    """Return `text` in the present language, as HTML with its formulas. Raises ArgumentError for an impossible one."""
    return with_formulas(said(text))


def plain(text: str) -> str:
    """Return `text` in the present language, without tags and the marks of formulas."""
    return re.sub(r"<[^>]*>|[$\\]", "", said(text))
