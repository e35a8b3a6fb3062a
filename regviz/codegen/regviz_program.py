"""A Config as a program for regviz."""

from __future__ import annotations

from ..config import Config
from .parts import call, first_line
from .sources import preamble


def program(config: Config) -> str:
    """Return the regviz program of a Config. Raises ConfigError for a custom member whose source cannot be had."""
    return f"""{first_line(config)}

{preamble([config])}
config = rv.{call(config)}
(run,) = rv.fit([config])

for name, column in run.history.items():
    print(f"{{name:15}} {{column[-1]:.6g}}")
print(f"best epoch      {{run.best_epoch}}")
print(f"weights at 0    {{run.zero_fraction:.1%}}")
print(f"test loss       {{run.test_loss:.6g}}")
print(f"test score      {{run.test_score:.6g}}")
"""
