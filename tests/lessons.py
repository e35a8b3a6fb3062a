"""The notebooks as tests open them: what each holds, and what the lecture says its networks will show."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from regviz.lab import Lab

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

EXPECTED = {
    "01_overfitting": {
        "": "rises",
        "Correct labels": "rises",
        "1,000 points": "train",
        "A tiny network": "falls",
        "Handwritten digits": "same",
    },
    "01b_loss_or_mistakes": {
        "": "confidence",
        "Correct labels": "over",
        "With L2": "same",
        "Dropout": "over",
    },
    "01c_larger_networks": {
        "": "12",
        "With L2": "2",
        "By mistakes": "2",
    },
    "02_dropout": {
        "": "none",
        "p = 0.8": "none",
        "Small network, 8-8": "none",
        "Rate × 5": "max-norm",
        "A vote": "average",
    },
    "03_l1_l2": {
        "": "first",
        "The gradient alone, as on the slide": "neither",
        "Plain SGD": "neither",
        "λ = 0.1, and back": "L2",
        "Three ways to shrink": "Adam + L2",
    },
    "03b_pruning": {
        "": "none",
        "80 %": "none + L2",
        "Dropout": "none + dropout",
    },
    "03c_twins": {
        "": "some",
        "L1 and L2 together": "all",
        "Three samples": "different",
        "What it costs": "same",
        "The other twelve": "2,000, λ 0.1",
    },
    "04_lambda": {
        "": "light",
        "25 points": "strong",
        "1,000 points": "same",
        "Ten times the data": "falls",
        "By the training loss": "none",
    },
    "04b_bias_and_variance": {
        "": "up, down",
        "More layers": "down, up",
        "More points": "down, down",
        "Fresh noise": "up, down",
    },
    "05_early_stopping": {
        "": "lower",
        "Patience 30 and 100": "same",
        "Patience 1": "patience 30",
        "Train on all 500": "all 500",
        "Mistakes instead of loss": "same",
        "Wrong labels": "true",
    },
    "05b_choosing": {
        "": "lower",
        "200 points": "same",
        "Thirty instead of eight": "larger",
        "Nothing to choose": "same",
        "Nothing to learn": "lower",
    },
    "05c_stopping_and_l2": {
        "": "L2",
        "Steps × 10": "weak",
        "Momentum": "weak",
    },
    "06_batchnorm_and_order": {
        "": "BatchNorm",
        "tanh": "both",
        "Learning rate × 100": "BatchNorm",
        "Dropout before BatchNorm": "same",
        "L2 below BatchNorm": "plain",
        "sigmoid": "BatchNorm",
    },
    "07_initialization": {
        "": "Xavier + He",
        "One hidden layer": "small + Xavier + He",
        "With BatchNorm": "small + Xavier + He",
        "sigmoid": "none",
        "tanh": "He",
    },
    "08_when_to_use": {
        "": "L1",
        "λ = 0.02": "L2",
        "Two moons": "same",
        "Handwritten digits": "L2",
        "Breast cancer": "early stopping",
    },
}
"""Every lesson's questions by the break that asks them ("" for its own), and what its networks will show."""

LESSONS = {name: expected[""] for name, expected in EXPECTED.items()}
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
