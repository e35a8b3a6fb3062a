"""The parts of a hidden layer: which orders there are, the numbers of each part, and what an order does."""

from __future__ import annotations

import numpy as np

from regviz.arrays import Array
from regviz.config import ORDERS, Config
from regviz.language import en, ntr, tr
from regviz.nn.activations import Activation
from regviz.training.snapshot import ModelSnapshot

from ...compare.lanes import in_words
from ...look.numbers import number, percent, signed

NAMES = {"dense": en("Dense"), "batchnorm": en("BatchNorm"), "activation": en("Activation"), "dropout": en("Dropout")}
PARTS = len(NAMES)

NORMS = {"batchnorm": "BatchNorm", "layernorm": "LayerNorm"}
"""What may stand in BatchNorm's place."""

BOTH = en("Both Norms")
"""What that place is called where there are two."""

POINTS = np.array([-2.0, -1.0, -0.25, 0.5, 1.0, 4.0])
"""Where an activation is asked whether it is homogeneous."""


def moved(order: str, part: str) -> str:
    """Return `order` with `part` and its right neighbour exchanged, its left one for the last part.

    The same order if no allowed one comes of it: Dense stays first.
    """
    names = order.split("-")
    i = names.index(part)
    j = i + 1 if i + 1 < len(names) else i - 1
    names[i], names[j] = names[j], names[i]
    wanted = "-".join(names)
    return wanted if wanted in ORDERS else order


def is_on(model: ModelSnapshot, part: str) -> bool:
    """Return whether the hidden layers of a network have that part."""
    config = model.config
    some = {"batchnorm": bool(norms_of(config)), "dropout": any(config.dropout_rates)}
    return bool(config.hidden) and some.get(part, True)


def norms_of(config: Config) -> list[str]:
    """Return what normalizes, in its order."""
    return [norm for norm in NORMS if getattr(config, norm)]


def name_of(config: Config, part: str) -> str:
    """Return what a part is called in the networks of `config`."""
    norms = norms_of(config) if part == "batchnorm" else []
    return tr(BOTH) if len(norms) > 1 else NORMS[norms[0]] if norms else tr(NAMES[part])


def facts(model: ModelSnapshot, part: str) -> tuple[str, str]:
    """Return two short lines about a part of the first hidden layer; the second may be empty."""
    if not is_on(model, part):
        return tr("off"), ""
    if part == "dense":
        return f"{len(model.weights[0])} → {len(model.biases[0])}", ntr(
            "1 weight", "{n} weights", model.weights[0].size
        )
    if part == "batchnorm":
        if not model.norms:
            scale, shift = _means(model.layer_norms[0].gamma, model.layer_norms[0].beta)
            return f"γ {scale}", f"β {shift}"
        mean, spread = running(model)
        return f"μ {signed(mean)}", f"σ {number(spread)}"
    if part == "activation":
        return tr(model.activation.title), ""
    share = tr("{dropped} dropped", dropped=percent(dropped(model))) if model.masks else ""
    return f"p {model.config.dropout_rates[0]:g}", share


def sentence(model: ModelSnapshot, part: str) -> str:
    """Return the same facts, for a hint."""
    name = name_of(model.config, part)
    if not is_on(model, part):
        return tr("{name}: off", name=name)
    if part == "dense":
        inputs, units = model.weights[0].shape
        if units == 1:
            return ntr("{name}: 1 input to its only unit", "{name}: {n} inputs to its only unit", inputs, name=name)
        return ntr(
            "{name}: 1 input to each of {biases} units",
            "{name}: {n} inputs to each of {biases} units",
            inputs,
            name=name,
            biases=units,
        )
    if part == "batchnorm":
        said = []
        if model.norms:
            mean, spread = running(model)
            norm = NORMS["batchnorm"]
            said += [
                tr(
                    "{norm}: running mean μ {mean}, spread σ {spread} (over all units), for tests",
                    norm=norm,
                    mean=signed(mean),
                    spread=number(spread),
                ),
                _learned(model.norms[0].gamma, model.norms[0].beta),
            ]
        if model.layer_norms:
            means = _learned(model.layer_norms[0].gamma, model.layer_norms[0].beta)
            said += [
                tr("{norms}: each sample over all units, in tests too; {means}", norms=NORMS["layernorm"], means=means)
            ]
        return "\n".join(said)
    if part == "activation":
        return f"{name}: {tr(model.activation.title)}"
    rate = f"{name}: p {in_words(model.config.dropout)}"
    last = tr("{share} dropped in the last step", share=percent(dropped(model))) if model.masks else ""
    return f"{rate}, {last}" if last else rate


def running(model: ModelSnapshot) -> tuple[float, float]:
    """Return the first BatchNorm's mean over units of the running means, and the root of its mean variance."""
    norm = model.norms[0]
    return float(np.mean(norm.mean)), float(np.sqrt(np.mean(norm.variance)))


def _means(gamma: Array, beta: Array) -> tuple[str, str]:
    """Of a layer's normalization: means over units of the scales and of the shifts."""
    return number(float(np.mean(gamma))), signed(float(np.mean(beta)))


def _learned(gamma: Array, beta: Array) -> str:
    scale, shift = _means(gamma, beta)
    return tr("scale γ {scale}, shift β {shift} (means of all units)", scale=scale, shift=shift)


def dropped(model: ModelSnapshot) -> float:
    """Return share of the first hidden layer's outputs that the last training step dropped."""
    return float(1 - model.masks[0].mean())


def is_homogeneous(activation: type[Activation]) -> bool:
    """Return whether f(c·x) = c·f(x) for c ≥ 0: then it is the same whether a mask comes before or after f."""
    f = activation(learning=False).f
    return bool(np.allclose(f(2 * POINTS), 2 * f(POINTS)) and np.allclose(f(0 * POINTS), 0))


def remarks(model: ModelSnapshot) -> tuple[str, ...]:
    """Return what the order does to this network, the longest first."""
    order = [part for part in model.config.order.split("-") if is_on(model, part)]
    slide = [part for part in ORDERS[0].split("-") if is_on(model, part)]
    if not model.config.hidden:
        return ("",)
    if "batchnorm" not in order and "dropout" not in order:
        return tr("BatchNorm and dropout are off: the order changes nothing"), tr("nothing to order: both are off")
    if order == slide:
        return (
            tr("as on the slide") if len(order) == PARTS else tr("as on the slide, without what is off"),
            tr("as on the slide"),
        )
    place, norm = order.index, name_of(model.config, "batchnorm")
    if "batchnorm" in order and "dropout" in order and place("dropout") < place("batchnorm"):
        if not model.config.batchnorm:
            return (
                tr("Dropout before {norm}: what is dropped moves what all other units say", norm=norm),
                tr("Dropout first: it moves all other units"),
                tr("Dropout before {norm}", norm=norm),
            )
        return (
            tr("Dropout before BatchNorm: the spread in tests is not that of training"),
            tr("Dropout first: tests have another spread"),
            tr("Dropout before BatchNorm"),
        )
    if "batchnorm" in order and place("batchnorm") > place("activation"):
        return (
            tr("{norm} after the activation: what enters the activation may grow", norm=norm),
            tr("{norm} after the activation", norm=norm),
            tr("{norm} late", norm=norm),
        )
    if is_homogeneous(model.activation):
        name = tr(model.activation.title)
        return tr("Dropout before {name}: the same as after it", name=name), tr("Dropout before: the same")
    return tr("Dropout before the activation: a dropped unit still outputs f(0)"), tr("Dropout before the activation")
