"""What every picture has: a place on the figure, a look, lanes, and artists that move."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from regviz.errors import ArgumentError
from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane
from ...compare.scene import NOTHING, Answer, PointerKind, Scene
from ...look.lettering import width_of
from ...look.theme import Look
from .cells import Place
from .labels import first_that_fits, shorten

A = TypeVar("A", bound=Artist)
P = TypeVar("P", bound=Patch)


PACE = 24.0
"""CSS pixels between two places of a picture that does not name its targets."""


class Panel:
    """One picture. A subclass makes its artists in `build` and only sets data on them in `draw`.

    `build` is called anew whenever size, look, lanes or data change, `draw` for every frame (up to 50 a second), so
    `draw` must be cheap: make no artists, set only what changed, look at `snapshot` alone. Artists whose data change
    are passed through `live`; everything else is drawn once. Limits may change, but rarely (with hysteresis): a
    change of limits redraws the axes' background.

    `scene` holds what there is besides the snapshot. A picture that listens to the pointer sets `listens` and
    overrides `pointer`; what a person chose in it is the picture's own state and outlives `build`.
    """

    name: ClassVar[str]
    """What `Lab(panels=[…])` calls it. Only a class that sets it is a picture of its own."""

    menu_title: ClassVar[str] = ""
    """What the menu of pictures calls it; by default its `name`, as words."""

    drawing: ClassVar[str] = '<path d="M4 3V29H45" opacity=".4"/><path d="M7 23L17 14 26 19 43 6"/>'
    """What the menu shows of it: SVG shapes in a box of 48 × 32, in black, of which only the opacity counts."""

    listens: ClassVar[bool] = False
    """True if `pointer` has answers."""

    place: Place
    look: Look
    lanes: Sequence[Lane]
    subtitle: Text

    called: str = ""
    """The title that stands above it."""

    behind: bool = False
    """True while part of the picture still shows an earlier snapshot (costly pictures refresh one lane per `draw`)."""

    _drawn_from: tuple[Any, ...] = ()

    def __init__(self) -> None:
        self.scene = Scene()
        self.artists: list[Artist] = []
        self.axes: list[Axes] = []

    @property
    def header_height(self) -> float:
        """CSS pixels that title and subtitle take at the top of the place, with the air below them."""
        return 1.2 * self.look.title_size + 2.1 * self.look.small_size

    def build(self, snapshot: Snapshot) -> None:
        """Make axes and artists for `self.place`, `self.look` and `self.lanes`."""
        raise NotImplementedError

    def draw(self, snapshot: Snapshot) -> None:
        """Set the snapshot's data on the artists made by `build`."""
        raise NotImplementedError

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Answer a pointer that moved, clicked or left at a point of this panel's place (CSS pixels from its top
        left).
        """
        return NOTHING

    def targets(self) -> Sequence[tuple[float, float]]:
        """Return points of this panel's place at which a pointer finds something, in the order one reads them.

        The keyboard moves among them. A picture that does not say where they are is walked through evenly.
        """
        columns, rows = (max(2, round(size / PACE)) for size in (self.place.width, self.place.height))
        across, down = self.place.width / columns, self.place.height / rows
        return [((i + 0.5) * across, (j + 0.5) * down) for j in range(rows) for i in range(columns)]

    def first_target(self) -> int:
        """Return the index of the target at which the keyboard begins."""
        return 0

    @property
    def views(self) -> tuple[str, ...]:
        """What a person chose to see of it, in words for links and experiments; none for what it begins with."""
        return ()

    def look_at(self, words: tuple[str, ...]) -> None:
        """Show what `views` has said. Raises ArgumentError for words that say nothing here."""
        if words:
            allowed = tr("the picture {picture} has nothing to choose by words", picture=self.name)
            raise ArgumentError("panels", "~".join([self.name, *words]), allowed, self.name)

    def copy(self) -> Self:
        """Return another panel with what a person chose in this one, and what it has remembered; each goes on by
        itself.
        """
        other = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, (list, dict, set)):
                setattr(other, name, value.copy())
        return other

    def stand(self, place: Place, look: Look, lanes: Sequence[Lane], snapshot: Snapshot) -> None:
        """Build and draw at `place`. Only the stage calls this."""
        self.place, self.look, self.lanes = place, look, lanes
        self.artists, self.axes, self._drawn_from = [], [], ()
        self.build(snapshot)
        self.draw(snapshot)

    def unchanged(self, *facts: Any) -> bool:
        """Return True if `facts` are those of the call before, for the same artists: then there is nothing to draw."""
        before, self._drawn_from = self._drawn_from, facts
        return facts == before

    def live(self, artist: A) -> A:
        """Mark `artist` as one that moves, and return it."""
        self.artists.append(artist)
        return artist

    def add_header(self, title: str, *subtitles: str) -> Text:
        """Add a title and, below it, the first of `subtitles` that fits; returns the subtitle (its text may change).

        A title that is too long for the place is set a little smaller.
        """
        size = self.look.title_size
        self.called = title
        fits = min(1.0, self.place.width / max(1.0, width_of(title, size, bold=True)))
        self.add_text(0, 0.95 * size, title, size=size * max(fits, 0.7), weight="bold")
        return self.add_note(0, 0.95 * size + 1.5 * self.look.small_size, self.fitting(subtitles or [""]))

    def fitting(self, texts: Sequence[str], width: float | None = None) -> str:
        """Return the first of `texts` that fits in small type into `width` CSS pixels, the panel's own by default."""
        return first_that_fits(texts, self.place.width if width is None else width, self.look.small_size)

    def say(self, *texts: str) -> None:
        """Have the subtitle say the first of `texts` that fits."""
        self.subtitle.set_text(self.fitting(texts))

    def stand_empty(self, *reasons: str) -> None:
        """Show a quiet field instead of a picture, with the first of `reasons` that fits: why there is nothing to
        see.
        """
        top, height = self.header_height, self.place.height - self.header_height - 1.9 * self.look.small_size
        self.add_field(0, top, self.place.width, height, surface=True)
        text = self.fitting(reasons, self.place.width - 12)
        self.add_note(self.place.width / 2, top + height / 2, text, ha="center", va="center")

    def move(self, text: Text, x: float, y: float) -> None:
        """Put `text` at a point of this panel's place (CSS pixels from its top left)."""
        across, down = self._figure_size()
        text.set_position(((self.place.left + x) / across, 1 - (self.place.top + y) / down))

    def add_axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add axes at a rectangle of this panel's place (CSS pixels from its top left), quiet: no ticks, no frame."""
        width, height = max(width, 1.0), max(height, 1.0)  # a page may be too narrow for what stands beside
        across, down = self._figure_size()
        x, y = self.place.left + left, self.place.top + top
        axes = self.place.figure.add_axes((x / across, 1 - (y + height) / down, width / across, height / down))
        axes.patch.set_visible(False)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.set_axisbelow(True)  # a grid is behind what it measures
        axes.tick_params(length=0, colors=self.look.muted, labelsize=self.look.small_size, pad=5 * self.look.scale)
        axes.margins(0)
        self.axes.append(axes)
        return axes

    def add_field(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        x: tuple[float, float] = (0.0, 1.0),
        y: tuple[float, float] = (0.0, 1.0),
        *,
        surface: bool = False,
    ) -> Axes:
        """Add axes without ticks between the limits `x` and `y`; with `surface` they stand out from the background."""
        axes = self.add_axes(left, top, width, height)
        axes.set(xlim=x, ylim=y, xticks=[], yticks=[])
        if surface:
            axes.set_facecolor(self.look.surface)
            axes.patch.set_visible(True)
        return axes

    def add_line(self, axes: Axes, color: str, **style: Any) -> Line2D:
        """Add a live line without points yet."""
        line = Line2D([], [], color=color, **style)
        axes.add_line(line)
        return self.live(line)

    def add_patch(self, axes: Axes, patch: P) -> P:
        """Add a live area."""
        axes.add_patch(patch)
        return self.live(patch)

    def add_image(
        self,
        axes: Axes,
        colors: Colormap,
        shape: tuple[int, int],
        *,
        extent: tuple[float, float, float, float] | None = None,
        smooth: bool = False,
        fill: int = 0,
    ) -> AxesImage:
        """Add a live image of `shape` (rows, columns) in 256 `colors`; its data are their indices, uint8.

        `extent` is left, right, bottom and top in the axes' coordinates, by default a unit for each cell. If its top
        is above its bottom, row 0 is at the bottom, else at the top.
        """
        left, right, bottom, top = extent or (0, shape[1], shape[0], 0)
        image = axes.imshow(
            np.full(shape, fill, np.uint8),
            cmap=colors,
            vmin=0,
            vmax=255,
            interpolation="bilinear" if smooth else "nearest",
            aspect="auto",
            origin="lower" if top > bottom else "upper",
            extent=(left, right, bottom, top),
            zorder=0,
        )
        return self.live(image)

    def add_lane_name(self, i: int, x: float, y: float, width: float) -> Text:
        """Return the name of lane `i` in its colour, cut if it is wider than `width`."""
        name = shorten(self.lanes[i].name, width, self.look.label_size, bold=True)
        return self.add_text(x, y, name, color=self.look.lane(i), weight="bold")

    def lane_label(self, i: int, model: ModelSnapshot, width: float) -> str:
        """Return name and strengths of lane `i` in bold; where there is no room the name alone, cut if need be."""
        lane, size = self.lanes[i], self.look.label_size
        return first_that_fits(
            [lane.label(model.config), shorten(lane.name, width, size, bold=True)], width, size, bold=True
        )

    def add_note(self, x: float, y: float, text: str = "", **style: Any) -> Text:
        """Add small muted text; `style` as in `add_text`."""
        look: dict[str, Any] = {"size": self.look.small_size, "color": self.look.muted}
        return self.add_text(x, y, text, **look | style)

    def add_text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float | None = None,
        color: str | None = None,
        weight: str = "normal",
        ha: str = "left",
        va: str = "baseline",
        rotation: float = 0,
    ) -> Text:
        """Add text at a point of this panel's place (CSS pixels from its top left)."""
        across, down = self._figure_size()
        return self.place.figure.text(
            (self.place.left + x) / across,
            1 - (self.place.top + y) / down,
            text,
            size=self.look.label_size if size is None else size,
            color=self.look.text if color is None else color,
            weight=weight,
            ha=ha,
            va=va,
            rotation=rotation,
            parse_math=False,  # "$" is a sign like any other in the names of a person's own data
        )

    def _figure_size(self) -> tuple[float, float]:
        """Width and height of the figure in CSS pixels (one is 1/72 inch)."""
        inches = self.place.figure.get_size_inches()
        return float(inches[0]) * 72, float(inches[1]) * 72
