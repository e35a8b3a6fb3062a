"""One Matplotlib figure for all panels, and what of it changed since the last frame.

Everything that does not move is drawn once and kept as background, per region (an axes and its surroundings). For a
frame, the regions with a stale artist are restored and their live artists drawn again with Agg; the rectangle of
pixels that really differ is cut out, as differences. Live images skip Agg: their values travel as uint8 indices with a
colour table and the browser scales them, below the transparent figure. Texts travel as strings (`texts`).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from time import perf_counter, thread_time
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.text import Text

from regviz.training.snapshot import Snapshot

from ..compare.lanes import Lane
from ..compare.scene import EMPTY, NOTHING, Answer, PointerKind, Scene
from ..look.arrangement import arrange
from ..look.theme import Look
from ..panels import Panel, Place
from .changes import Changes, Pixels, Rectangle
from .images import indexed
from .live_texts import LiveTexts
from .regions import Region, packed
from .resting import Standing
from .texts import PlacedText, TextCollector, placed


class Stage:
    """Shows panels. `lay_out` whenever size, look, lanes or data change, `draw` for each frame.

    `budget` is the seconds per frame that one panel may cost on average: a costlier one (curves of many epochs, maps)
    is drawn in every second or third frame, so that the others keep their pace. Texts move with the pixels of their
    frame; measurements that stay where they are change every `texts_every` seconds at most (`live_texts`).
    """

    def __init__(self, panels: Sequence[Panel], budget: float = 0.0015, texts_every: float = 0.08) -> None:
        self.panels = list(panels)
        self.most: int | None = None
        """How many of them are shown, None for all; acts at the next `lay_out`."""
        self.coming = 0
        """How many there will be once all are shown that are still to come."""
        self.budget, self.texts_every = budget, texts_every
        self.width = self.height = 0.0
        self.ratio = 1.0
        self.figure: Figure | None = None
        self._regions: list[Region] = []
        self._shown: list[Standing] = []
        self._live_texts: list[LiveTexts] = []
        self.clock: Callable[[], float] = perf_counter
        self._next_texts = 0.0

    def lay_out(
        self,
        width: float,
        height: float,
        ratio: float,
        look: Look,
        lanes: Sequence[Lane],
        snapshot: Snapshot,
        scene: Scene = EMPTY,
    ) -> Changes:
        """Build every panel anew for a figure of `width` × `height` CSS pixels; everything counts as changed."""
        self.width, self.height, self.ratio = float(width), float(height), float(ratio)
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72 * ratio, facecolor="none")
        FigureCanvasAgg(self.figure)
        panels = self.shown
        for panel, (x, y, w, h) in zip(panels, arrange(len(panels), width, height), strict=True):
            panel.scene = scene
            panel.stand(Place(self.figure, x, y, w, h), look, lanes, snapshot)
        self._renderer = TextCollector(round(width * ratio), round(height * ratio), 72 * ratio)
        self._pixels: Pixels = np.asarray(self._renderer.pixels())
        self._texts: dict[str, PlacedText] = {}
        self._tables: set[int] = set()
        self._sort_artists()
        self._animate(True)
        self._renderer.wipe()
        self.figure.draw(self._renderer)
        self._collect_still_texts()
        self._sent: Pixels = np.empty_like(self._pixels)
        for region in self._regions:
            region.background = region.part_of(self._pixels).copy()
            region.limits_changed()
        for region in self._regions:
            self._draw_live(region)
        return self.again()

    @property
    def shown(self) -> list[Panel]:
        """The panels that have a place."""
        return self.panels[: self.most]

    @property
    def places(self) -> int:
        """How many pictures the stage is to have room for: those that are shown, and those still to come."""
        return max(len(self.shown), min(self.coming, self.most or self.coming))

    @property
    def behind(self) -> bool:
        """True while a panel still shows part of an earlier snapshot: draw the same one again."""
        owing = any(shown.owes for shown in self._shown)
        return self.measuring or owing or any(texts.stale for texts in self._live_texts)

    @property
    def measuring(self) -> bool:
        """True while a panel has not yet found out all that it shows of the snapshot."""
        return any(shown.panel.behind for shown in self._shown)

    def again(self) -> Changes:
        """Return the present picture as a whole, for a browser that has lost it. Needs a `lay_out` before."""
        changes = Changes(self.width, self.height, self.ratio, whole=True)
        self._tables.clear()
        self._add_images(changes, every=True)
        for texts in self._live_texts:
            texts.forget()
        self._add_live_texts(changes, due=True)
        self._sent[...] = self._pixels
        changes.rectangles.append(Rectangle(0, 0, packed(self._pixels).copy()))
        changes.texts = dict(self._texts)
        return changes

    def draw(self, snapshot: Snapshot, scene: Scene = EMPTY) -> Changes:
        """Show `snapshot` in its `scene`; returns what changed since the last call."""
        changes = Changes(self.width, self.height, self.ratio)
        for shown in self._shown:
            if shown.rests():
                continue
            started = thread_time()  # not the clock's: where others use the processor too, all would rest too long
            shown.panel.scene = scene
            shown.panel.draw(snapshot)
            for region in shown.regions:
                self._follow(region, changes)
            shown.has_cost(thread_time() - started, self.budget)
        self._add_images(changes, every=False)
        now = self.clock()
        self._add_live_texts(changes, due=now >= self._next_texts)
        self._next_texts = self._next_texts if now < self._next_texts else now + self.texts_every
        return changes

    @property
    def listening(self) -> list[Panel]:
        """The panels on the stage that listen to the pointer."""
        return [shown.panel for shown in self._shown if shown.panel.listens]

    def hurry(self, name: str) -> None:
        """Let the panel of this name rest no longer: a person has just done something to what it shows."""
        for shown in [shown for shown in self._shown if shown.panel.name == name]:
            shown.hurry()

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Tell the panel at a point of the figure (CSS pixels) about the pointer, and every other that it has left."""
        answer = NOTHING
        for shown in self._shown:
            panel, place = shown.panel, shown.panel.place
            if not panel.listens:
                continue
            across, down = x - place.left, y - place.top
            here = kind != "leave" and 0 <= across < place.width and 0 <= down < place.height
            its = panel.pointer(kind if here else "leave", across, down)
            if its.redraw:
                shown.hurry()
            if here:
                answer = its
        return answer

    def picture(self, kind: str = "png", background: str | None = None, ratio: float = 2.0) -> bytes:
        """Return the present picture as a png, svg or pdf (`kind`), text included. Raises RuntimeError if there is
        none.
        """
        if self.figure is None:
            raise RuntimeError("nothing has been laid out yet; call lay_out first")
        file = io.BytesIO()
        self._animate(False)  # an animated artist is left out
        try:
            self.figure.savefig(file, format=kind, dpi=72 * ratio, facecolor=background or "none")
        finally:
            self._animate(True)
        return file.getvalue()

    # -- regions

    def _sort_artists(self) -> None:
        """Sort the panels' live artists into texts, images and, by region, everything Agg draws."""
        self._live: list[Artist] = [artist for panel in self.shown for artist in panel.artists]
        self._live_texts = []
        self._images: list[AxesImage] = []
        self._count = 0
        self._shown = [Standing(panel, self._regions_of(panel)) for panel in self.shown]
        self._regions = [region for shown in self._shown for region in shown.regions]

    def _regions_of(self, panel: Panel) -> list[Region]:
        """The panel's axes, and its place if it has other artists outside of them; texts and images are kept apart."""
        regions = {id(axes): self._region(axes) for axes in panel.axes}
        texts = [artist for artist in panel.artists if isinstance(artist, Text)]
        self._live_texts.append(LiveTexts(f"t{len(self._live_texts)}", texts))
        for artist in panel.artists:
            if isinstance(artist, AxesImage):
                self._images.append(artist)
            elif not isinstance(artist, Text):
                owner: Any = artist.axes if artist.axes is not None else panel
                regions.setdefault(id(owner), self._region(owner)).artists.append(artist)
        for region in regions.values():
            region.artists.sort(key=lambda artist: artist.get_zorder())
        return list(regions.values())

    def _region(self, owner: Axes | Panel) -> Region:
        self._count += 1
        return Region.around(owner, f"r{self._count}", self._pixels, self.height, self.ratio)

    def _follow(self, region: Region, changes: Changes) -> None:
        """Draw `region` anew if anything in it has changed."""
        if region.axes is not None and region.axes.stale:
            region.axes.stale = False
            if region.limits_changed():
                self._redraw_background(region, changes)
            elif not region.stale:
                return
        elif not region.stale:
            return
        assert region.background is not None
        region.part_of(self._pixels)[...] = region.background
        self._draw_live(region)
        rectangle = region.difference(self._pixels, self._sent)
        if rectangle is not None:
            changes.rectangles.append(rectangle)

    def _redraw_background(self, region: Region, changes: Changes) -> None:
        """Draw what does not move in an axes whose limits have changed; its tick labels with it."""
        assert region.axes is not None
        region.part_of(self._pixels)[...] = (255, 255, 255, 0)
        self._renderer.texts.clear()
        region.axes.draw(self._renderer)
        region.background = region.part_of(self._pixels).copy()
        fresh = self._named_texts(region.name, self._renderer.texts)
        changes.texts |= {key: None for key in self._texts if key.startswith(f"{region.name}.") and key not in fresh}
        changes.texts |= {key: text for key, text in fresh.items() if self._texts.get(key) != text}
        changes.retell(self._texts)

    def _draw_live(self, region: Region) -> None:
        for artist in region.artists:
            artist.draw(self._renderer)
            artist.stale = False  # Matplotlib leaves an invisible artist stale

    # -- texts and images

    def _collect_still_texts(self) -> None:
        """Texts drawn once: those of an axes belong to its region and change with its limits."""
        drawn = self._renderer.texts
        for region in self._regions:
            if region.axes is not None:
                its = {id(text) for text in region.axes.findobj(Text)}  # a tick label does not know its axes
                self._texts |= self._named_texts(region.name, [text for text in drawn if id(text) in its])
                drawn = [text for text in drawn if id(text) not in its]
        self._texts |= self._named_texts("f", drawn)

    def _named_texts(self, name: str, texts: Sequence[Text]) -> dict[str, PlacedText]:
        found = ((f"{name}.{i}", placed(text, self.height, self.ratio)) for i, text in enumerate(texts))
        return {key: text for key, text in found if text is not None}

    def _add_live_texts(self, changes: Changes, due: bool) -> None:
        for texts in self._live_texts:
            changes.texts |= texts.changes(self._texts, self.height, self.ratio, due)
        changes.retell(self._texts)

    def _add_images(self, changes: Changes, every: bool) -> None:
        for key, image in enumerate(self._images):
            if not (every or image.stale):
                continue
            image.stale = False
            changes.images.append(indexed(key, image, self.height * self.ratio, key not in self._tables))
            self._tables.add(key)

    def _animate(self, animated: bool) -> None:
        for artist in self._live:
            artist.set_animated(animated)
