"""What one takes away, as the contents of files: picture, history, code. (Films: `film`, states: `experiment`.)"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from regviz import Config
from regviz.codegen import program
from regviz.codegen.parts import ALWAYS
from regviz.codegen.sources import preamble
from regviz.config import FIELDS
from regviz.data.custom import custom_data
from regviz.errors import ArgumentError
from regviz.training.snapshot import Snapshot
from regviz.words import csv_text

from ..compare.lanes import Lane
from ..compare.pace import lasting, scheduled
from ..look.arrangement import arrange
from ..look.lettering import families, nearest_weight
from ..panels import Place
from .arguments import checked_size
from .bitmap import HEAD, MARGIN, USUAL_SIZE, head_line
from .lettering import BOLD
from .tables import reading
from .view import View

PICTURES = ("png", "svg", "pdf")

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet computes."""


def picture(
    snapshot: Snapshot,
    view: View,
    *,
    kind: str = "png",
    size: tuple[int, int] = USUAL_SIZE,
    ratio: float = 2.0,
) -> bytes:
    """Return `snapshot` as the bytes of a picture with a head line.

    `kind` is "png", "svg" or "pdf"; `size` in CSS pixels, `ratio` pixels of a PNG for each of them.
    Raises ArgumentError for another kind, and for a size or a ratio that is no picture's.
    """
    if kind not in PICTURES:
        raise ArgumentError("kind", kind, f"allowed is one of {', '.join(PICTURES)}", "png")
    width, height = checked_size(size, ratio)
    figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor=view.look.background)
    FigureCanvasAgg(figure)
    panels = view.fresh()
    places = arrange(len(panels), width - 2 * MARGIN, height - HEAD - MARGIN)
    for panel, (x, y, w, h) in zip(panels, places, strict=True):
        panel.scene = view.scene
        panel.stand(Place(figure, x + MARGIN, y + HEAD, w, h), view.look, view.lanes, snapshot)
        while panel.behind:
            panel.draw(snapshot)
    for x, y, string, color, points, heavy, ha, va, _ in head_line(view, snapshot, width):
        at, weight = (x / width, 1 - y / height), "bold" if heavy >= BOLD else "normal"  # few fonts have one between
        figure.text(*at, string, color=color, size=points, weight=weight, ha=ha, va=va, parse_math=False)
    for text in figure.findobj(Text):
        text.set_fontfamily(families())  # type: ignore[attr-defined, unused-ignore]
    file = io.BytesIO()
    dated = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[kind]
    with nearest_weight():
        figure.savefig(file, format=kind, dpi=72 * ratio, metadata=dated)  # type: ignore[arg-type, unused-ignore]
    return file.getvalue()


def history_csv(snapshot: Snapshot, lanes: Sequence[Lane]) -> str:
    """Return the history of every lane as CSV: one row for each lane and epoch, every number exact.

    Columns: the lane's label, the Config fields in which lanes differ, and those of the history. A label that a
    spreadsheet would take for a formula, since a link may name lanes anything, has ' before it.
    """
    models = snapshot.models
    differing = [name for name in FIELDS if len({getattr(model.config, name) for model in models}) > 1]
    rows: list[list[Any]] = [["lane", *differing, *models[0].history]]
    for lane, model in zip(lanes, models, strict=True):
        label = lane.label(model.config)
        label = f"'{label}" if label.startswith(FORMULA) else label
        values = [FIELDS[name].write(getattr(model.config, name)) for name in differing]
        for row in zip(*(column.tolist() for column in model.history.values()), strict=True):
            rows.append([label, *values, *row])
    return csv_text(rows)


def reached(snapshot: Snapshot) -> list[Config]:
    """Return the lanes' Configs with as many epochs as each was trained, so that a program ends where the lab stands.

    A lane with more batches is behind in epochs; one that has stopped stops by itself. One that still trains with a
    patience is seen with its last weights, not with those that `fit` would go back to. A learning rate that follows a
    schedule looks at `epochs`: there both stay as they are, and the program trains to the schedule's end.
    """
    configs = []
    for model in snapshot.models:
        trains = model.state == "training"
        config = lasting(model.config, max(1, model.epoch if trains else snapshot.epoch))
        if trains and not scheduled(config) and config.patience is not None:
            config = config.replace(restore_best=False)
        configs.append(config)
    return configs


def lane_program(config: Config, target: str = "regviz") -> str:
    """Return the program of one lane, for "regviz" or "torch"; custom data are read from a file beside it."""
    text = program(config, target)
    data = custom_data(config.data)
    if data is None:
        return text
    before = "config = rv." if target == "regviz" else "# Data: "
    return text.replace(before, f"{_reading(config.data)}\n\n{before}", 1)


def comparison_program(snapshot: Snapshot, lanes: Sequence[Lane]) -> str:
    """Return the regviz program of the whole comparison: one Config, what each lane changes in it, and a table.

    Raises ConfigError for what a program cannot contain.
    """
    configs = reached(snapshot)
    base, default = configs[0], Config()
    named = [field for field in FIELDS if field in ALWAYS or getattr(base, field) != getattr(default, field)]
    lines = [f"    {field}={_code(getattr(base, field))}," for field in named]
    rows = []
    for lane, config in zip(lanes, configs, strict=True):
        changed = {field: getattr(config, field) for field in FIELDS if getattr(config, field) != getattr(base, field)}
        given = ", ".join(f"{field}={_code(value)}" for field, value in changed.items())
        rows.append(f"    ({_code(lane.name)}, base.replace({given})),")
    own = sorted({config.data for config in configs if custom_data(config.data) is not None})
    return "\n".join(
        [
            f'"""{len(configs)} lanes side by side: same data, same start, same batches."""',
            "",
            preamble(configs).rstrip(),
            *(["", *map(_reading, own)] if own else []),
            "",
            "base = rv.Config(",
            *lines,
            ")",
            "lanes = [",
            *rows,
            "]",
            "runs = rv.fit([config for _, config in lanes])",
            "",
            "print(f\"{'lane':20} train loss  val loss  val score  exactly 0\")",
            "for (name, _), run in zip(lanes, runs):",
            "    print(",
            "        f\"{name:20} {run.now('train_loss'):10.4f} {run.now('val_loss'):9.4f}\"",
            "        f\" {run.now('val_score'):10.3f} {run.zero_fraction:10.1%}\"",
            "    )",
            "",
        ]
    )


def _reading(name: str) -> str:
    """The line that reads custom data from the file that is saved beside a program."""
    data = custom_data(name)
    assert data is not None
    return reading(data)


def _code(value: Any) -> str:
    text = repr(value)
    return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text
