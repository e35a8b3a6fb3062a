"""A table that was read: its columns with their roles, and the inputs and the target that they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..language import SOURCE, en, ntr, speaking, tr
from ..limits import FEWEST_ROWS, MOST_CLASSES, MOST_COLUMNS, MOST_ROWS
from .cells.stored import note_missing
from .choices import Choices, Task, changed
from .columns import Column, as_category
from .encoder import Feature, encoded
from .errors import TableError, counted, listed, quoted
from .how import check_of_columns
from .judging.features import features_of
from .judging.leaks import ORDERS, gives_away, note_copies
from .judging.remarks import check_kind
from .judging.roles import Out, called_id, nature_of, target_of
from .judging.targets import Target, target_from, word_classes
from .names import name_of
from .notes import (
    Note,
    fewer_inputs,
    fill_gaps,
    leave_counting,
    leave_id,
    leave_order,
    more_inputs,
    other_target_or_numbers,
    take_back,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table as inputs and a target. All arrays are read-only.

    feature_names   of the inputs, such as "age", "sex=female" and "age=missing"
    X               (rows, features) float64 in the columns' own units. Gaps are filled from all rows here; training
                    fills them from its own part alone (`filled`)
    y               (rows,) int64 classes from 0 on, or float64 targets
    task            "classification" or "regression"
    target          the name of the column that is predicted
    class_names     of the classes, none for a regression
    rows            how many there are
    notes           sentences about everything that was done to the table
    columns         as they were read, those that are left out too
    roles           of each column: "target", "input" or "out"
    natures         {name: "row number", "id", "constant", "empty" or "text"} of columns that are left out unless wanted
    kept            (rows,) which rows of the columns stand in X and y: not those without a target
    features        what each column of X is made of, in their order
    refusal         a sentence if no network can be trained on the table as it is, else ""
    choices         what was asked for: target, columns to leave out or to keep, task, gaps and kinds
    read_notes      those of `notes` that hold whatever is chosen: how the file was read
    """

    feature_names: tuple[str, ...]
    X: NDArray[np.float64]
    y: NDArray[Any]
    task: Task
    target: str
    class_names: tuple[str, ...]
    rows: int
    notes: tuple[str, ...]
    columns: tuple[Column, ...]
    roles: tuple[str, ...]
    natures: Mapping[str, str]
    kept: NDArray[np.intp]
    features: tuple[Feature, ...]
    refusal: str
    choices: Choices
    read_notes: tuple[str, ...]

    def __repr__(self) -> str:
        with speaking(SOURCE):
            what = counted(len(self.class_names), "class") if self.class_names else "a number"
            rows, inputs = counted(self.rows, "row"), counted(len(self.feature_names), "input")
        return f"Table({rows}, {inputs}, target {self.target!r}: {what})"

    def column(self, name: Hashable) -> Column:
        """Return the column called `name`, which may be the number, date or tuple that a frame names it by. Raises
        TableError if there is none.
        """
        return self.columns[_place(name_of(name, "name"), [column.name for column in self.columns])]

    def with_roles(self, **choices: Any) -> Table:
        """Return the same table with other choices: target, leave_out, keep, task, gaps, kinds.

        Nothing is read anew, so of kinds any column may become a category, and none anything else. Raises TableError
        for another kind, for a choice or a column that does not exist, and for a target that is none.
        """
        after = changed(self.choices, choices)
        check_of_columns(after.gaps, after.kinds)
        for name, kind in after.kinds.items() - self.choices.kinds.items():
            check_kind(self.column(name), kind)
        kinds = {**self.choices.kinds, **after.kinds}
        return assembled(self.columns, self.read_notes, after._replace(kinds=kinds))

    def filled(self, train: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return `X` with its gaps filled as the rows `train` of it say, and no others: give it the training part."""
        return encoded(self.columns, self.features, self.kept, self.kept[train])

    def preview(self, rows: int = 6) -> list[list[str]]:
        """Return the first rows as they are written, one list for each."""
        count = min(rows, min((len(column.first) for column in self.columns), default=0))
        return [[column.first[row] for column in self.columns] for row in range(count)]


def _place(name: str, names: Sequence[str]) -> int:
    if name in names:
        return list(names).index(name)
    from difflib import get_close_matches

    near = get_close_matches(name, names, 1, 0.4)
    said = en("The table has no column {column}; there are {columns}.")
    if near:
        said = en("The table has no column {column}; did you mean {near}?")
    fields = {"near": repr(near[0])} if near else {"columns": listed([quoted(one) for one in names], 8)}
    raise TableError(tr(said, column=quoted(name), **fields), column=name)


def assembled(columns: Sequence[Column], read_notes: Sequence[str], choices: Choices) -> Table:
    """Return the table that `columns` make with `choices`. Raises TableError for a target that cannot be one."""
    notes = list(read_notes)
    names = [column.name for column in columns]
    of_columns = () if isinstance(choices.gaps, str) else choices.gaps
    for name in (*choices.leave_out, *choices.keep, *choices.kinds, *of_columns):
        _place(name, names)
    columns = [as_category(c) if choices.kinds.get(c.name) == "category" else c for c in columns]
    count = len(columns[0].values)
    outs = {column.name: out for column in columns if (out := nature_of(column, count))}
    able = [column for column in columns if column.name not in choices.leave_out]
    target = names[_place(choices.target, names)] if choices.target is not None else target_of(able or columns, outs)
    _note_hollow(columns, target, notes)
    goal = target_from(columns[names.index(target)], choices.task, notes, guessed=choices.target is None)
    roles = _roles(columns, target, goal, outs, choices, notes)
    inputs = [k for k, role in enumerate(roles) if role == "input"]
    kept = _kept_rows(columns, inputs, goal, target, choices, notes)
    features = features_of(columns, inputs, kept, choices, notes)
    X, (y, classes) = encoded(columns, features, kept, kept), goal.within(kept)
    note_copies(columns, features, X, kept, (target, y, classes), notes)
    _note_rare(y, classes, notes)
    for array in (X, y, kept, *(column.values for column in columns)):
        array.setflags(write=False)
    table = Table(
        feature_names=tuple(feature.name for feature in features),
        X=X,
        y=y,
        task=goal.task,
        target=target,
        class_names=classes,
        rows=len(y),
        notes=tuple(notes),
        columns=tuple(columns),
        roles=tuple(roles),
        natures={name: out.nature for name, out in outs.items()},
        kept=kept,
        features=tuple(features),
        refusal="",
        choices=choices,
        read_notes=tuple(read_notes),
    )
    return replace(table, refusal=_refusal(table))


def _note_hollow(columns: Sequence[Column], target: str, notes: list[str]) -> None:
    """Note the words of texts that were read as missing; those of the target may be classes."""
    for column in columns:
        classes = word_classes(column) if column.name == target else {}
        taken = {row for rows in classes.values() for row in rows}
        gaps = {word: len(rows) for word, rows in column.hollow.items() if not taken.intersection(rows)}
        note_missing(column.name, Counter(gaps), notes)


def _roles(
    columns: Sequence[Column], target: str, goal: Target, outs: dict[str, Out], choices: Choices, notes: list[str]
) -> list[str]:
    """The role of each column; appends why it is left out."""
    roles: list[str] = []
    left_out = {target, *choices.leave_out, *(outs.keys() - set(choices.keep))}
    others = {column.name for column in columns} - left_out
    for column in columns:
        name = column.name
        if name == target:
            roles.append("target")
        elif name in choices.leave_out:
            roles.append("out")
        elif name in outs and (name not in choices.keep or outs[name].nature == "empty"):
            roles.append("out")
            notes.append(outs[name].sentence)
        elif name not in choices.keep and (order := gives_away(column, goal.values, len(goal.levels)))[0]:
            how, sure = order
            out = sure and (how == "counts" or others != {name})
            roles.append("out" if out else "input")
            said = tr(ORDERS[how], column=quoted(name), target=quoted(target))
            if out:
                said = f"{said} {tr('It would give the answer away and was left out.')}"
            else:
                said = f"{said} {tr('It may give the answer away.')}"
            notes.append(Note(said, take_back(name) if out else leave_order(name)))
        else:
            roles.append("input")
            if column.kind == "number" and _counts(column):
                notes.append(Note(tr("{column} counts the rows.", column=quoted(name)), leave_counting(name)))
            elif called_id(column):
                notes.append(Note(tr("{column} is called an id.", column=quoted(name)), leave_id(name)))
    if left := [quoted(name) for name in choices.leave_out if name != target]:
        notes.append(tr("Left out as asked: {columns}.", columns=listed(left, 10)))
    return roles


def _counts(column: Column) -> bool:
    return len(column.values) > 3 and bool((np.diff(column.values) == 1).all())


def _kept_rows(
    columns: Sequence[Column], inputs: list[int], goal: Target, target: str, choices: Choices, notes: list[str]
) -> NDArray[np.intp]:
    """Rows that have a target, and all their inputs where gaps are to be dropped."""
    there = ~np.isnan(goal.values)
    lacking = int((~there).sum())
    if lacking == len(there):
        said = tr("The target {column} is empty; take another column.", column=quoted(target))
        raise TableError(said, column=target)
    if lacking:
        notes.append(
            ntr(
                "1 row without a value of {column} was left out.",
                "{n} rows without a value of {column} were left out.",
                lacking,
                column=quoted(target),
            )
        )
    hollow = np.zeros(len(there), bool)
    for k in inputs:
        if choices.gaps_of(columns[k].name) == "drop":
            hollow |= np.isnan(columns[k].values)
    if dropped := int((hollow & there).sum()):
        notes.append(ntr("1 row with gaps was left out.", "{n} rows with gaps were left out.", dropped))
    kept = np.flatnonzero(there & ~hollow)
    if not len(kept):
        raise TableError(Note(tr("Every row has a gap, so none is left."), fill_gaps()))
    return kept


def _note_rare(y: NDArray[Any], classes: Sequence[str], notes: list[str]) -> None:
    """Name classes that cannot be in all three parts."""
    counts = np.bincount(y, minlength=len(classes)) if classes else ()
    for name, count in zip(classes, counts, strict=True):
        if count < 3:
            notes.append(
                ntr(
                    "Class {name} has 1 row, too few for three parts; add rows of it.",
                    "Class {name} has {n} rows, too few for three parts; add rows of it.",
                    int(count),
                    name=quoted(name),
                )
            )


def _refusal(table: Table) -> str:
    """Why no network can be trained on `table`, with a way out; "" if one can."""
    title = quoted(table.target)
    if len(table.columns) > FEWEST_ROWS > table.rows:
        return tr(
            "There are {rows} of {columns}, too few for three parts; if its columns are the rows, transpose the table.",
            rows=counted(table.rows, "row"),
            columns=counted(len(table.columns), "column"),
        )
    if len(np.unique(table.y)) == 1:
        value = table.class_names[0] if table.class_names else f"{table.y[0]:g}"
        said = en("{column} is {value} in every row, so there is nothing to learn; take another column as the target.")
        return tr(said, column=title, value=quoted(value))
    if not table.feature_names:
        return Note(tr("There is no column left for the inputs."), more_inputs())
    if table.rows < FEWEST_ROWS:
        said = en("There are {rows}; at least {fewest} are needed for three parts. Add rows.")
        return tr(said, rows=counted(table.rows, "row"), fewest=FEWEST_ROWS)
    if table.rows > MOST_ROWS:
        said = en("There are {rows} rows; up to {most} train live. Try a sample of {sample} rows.")
        return tr(said, rows=f"{table.rows:,}", most=f"{MOST_ROWS:,}", sample=f"{MOST_ROWS:,}")
    if len(table.feature_names) > MOST_COLUMNS:
        said = en("There are {n} inputs; up to {most} inputs are possible.")
        return Note(tr(said, n=f"{len(table.feature_names):,}", most=MOST_COLUMNS), fewer_inputs())
    if len(table.class_names) > MOST_CLASSES:
        said = en("{column} has {n} classes; up to {most} classes are possible.")
        many = tr(said, column=title, n=len(table.class_names), most=MOST_CLASSES)
        if table.column(table.target).levels:
            return f"{many} {tr('Take another target.')}"
        return Note(many, other_target_or_numbers())
    return ""
