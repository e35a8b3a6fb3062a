"""Data sets of one's own: looked at once, then used by name like any other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ConfigError, DataError
from ..language import en, tr
from ..limits import MOST_COLUMNS, MOST_ROWS
from ..masked import unmasked
from ..words import counted, title_of, without_marks
from .datasets import DATASETS, DatasetInfo, forget
from .drawing import same
from .raw import CUSTOM, Raw
from .tables import named, numbers, rows_without, short
from .targets import Task, classes_or_targets, labels_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..tables import Table

MOST_TRAIN = 10_000
"""Training points at most, as for generated data."""

USUAL_TRAIN = 500
"""Training points that the lab starts with at most, so that even a large table trains at once."""

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
"""What a name may be: it stands in links and in names of files."""

TO_A_TABLE = en("rv.add_table(name, rv.read_table(…)) with a file, a frame or arrays")
TO_AN_ARRAY = en("an array or a frame of numbers; rv.add_table(name, rv.read_table(…)) takes other tables")
"""What works where something else than a Table or an array was given."""

OTHER_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "Æ": "AE", "Ø": "O", "Ł": "L"}
)
"""Letters that are no letter of A to Z with a mark, as names spell them that have no others."""

SHIPPED = frozenset(DATASETS)
"""Names that are not to be had."""


@dataclass(frozen=True, slots=True, eq=False)
class CustomData:
    """A data set that was added: what `DATASETS` says of it and its rows, X (n, features) and y (n,)."""

    info: DatasetInfo
    raw: Raw

    def same_as(self, other: CustomData) -> bool:
        """Return whether both hold the same rows under the same names."""
        mine, its = self.raw, other.raw
        return (
            self.info == other.info
            and (mine.feature_names, mine.class_names) == (its.feature_names, its.class_names)
            and np.array_equal(mine.X, its.X)
            and np.array_equal(mine.y, its.y)
            and np.array_equal(mine.gaps(), its.gaps())  # filled alike here, but each Config fills them anew
            and same(mine.drawing, its.drawing)
        )


def add_data(
    name: str,
    X: Any,
    y: Any,
    *,
    feature_names: Sequence[str] | None = None,
    title: str | None = None,
    task: Task | None = None,
    drop_missing: bool = False,
    replace: bool = False,
) -> DatasetInfo:
    """Add a data set of one's own to this process: from then on `Config(data=name)` trains on it.

    X               (n, features) numbers: an array, lists, or a DataFrame, which brings its column names
    y               (n,) texts or a few whole numbers (classes), or any numbers (targets of a regression)
    title           what the lab calls it; the name if None
    task            "classification" or "regression", or None to tell by y: texts are classes, and so are up to 20
                    distinct whole numbers that each stand for two rows or more on average
    drop_missing    leave out rows in which a number is missing, not finite or beyond 1e100
    replace         let the name stand for these data from now on, if it stands for others; what has been trained on
                    those cannot be loaded again

    A Config then splits and scales them as any other data, and adds its `noise` to every input (0.3 of the input's own
    sd unless it says otherwise) and its `label_noise` to the training part (1 of 10 labels flipped, or targets
    exchanged): `Config(data=name, noise=0, label_noise=0)` trains on the rows as they are, as the lab does.

    The same data under the same name are no mistake. Raises DataError (a ConfigError) for fewer than 12 rows, more than
    20,000 rows, 200 columns or 20 classes; for missing numbers, numbers beyond 1e100, texts and dates among the inputs,
    lengths that differ, a single class and a target that never varies; and ConfigError for a name or a title that is
    not possible. `add_table` takes what has texts, dates and gaps.
    """
    data = examined(name, X, y, feature_names=feature_names, title=title, task=task, drop_missing=drop_missing)
    enter(data, replace=replace)
    return data.info


def add_table(name: str, table: Table, *, title: str | None = None, replace: bool = False) -> DatasetInfo:
    """Add a table that `read_table` read to this process: from then on `Config(data=name)` trains on it.

    Its parts have every class, or the whole range of the target; gaps are filled, and inputs scaled, as the training
    part of each Config says, and its `noise` and `label_noise` are added as `add_data` says: set both to 0 for the
    table as it is. `title` and `replace` are those of `add_data`. Raises TableError if no network can be trained on the
    table (`table.refusal`), DataError for anything else than a Table, and ConfigError for a name that is not possible.
    """
    data = from_table(name, table, title=title)
    enter(data, replace=replace)
    return data.info


def from_table(name: str, table: Table, *, title: str | None = None) -> CustomData:
    """Return the data of `add_table` as they would be added. Raises what `add_table` raises, and adds nothing."""
    from ..tables import Table, TableError

    check_name(name)
    check_given("table", table, Table, tr("it must be what rv.read_table returns"), tr(TO_A_TABLE))
    if table.refusal:
        raise TableError(table.refusal, column=table.target)
    raw = Raw(table.X, table.y, table.feature_names, table.class_names, None, None, table)
    return CustomData(_info(name, titled(title, name), table.X, len(table.class_names)), raw)


def remove_data(name: str) -> None:
    """Take a data set that was added away again. Raises ConfigError for any other name."""
    if name not in CUSTOM:
        allowed = tr("allowed is one that was added: {names}", names=", ".join(CUSTOM) or tr("there is none"))
        raise ConfigError("name", name, allowed, next(iter(CUSTOM), "add_data"))
    del CUSTOM[name], DATASETS[name]
    forget()


def custom_data(name: str) -> CustomData | None:
    """Return the data set that was added under `name`, or None."""
    return CustomData(DATASETS[name], CUSTOM[name]) if name in CUSTOM else None


def enter(data: CustomData, *, replace: bool = False) -> None:
    """Add what was examined. Raises ConfigError if the name stands for other data."""
    name = data.info.name
    known = custom_data(name)
    if known is not None and known.same_as(data):
        return
    if known is not None and not replace:
        allowed = tr("the name stands for other data already; take another one, or replace=True")
        raise ConfigError("name", name, allowed, free_name(name))
    CUSTOM[name], DATASETS[name] = data.raw, data.info
    forget()


def free_name(name: str) -> str:
    """Return `name` made into one that is allowed and not taken."""
    plain = plain_name(name)
    free, count = plain, 2
    while free in DATASETS:
        free, count = f"{plain}_{count}", count + 1
    return free


def plain_name(name: str) -> str:
    """Return `name` made into one that is allowed, of up to 36 letters."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", without_marks(name.translate(OTHER_LETTERS))).strip("_") or "data"
    return (plain if plain[0].isalpha() else f"data_{plain}")[:36]


