"""Custom data on the page: a CSV is uploaded, its target chosen, and what is wrong with it is said."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from regviz.data.custom import custom_data, enter, free_name

from ..export.custom_data import Table, free_name_of, prepared, read_csv, text_columns

TASKS = (("tell by the target", ""), ("classes", "classification"), ("numbers", "regression"))


class DataDesk(widgets.VBox):  # type: ignore[misc, unused-ignore]
    """A file to upload, what of it to use, and a button that adds it.

    added   called, in the loop, with the name of the data set that was added
    call    runs an act in the player's loop, from any thread (`Player.call`)
    """

    def __init__(self, added: Callable[[str], None], call: Callable[[Callable[[], None]], None]) -> None:
        self._added, self._call = added, call
        self._table: Table | None = None
        self._file = ""
        self.upload = widgets.FileUpload(accept=".csv,.tsv,.txt", description="Choose a CSV…", tooltip="A table")
        self.upload.observe(self._uploaded, "value")
        self.target = widgets.Dropdown(description="Target", tooltip="The column to predict")
        self.task = widgets.Dropdown(options=TASKS, description="as", tooltip="Classes, or numbers of a regression")
        self.without_texts = widgets.Checkbox(description="leave out text columns", indent=False)
        self.without_gaps = widgets.Checkbox(description="leave out rows with missing values", indent=False)
        self.use = widgets.Button(description="Train on it", tooltip="Start anew with these data")
        self.use.on_click(lambda _: self._call(partial(self._do, self._use)))
        self.said = widgets.HTML().add_class("rv-take-said")
        self._choices = widgets.VBox(
            [
                widgets.HBox([self.target, self.task]).add_class("rv-take-row"),
                widgets.HBox([self.without_texts, self.without_gaps, self.use]).add_class("rv-take-row"),
            ]
        ).add_class("rv-take")
        self._choices.layout.display = "none"
        super().__init__([widgets.HBox([self.upload]).add_class("rv-take-row"), self.said, self._choices])
        self.add_class("rv-take").add_class("rv-own-data")
        self._say("A table with one row for each sample and names in the first line. It stays in this session.")

    def _uploaded(self, change: Any) -> None:
        if change["new"]:
            file = change["new"][0]
            self._call(partial(self._do, partial(self._look_at, str(file["name"]), bytes(file["content"]))))

    def _look_at(self, name: str, data: bytes) -> None:
        self.upload.value = ()  # the same file may be chosen again
        self._table, self._choices.layout.display = None, "none"
        table = read_csv(data)
        self._table, self._file = table, name
        self.target.options = table.columns
        self.target.value = table.columns[-1]
        texts = [column for column in text_columns(table) if column != table.columns[-1]]
        self.without_texts.value, self.without_gaps.value = False, False
        self.without_texts.layout.display = "" if texts else "none"
        self._choices.layout.display = ""
        self._say(f"{name}: {len(table.rows):,} rows, {len(table.columns)} columns. Which one is to be predicted?")

    def _use(self) -> None:
        if self._table is None:
            return
        target, stem = str(self.target.value), Path(self._file).stem
        texts = [column for column in text_columns(self._table) if column != target] if self.without_texts.value else []
        name = free_name_of(stem)
        choices: dict[str, Any] = {
            "task": self.task.value or None,
            "leave_out": texts,
            "drop_missing": bool(self.without_gaps.value),
        }
        data = prepared(self._table, target, name, stem, **choices)
        known = custom_data(name)
        if known is not None and not known.same_as(data):
            data = prepared(self._table, target, free_name(name), stem, **choices)
        enter(data)
        self._added(data.info.name)
        kind = f"{data.info.n_classes} classes" if data.info.n_classes else "a number to predict"
        rows = len(data.raw.X)
        self._say(f"The lab trains on {stem} now: {rows:,} rows, {data.info.n_features} inputs, {kind}.")

    def _do(self, act: Callable[[], None]) -> None:
        """Do what was asked; what cannot be done is said."""
        try:
            act()
        except ValueError as error:  # DataError is one
            self._say(str(error))

    def _say(self, text: str) -> None:
        self.said.value = f'<p role="status">{escape(text)}</p>'
