"""Your data: a table is chosen, dropped, pasted or typed, looked at with all that was done to it, and trained on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, get_args

import traitlets

import regviz as rv
from regviz import Table, TableError
from regviz.data.custom import from_table, plain_name
from regviz.data.targets import Task
from regviz.language import en, tr
from regviz.limits import MOST_ROWS
from regviz.tables.how import GAPS, KINDS

from ..compare import own_data
from ..compare.guest import is_guest
from ..look.style import module
from .by_click import spoken
from .files import Files, TooLarge, Torn
from .kept_table import KEPT, NOTHING, Kept
from .reading import READING, described, meant, missing_in
from .requests import Act
from .still_chosen import Seen, still_chosen
from .table_view import shown
from .weighing import weight

LONGEST_WORD = 300
"""Characters of a name or a choice that the page sends."""

FIRST_WORDS = en(
    "A table with one row for each sample. It stays in this session, and nothing trains before you have seen it."
)

STUTTERS = 10
"""Megabytes from which on reading a table is felt: it shares the interpreter with training and drawing."""


class DataDesk(Files):
    """A table on its way to the networks: `view` is what of it is seen, the page says what is to be changed.

    added   called, in the loop, with the name of the data set that was added
    call    runs an act in the player's loop, from any thread (`Player.call`)
    apart   runs an act that may take long, where it holds nothing up
    """

    _esm = module("controls/parts.js", "controls/kept_table.js", "controls/histogram.js", "controls/data_desk.js")

    view: Any = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        added: Callable[[str], None],
        call: Callable[[Act], None],
        apart: Callable[[Act], None] = lambda act: Thread(target=act, daemon=True).start(),
    ) -> None:
        super().__init__(self.take)
        self._added, self._call, self._apart = added, call, apart
        self._source: bytes | None = None
        self._name = self._greeting = ""
        self._how: dict[str, Any] = {}
        self._choices: dict[str, Any] = {}
        self._held: dict[str, Any] = {}
        """The choices of the table that is seen, which are known to fit it."""
        self._table: Table | None = None
        self._unread = False  # whether the file is to be read in another way than the table that is seen
        self._turn = 0
        self._show("empty", tr(FIRST_WORDS))
        self._apart(_make_ready)

    # -- from any thread

    def take(self, name: str, content: bytes, kept: Kept = NOTHING) -> None:
        """Look at a file, or at a text that was pasted; at one that the tab has `kept` as it was read before."""
        self._call(partial(self._take, name, content, kept))

    def hear(self, message: dict[str, Any]) -> None:
        """Do what a person does at the desk."""

        def word(field: str) -> str:
            given = message.get(field)
            return given[:LONGEST_WORD] if isinstance(given, str) else ""

        kind, value = word("kind"), word("value")
        acts: dict[str, Act] = {
            "role": lambda: self._set_role(word("column"), word("role")),
            "column": lambda: self._set_kind(word("column"), word("as")),
            "task": lambda: self._choose(task=value),
            "gaps": lambda: self._choose(gaps=value),
            "how": lambda: self._set_how(word("option"), value),
            "use": lambda: self._use(message.get("turn")),
            "again": self._look_again,
        }
        if kind in acts:
            self._call(acts[kind])
        else:
            super().hear(message)

    # -- in the player's loop

    def _take(self, name: str, content: bytes, kept: Kept = NOTHING) -> None:
        self._name, self._source = name, content
        self._how = {option: meant(option, text) for option, text in kept.how.items()}
        if kept.kinds:
            self._how["kinds"] = dict(kept.kinds)
        self._choices, self._table, self._unread = dict(kept.choices), None, False
        self._greeting = "" if kept is NOTHING else tr(KEPT, name=name)
        if isinstance(content, TooLarge):
            facts = {"size": f"{content.size / 1e6:.0f}", "most": self.most // 1_000_000}
            said = tr("{name} has {size} MB; up to {most} MB are read. Try a sample.", name=name, **facts)
        elif isinstance(content, Torn):
            said = content.sentence(name)
        elif is_guest() and weight(content) > self.most:
            said = tr("{name} holds more than is read on this server. Try a sample of its rows.", name=name)
        else:
            said = ""
        if said:
            self._source = None
            self._refuse(TableError(said))
            return
        self._read()

    def _read(self) -> None:
        """Read the table, with what was chosen before as far as it still fits."""
        source, chosen = self._source, dict(self._choices)
        if source is None:
            return
        self._unread = True
        how = {"sample": MOST_ROWS, **self._how, "missing": missing_in(self._how.get("missing", ()))}

        def work() -> Seen:
            table = rv.read_table(source, **how)
            return still_chosen(table, chosen) if chosen else Seen(table, {})

        size = len(source) / 1e6
        said = [tr("Reading {name}…", name=self._name)]
        if size > STUTTERS:
            long = en(
                "It has {size} MB, which takes a while; the networks train on, "
                "though the pictures may stand for moments."
            )
            said.append(tr(long, size=f"{size:.0f}"))
        elif size > 2:
            said.append(tr("It has {size} MB, which takes a while; the networks train on.", size=f"{size:.0f}"))
        self._start(work, " ".join(said), self._refuse)

    def _choose(self, **choices: Any) -> None:
        """Use the table in another way; what is impossible is said, and not done."""
        table = self._table
        if (
            table is None
            or choices.get("task") not in (None, *get_args(Task))
            or choices.get("gaps", "fill") not in GAPS
        ):
            return
        before, held = self._choices, self._held
        self._choices = chosen = {**before, **choices}
        if self._unread:  # a kind, or an option of reading, comes before it
            self._read()
            return

        def work() -> Seen:
            try:
                return Seen(table.with_roles(**chosen), chosen)
            except TableError as error:
                for fewer in (before, {**held, **choices}) if before != held else ():  # one before has no answer yet
                    with suppress(TableError):
                        return Seen(table.with_roles(**fewer), fewer, spoken(error.sentence))
                raise

        def undone(error: TableError) -> None:
            self._choices = dict(self._held)
            self._show("table", "", refusal=spoken(error.sentence))

        self._start(work, "", undone)

    def _set_role(self, name: str, role: str) -> None:
        if self._table is None or name not in [column.name for column in self._table.columns]:
            return
        leave_out = [one for one in self._choices.get("leave_out", ()) if one != name]
        keep = [one for one in self._choices.get("keep", ()) if one != name]
        if role == "target":
            self._choose(target=name, task=None, leave_out=leave_out, keep=keep)
        elif name == self._table.target:
            said = tr("{column} is the target. Make another column the target first.", column=repr(name))
            self._show("table", "", refusal=said)
        else:
            out = role == "out"
            target = self._choices.get("target") or self._table.target
            self._choose(target=target, leave_out=leave_out + [name] * out, keep=keep + [name] * (not out))

    def _set_kind(self, name: str, kind: str) -> None:
        if self._table is None or kind not in KINDS or name not in [column.name for column in self._table.columns]:
            return
        self._how["kinds"] = {**self._how.get("kinds", {}), name: kind}
        self._read()

    def _set_how(self, option: str, value: str) -> None:
        if option in READING:
            self._how[option] = meant(option, value)
            self._read()

    def _look_again(self) -> None:
        if self._table is not None:
            self._show("table", "")

    def _use(self, turn: Any) -> None:
        """Train on the table that a person has seen; not on one that has changed since."""
        table = self._table
        if table is None or table.refusal or turn != self._turn:
            return
        stem = Path(self._name).stem
        try:
            make = partial(from_table, table=table, title=stem)
            name = own_data.bring(plain_name(stem), make, beside=True).name  # networks may still ask for the one before
            self._added(name)
        except ValueError as error:  # all that regviz raises are
            self._show("table", "", refusal=str(error))
            return
        how = {each["option"]: each["value"] for each in self.view["how"]}
        kept = {"data": name, "how": how, "kinds": self._how.get("kinds", {}), "choices": self._choices}
        said = tr("The lab trains on {table} now: {size}.", table=stem, size=self.view["table"]["size"])
        self._show("used", said, kept=kept)

    # -- what takes long, and what is shown

    def _start(self, work: Callable[[], Seen], said: str, refused: Callable[[TableError], None]) -> None:
        """Have a table made somewhere else; only the newest one that was asked for is shown."""
        self._turn += 1
        turn = self._turn
        if said:
            self._show("reading", said)

        def done(made: Seen | TableError) -> None:
            if turn != self._turn:
                return
            self._unread = False
            if isinstance(made, TableError):
                refused(made)
                return
            self._table = made.table
            self._choices, self._held = dict(made.choices), dict(made.choices)
            said = " ".join(filter(None, [self._greeting, made.said]))
            self._show("table", said, table=shown(made.table))
            self._greeting = ""

        def act() -> None:
            try:
                made: Seen | TableError = work()
            except TableError as error:
                made = error
            except BaseException:  # a mistake of ours, or no memory: the page must not wait for ever
                said = tr("{name} cannot be read. Save the table as CSV (UTF-8), or try fewer rows.", name=self._name)
                made = TableError(said)
                self._call(partial(done, made))
                raise
            self._call(partial(done, made))

        self._apart(act)

    def _refuse(self, error: TableError) -> None:
        self._table = None
        self._show("refused", "", refusal=spoken(error.sentence))

    def _show(
        self,
        state: str,
        said: str,
        refusal: str = "",
        table: dict[str, Any] | None = None,
        kept: dict[str, Any] | None = None,
    ) -> None:
        """Tell the page. What was seen of the table before stays, unless another one is given or there is none.

        `kept` is what the page's tab keeps beside the file, to bring both back (`kept_table.Kept`).
        """
        before = self.view.get("table") if self._table is not None else None
        self.view = {
            "state": state,
            "turn": self._turn,
            "name": self._name,
            "said": said,
            "refusal": refusal,
            "table": table or before,
            "kept": kept,
            "how": [described(option, self._how.get(option)) for option in READING] if self._source is not None else [],
        }


def _make_ready() -> None:
    """Load the libraries that read tables, which takes half a second, while a person looks for a file."""
    rv.read_table("a;b\n1,5;x\n2,5;y\n")
