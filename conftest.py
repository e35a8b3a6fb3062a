"""What pytest's own plugins are spared: they are loaded before any test is asked for."""

from __future__ import annotations

from regviz.lab.serve.absent import GRAMMARS, without

with without(GRAMMARS):  # jsonschema, which nbmake needs: most of pytest's start, in every process
    import nbmake.pytest_plugin  # noqa: F401

pytest_plugins = ["nbmake.pytest_plugin"]
