"""The page as far as the desk for tables needs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regviz.lab.controls.data_desk import DataDesk


class Page:
    """It shows `view`, sends files in parts and says what a person does."""

    def __init__(self, apart: Callable[[Callable[[], None]], None] = lambda act: act()) -> None:
        self.added: list[str] = []
        self.desk = DataDesk(self.added.append, lambda act: act(), apart)

    @property
    def view(self) -> dict[str, Any]:
        found: dict[str, Any] = self.desk.view
        return found

    @property
    def refusal(self) -> str:
        return str(self.view["refusal"] or (self.view["table"] or {}).get("refusal", ""))

    @property
    def roles(self) -> dict[str, str]:
        return {column["name"]: column["role"] for column in self.view["table"]["columns"]}

    def bring(self, content: bytes | str, name: str = "My table.csv", part: int = 1000) -> None:
        data = content.encode() if isinstance(content, str) else content
        parts = [data[k : k + part] for k in range(0, len(data), part)] or [b""]
        for place, piece in enumerate(parts):
            message = {"kind": "part", "key": "k", "name": name, "place": place, "of": len(parts)}
            self.desk._handle_custom_msg(message, [memoryview(piece)])

    def say(self, kind: str, **more: Any) -> None:
        self.desk._handle_custom_msg({"kind": kind, **more}, [])

    def role(self, column: str, role: str) -> None:
        self.say("role", column=column, role=role)

    def use(self) -> None:
        self.say("use", turn=self.view["turn"])
