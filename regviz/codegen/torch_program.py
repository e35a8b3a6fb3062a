"""The same network in PyTorch, written as one would write it by hand. Nothing here needs PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from ..config import DATA_FIELDS, FIELDS, Config
from ..data.datasets import load
from ..data.weights import CLASS_WEIGHTS
from ..errors import ConfigError
from ..nn.activations import ACTIVATIONS
from ..nn.initializers import INITIALIZERS
from ..optim.optimizers import OPTIMIZERS
from ..optim.penalties import PENALTIES, Penalty, is_proximal, used
from ..optim.schedules import SCHEDULES, milestones
from ..specifications import RULES, parts_in
from ..training.parameters import layer_sizes
from .parts import call, first_line, one_line
from .torch_losses import evaluated, has_training_loss, losses

TRANSLATED = (
    *DATA_FIELDS,
    *("hidden", "activation", "init", "batchnorm", "layernorm", "order", "dropout", "input_dropout", "augment"),
    *("mixup", "label_smoothing", "class_weight", "penalty_rule"),
    *("optimizer", "lr", "schedule", "momentum", "weight_decay", "max_norm", "clip_norm", "ema"),
    *("batch_size", "epochs", "patience", "min_delta", "start_epoch", "restore_best", "dtype"),
)
"""The fields that the program follows besides penalties. A new one is refused until it is followed and named here."""

MEMBERS: dict[str, Mapping[str, Any]] = {
    "activation": ACTIVATIONS,
    "init": INITIALIZERS,
    "optimizer": OPTIMIZERS,
}
"""Fields that name a member with PyTorch's words for it, its `torch`."""

CHOICES: dict[str, tuple[Any, ...]] = {
    "class_weight": (None, *CLASS_WEIGHTS),
    "penalty_rule": RULES,
    "schedule": tuple(SCHEDULES),
    "dtype": ("float32", "float64"),
}
"""The names that the program itself has words for."""

TRAINING = "# Training"
"""The line between what there is before the first step and the steps: who hands over weights does it here."""


def program(config: Config) -> str:
    """Return the PyTorch program of a Config. Its data are regviz's, its random numbers PyTorch's own.

    Raises ConfigError for a field, or a choice, that the program would not follow.
    """
    _check(config)
    sections = [_top(config), _data(config), _network(config), losses(config), _optimizer(config), _training(config)]
    return "\n".join(sections) + _end(config)


def _check(config: Config) -> None:
    """Refuse what would be left out in silence."""
    default = Config()
    for name in FIELDS:
        value = getattr(config, name)
        followed = bool(PENALTIES[name].torch) if name in PENALTIES else name in TRANSLATED
        if not followed and value != getattr(default, name):
            what = "penalty" if name in PENALTIES else "field"
            allowed = f"the PyTorch program does not follow this {what}, so it is written only where it has its default"
            raise ConfigError(name, value, allowed, getattr(default, name))
        known = CHOICES.get(name) or [key for key, member in MEMBERS.get(name, {}).items() if member.torch]
        if known and value not in known:
            raise ConfigError(name, value, f"the PyTorch program knows {', '.join(map(str, known))}", known[0])
    for name in _proximal(config):
        if not (PENALTIES[name].torch_prox and OPTIMIZERS[config.optimizer].torch_eta):
            allowed = "PyTorch has no words for this proximal step : torch_prox and torch_eta"
            raise ConfigError("penalty_rule", config.penalty_rule, allowed, RULES[1])


def _proximal(config: Config) -> dict[str, Penalty]:
    """The penalties whose proximal step is taken, by name."""
    return {name: penalty for name, penalty in used(config).items() if is_proximal(config, penalty)}


def _top(config: Config) -> str:
    watched = config.patience is not None
    modules = ["copy"] * (watched and config.restore_best) + ["math"] * (watched and config.start_epoch > 0)
    copying = "".join([*(f"import {module}\n" for module in modules), "\n" * bool(modules)])
    return f"""{first_line(config, ", in PyTorch")}

{copying}import regviz as rv
import torch
from torch import nn

torch.manual_seed({config.seed})
torch.set_default_dtype(torch.{config.dtype})
"""


