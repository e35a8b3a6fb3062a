"""The pictures, one file each. A panel knows Matplotlib and a Snapshot, nothing else."""

from __future__ import annotations

from .base import Panel, Place
from .fit import FitPanel
from .loss import LossPanel
from .mask import MaskPanel
from .weights import WeightsPanel

PANELS: dict[str, type[Panel]] = {panel.name: panel for panel in (LossPanel, WeightsPanel, FitPanel, MaskPanel)}
"""Every picture by its name, in the order they stand on the stage."""

__all__ = ["PANELS", "FitPanel", "LossPanel", "MaskPanel", "Panel", "Place", "WeightsPanel"]
