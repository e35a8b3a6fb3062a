"""Where the lab starts when nobody says otherwise. Only presets, lessons and tests name techniques."""

from __future__ import annotations

from regviz import Config
from regviz.language import en

START = Config(l1=1e-3, l2=1e-3, dropout=0.5, batch_size=25, seed=4)
"""Where the lab starts when a link says nothing.

Batches of 25 are all of one size, so the mask keeps its height. Seed 4 is a sample in which "none" memorizes for all
to see; it does so in every seed, in most of them later.
"""

LANES = {en("none"): (), "L1": ("l1",), "L2": ("l2",), en("dropout"): ("dropout",)}
"""The lanes of the start by name, with the techniques that each uses."""

ADDED = ("l2",)
"""What a lane uses that is added by a button."""

AN_OWN_VALUE = {"batchnorm": True, "l2": 0.1}
"""Values of a lane's own, to show what can be written."""
