"""The page's files. Its stylesheet stands on the colours of `theme`, so that canvas and page cannot disagree."""

from __future__ import annotations

from pathlib import Path

from .theme import DARK, FONTS, LIGHT, Look

_HERE = Path(__file__).parent

SHEETS = ("style.css", "tools.css", "takeaway.css")


def variables(look: Look) -> str:
    """`look`'s colours as CSS custom properties."""
    names = ("background", "surface", "text", "muted", "grid", "accent")
    colors = [f"--rv-{name}: {getattr(look, name)};" for name in names]
    lanes = [f"--rv-lane-{i}: {color};" for i, color in enumerate(look.lanes)]
    return " ".join([*colors, *lanes, f"color-scheme: {look.mode};"])


def stylesheet() -> str:
    """The whole stylesheet, both looks included."""
    fonts = ", ".join(f'"{name}"' for name in FONTS)
    return "\n".join(
        (
            f".rv-app {{ --rv-font: {fonts}, sans-serif; {variables(LIGHT)} }}",
            f".rv-app[data-mode=dark] {{ {variables(DARK)} }}",
            *(read(name) for name in SHEETS),
        )
    )


def module(*parts: str) -> str:
    """A page's module, put together of files that stand beside this one; only the last one exports."""
    return "\n".join(read(part) for part in parts)


def read(name: str) -> str:
    """The text of a file that stands beside this one."""
    return (_HERE / name).read_text(encoding="utf-8")
