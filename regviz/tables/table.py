"""A table that was read: its columns with their roles, and the inputs and the target that they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .choices import Choices, Task, changed
from .columns import Column, as_category
from .encoder import Encoder, Feature, fill_of, matrix
from .errors import TableError, counted, listed, quoted, were
from .features import features_of
from .leaks import gives_away, note_copies
from .roles import Out, called_id, nature_of, target_of
from .stored import note_missing
from .targets import Target, target_from, word_classes

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_ROWS, MOST_ROWS, MOST_COLUMNS, MOST_CLASSES = 12, 20_000, 200, 20


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table as inputs and a target. All arrays are read-only.

    feature_names   of the inputs, such as "age", "sex=female" and "age=missing"
    X               (rows, features) float64 in the columns' own units. Gaps are filled from all rows here; training
                    fills them from its own part alone (`encoder`)
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
    refusal         a sentence if no network can be trained on the table as it is, else ""
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
        what = f"{len(self.class_names)} classes" if self.class_names else "a number"
        return f"Table({self.rows} rows, {len(self.feature_names)} inputs, target {self.target!r}: {what})"

    def column(self, name: str) -> Column:
        """The column called `name`. Raises TableError if there is none."""
        return self.columns[_place(name, [column.name for column in self.columns])]

    def with_roles(self, **choices: Any) -> Table:
        """The same table with other choices: target, leave_out, keep, task, gaps, kinds. Nothing is read anew.

        Raises TableError for a column that does not exist and for a target that is none.
        """
        return assembled(self.columns, self.read_notes, changed(self.choices, choices))

    def encoder(self, rows: NDArray[np.intp]) -> Encoder:
        """What makes inputs of columns, learned from `rows` (of X and y) alone: give it the training part."""
        return Encoder.fit(self.columns, self.features, self.kept[rows])

    def encoded(self, encoder: Encoder, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """`rows` (of X and y) as scaled inputs, (rows, features)."""
        return encoder.transform(self.columns, self.kept[rows])

    def preview(self, rows: int = 6) -> list[list[str]]:
        """The first rows as they are written, one list for each."""
        count = min(rows, min((len(column.first) for column in self.columns), default=0))
        return [[column.first[row] for column in self.columns] for row in range(count)]


def _place(name: str, names: Sequence[str]) -> int:
    if name in names:
        return list(names).index(name)
    from difflib import get_close_matches

    near = get_close_matches(str(name), names, 1, 0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {listed([quoted(one) for one in names], 8)}."
    raise TableError(f"The table has no column {quoted(name)}; {hint}", column=str(name))


def assembled(columns: Sequence[Column], read_notes: Sequence[str], choices: Choices) -> Table:
    """The table that `columns` make with `choices`. Raises TableError for a target that cannot be one."""
    notes = list(read_notes)
    names = [column.name for column in columns]
    for name in (*choices.leave_out, *choices.keep, *choices.kinds):
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
    fills = np.array([fill_of(column, kept) if k in inputs else 0.0 for k, column in enumerate(columns)])
    X, (y, classes) = matrix(columns, features, fills, kept), goal.within(kept)
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
            way = f"would give the answer away and was left out (keep=[{name!r}] takes it back)"
            doubt = f"may give the answer away; if it is no more than their order, say leave_out=[{name!r}]"
            what = f"{quoted(name)} {how} the rows, and the rows are sorted by {quoted(target)}"
            notes.append(f"{what}: it {way if out else doubt}.")
        else:
            roles.append("input")
            if column.kind == "number" and _counts(column):
                notes.append(f"{quoted(name)} counts the rows; if it is no more than that, say leave_out=[{name!r}].")
            elif called_id(column):
                notes.append(f"{quoted(name)} is called an id; if it only says who, say leave_out=[{name!r}].")
    if left := [quoted(name) for name in choices.leave_out if name != target]:
        notes.append(f"Left out as asked: {listed(left, 10)}.")
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
        raise TableError(f"The target {quoted(target)} is empty; take another column.", column=target)
    if lacking:
        notes.append(f"{counted(lacking, 'row')} without a value of {quoted(target)} {were(lacking)} left out.")
    hollow = np.zeros(len(there), bool)
    for k in inputs:
        if choices.gaps_of(columns[k].name) == "drop":
            hollow |= np.isnan(columns[k].values)
    if dropped := int((hollow & there).sum()):
        notes.append(f"{counted(dropped, 'row')} with gaps {were(dropped)} left out.")
    kept = np.flatnonzero(there & ~hollow)
    if not len(kept):
        raise TableError("Every row has a gap, so none is left; fill the gaps instead (gaps='fill').")
    return kept


def _note_rare(y: NDArray[Any], classes: Sequence[str], notes: list[str]) -> None:
    """Name classes that cannot be in all three parts."""
    counts = np.bincount(y, minlength=len(classes)) if classes else ()
    for name, count in zip(classes, counts, strict=True):
        if count < 3:
            notes.append(
                f"Class {quoted(name)} has {counted(int(count), 'row')}, too few for three parts; add rows of it."
            )


def _refusal(table: Table) -> str:
    """Why no network can be trained on `table`, with a way out; "" if one can."""
    title = quoted(table.target)
    if len(table.columns) > FEWEST_ROWS > table.rows:
        return (
            f"There are {counted(table.rows, 'row')} of {len(table.columns)} columns, too few for three parts; if its "
            "columns are the rows, transpose the table."
        )
    if len(np.unique(table.y)) == 1:
        value = table.class_names[0] if table.class_names else f"{table.y[0]:g}"
        return (
            f"{title} is {quoted(value)} in every row, so there is nothing to learn; take another column as the target."
        )
    if not table.feature_names:
        return "There is no column left for the inputs; take one back (keep=[…]), or choose another target."
    if table.rows < FEWEST_ROWS:
        return f"There are {counted(table.rows, 'row')}; at least {FEWEST_ROWS} are needed for three parts. Add rows."
    if table.rows > MOST_ROWS:
        return f"There are {table.rows:,} rows; up to {MOST_ROWS:,} train live. Try a sample of {MOST_ROWS:,} rows."
    if len(table.feature_names) > MOST_COLUMNS:
        return (
            f"There are {len(table.feature_names):,} inputs; up to {MOST_COLUMNS} inputs are possible. "
            "Try the columns that matter (leave_out=[…])."
        )
    if len(table.class_names) > MOST_CLASSES:
        other = "" if table.column(table.target).levels else ", or task='regression'"
        many = f"{title} has {len(table.class_names)} classes; up to {MOST_CLASSES} classes are possible"
        return f"{many}. Take another target{other}."
    return ""
