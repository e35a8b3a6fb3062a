"""What lanes may be compared by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regviz.errors import ArgumentError
from regviz.fields import closest
from regviz.language import en
from regviz.training.snapshot import ModelSnapshot

from .finding import tested, value_by

Measure = tuple[str, str, Callable[[ModelSnapshot, int], float]]

MEASURES: dict[str, Measure] = {
    "loss": (
        en("Validation loss at epoch {epoch}, the lowest first: {found}."),
        en("Validation loss at epoch {epoch}: {found}."),
        lambda model, epoch: value_by(model, "val_loss", epoch),
    ),
    "score": (
        en("Validation accuracy at epoch {epoch}, the highest first: {found}."),
        en("Validation accuracy at epoch {epoch}: {found}."),
        lambda model, epoch: value_by(model, "val_score", epoch),
    ),
    "train": (
        en("Training loss at epoch {epoch}, the lowest first: {found}."),
        en("Training loss at epoch {epoch}: {found}."),
        lambda model, epoch: value_by(model, "train_loss", epoch),
    ),
    "gap": (
        en("Gap between validation and training loss at epoch {epoch}, the lowest first: {found}."),
        en("Gap between validation and training loss at epoch {epoch}: {found}."),
        lambda model, epoch: abs(value_by(model, "val_loss", epoch) - value_by(model, "train_loss", epoch)),
    ),
    "test": (
        en("Test loss at epoch {epoch}, the lowest first: {found}."),
        en("Test loss at epoch {epoch}: {found}."),
        lambda model, epoch: tested(model)[0],
    ),
    "test score": (
        en("Test accuracy at epoch {epoch}, the highest first: {found}."),
        en("Test accuracy at epoch {epoch}: {found}."),
        lambda model, epoch: tested(model)[1],
    ),
}
"""By name: what is said of lanes in order of it, of lanes as they are, and how it is measured."""


def measure_of(of: Any) -> Measure:
    """Return one of `MEASURES`. Raises ArgumentError for any other."""
    if not isinstance(of, str) or of not in MEASURES:
        raise ArgumentError("of", of, f"allowed is one of {', '.join(MEASURES)}", closest(of, MEASURES))
    return MEASURES[of]


def measured(of: str, model: ModelSnapshot, epoch: int) -> float:
    """Return one of `MEASURES` of a network at an epoch, that of its weights where only these tell it; NaN if it has
    diverged, whatever it had come to before.
    """
    if of.startswith("test") and model.state == "diverged":
        return float("nan")
    return MEASURES[of][2](model, epoch)
