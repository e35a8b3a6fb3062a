"""What links, files and experiments of older versions called otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import ConfigError
from .language import tr

RENAMED = {"l1_rule": "penalty_rule"}
"""Fields that links and files of older versions call otherwise."""

OLDER = ("penalty", "strength", *RENAMED)
"""Fields of older versions: the first two named a custom penalty and its λ."""


def migrated(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields by today's names, whether values or texts: what older links, files and experiments called
    otherwise. Raises ConfigError for an older "penalty" that is no name.
    """
    found = {RENAMED.get(name, name): value for name, value in fields.items()}
    penalty, lam = found.pop("penalty", "none"), found.pop("strength", None)
    if not isinstance(penalty, str):
        raise ConfigError("penalty", penalty, tr("allowed is the name of a penalty, or none"), "none")
    if penalty != "none" and lam is not None:
        found.setdefault(penalty, lam)
    return found
