"""The notebooks as tests open them: what each holds, and what the lecture says its networks will show."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from regviz.lab import Lab

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

LESSONS = {
    "01_overfitting": "rises",
    "02_dropout": "none",
    "03_l1_l2": "first",
    "04_lambda": "light",
    "05_early_stopping": "lower",
    "06_batchnorm_and_order": "BatchNorm",
    "07_initialization": "Xavier + He",
    "08_when_to_use": "L1",
}
"""Every lesson, and what the lecture says its networks will show."""


def read(path: Path) -> dict[str, Any]:
    """A notebook's JSON."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def source(path: Path) -> str:
    """A notebook's only cell."""
    (cell,) = read(path)["cells"]
    return "".join(cell["source"])


def open_lab(path: Path) -> Lab:
    """The lab that a notebook's cell shows."""
    names: dict[str, Any] = {}
    *statements, last = re.split(r"^(?=Lab\()", source(path), flags=re.MULTILINE)
    exec("".join(statements), names)
    lab = eval(last, names)
    assert isinstance(lab, Lab)
    return lab


def lesson_lab(name: str) -> Lab:
    """The lab of the notebook called `name`."""
    return open_lab(FOLDER / f"{name}.ipynb")


def break_index(lab: Lab, label: str) -> int:
    """Where the lesson's break with that label is."""
    assert lab.guide is not None
    return [attempt.label for attempt in lab.guide.lesson.breaks].index(label)
