"""What lanes may be compared by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regviz.errors import ArgumentError
from regviz.fields import closest
from regviz.language import en
from regviz.training.snapshot import ModelSnapshot

from .finding import tested

Measure = tuple[str, str, Callable[[ModelSnapshot], float]]

MEASURES: dict[str, Measure] = {
    "loss": (
        en("Validation loss at epoch {epoch}, the lowest first: {found}."),
        en("Validation loss at epoch {epoch}: {found}."),
        lambda model: model.now("val_loss"),
    ),
    "score": (
        en("Validation accuracy at epoch {epoch}, the highest first: {found}."),
        en("Validation accuracy at epoch {epoch}: {found}."),
        lambda model: model.now("val_score"),
    ),
    "train": (
        en("Training loss at epoch {epoch}, the lowest first: {found}."),
        en("Training loss at epoch {epoch}: {found}."),
        lambda model: model.now("train_loss"),
    ),
    "gap": (
        en("Gap between validation and training loss at epoch {epoch}, the lowest first: {found}."),
        en("Gap between validation and training loss at epoch {epoch}: {found}."),
        lambda model: abs(model.now("val_loss") - model.now("train_loss")),
    ),
    "test": (
        en("Test loss at epoch {epoch}, the lowest first: {found}."),
        en("Test loss at epoch {epoch}: {found}."),
        lambda model: tested(model)[0],
    ),
    "test score": (
        en("Test accuracy at epoch {epoch}, the highest first: {found}."),
        en("Test accuracy at epoch {epoch}: {found}."),
        lambda model: tested(model)[1],
    ),
}
"""By name: what is said of lanes in order of it, of lanes as they are, and how it is measured."""


def measure_of(of: Any) -> Measure:
    """Return one of `MEASURES`. Raises ArgumentError for any other."""
    if not isinstance(of, str) or of not in MEASURES:
        raise ArgumentError("of", of, f"allowed is one of {', '.join(MEASURES)}", closest(of, MEASURES))
    return MEASURES[of]


def measured(of: str, model: ModelSnapshot) -> float:
    """Return one of `MEASURES` of a network's weights; NaN if it has diverged, whatever it had come to before."""
    return float("nan") if model.state == "diverged" else MEASURES[of][2](model)
