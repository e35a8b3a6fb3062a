"""Show the code: a Config as a complete program that trains this very network."""

from __future__ import annotations

from ..config import FIELDS, Config
from ..errors import ConfigError
from ..fields import PerLayer
from ..optim.custom_penalties import NONE

ALWAYS = ("data", "n_train", "hidden", "epochs", "seed")
"""Fields that a program names even where they are the defaults: what a reader asks first."""


def program(config: Config, target: str = "regviz") -> str:
    """A program that trains the network of `config`, to copy and run, for regviz or for PyTorch ("torch").

    The regviz program gives the same numbers to the last bit. The PyTorch program is the same network, data, loss and
    rules of learning; its random numbers (start, batches, masks) are PyTorch's own. Raises ConfigError, with what would
    work, for another target.
    """
    if target == "regviz":
        return _regviz(config)
    if target == "torch":
        from .torch_program import program as torch_program

        return torch_program(config)
    raise ConfigError("target", target, "a program is written for regviz or for torch", "regviz")


def call(config: Config, indent: str = "", fields: tuple[str, ...] = tuple(FIELDS)) -> str:
    """`Config(…)` as code: what differs from the defaults and `ALWAYS`, of some `fields`; one line for each."""
    default = Config()
    named = [name for name in fields if name in ALWAYS or getattr(config, name) != getattr(default, name)]
    lines = [f"{indent}    {name}={getattr(config, name)!r}," for name in named]
    return "\n".join(["Config(", *lines, f"{indent})"]).replace("'", '"')


def headline(config: Config) -> str:
    """What a program is about, in one line."""
    layers = "-".join(map(str, config.hidden)) or "no"
    parts = [f"{config.data}, {config.n_train} training points, {layers} hidden units"]
    parts += ["BatchNorm"] * config.batchnorm
    parts += [f"dropout {config.dropout:g}"] * (config.dropout > 0)
    for name, lam in (("L1", config.l1), ("L2", config.l2)):
        if used(lam):
            parts.append(f"{name} {lam if isinstance(lam, tuple) else format(lam, 'g')}")
    parts += [f"early stopping after {config.patience} epochs"] * (config.patience is not None)
    return ", ".join(parts)


def used(lam: PerLayer) -> bool:
    """Whether a strength does anything in any layer."""
    return any(lam) if isinstance(lam, tuple) else lam > 0


def check(config: Config) -> None:
    """Raise ConfigError for what a regviz program cannot contain."""
    if config.penalty != NONE:
        raise ConfigError("penalty", config.penalty, "a program cannot contain a penalty of one's own", NONE)


def _regviz(config: Config) -> str:
    check(config)
    return f'''"""{headline(config)}."""

import regviz as rv

config = rv.{call(config)}
(run,) = rv.fit([config])

for name, column in run.history.items():
    print(f"{{name:15}} {{column[-1]:.6g}}")
print(f"best epoch      {{run.best_epoch}}")
print(f"weights at 0    {{run.zero_fraction:.1%}}")
print(f"test loss       {{run.test_loss:.6g}}")
print(f"test accuracy   {{run.test_accuracy:.6g}}")
'''
