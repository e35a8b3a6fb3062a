"""Formulas for the page: a small part of TeX, set as MathML, which browsers draw by themselves.

Greek letters and signs are written as they are (λ, ∑, ←). Commands are `\\frac{a}{b}`, `\\sqrt{a}`, `\\hat{a}` and
`\\text{words}`; `_` and `^` put what follows below and above, braces group. `\\lane{L1}λ` is a λ that stands for the
lane called L1: the page gives it that lane's colour and mark, where there is such a lane.

Written here and not left to latex2mathml, which sets ∑, ← and a true minus sign as letters, without the air of an
operator, and passes over an unknown command or an open brace: a lesson with a slip would be shown instead of refused.
"""

from __future__ import annotations

import re
from html import escape

from regviz.errors import ArgumentError

TOKEN = re.compile(r"\\(?:text|lane)\{[^{}]*\}|\\[A-Za-z]+|\d+(?:\.\d+)?|\S")
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$([.,;:?!)]*)", re.DOTALL)
SCRIPTS = {"_": "msub", "^": "msup"}
TEXT, LANE = "\\text", "\\lane"
COMMANDS = {"\\frac": ("mfrac", 2), "\\sqrt": ("msqrt", 1), "\\hat": ("mover", 1)}


def with_formulas(text: str) -> str:
    """Return HTML in which `$…$`, and `$$…$$` on a line of its own, are formulas.

    Raises ArgumentError for an impossible one.
    """
    return FORMULA.sub(_element, text)


def _element(found: re.Match[str]) -> str:
    if found[1] is not None:
        return mathml(found[1], block=True)
    formula = mathml(found[2])
    if not found[3]:
        return formula
    # A browser may break a line after <math>, and what ends a sentence would begin a line.
    return f'<span class="rv-together">{formula}{found[3]}</span>'


def mathml(tex: str, block: bool = False) -> str:
    """Return `tex` as a `<math>` element, on a line of its own if it is a `block`.

    Raises ArgumentError for a command that it does not know, and for braces that do not match.
    """
    tokens = TOKEN.findall(tex)[::-1]
    inside = _row(tokens, tex)
    if tokens:
        raise ArgumentError("formula", tex, "it has a } without its {", r"\frac{a}{b}")
    display = ' display="block"' if block else ""
    return f"<math{display}>{inside}</math>"


def _row(tokens: list[str], tex: str) -> str:
    """Everything up to the next closing brace, as one element. `tokens` are used up from the end."""
    parts = []
    while tokens and tokens[-1] != "}":
        base = _atom(tokens, tex)
        scripts: dict[str, str] = {}
        while tokens and tokens[-1] in SCRIPTS:
            tag = SCRIPTS[tokens.pop()]
            scripts[tag] = _atom(tokens, tex)
        if len(scripts) == 2:
            base = f"<msubsup>{base}{scripts['msub']}{scripts['msup']}</msubsup>"
        elif scripts:
            base = f"<{tag}>{base}{scripts[tag]}</{tag}>"
        parts.append(base)
    return f"<mrow>{''.join(parts)}</mrow>"


def _atom(tokens: list[str], tex: str) -> str:
    """One element: a letter, a number, a sign, a command with its arguments, or a group in braces."""
    if not tokens or tokens[-1] in ("}", *SCRIPTS):
        raise ArgumentError("formula", tex, "it lacks something where _, ^ or a command expects it", "x_1")
    token = tokens.pop()
    if token == "{":
        group = _row(tokens, tex)
        if not tokens:
            raise ArgumentError("formula", tex, "it has a { that is not closed", r"\frac{a}{b}")
        tokens.pop()
        return group
    if token.startswith("\\text{"):  # MathML drops spaces at the ends
        words = escape(token[6:-1]).replace(" ", "\N{NO-BREAK SPACE}")
        return f"<mtext>{words}</mtext>"
    if token.startswith("\\lane{"):
        name = escape(token[6:-1].strip())
        if not name or not tokens or not tokens[-1][0].isalnum():
            raise ArgumentError("formula", tex, "a lane's name stands before one letter or number", r"\lane{L1}λ")
        symbol = tokens.pop()  # in an element of HTML: MathML's have no title
        tag = "mn" if symbol[0].isdigit() else "mi"
        return f'<{tag}><span class="rv-symbol" data-lane="{name}">{symbol}</span></{tag}>'
    if token in COMMANDS:
        tag, count = COMMANDS[token]
        arguments = [_atom(tokens, tex) for _ in range(count)]
        hat = '<mo stretchy="false">^</mo>' if tag == "mover" else ""
        return f"<{tag}>{''.join(arguments)}{hat}</{tag}>"
    if token.startswith("\\"):
        allowed = f"{token} is not known; {', '.join((*COMMANDS, TEXT, LANE))} are"
        raise ArgumentError("formula", tex, allowed, r"\sqrt{2}")
    if token[0].isdigit():
        return f"<mn>{token}</mn>"
    if token.isalpha():
        return f"<mi>{token}</mi>"
    if token == "|":  # a sign of size: no air as between two operands
        return '<mo lspace="0" rspace="0" stretchy="false">|</mo>'
    return f"<mo>{escape(token)}</mo>"
