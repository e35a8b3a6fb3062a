"""A training point on its way through the layers: what each unit says to it, and what each weight carries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from regviz.language import tr
from regviz.probes import Trace, trace
from regviz.training.snapshot import ModelSnapshot

from ...look.numbers import number
from .captions import chance


def traced(model: ModelSnapshot, point: int, killed: Collection[tuple[int, int]] = ()) -> Trace:
    """Return the way of a training point through `model`, whose `killed` units (hidden layer, unit) say nothing.

    What a killed unit would have said is still among what is heard; nothing of it is carried on.
    """
    if killed:
        weights = [W.copy() for W in model.weights]
        for layer, unit in killed:
            weights[layer + 1][unit] = 0
        model = replace(model, weights=tuple(weights))
    return trace(model, model.split.X_train[point])


def strengths(found: Trace) -> list[NDArray[np.float64]]:
    """Return how much each unit is filled, from −1 to 1, for inputs, hidden layers and outputs.

    Relative to the strongest of its layer; outputs are filled by their probability, or a target like a layer.
    """
    layers = [*found.heard, found.answer]
    sizes = [max(float(np.abs(layer).max(initial=0)), 1e-300) for layer in layers]
    if len(found.answer) > 1:
        sizes[-1] = 1.0
    return [np.nan_to_num(np.asarray(layer, float)) / size for layer, size in zip(layers, sizes, strict=True)]


def sentences(model: ModelSnapshot, point: int, found: Trace, names: list[str]) -> list[str]:
    """Return what the network says to the point, in words of several lengths; `names` are those of the outputs."""
    split = model.split
    count, target = len(split.y_train), split.y_train[point]
    which = tr("point {point} of {count}", point=point + 1, count=count)
    off = any(model.config.dropout_rates) or model.config.input_dropout
    mode = f", {tr('without dropout')}" if off else ""
    if len(found.answer) == 1:
        wanted, answer = number(float(target)), number(float(found.answer[0]))
        both = tr("target {target}, answer {answer}", target=wanted, answer=answer)
        return [f"{which}: {both}{mode}", f"{which}: {both}", both]
    best = int(np.argmax(np.nan_to_num(found.answer)))
    true, guess = names[int(target)], names[best]
    p = chance(float(found.answer[best]))
    right = tr("right") if best == int(target) else tr("wrong")
    its = tr("{name} (flipped)", name=true) if bool(np.asarray(split.flipped)[point]) else true
    return [
        tr(
            "{point}, {its}: the network says {guess}, p {p}, {right}",
            point=which,
            its=its,
            guess=guess,
            p=p,
            right=right,
        )
        + mode,
        tr("{point}, {its}: says {guess}, p {p}", point=which, its=its, guess=guess, p=p) + mode,
        f"{which}, {true}: {guess}, p {p}{mode}",
        f"{true}: {guess}, p {p}{mode}",
        f"{guess}, p {p}{mode}",
        f"{guess}, p {p}",
    ]
