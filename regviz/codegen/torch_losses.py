"""The losses of a PyTorch program: the one that is told, the one that is made small, and the penalties."""

from __future__ import annotations

import ast

from ..config import Config
from ..data.datasets import load
from ..optim.penalties import used


def losses(config: Config) -> str:
    """Return the functions `data_loss`, `training_loss` where it is another one, and one for each penalty in use."""
    lines = ["def data_loss(X, y):", f"    return {_plain_loss(config, evaluated(config))}", ""]
    if weighted(config):
        lines += [
            "",
            f"counts = y_train.bincount(minlength={load(config).n_classes})",
            "class_weights = len(y_train) / ((counts > 0).sum() * counts.clamp(min=1))",
            "",
        ]
    if has_training_loss(config):
        made_small = _training_loss(config)
        if config.mixup:  # outputs z are compared with two labels
            made_small = [line.replace("(X, y)", "(z, y)").replace("network(X)", "z") for line in made_small]
        lines += ["", *made_small, ""]
    for name, penalty in used(config).items():
        lam = getattr(config, name)
        if isinstance(lam, tuple):
            lines += ["", f"def {name}_penalty():", f"    lams = {lam}"]
            lines += [f"    return sum(lam * {_factor(penalty.torch)} for lam, W in zip(lams, weights))", ""]
        else:
            lines += ["", f"def {name}_penalty():", f"    return {lam} * sum({penalty.torch} for W in weights)", ""]
    return "\n".join(["", *lines])


def _factor(expression: str) -> str:
    """An expression as it may stand in a product: what binds less than one gets parentheses."""
    whole = ast.parse(expression, mode="eval").body
    binds = (ast.Call, ast.Attribute, ast.Subscript, ast.Name, ast.Constant)
    product = isinstance(whole, ast.BinOp) and isinstance(whole.op, (ast.Mult, ast.Pow))
    return expression if product or isinstance(whole, binds) else f"({expression})"


def weighted(config: Config) -> bool:
    """Return whether samples weigh by their classes."""
    return config.class_weight is not None and load(config).task == "classification"


def smoothed(config: Config) -> bool:
    """Return whether targets are smoothed."""
    return config.label_smoothing > 0 and load(config).task == "classification"


def has_training_loss(config: Config) -> bool:
    """Return whether the loss that is made small is another than the one that is told."""
    return weighted(config) or smoothed(config) or config.ema > 0 or config.mixup > 0


def evaluated(config: Config) -> str:
    """Return the network that is measured."""
    return "averaged" if config.ema else "network"


def _plain_loss(config: Config, network: str) -> str:
    """The mean loss of a network's answers to X."""
    if load(config).task == "classification":
        return f"nn.functional.cross_entropy({network}(X), y)"
    return f"nn.functional.mse_loss({network}(X)[:, 0], y)"


def _training_loss(config: Config) -> list[str]:
    """The loss that is made small, without penalties."""
    if not (smoothed(config) or weighted(config)):
        return [
            "def training_loss(X, y):  # of the network that learns",
            f"    return {_plain_loss(config, 'network')}",
        ]
    smoothing = f", label_smoothing={config.label_smoothing}" * smoothed(config)
    loss = "nn.functional.cross_entropy(network(X), y"
    if not smoothed(config):
        return [
            "def training_loss(X, y):  # rare classes weigh as much as others",
            f"    return {loss}, weight=class_weights)",
        ]
    if not weighted(config):
        return ["def training_loss(X, y):  # of smoothed labels", f"    return {loss}{smoothing})"]
    return [
        "def training_loss(X, y):  # of smoothed labels; rare classes weigh as much as others",
        f'    losses = {loss}{smoothing}, reduction="none")',
        "    return (class_weights[y] * losses).sum() / class_weights[y].sum()",
    ]
