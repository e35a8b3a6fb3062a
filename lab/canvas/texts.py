"""Text leaves Matplotlib as strings and positions; the browser sets it, crisp at every resolution.

`TextCollector` is Matplotlib's Agg renderer, but it collects text instead of rasterizing it: drawing one Text artist
with Agg costs as much as four histograms. `placed` reads the same facts off a Text artist directly, without layout.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_hex
from matplotlib.text import Text

PlacedText = tuple[float, float, str, str, float, int, str, str, float]
"""x, y (CSS pixels from the top left), string, colour, size (CSS pixels), weight, ha, va, rotation (degrees)."""

_WEIGHTS = {"light": 300, "normal": 400, "regular": 400, "medium": 500, "semibold": 600, "bold": 700, "heavy": 800}


def placed(text: Text, height: float, ratio: float) -> PlacedText | None:
    """Return where `text` stands on a figure `height` CSS pixels high; None if there is nothing to show."""
    string = text.get_text()
    if not string or not text.get_visible():
        return None
    x, y = text.get_transform().transform(text.get_position())
    if not (abs(x) < 1e6 and abs(y) < 1e6):  # also refuses NaN
        return None
    weight = text.get_fontweight()
    return (
        round(float(x) / ratio, 1),
        round(height - float(y) / ratio, 1),
        string,
        _color(text.get_color(), text.get_alpha()),
        round(float(text.get_fontsize()), 2),
        weight if isinstance(weight, int) else _WEIGHTS.get(str(weight), 400),
        text.get_horizontalalignment(),
        text.get_verticalalignment(),
        float(text.get_rotation()),
    )


@lru_cache(maxsize=256)
def _color(color: Any, alpha: float | None) -> str:
    return to_hex(color if alpha is None else (color, alpha), keep_alpha=alpha is not None)


class TextCollector(RendererAgg):
    """Agg for all but text, which it collects in `texts`, in the order in which it is drawn."""

    def __init__(self, width: int, height: int, dpi: float) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call, unused-ignore]
        self.texts: list[Text] = []

    def draw_text(  # type: ignore[override, unused-ignore]
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        """Collect `mtext` instead of drawing it. Raises ValueError for text of several lines, which has no artist."""
        if mtext is None:
            raise ValueError(f"the text {s!r} has several lines; a panel's text is one line, for example two artists")
        self.texts.append(mtext)

    def pixels(self) -> Any:
        """Return the picture as `(height, width, 4)` uint8, not a copy: what is written into it is drawn."""
        return np.asarray(self.buffer_rgba())  # type: ignore[no-untyped-call, unused-ignore]

    def wipe(self) -> None:
        """Make every pixel transparent."""
        self.clear()  # type: ignore[no-untyped-call, unused-ignore]
