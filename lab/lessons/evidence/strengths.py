"""Evidence from lanes of several strengths: which one is best, and whether that is another one for other data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regviz.language import tr
from regviz.training.snapshot import Snapshot

from ...compare.lanes import Lane
from .finding import After, Evidence, Finding, check_names, model_of, quoted, waits
from .measures import measured


def best_moves(first: Sequence[str], second: Sequence[str], after: int) -> Evidence:
    """Return whether the lane with the lowest validation loss stands further up in `second` than in `first`.

    Both name lanes from the weakest to the strongest. It "rises", "falls" or stays the "same" place.
    """
    for field, names in (("first", first), ("second", second)):
        check_names(field, names)

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        epoch, places, parts = snapshot.common_epoch, [], []
        for names in (first, second):
            losses = [measured("loss", model_of(snapshot, lanes, name), epoch) for name in names]
            if not np.isfinite(losses).any():
                return Finding(tr("Epoch {epoch}: every network of one kind has diverged.", epoch=epoch))
            places.append(int(np.nanargmin(losses)))
            said = quoted(dict(zip(names, losses, strict=True)))
            parts.append(tr("{losses}: lowest is “{lane}”.", losses=said, lane=names[places[-1]]))
        text = " ".join([tr("Validation loss at epoch {epoch}.", epoch=epoch), *parts])
        if waits(snapshot.models, after):
            return Finding(text)
        before, now = places
        return Finding(text, "rises" if now > before else "falls" if now < before else "same")

    return After(after, look)
