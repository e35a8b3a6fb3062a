"""The same four panels and the same training, shown the usual ways: what `live.py` compares the lab's screen with.

Runs inside a kernel. A square in the lower left corner turns black or white with every turn of the slider, so that
the page can see from the pixels alone when a turn has arrived.
"""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Callable
from typing import Any

import ipywidgets
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from regviz.lab.compare.session import Session
from regviz.lab.look.arrangement import arrange
from regviz.lab.look.theme import look
from regviz.lab.panels import PANELS, Place

WIDTH, HEIGHT = 1100, 650
NAMES = ("loss", "weights", "fit", "mask")
MARK = 12

tasks: list[asyncio.Task[None]] = []


class Peer:
    """A figure of four panels, a slider for λ₁, and a loop that trains 2 ms and shows, at most 60 times a second."""

    def __init__(self) -> None:
        self.session = Session()
        self.figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72, facecolor="white")
        self.panels = [PANELS[name]() for name in NAMES]
        self.slider = ipywidgets.IntSlider(value=20, min=0, max=40, description="L1")
        self.slider.observe(self._turn, "value")
        self.turns = 0

    def build(self) -> None:
        """Stand the panels on the figure; needs the figure's canvas."""
        snapshot = self.session.snapshot()
        for panel, place in zip(self.panels, arrange(len(self.panels), WIDTH, HEIGHT), strict=True):
            panel.stand(Place(self.figure, *place), look("light"), self.session.lanes, snapshot)
        self.mark = Rectangle((0, 0), MARK / WIDTH, MARK / HEIGHT, transform=self.figure.transFigure, color="black")
        self.figure.add_artist(self.mark)
        self.session.play()

    def run(self, show: Callable[[], None]) -> None:
        """Train and `show` for ever."""
        tasks.append(asyncio.get_running_loop().create_task(self._run(show)))

    async def _run(self, show: Callable[[], None]) -> None:
        while True:
            self.session.work(0.002)
            snapshot = self.session.snapshot()
            for panel in self.panels:
                panel.draw(snapshot)
            self.mark.set_color("white" if self.turns % 2 else "black")
            show()
            await asyncio.sleep(1 / 60)

    def _turn(self, change: dict[str, Any]) -> None:
        self.session.change(l1=10 ** (change["new"] / 10 - 5))
        self.turns += 1


def with_ipympl() -> ipywidgets.Widget:
    """Matplotlib's interactive canvas for notebooks, redrawn with `draw_idle`."""
    from ipympl.backend_nbagg import Canvas, FigureManager

    peer = Peer()
    canvas = Canvas(peer.figure)
    FigureManager(canvas, 0)
    canvas.header_visible = canvas.footer_visible = canvas.toolbar_visible = False
    peer.build()
    peer.run(canvas.draw_idle)
    return ipywidgets.VBox([peer.slider, canvas])


def with_output() -> ipywidgets.Widget:
    """An Output widget whose picture is replaced: `clear_output(wait=True)` and `display(figure)`.

    Its `outputs` are assigned, which is what those two amount to: called from a background task under Voilà, they show
    nothing at all.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    peer = Peer()
    FigureCanvasAgg(peer.figure)
    peer.build()
    output = ipywidgets.Output()

    def show() -> None:
        file = io.BytesIO()
        peer.figure.savefig(file, format="png", dpi=72)
        data = {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "figure"}
        output.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)

    peer.run(show)
    return ipywidgets.VBox([peer.slider, output])
