"""Pictures of one layer of weights, which a click exchanges for the next one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot

from ...compare.scene import NOTHING, Answer, PointerKind
from .base import Panel


class LayerPanel(Panel):
    """A picture that shows a layer at a time; a click anywhere goes to the next one."""

    listens: ClassVar[bool] = True
    layer: int = 0
    """Counts clicks; what is seen outlives `build`."""

    def layer_of(self, model: ModelSnapshot) -> int:
        """Return the layer of `model` that is shown, where it is the only one."""
        return self.layer % len(model.weights)

    def layers_of(self, models: Sequence[ModelSnapshot]) -> list[int | None]:
        """Return the layer of each of `models` that is shown where all are seen side by side.

        That is the outputs of all, or one hidden layer; None for those that are not so deep.
        """
        layers = max(len(model.weights) for model in models)
        layer = self.layer % layers
        return [
            len(model.weights) - 1 if layer == layers - 1 else layer if layer < len(model.weights) - 1 else None
            for model in models
        ]

    def targets(self) -> list[tuple[float, float]]:
        """Return one place: a click anywhere goes to the next layer."""
        return [(self.place.width / 2, self.place.height / 2)]

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Go to the next layer at a click."""
        if kind == "leave":
            return NOTHING
        if kind == "click":
            self.layer += 1
        return Answer(hint=tr("click: next layer"), redraw=kind == "click")