def _data(config: Config) -> str:
    real = f", dtype=torch.{config.dtype}"
    number = "" if load(config).task == "classification" else real
    return f"""# Data: the split that regviz trains on
split = rv.load(
    rv.{call(config, "    ", DATA_FIELDS)}
)
X_train, y_train = torch.tensor(split.X_train{real}), torch.tensor(split.y_train{number})
X_val, y_val = torch.tensor(split.X_val{real}), torch.tensor(split.y_val{number})
X_test, y_test = torch.tensor(split.X_test{real}), torch.tensor(split.y_test{number})
"""


def _network(config: Config) -> str:
    split = load(config)
    sizes, lines = layer_sizes(config, split), []
    if config.input_dropout:
        lines.append(f"    nn.Dropout({config.input_dropout}),")
    for (into, out), rate in zip(pairwise(sizes[:-1]), config.dropout_rates, strict=True):
        parts = {"dense": f"nn.Linear({into}, {out})", "activation": ACTIVATIONS[config.activation].torch}
        if config.batchnorm:
            parts["batchnorm"] = f"nn.BatchNorm1d({out})"
        if config.layernorm:
            parts["layernorm"] = f"nn.LayerNorm({out})"
        if rate:
            parts["dropout"] = f"nn.Dropout({rate})"
        lines += [f"    {parts[name]}," for name in parts_in(config.order) if name in parts]
    lines.append(f"    nn.Linear({sizes[-2]}, {sizes[-1]}),")
    layers = "\n".join(lines)
    return f"""# The network
network = nn.Sequential(
{layers}
)
dense = [layer for layer in network if isinstance(layer, nn.Linear)]
for layer in dense:
    {INITIALIZERS[config.init].torch}
    nn.init.zeros_(layer.bias)
weights = [layer.weight for layer in dense]
"""


def _optimizer(config: Config) -> str:
    lines = ["", OPTIMIZERS[config.optimizer].torch_lines(config.lr, config.momentum, config.weight_decay)]
    at = list(milestones(config.epochs))
    schedule = SCHEDULES[config.schedule].torch.format(epochs=config.epochs, milestones=at)
    lines += [schedule] * bool(schedule)
    return "\n".join([*lines, ""])


def _training(config: Config) -> str:
    proximal = _proximal(config)
    penalties = [f"{name}_penalty()" for name in used(config) if name not in proximal]
    name = "training_loss" if has_training_loss(config) else "data_loss"
    altered = _altered(config)
    batch = "X, y" if altered else "X_train[batch], y_train[batch]"
    loss = " + ".join([f"{name}({batch})", *penalties])
    if config.mixup:
        altered += ["        z = network(X)"]
        mixed = "share * training_loss(z, y) + (1 - share) * training_loss(z, y[partner])"
        loss = " + ".join([mixed, *penalties])
    lines = [TRAINING]
    if proximal and OPTIMIZERS[config.optimizer].torch_count:
        lines += ["count = 0.0  # how many gradients the momentum holds"]
    if config.ema:
        lines += [
            "averaged = torch.optim.swa_utils.AveragedModel(",
            f"    network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn({config.ema}), use_buffers=True",
            ")",
            "averaged.update_parameters(network)  # the average starts where the network does",
        ]
    lines += _before_the_first_epoch(config)
    lines += [
        f"for epoch in range(1, {config.epochs + 1}):",
        "    network.train()",
        f"    for batch in torch.randperm(len(X_train)).split({config.batch_size}):",
    ]
    if config.batchnorm and (config.batch_size == 1 or config.n_train % config.batch_size == 1):
        lines += [
            "        for layer in network:",
            "            if isinstance(layer, nn.BatchNorm1d):",
            "                layer.train(len(batch) > 1)  # one sample has no spread",
        ]
    lines += [
        *altered,
        f"        loss = {loss}",
        "        optimizer.zero_grad()",
        "        loss.backward()",
    ]
    if config.clip_norm is not None:
        lines += [f"        nn.utils.clip_grad_norm_(network.parameters(), {config.clip_norm})"]
    lines += ["        optimizer.step()"]
    lines += _after_a_step(config)
    lines += ["        averaged.update_parameters(network)"] * (config.ema > 0)
    lines += ["    scheduler.step()"] * bool(SCHEDULES[config.schedule].torch)
    lines += ["", f"    {evaluated(config)}.eval()", "    with torch.no_grad():"]
    lines += ["        train_loss, val_loss = data_loss(X_train, y_train).item(), data_loss(X_val, y_val).item()"]
    lines += ['    print(f"epoch {epoch}: training loss {train_loss:.4f}, validation loss {val_loss:.4f}")']
    return "\n".join([*lines, *_after_an_epoch(config), ""])


