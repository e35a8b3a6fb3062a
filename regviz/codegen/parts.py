"""What programs are made of: the call of Config, and the line that says what a program is about."""

from __future__ import annotations

from collections.abc import Iterable

from ..config import FIELDS, TECHNIQUES, Config
from ..fields import PerLayer
from ..optim.penalties import PENALTIES, used

ALWAYS = ("data", "n_train", "hidden", "epochs", "seed")
"""Fields that a program names even where they are the defaults: what a reader asks first."""


def call(config: Config, indent: str = "", fields: Iterable[str] | None = None) -> str:
    """Return `Config(…)` as code: what differs from the defaults and `ALWAYS`, of some `fields` or of all; a line for
    each.
    """
    default, given = Config(), FIELDS if fields is None else fields
    named = [name for name in given if name in ALWAYS or getattr(config, name) != getattr(default, name)]
    lines = [f"{indent}    {name}={getattr(config, name)!r}," for name in named]
    return "\n".join(["Config(", *lines, f"{indent})"]).replace("'", '"')


def first_line(config: Config, end: str = "") -> str:
    """Return a program's docstring: what it is about, in one line, whatever titles people give their penalties."""
    said = one_line(f"{headline(config)}{end}.").replace("\\", "\\\\").replace('"', '\\"')
    return f'"""{said}"""'


def one_line(title: str) -> str:
    """Return what people call something without the line breaks that a comment cannot have."""
    return " ".join(title.split())


def headline(config: Config) -> str:
    """Return what a program is about, in one line."""
    layers = "-".join(map(str, config.hidden)) or "no"
    units = "unit" if config.hidden == (1,) else "units"
    parts = [f"{config.data}, {config.n_train} training points, {layers} hidden {units}"]
    parts += ["BatchNorm"] * config.batchnorm + ["LayerNorm"] * config.layernorm
    for name in TECHNIQUES:
        if name not in PENALTIES and (strength := getattr(config, name)) != FIELDS[name].technique:
            parts.append(f"{FIELDS[name].title} {_said(strength)}")
    for name, penalty in used(config).items():
        parts.append(f"{penalty.title} {_said(getattr(config, name))}")
    if config.patience is not None:
        parts.append(f"early stopping after {config.patience} {'epoch' if config.patience == 1 else 'epochs'}")
    return ", ".join(parts)


def _said(strength: PerLayer) -> str:
    return str(strength) if isinstance(strength, tuple) else format(strength, "g")
