"""A sweep in words: where it stands, its best value so far, and its test loss once a person has asked for it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from regviz.language import en, joined, ntr, tr

from ..compare.sweep import SweepView
from ..look.numbers import number
from .authored import said


def swept(view: SweepView, others: Mapping[str, SweepView] | None = None, asked: bool = False) -> str:
    """Return where a sweep stands, which value is best so far, and the best ones of `others`, by name, that have ended.

    At its end also the test loss, if a person `asked` for it; a sweep that is repeated after that does not tell it.
    """
    if view.best is None:
        return without_best(view)
    losses = view.val_loss.mean(axis=1)
    best, ends = float(losses[view.best]), [number(float(losses[end])) for end in (0, -1)]
    texts = [
        ntr(
            "{count} values, 1 seed each, epoch {epoch} of {epochs}.",
            "{count} values, {n} seeds each, epoch {epoch} of {epochs}.",
            len(view.seeds),
            count=len(losses),
            epoch=view.epoch,
            epochs=view.epochs,
        ),
        tr("The lowest mean validation loss is {loss}, at {value}.", loss=number(best), value=view.said(view.best)),
        tr(
            "At {first} it is {first_loss}, at {last} it is {last_loss}.",
            first=view.said(0),
            first_loss=ends[0],
            last=view.said(len(losses) - 1),
            last_loss=ends[1],
        ),
    ]
    for name, other in (others or {}).items():
        if other.best is not None:
            texts.append(tr("“{name}”: the lowest at {value}.", name=said(name), value=other.said(other.best)))
    if view.done and not view.cancelled:
        texts.append(_test(view, asked))
    return " ".join(texts)


def without_best(view: SweepView) -> str:
    """Return why a sweep has no best value."""
    if view.idle:
        return _all_the_same(view)
    if not view.done:
        return tr("The sweep has begun.")
    if view.cancelled:
        return tr("There is no best value: it was cancelled early. Try again.")
    return tr("There is no best value: a network diverged at every value. Try a smaller learning rate.")


def without_effect(view: SweepView) -> str:
    """Return which fields of a sweep have changed nothing; empty for none."""
    fields = joined([tr(axis.name) for axis in view.axes if axis.field in view.idle])
    return tr("Changing {fields} has no effect here.", fields=fields) if fields else ""


def _all_the_same(view: SweepView) -> str:
    """What is said where the networks are the same at every value."""
    if not view.done:
        said = en("Epoch {epoch} of {epochs}; no best value yet: so far the networks are the same at every value.")
        return tr(said, epoch=view.epoch, epochs=view.epochs)
    if view.cancelled:
        said = en("Cancelled at epoch {epoch}; no best value: so far the networks were the same at every value.")
        return tr(said, epoch=view.epoch)
    return f"{tr('There is no best value: the networks are the same at every value.')} {without_effect(view)}"


def _test(view: SweepView, asked: bool) -> str:
    """What is known about the test split."""
    if view.test is None:
        return tr("The test loss was shown once already.") if asked else tr("The test loss has not been looked at.")
    mean, low, high = (number(float(f(view.test))) for f in (np.mean, np.min, np.max))
    return ntr(
        "Test loss at {value}, asked once, at the end: {mean} (with 1 seed).",
        "Test loss at {value}, asked once, at the end: {mean} (from {low} to {high} over {n} seeds).",
        len(view.test),
        value="" if view.best is None else view.said(view.best),
        mean=mean,
        low=low,
        high=high,
    )
