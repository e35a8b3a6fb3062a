"""The same network in PyTorch, written as one would write it by hand. Nothing here needs PyTorch."""

from __future__ import annotations

from itertools import pairwise
from math import ceil

from ..config import DATA_FIELDS, FIELDS, Config
from ..data.datasets import load
from ..errors import ConfigError
from .regviz_program import call, headline, used

ACTIVATIONS = {
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU(0.01)",
    "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
    "silu": "nn.SiLU()",
    "gelu": 'nn.GELU(approximate="tanh")',
}

INITIALIZERS = {
    "he": "nn.init.kaiming_normal_(layer.weight)",
    "xavier": "nn.init.xavier_normal_(layer.weight)",
    "normal": "nn.init.normal_(layer.weight, std=0.01)",
    "zeros": "nn.init.zeros_(layer.weight)",
    "orthogonal": "nn.init.orthogonal_(layer.weight, gain=2**0.5)",
}

OPTIMIZERS = {
    "sgd": "torch.optim.SGD(network.parameters(), lr={lr})",
    "momentum": "torch.optim.SGD(network.parameters(), lr={lr}, momentum={momentum})",
    "nesterov": "torch.optim.SGD(network.parameters(), lr={lr}, momentum={momentum}, nesterov={look_ahead})",
    "adam": "torch.optim.Adam(network.parameters(), lr={lr})",
    "adamw": """torch.optim.AdamW(
    [{{"params": weights, "weight_decay": {weight_decay}}}, {{"params": free, "weight_decay": 0.0}}], lr={lr}
)""",
}

L1_RULES = ("proximal", "subgradient")
DTYPES = ("float32", "float64")
SCHEDULES = {
    "constant": "",
    "cosine": "scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max={epochs})",
    "step": "scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones={milestones}, gamma=0.1)",
}

TRANSLATED = (
    *DATA_FIELDS,
    *("hidden", "activation", "init", "batchnorm", "order", "dropout"),
    *("l1", "l2", "l1_rule", "optimizer", "lr", "schedule", "momentum", "weight_decay", "max_norm"),
    *("batch_size", "epochs", "patience", "dtype"),
)
"""The fields that the program follows. A new field of Config is refused until it is followed and named here."""

CHOICES = {
    "activation": tuple(ACTIVATIONS),
    "init": tuple(INITIALIZERS),
    "l1_rule": L1_RULES,
    "optimizer": tuple(OPTIMIZERS),
    "schedule": tuple(SCHEDULES),
    "dtype": DTYPES,
}
"""The names that the program has words for."""

TRAINING = "# Training"
"""The line between what there is before the first step and the steps: who hands over weights does it here."""


def program(config: Config) -> str:
    """The PyTorch program of a Config. Its data are regviz's, its random numbers PyTorch's own.

    Raises ConfigError for a field, or a choice, that the program would not follow.
    """
    _check(config)
    sections = [_top(config), _data(config), _network(config), _losses(config), _optimizer(config), _training(config)]
    return "\n".join(sections) + _end(config)


def _check(config: Config) -> None:
    """Refuse what would be left out in silence."""
    default = Config()
    for name in FIELDS:
        value = getattr(config, name)
        if name not in TRANSLATED and value != getattr(default, name):
            allowed = "the PyTorch program does not follow this field, so it is written only where it has its default"
            raise ConfigError(name, value, allowed, getattr(default, name))
        if value not in CHOICES.get(name, (value,)):
            raise ConfigError(name, value, f"the PyTorch program knows {', '.join(CHOICES[name])}", CHOICES[name][0])


def _top(config: Config) -> str:
    copying = "import copy\n\n" if config.patience is not None else ""
    return f'''"""{headline(config)}, in PyTorch."""

{copying}import regviz as rv
import torch
from torch import nn

torch.manual_seed({config.seed})
torch.set_default_dtype(torch.{config.dtype})
'''


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
    widths, lines = (split.n_features, *config.hidden), []
    for into, out in pairwise(widths):
        parts = {"dense": f"nn.Linear({into}, {out})", "activation": ACTIVATIONS[config.activation]}
        if config.batchnorm:
            parts["batchnorm"] = f"nn.BatchNorm1d({out})"
        if config.dropout:
            parts["dropout"] = f"nn.Dropout({config.dropout})"
        lines += [f"    {parts[name]}," for name in config.order.split("-") if name in parts]
    lines.append(f"    nn.Linear({widths[-1]}, {max(1, split.n_classes)}),")
    layers = "\n".join(lines)
    return f"""# The network
network = nn.Sequential(
{layers}
)
dense = [layer for layer in network if isinstance(layer, nn.Linear)]
for layer in dense:
    {INITIALIZERS[config.init]}
    nn.init.zeros_(layer.bias)
weights = [layer.weight for layer in dense]
"""