def examined(
    name: str,
    X: Any,
    y: Any,
    *,
    feature_names: Sequence[str] | None = None,
    title: str | None = None,
    task: Task | None = None,
    drop_missing: bool = False,
) -> CustomData:
    """Return the data of `add_data` as they would be added. Raises what `add_data` raises, and adds nothing."""
    check_name(name)
    if feature_names is None and (columns := getattr(X, "columns", None)) is not None:
        feature_names = [title_of(column) for column in columns]
    inputs, target = _table(X), _column(y)
    if len(inputs) != len(target):
        rows, targets = counted(len(inputs), "row"), counted(len(target), "value")
        wrong = tr("X has {rows} and y has {targets}", rows=rows, targets=targets)
        raise DataError("X", wrong, tr("each row needs its target"), tr("X and y of the same rows"))
    names = named(feature_names, inputs.shape[1])
    _check_size(inputs)
    values = numbers(inputs, names)
    labels, missing = labels_of(target)
    values, kept = rows_without(values, np.arange(len(labels)), missing, names, drop_missing)
    found, classes = classes_or_targets(labels[kept], target[kept], task)
    for array in (values, found):
        array.setflags(write=False)
    info = _info(name, titled(title, name), values, len(classes))
    return CustomData(info, Raw(values, found, names, classes, None))


