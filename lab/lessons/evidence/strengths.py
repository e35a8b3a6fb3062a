"""Evidence from lanes of several strengths: which one is best, and whether that is another one for other data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regviz.training.snapshot import Snapshot

from ...compare.lanes import Lane
from ...look.numbers import number
from .finding import Evidence, Finding, kept, model_of, newest


def best_moves(first: Sequence[str], second: Sequence[str], after: int) -> Evidence:
    """Whether the lane with the lowest validation loss stands further up in `second` than in `first`.

    Both name lanes from the weakest to the strongest. It "rises", "falls" or stays the "same" place.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        epoch, places, parts = newest(snapshot), [], []
        for names in (first, second):
            losses = [kept(model_of(snapshot, lanes, name), "val_loss") for name in names]
            if not np.isfinite(losses).any():
                return Finding(f"Epoch {epoch}: every network of one kind has diverged.")
            places.append(int(np.nanargmin(losses)))
            said = ", ".join(f"“{name}” {number(loss)}" for name, loss in zip(names, losses, strict=True))
            parts.append(f"{said}: lowest is “{names[places[-1]]}”.")
        text = f"Validation loss at epoch {epoch}. {' '.join(parts)}"
        if epoch < after:
            return Finding(text)
        before, now = places
        return Finding(text, "rises" if now > before else "falls" if now < before else "same")

    return look
