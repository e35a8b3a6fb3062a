"""How lanes with a technique fare beside one without it, in a sentence: those that lose, and those that win."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from regviz import Config
from regviz.config import TECHNIQUES
from regviz.language import en, tr
from regviz.training.snapshot import ModelSnapshot

from ..compare.lanes import Lane
from ..look.numbers import number

WITHOUT_STRENGTH = ("batchnorm", "layernorm", "weight_decay", "max_norm", "clip_norm", "patience")
"""Fields that regularize as well, though they are no `TECHNIQUES`."""

MARGIN = 1.1
"""How many times a validation loss must be another one to be called higher: losses jump about."""


def techniques(lane: Lane, config: Config) -> frozenset[str]:
    """Return the fields that regularize a lane with `config`: what it takes from the knobs, be it 0, and all that is
    on.
    """
    fields = (*TECHNIQUES, *WITHOUT_STRENGTH)
    return frozenset({*lane.uses, *(name for name in fields if np.any(getattr(config, name)))})


def is_plain(lane: Lane, config: Config) -> bool:
    """Return True for a lane without any of `TECHNIQUES`, be it from a knob or a value of the lane's own."""
    return not techniques(lane, config) & set(TECHNIQUES)


def rivals(models: Sequence[ModelSnapshot], lanes: Sequence[Lane]) -> list[int | None]:
    """Return for each lane the place of the one it is compared with, None where there is none.

    That is a lane without some of its techniques, all others the same, which is judged by the same points and has not
    diverged: the one with the fewest techniques; of these the one that is most like it, and then the first.
    """
    sound = [place for place, model in enumerate(models) if model.state != "diverged"]
    of_each = [techniques(lane, model.config) for lane, model in zip(lanes, models, strict=True)]

    def of(place: int) -> int | None:
        config, mine = models[place].config, of_each[place]
        found = [
            other
            for other in sound
            if of_each[other] < mine
            and _alike(config, models[other].config, of_each[other])
            and _same_points(models[place], models[other])
        ]
        return min(
            found, key=lambda other: (len(of_each[other]), _differences(config, models[other].config)), default=None
        )

    return [of(place) if place in sound else None for place in range(len(models))]


def compared(models: Sequence[ModelSnapshot], lanes: Sequence[Lane], beside: Sequence[int | None]) -> list[str]:
    """Return a sentence for each lane that others are compared with: whose validation loss is lower than its, whose
    higher.

    By `MARGIN` or more; of weights as they are shown, those that a lane took back too. `beside` are the `rivals`.
    """
    return [
        text for other in dict.fromkeys(beside) if other is not None for text in _beside(other, models, lanes, beside)
    ]


def _beside(
    other: int, models: Sequence[ModelSnapshot], lanes: Sequence[Lane], beside: Sequence[int | None]
) -> Iterator[str]:
    its, lower, higher = models[other].now("val_loss"), [], []
    for place, lane in enumerate(lanes):
        if beside[place] == other:
            loss = models[place].now("val_loss")
            said = tr("“{name}” {value}", name=lane.name, value=number(loss))
            lower += [said] if its > MARGIN * loss else []
            higher += [said] if loss > MARGIN * its else []
    both = en("Lower validation loss than “{other}” ({loss}): {lower}; higher: {higher}.")
    only_lower = en("Lower validation loss than “{other}” ({loss}): {lower}.")
    only_higher = en("Higher validation loss than “{other}” ({loss}): {higher}.")
    if lower or higher:
        text = both if lower and higher else only_lower if lower else only_higher
        found = {"lower": ", ".join(lower), "higher": ", ".join(higher)}
        yield tr(text, other=lanes[other].name, loss=number(its), **{key: its for key, its in found.items() if its})


def _alike(one: Config, other: Config, fields: frozenset[str]) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in fields)


def _differences(one: Config, other: Config) -> int:
    """In how many fields two Configs differ."""
    its = other.to_dict()
    return sum(its.get(name) != value for name, value in one.to_dict().items())


def _same_points(one: ModelSnapshot, other: ModelSnapshot) -> bool:
    """Whether two networks are judged by the same validation points."""
    a, b = one.split, other.split
    return a is b or (np.array_equal(a.X_val, b.X_val) and np.array_equal(a.y_val, b.y_val))
