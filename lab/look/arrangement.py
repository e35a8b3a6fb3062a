"""How much room the picture has, and where in it each panel stands."""

from __future__ import annotations

NARROW = 700
"""CSS pixels: a figure narrower than this shows its panels in one column."""

GAP = 28.0
"""CSS pixels between panels."""

TALL = 330.0
"""CSS pixels: the height of a panel in a column."""

LEAST = {1: 360.0, 2: 480.0}
"""CSS pixels: the least height of one row of panels and of two; a page with less room scrolls."""

MOST_PICTURES = 6
"""Pictures shown at most: more would be too small to read."""


PROJECTOR_SCALE = 1.6
"""How much larger type is on a projector."""


def projector_scale(width: float) -> float:
    """Return how much larger type is on a projector, for a picture `width` CSS pixels wide: on a phone there is no
    room.
    """
    return min(PROJECTOR_SCALE, max(1.0, width / 240))


def arrange(count: int, width: float, height: float) -> list[tuple[float, float, float, float]]:
    """Return places (left, top, width, height) for `count` panels: two columns, or one on a narrow figure.

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


def height_for(width: float, room: float, panels: int, table: float = 0) -> float:
    """Return the height in CSS pixels of a picture `width` wide on a page with `room` for it and the `table` below it.

    On a wide page 13 : 20, less if there is less room; a table that would leave too little goes below the fold.
    Panels of a narrow page stand in a column.
    """
    if width < NARROW:
        return TALL * panels
    rows = -(-panels // 2) if panels > 1 else 1
    if rows > 2:
        return 300.0 * rows
    if room - table >= LEAST[rows]:
        room -= table
    return float(round(max(min(width * 13 / 20, room), LEAST[rows])))