def check_name(name: object) -> None:
    """Raise ConfigError unless `name` is one that data of one's own may have."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        allowed = tr("allowed are up to 40 letters A to Z, digits, _ and -, a letter first")
        raise ConfigError("name", name, allowed, free_name(str(name)))
    if name in SHIPPED:
        raise ConfigError("name", name, tr("regviz has data of that name"), free_name(name))


def titled(title: str | None, otherwise: str) -> str:
    """Return what the lab calls data with this title, or with none. Raises ConfigError for what is no text."""
    if title is not None and not isinstance(title, str):
        raise ConfigError("title", title, tr("allowed is a text, or None for the name"), str(title))
    return short(title) if title else otherwise


def check_given(field: str, given: object, kind: type, needed: str, way: str) -> None:
    """Raise DataError unless what is `given` as an argument is of a kind."""
    if not isinstance(given, kind):
        raise DataError(field, _wrong_type(field, given), needed, way)


def _wrong_type(field: str, given: object) -> str:
    if given is None:
        return tr("{field} is None", field=field)
    return tr("{field} is of type {type}", field=field, type=type(given).__name__)


def _table(X: Any) -> NDArray[Any]:
    try:
        array = np.asarray(unmasked(X))
    except ValueError:  # rows of different lengths
        raise DataError("X", tr("X is no table"), tr("its rows must be of one length"), tr("equal rows")) from None
    needed = tr("it must be a table of (rows, columns)")
    if array.ndim == 0:
        raise DataError("X", _wrong_type("X", X), needed, tr(TO_AN_ARRAY))
    if array.ndim != 2 or array.shape[1] == 0:
        way = tr("X.reshape(-1, 1) for a single column")
        if array.ndim > 2:
            way = tr("X.reshape(len(X), -1), which makes one row of each sample")
        elif array.ndim == 2:
            way = tr("a table with at least one column")
        raise DataError("X", tr("X has the shape {shape}", shape=array.shape), needed, way)
    return array


def _column(y: Any) -> NDArray[Any]:
    try:
        array = np.asarray(unmasked(y))
    except ValueError:
        array = np.empty((0, 0))
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    needed = tr("it must be one column, (rows,)")
    if array.ndim == 0:
        raise DataError("y", _wrong_type("y", y), needed, tr("a list or an array with the target of each row"))
    if array.ndim != 1:
        raise DataError("y", tr("y has the shape {shape}", shape=array.shape), needed, tr("one target"))
    return array


def _check_size(X: NDArray[Any]) -> None:
    rows, columns = X.shape
    if rows > MOST_ROWS:
        most = f"{MOST_ROWS:,}"
        wrong, way = tr("there are {n} rows", n=f"{rows:,}"), tr("a sample of {n} rows", n=most)
        raise DataError("X", wrong, tr("up to {n} train live", n=most), way)
    if columns > MOST_COLUMNS:
        wrong = tr("there are {n} columns", n=f"{columns:,}")
        raise DataError("X", wrong, tr("up to {n} inputs are possible", n=MOST_COLUMNS), tr("the columns that matter"))


def _info(name: str, title: str, X: NDArray[np.float64], n_classes: int) -> DatasetInfo:
    rows, columns = X.shape
    most = min(rows - max(4, -(-rows // 5)), MOST_TRAIN)  # a fifth at least is held out
    usual = min(most, 3 * rows // 5, USUAL_TRAIN)
    return DatasetInfo(
        name=name,
        title=title,
        task="classification" if n_classes else "regression",
        n_features=columns,
        n_classes=n_classes,
        kind="plane" if columns == 2 and n_classes else "table",
        default_n_train=usual - usual % 25 if usual >= 50 else usual,
        max_n_train=most,
        default_noise=0.0,
        generated=False,
        default_label_noise=0.0,
    )
