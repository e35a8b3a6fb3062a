"""The fonts that this machine has of those the page asks for, and how wide a text is in them.

The browser sets the texts, after the layout. It takes the first of `FONTS` that its machine has, which mostly is this
one, so the layout measures with the same fonts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache

from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from PIL import ImageFont

from .theme import FONTS

EVERY_SIGN = "DejaVu Sans"
"""Matplotlib's own font: it is there on every machine and has every sign that the lab uses."""

EM = 1000
"""Pixels of the size at which widths are measured."""


@cache
def families() -> list[str]:
    """Return those of `FONTS` that this machine has, and Matplotlib's own."""
    names = set(fontManager.get_font_names())
    return [*(name for name in FONTS if name in names and name != EVERY_SIGN), EVERY_SIGN]


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Return width of `text` in CSS pixels at `size` CSS pixels, without kerning."""
    return _em(text, bold) * size


@lru_cache(maxsize=4096)
def _em(text: str, bold: bool) -> float:
    return sum(_advance(sign, bold) for sign in text)


@lru_cache(maxsize=1024)
def _advance(sign: str, bold: bool) -> float:
    """How far a sign moves the pen, in em."""
    return float(font(sign, EM, bold).getlength(sign)) / EM


@lru_cache(maxsize=4096)
def font(text: str, size: float, bold: bool) -> ImageFont.FreeTypeFont:
    """Return the first of `families` that has every sign of `text`, at `size` pixels."""
    signs = set(map(ord, text))
    family = next((family for family in families() if signs <= _signs(family, bold)), EVERY_SIGN)
    return _font(family, size, bold)


@lru_cache(maxsize=64)
def _font(family: str, size: float, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_path(family, bold), size)


@cache
def _signs(family: str, bold: bool) -> frozenset[int]:
    return frozenset(get_font(_path(family, bold)).get_charmap())


@cache
def _path(family: str, bold: bool) -> str:
    with nearest_weight():
        return str(findfont(FontProperties(family=family, weight="bold" if bold else "normal")))


@contextmanager
def nearest_weight() -> Iterator[None]:
    """Let a family without bold letters have the nearest that it has, without Matplotlib's complaint in a cell."""
    log = logging.getLogger("matplotlib.font_manager")
    log.addFilter(_is_no_complaint)
    try:
        yield
    finally:
        log.removeFilter(_is_no_complaint)


def _is_no_complaint(record: logging.LogRecord) -> bool:
    return "weight" not in str(record.msg)
