"""CONTRIBUTING.md: the programs of its recipes run, and its map shows the house as it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from regviz.lab import Lab
from regviz.lab.compare.lanes import DEFAULT_LANES
from regviz.lab.compare.session import Session
from regviz.lab.look.arrangement import arrange
from regviz.lab.look.theme import look
from regviz.lab.panels.parts.base import Place

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

PROGRAMS = dict(re.findall(r"^### (.+?)\n(?:(?!^###).)*?```python\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE))
"""The program of each recipe, by its heading."""


def run(recipe: str) -> dict[str, Any]:
    """Everything the program leaves behind; the lab that it shows last, if any, as "shown"."""
    names: dict[str, Any] = {}
    program, lab, arguments = PROGRAMS[recipe].partition("\nLab(")
    exec(program, names)
    if lab:
        names["shown"] = eval(f"Lab({arguments}", names)
    return names


def test_every_program_belongs_to_a_recipe() -> None:
    assert len(PROGRAMS) == TEXT.count("```python") > 0


def test_the_map_has_every_room_and_names_no_other() -> None:
    """Folders and modules of the two packages' first floor; the rest of a room is its own affair."""
    for package in ("regviz", "lab"):
        table = TEXT.split(f"| `{package}/` |")[1].split("\n\n")[0]
        named = {cell for row in table.splitlines() for cell in re.findall(r"`([\w./]+?)/?`", row.split("|")[1])}
        folders = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
        modules = {path.name for path in (ROOT / package).glob("*.py")} - {"__init__.py"}
        named -= {"panels/parts"}
        assert named == folders | modules, package


def test_every_file_that_is_named_is_there() -> None:
    named = set(re.findall(r"`((?:regviz|lab|tests|notebooks)/[\w./]*)`", TEXT))
    assert len(named) > 10
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_target_of_make_that_is_named_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make (\w+)|`make (\w+)`", TEXT, re.MULTILINE)
    assert [name for name in map("".join, targets) if f"\n{name}:" not in makefile] == []


def test_the_data_set_trains_better_than_it_guesses() -> None:
    names = run("A data set")
    run_ = names["run"]
    assert run_.config.data == "rings"
    assert run_.history["val_loss"][-1] < 0.7 * np.log(3)


def test_the_picture_shows_the_share_of_exact_zeros() -> None:
    names = run("A picture")
    assert [panel.name for panel in names["shown"].player.stage.panels] == ["weights", "zeros"]
    session, panel = Session(), names["ZerosPanel"]()
    place = Place(Figure(figsize=(8, 5), dpi=72), *arrange(1, 576, 360)[0])
    panel.stand(place, look("light"), DEFAULT_LANES, session.snapshot())
    for _ in range(3):
        session.epoch()
    panel.draw(session.snapshot())
    shares = [model.zero_fraction for model in session.snapshot().models]
    assert [bar.get_height() for bar in panel.bars] == shares
    assert max(shares) > 0


def test_the_lesson_is_answered_by_the_networks() -> None:
    lab: Lab = run("A lesson")["shown"]
    guide = lab.guide
    assert guide is not None
    guide.take_answer("L2")
    for _ in range(70):
        lab.session.epoch()
        guide.show(lab.session.snapshot())
    losses = {
        lane.name: model.history["val_loss"][60]
        for lane, model in zip(lab.session.lanes, lab.session.snapshot().models, strict=True)
    }
    assert guide.outcome == min(losses, key=losses.__getitem__) == "L2"


@pytest.mark.parametrize("recipe", PROGRAMS)
def test_a_recipe_is_short(recipe: str) -> None:
    assert len(PROGRAMS[recipe].splitlines()) <= 30
