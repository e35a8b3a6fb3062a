"""IPython's shell, as labs see it: which cell runs, and what it remembers of outputs."""

from __future__ import annotations

from typing import Any

import pytest

from regviz.lab.page import cells


class Shell:
    """What IPython says of the cell that runs, and what it remembers of outputs."""

    def __init__(self) -> None:
        self.user_ns: dict[str, Any] = {"_oh": {}}
        self.user_ns_hidden: dict[str, Any] = {}
        self.displayhook = self
        self.cell: dict[str, Any] | None = None
        self.runs = 0

    def run(self, cell: str, kind: str = "execute_request", code: str = "Lab()") -> None:
        """From now on `cell` runs; without a name it is known by its code."""
        self.runs += 1
        self.cell = {
            "header": {"msg_type": kind, "msg_id": str(self.runs)},
            "metadata": {"cellId": cell} if cell else {},
            "content": {"code": code},
        }

    def get_parent(self) -> dict[str, Any] | None:
        return self.cell


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Shell:
    shell = Shell()
    monkeypatch.setattr(cells, "get_ipython", lambda: shell)
    monkeypatch.setattr(cells, "_made", {})
    return shell
