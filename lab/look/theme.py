"""Colours and type, once for canvas and page: every picture and the stylesheet take theirs from a `Look`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Mode = Literal["light", "dark"]

FONTS = ("Inter", "Helvetica Neue", "Helvetica", "Arial", "Liberation Sans", "DejaVu Sans")
"""Font families in order of preference, for Matplotlib and for the page."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a picture may know about colour and size.

    `scale` multiplies all type (1 on a desk). Colours are CSS hex strings. A lane has one colour everywhere, that of
    `lane(place)`; class colours (`classes`) are for data points, `class_fields` for the areas behind.
    """

    mode: Mode
    background: str
    surface: str
    text: str
    muted: str
    grid: str
    accent: str
    lanes: tuple[str, ...]
    classes: tuple[str, ...]
    class_fields: tuple[str, ...]
    boundary: str
    """Colour of a decision surface where the classes are equally likely."""
    kept: str
    dropped: str
    scale: float = 1.0

    def lane(self, place: int) -> str:
        """Return the colour of the lane at a place."""
        return self.lanes[place % len(self.lanes)]

    @property
    def title_size(self) -> float:
        """Size of a panel's title in CSS pixels (1 pt = 1 CSS pixel on the stage)."""
        return 17.0 * self.scale

    @property
    def label_size(self) -> float:
        """Size of labels that name a lane or give a number."""
        return 13.5 * self.scale

    @property
    def small_size(self) -> float:
        """Size of tick labels, axis labels and subtitles; nothing is smaller."""
        return 12.5 * self.scale


@dataclass(frozen=True, slots=True)
class Mark:
    """A lane's shape, for those who cannot tell its colour: one and the same in every picture and on the page.

    `marker` is Matplotlib's, drawn `grow` times as large so that all look alike in size; `sign` is the same shape as a
    letter, `clip` as a CSS clip-path of a square.
    """

    marker: str
    sign: str
    grow: float
    clip: str


MARKS = (
    Mark("o", "●", 1.0, "circle(47%)"),
    Mark("s", "■", 0.92, "inset(8%)"),
    Mark("^", "▲", 1.12, "polygon(50% 4%, 100% 94%, 0 94%)"),
    Mark("D", "◆", 0.84, "polygon(50% 0, 100% 50%, 50% 100%, 0 50%)"),
    Mark("v", "▼", 1.12, "polygon(0 6%, 100% 6%, 50% 96%)"),
    Mark(
        "P",
        "✚",
        1.12,
        "polygon(32% 0, 68% 0, 68% 32%, 100% 32%, 100% 68%, 68% 68%, 68% 100%, 32% 100%, 32% 68%, 0 68%,"
        " 0 32%, 32% 32%)",
    ),
    Mark(
        "X",
        "✖",
        1.12,
        "polygon(25% 0, 50% 25%, 75% 0, 100% 25%, 75% 50%, 100% 75%, 75% 100%, 50% 75%, 25% 100%, 0 75%,"
        " 25% 50%, 0 25%)",
    ),
    Mark(
        "*", "★", 1.42, "polygon(50% 0, 62% 35%, 98% 35%, 69% 57%, 80% 92%, 50% 71%, 20% 92%, 31% 57%, 2% 35%, 38% 35%)"
    ),
)
"""By a lane's place, like `Look.lanes`."""


def mark(lane: int) -> Mark:
    """Return the shape of the lane at a place."""
    return MARKS[lane % len(MARKS)]


# Okabe & Ito's palette (jfly.uni-koeln.de/color), darkened a little on white and lightened on black for contrast.
LIGHT = Look(
    mode="light",
    background="#ffffff",
    surface="#f6f7f9",
    text="#16181d",
    muted="#5c6370",
    grid="#dfe2e7",
    accent="#1a56db",
    lanes=("#6b7280", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#a67c00", "#56b4e9", "#16181d"),
    classes=("#1b5ba8", "#c05a12", "#00785a", "#8d4b76", "#6b5200"),
    class_fields=("#8fbbe6", "#f4bf8a", "#8fd3bd", "#dcb3cb", "#e0cd85"),
    boundary="#ffffff",
    kept="#bfe6da",
    dropped="#1b1d22",
)

DARK = Look(
    mode="dark",
    background="#16181d",
    surface="#1e2127",
    text="#eceef2",
    muted="#a3a9b5",
    grid="#33373f",
    accent="#8ab4ff",
    lanes=("#a6acb8", "#56b4e9", "#ff8a47", "#2ecc9b", "#e39ac4", "#e6b422", "#9ad0f5", "#eceef2"),
    classes=("#8fc1ff", "#ffb36b", "#5fe0b7", "#f0a9d2", "#ecd06f"),
    class_fields=("#2f5488", "#8a5a20", "#1d6b55", "#70395a", "#6b5a1c"),
    boundary="#16181d",
    kept="#2ecc9b",
    dropped="#2a2d34",
)


def look(mode: Mode, scale: float = 1.0) -> Look:
    """Return the light or the dark look, all type multiplied by `scale`."""
    return replace(LIGHT if mode == "light" else DARK, scale=scale)


def with_lanes(look: Look, colors: Sequence[str | None]) -> Look:
    """Return `look` with lane colours of a person's choice; None keeps the palette's at that place."""
    if not any(colors):
        return look
    chosen = [color or look.lane(i) for i, color in enumerate(colors)]
    return replace(look, lanes=(*chosen, *look.lanes[len(chosen) :]))
