"""Pictures of one lane: which one, and its name beside the title, in its colour."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.text import Text

from regviz.training.snapshot import Snapshot

from ...compare.lanes import Lane
from ...look.lettering import width_of
from .base import Panel
from .labels import shorten


def chosen_lane(panel: Panel) -> int | None:
    """Return the lane a person picked, if it is still there."""
    chosen = panel.scene.chosen
    return chosen if chosen is not None and 0 <= chosen < len(panel.lanes) else None


def lanes_with(lanes: Sequence[Lane], *techniques: str) -> list[int]:
    """Return the places of the lanes that have one of `techniques`, from a knob or as a value of their own."""
    return [i for i, lane in enumerate(lanes) if any(field in lane.uses or field in lane.fixed for field in techniques)]


def lane_with(panel: Panel, *techniques: str) -> int | None:
    """Return the lane a person picked, if it has one of `techniques`, else the first that has; None if there is
    none.
    """
    having = lanes_with(panel.lanes, *techniques)
    chosen = chosen_lane(panel)
    return chosen if chosen in having else having[0] if having else None


class LaneTitle:
    """The name and strength of a lane, right of a panel's title."""

    def __init__(self, panel: Panel, title: str) -> None:
        size = panel.look.title_size
        self.spare = 0.0
        """CSS pixels that are kept for what else stands in the head line."""
        self.panel, self.x = panel, width_of(title, size, bold=True) + 0.3 * size
        self.text: Text = panel.live(panel.add_text(self.x, 0.95 * size, "", size=size, weight="bold"))

    def show(self, i: int, snapshot: Snapshot) -> None:
        """Name lane `i`."""
        panel, lane = self.panel, self.panel.lanes[i]
        label, room = lane.label(snapshot.models[i].config), panel.place.width - self.x - self.spare
        self.text.set_text(shorten(label, room, panel.look.title_size, bold=True))
        self.text.set_color(panel.look.lane(i))