def _losses(config: Config) -> str:
    loss = "cross_entropy(network(X), y)" if load(config).task == "classification" else "mse_loss(network(X)[:, 0], y)"
    lines = ["def data_loss(X, y):", f"    return nn.functional.{loss}", ""]
    for name, term in (("l1", "W.abs().sum()"), ("l2", "(W**2).sum()")):
        lam = getattr(config, name)
        if isinstance(lam, tuple) and used(lam):
            lines += ["", f"def {name}_penalty():", f"    lams = {lam}"]
            lines += [f"    return sum(lam * {term} for lam, W in zip(lams, weights))", ""]
        elif used(lam):
            lines += ["", f"def {name}_penalty():", f"    return {lam} * sum({term} for W in weights)", ""]
    return "\n".join(["", *lines])


def _optimizer(config: Config) -> str:
    optimizer = OPTIMIZERS[config.optimizer].format(
        lr=config.lr, momentum=config.momentum, look_ahead=config.momentum > 0, weight_decay=config.weight_decay
    )
    lines = [""]
    if config.optimizer == "adamw":  # weights decay; biases and BatchNorm do not
        lines.append("free = [p for p in network.parameters() if all(p is not W for W in weights)]")
    lines.append(f"optimizer = {optimizer}")
    milestones = [ceil(config.epochs / 2), ceil(3 * config.epochs / 4)]
    schedule = SCHEDULES[config.schedule].format(epochs=config.epochs, milestones=milestones)
    lines += [schedule] * bool(schedule)
    return "\n".join([*lines, ""])


def _training(config: Config) -> str:
    proximal = used(config.l1) and config.l1_rule == "proximal"
    counting = proximal and config.optimizer in ("momentum", "nesterov")
    penalties = [
        f"{name}_penalty()" for name in ("l1", "l2") if used(getattr(config, name)) and (name == "l2" or not proximal)
    ]
    loss = " + ".join(["data_loss(X_train[batch], y_train[batch])", *penalties])
    lines = [TRAINING]
    lines += ["count = 0.0  # how many gradients the momentum holds"] * counting
    if config.patience is not None:
        lines += [
            "network.eval()",
            "with torch.no_grad():",
            "    best_loss, best_epoch, best = data_loss(X_val, y_val).item(), 0, copy.deepcopy(network.state_dict())",
        ]
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
        f"        loss = {loss}",
        "        optimizer.zero_grad()",
        "        loss.backward()",
        "        optimizer.step()",
    ]
    lines += _after_a_step(config, proximal)
    lines += ["    scheduler.step()"] * bool(SCHEDULES[config.schedule])
    lines += ["", "    network.eval()", "    with torch.no_grad():"]
    lines += ["        train_loss, val_loss = data_loss(X_train, y_train).item(), data_loss(X_val, y_val).item()"]
    lines += ['    print(f"epoch {epoch}: training loss {train_loss:.4f}, validation loss {val_loss:.4f}")']
    if config.patience is not None:
        lines += [
            "    if val_loss < best_loss:",
            "        best_loss, best_epoch, best = val_loss, epoch, copy.deepcopy(network.state_dict())",
            f"    elif epoch >= best_epoch + {config.patience}:",
            "        network.load_state_dict(best)",
            '        print(f"stopped: no better than epoch {best_epoch}, whose weights are back")',
            "        break",
        ]
    return "\n".join([*lines, ""])


def _after_a_step(config: Config, proximal: bool) -> list[str]:
    """What moves weights after the optimizer did: the proximal step of L1, and max-norm."""
    lines: list[str] = []
    if proximal:
        lam, over = str(config.l1), "W in weights"
        if isinstance(config.l1, tuple):
            lam, over = "lam", f"lam, W in zip({config.l1}, weights)"
        eta = {
            "sgd": "lr",
            "momentum": "lr * count",
            "nesterov": f"lr * (1 + {config.momentum} * count)",
        }.get(config.optimizer, "lr / (v.sqrt() + 1e-8)")
        lines += ['            lr = optimizer.param_groups[0]["lr"]']
        if config.optimizer in ("momentum", "nesterov"):
            lines += [f"            count = {config.momentum} * count + 1"]
        lines += [f"            for {over}:  # proximal step: shrink by η·λ, exactly to 0 if that is farther"]
        if config.optimizer in ("adam", "adamw"):
            lines += [
                "                state = optimizer.state[W]",
                '                v = state["exp_avg_sq"] / (1 - 0.999 ** state["step"])',
            ]
        lines += [
            f"                threshold = {eta} * {lam}",
            "                W -= W.clamp(-threshold, threshold)",
        ]
    if config.max_norm is not None:
        lines += [
            "            for W in weights:  # max-norm: no unit's incoming weights are longer",
            f"                W *= ({config.max_norm} / W.norm(dim=1, keepdim=True)).clamp(max=1)",
        ]
    return ["        with torch.no_grad():", *lines] if lines else []


def _end(config: Config) -> str:
    score = "accuracy {(network(X_test).argmax(1) == y_test).float().mean():.3f}"
    if load(config).task == "regression":
        score = "R² {1 - data_loss(X_test, y_test) / y_test.var(correction=0):.3f}"
    return f"""
network.eval()
with torch.no_grad():
    zeros = sum((W == 0).sum() for W in weights) / sum(W.numel() for W in weights)
    print(f"weights at 0: {{zeros:.1%}}")
    print(f"test loss {{data_loss(X_test, y_test):.4f}}")
    print(f"test {score}")
"""
