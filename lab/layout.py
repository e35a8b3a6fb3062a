"""How much room the picture has, and where in it each panel stands."""

from __future__ import annotations

NARROW = 700
"""CSS pixels: a figure narrower than this shows its panels in one column."""

GAP = 28.0
"""CSS pixels between panels."""

MOST_PICTURES = 6
"""Pictures shown at most: more would be too small to read."""


def arrange(count: int, width: float, height: float) -> list[tuple[float, float, float, float]]:
    """Places (left, top, width, height) for `count` panels: two columns, or one on a narrow figure.

    The last of an odd number takes both columns.
    """
    columns = 1 if width < NARROW or count == 1 else 2
    rows = -(-count // columns)
    across = (width - GAP * (columns - 1)) / columns
    down = (height - GAP * (rows - 1)) / rows
    places = [((i % columns) * (across + GAP), (i // columns) * (down + GAP), across, down) for i in range(count)]
    if count % columns:
        places[-1] = (0.0, places[-1][1], width, down)
    return places


def height_for(width: float, room: float, panels: int) -> float:
    """The picture's height in CSS pixels on a page `width` wide with `room` from top to bottom.

    On a wide page 13 : 22, less if that would push the table off the screen; panels of a narrow page stand in a column.
    """
    if width < NARROW:
        return 330.0 * panels
    rows = -(-panels // 2) if panels > 1 else 1
    if rows > 2:
        return 300.0 * rows
    return float(round(max(min(width * 650 / 1100, room - 345), 480)))
