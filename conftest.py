"""What pytest's own plugins are spared: they are loaded before any test is asked for."""

from __future__ import annotations

import sys

# jsonschema, which nbmake needs, compiles 38 grammars of addresses if it can: most of pytest's start, in every process.
# No notebook is held to them.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

pytest_plugins = ["nbmake.pytest_plugin"]
