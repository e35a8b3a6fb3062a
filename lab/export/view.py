"""How snapshots are shown in files: which pictures, of which lanes, in which look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..compare.lanes import Lane
from ..compare.scene import EMPTY, Scene
from ..look.theme import Look
from ..panels import Panel


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a picture or a film shows besides its snapshots.

    panels   Panel classes, or panels whose choices (a layer, a unit) are to be kept
    title    stands in the head line, before the lanes
    scene    what else there is to see
    """

    panels: Sequence[Panel | type[Panel]]
    lanes: Sequence[Lane]
    look: Look
    title: str = ""
    scene: Scene = EMPTY

    def fresh(self) -> list[Panel]:
        """Return panels that share no artist with these, but what a person chose in them and what they remember of the
        run.
        """
        return [panel() if isinstance(panel, type) else panel.copy() for panel in self.panels]

    @property
    def of_a_run(self) -> View:
        """The view of a film, in which each snapshot is the newest in its turn."""
        return replace(self, scene=replace(self.scene, live=None, waiting=None))
