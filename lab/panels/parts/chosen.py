"""Pictures of one lane: which one, and its name beside the title, in its colour."""

from __future__ import annotations

from matplotlib.text import Text

from regviz.training.snapshot import Snapshot

from .base import Panel
from .labels import shorten, width_of


def lane_with(panel: Panel, *techniques: str) -> int | None:
    """The lane a person picked, if it has one of `techniques`, else the first that has; None if there is none.

    Without `techniques` every lane will do.
    """
    having = [
        i
        for i, lane in enumerate(panel.lanes)
        if not techniques or any(field in lane.uses or field in lane.fixed for field in techniques)
    ]
    if panel.scene.chosen in having:
        return panel.scene.chosen
    return having[0] if having else None


class LaneTitle:
    """The name and strength of a lane, right of a panel's title."""

    def __init__(self, panel: Panel, title: str) -> None:
        size = panel.look.title_size
        self.panel, self.x = panel, width_of(title, size, bold=True) + 0.3 * size
        self.text: Text = panel.live(panel.add_text(self.x, 0.95 * size, "", size=size, weight="bold"))

    def show(self, i: int, snapshot: Snapshot) -> None:
        """Name lane `i`."""
        panel, lane = self.panel, self.panel.lanes[i]
        label = shorten(lane.label(snapshot.models[i].config), panel.place.width - self.x, 1.06 * panel.look.title_size)
        self.text.set_text(label)
        self.text.set_color(panel.look.lanes[i % len(panel.look.lanes)])
