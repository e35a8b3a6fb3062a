"""The page's files. Its stylesheet stands on the colours of `theme`, so that canvas and page cannot disagree."""

from __future__ import annotations

from pathlib import Path

from .theme import DARK, FONTS, LIGHT, MARKS, Look

_LAB = Path(__file__).parents[1]

SHEETS = (
    "look/style.css",
    "look/tools.css",
    "look/takeaway.css",
    "look/desk.css",
    "look/hall.css",
    "look/draw.css",
    "look/room.css",
)
"""In this order: the last one places what the others dress."""


def variables(look: Look) -> str:
    """`look`'s colours as CSS custom properties."""
    names = ("background", "surface", "text", "muted", "grid", "accent")
    colors = [f"--rv-{name}: {getattr(look, name)};" for name in names]
    lanes = [f"--rv-lane-{i}: {color};" for i, color in enumerate(look.lanes)]
    return " ".join([*colors, *lanes, f"color-scheme: {look.mode};"])


def lane_marks() -> str:
    """Rules for the lanes' marks: in the table, and before their sliders and their rows in the lane editor.

    A formula's symbol that stands for a lane has the lane's colour, as it can be read, and its mark below.
    """
    rules = []
    for i, mark in enumerate(MARKS):
        symbol = f'.rv-app .rv-symbol[data-place="{i}"]'
        places = (f".rv-mark-{i}", f".rv-lane-{i} > .widget-label::before", f".rv-lane-row:nth-child({i + 1})::before")
        rules.append(", ".join(f".rv-app {place}" for place in places) + f" {{ clip-path: {mark.clip}; }}")
        rules.append(f"{symbol} {{ color: var(--rv-ink-{i}); }} {symbol}::after {{ clip-path: {mark.clip}; }}")
        rules.append(f".rv-app .rv-lane-row:nth-child({i + 1}) {{ --rv-knob: var(--rv-lane-{i}); }}")
    return "\n".join(rules)


def stylesheet() -> str:
    """The whole stylesheet, both looks included."""
    fonts = ", ".join(f'"{name}"' for name in FONTS)
    return "\n".join(
        (
            f".rv-app {{ --rv-font: {fonts}, sans-serif; {variables(LIGHT)} }}",
            f".rv-app[data-mode=dark] {{ {variables(DARK)} }}",
            *(read(name) for name in SHEETS),
            lane_marks(),
        )
    )


def module(*parts: str) -> str:
    """A page's module, put together of files below lab/; only the last one exports."""
    return "\n".join(read(part) for part in parts)


def read(name: str) -> str:
    """The text of a file, named from lab/."""
    return (_LAB / name).read_text(encoding="utf-8")