def _altered(config: Config) -> list[str]:
    """What is made of a batch before the network sees it."""
    lines = [
        f"share = torch.distributions.Beta({config.mixup}, {config.mixup}).sample()  # mixup",
        "partner = torch.randperm(len(X))",
        "X = share * X + (1 - share) * X[partner]",
    ] * (config.mixup > 0)
    lines += [f"X = X + {config.augment} * torch.randn_like(X)  # fresh noise"] * (config.augment > 0)
    return [f"        {line}" for line in ["X, y = X_train[batch], y_train[batch]", *lines]] if lines else []


def _before_the_first_epoch(config: Config) -> list[str]:
    """What early stopping compares the first epoch with."""
    if config.patience is None:
        return []
    lines = ["best_loss, best_epoch = math.inf, 0"]
    if not config.start_epoch:
        lines = [f"{evaluated(config)}.eval()", "with torch.no_grad():"]
        lines += ["    best_loss, best_epoch = data_loss(X_val, y_val).item(), 0"]
    return [*lines, *[f"best = copy.deepcopy({evaluated(config)}.state_dict())"] * config.restore_best]


def _after_an_epoch(config: Config) -> list[str]:
    """Early stopping: the new best, the end, and the best weights."""
    if config.patience is None:
        return []
    keeping = [f"        best = copy.deepcopy({evaluated(config)}.state_dict())"] * config.restore_best
    lower = f"val_loss + {config.min_delta} < best_loss" if config.min_delta else "val_loss < best_loss"
    lines = [f"    if {lower}:", "        best_loss, best_epoch = val_loss, epoch", *keeping]
    if config.start_epoch:
        lines[0] = f"    elif {lower}:"
        lines = [f"    if epoch < {config.start_epoch}:", "        best_epoch = epoch", *keeping, *lines]
    lines += [
        f"    elif epoch >= best_epoch + {config.patience}:",
        '        print(f"stopped: no better than epoch {best_epoch}")',
        "        break",
    ]
    if config.restore_best:
        lines += [f"{evaluated(config)}.load_state_dict(best)", 'print(f"the weights of epoch {best_epoch} are back")']
    return lines


def _after_a_step(config: Config) -> list[str]:
    """What moves weights after the optimizer did: proximal steps, and max-norm."""
    lines: list[str] = []
    optimizer = OPTIMIZERS[config.optimizer]
    eta, count = (text.format(momentum=config.momentum) for text in (optimizer.torch_eta, optimizer.torch_count))
    if proximal := _proximal(config):
        lines += ['lr = optimizer.param_groups[0]["lr"]']
        lines += [count] * bool(count)
    for name, penalty in proximal.items():
        lam, over = str(getattr(config, name)), "W in weights"
        if isinstance(getattr(config, name), tuple):
            lam, over = "lam", f"lam, W in zip({getattr(config, name)}, weights)"
        lines += [f"for {over}:  # the proximal step of {one_line(penalty.title)}, as far as η·λ reaches"]
        lines += ["    state = optimizer.state[W]"] * ("state" in eta)
        lines += [f"    t = {eta} * {lam}", *(f"    {line}" for line in penalty.torch_prox.splitlines())]
    lines = [f"            {line}" for line in lines]
    if config.max_norm is not None:
        lines += [
            "            for W in weights:  # max-norm: no unit's incoming weights are longer",
            f"                W *= ({config.max_norm} / W.norm(dim=1, keepdim=True)).clamp(max=1)",
        ]
    return ["        with torch.no_grad():", *lines] if lines else []


def _end(config: Config) -> str:
    network = evaluated(config)
    score = f"accuracy {{({network}(X_test).argmax(1) == y_test).float().mean():.3f}}"
    if load(config).task == "regression":
        score = "R² {1 - data_loss(X_test, y_test) / y_test.var(correction=0):.3f}"
    theirs = "weights = [layer.weight for layer in averaged.module if isinstance(layer, nn.Linear)]\n"
    last = theirs if config.ema else ""
    return f"""
{last}{network}.eval()
with torch.no_grad():
    zeros = sum((W == 0).sum() for W in weights) / sum(W.numel() for W in weights)
    print(f"weights at 0: {{zeros:.1%}}")
    print(f"test loss {{data_loss(X_test, y_test):.4f}}")
    print(f"test {score}")
"""
