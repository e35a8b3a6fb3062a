"""CONTRIBUTING.md: the programs of its recipes run, and its map shows the house as it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import regviz as rv
from regviz.config import FIELDS
from regviz.lab import Lab
from regviz.lab.compare.knobs import choices, knobs
from regviz.lab.compare.lanes import DEFAULT_LANES
from regviz.lab.compare.session import Session
from regviz.lab.look.arrangement import arrange
from regviz.lab.look.theme import look
from regviz.lab.panels import Place
from regviz.optim.optimizers import Rates

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


def test_the_penalty_gives_exact_zeros_and_is_a_program_of_its_own() -> None:
    names = run("A penalty")
    run_, penalty = names["run"], names["ElasticNet"]()
    assert 0.5 < run_.zero_fraction < 1
    worth = sum(penalty.value(W.astype(float), 1e-2).sum() for W in run_.weights)
    assert run_.history["penalty"][-1] == pytest.approx(worth, rel=1e-5)
    w = np.linspace(-3, 3, 61)
    u = np.linspace(-3, 3, 60_001)
    best = [u[np.argmin(0.5 * (u - one) ** 2 + 0.4 * penalty.value(u, 1.0))] for one in w]
    np.testing.assert_allclose(penalty.prox(w, 0.4), best, atol=1e-4)  # the grid's step


def test_the_optimizer_takes_the_paper_s_steps_alone_and_in_a_stack() -> None:
    names = run("An optimizer")
    config = names["run"].config
    assert names["run"].zero_fraction > 0.05
    pair = rv.fit([config, config.replace(l1=0.0)], epochs=50)
    assert all(np.array_equal(a, b) for a, b in zip(pair[0].weights, names["run"].weights, strict=True))
    w, rng = np.zeros((1, 3)), np.random.default_rng(0)
    rule, m, u, expected = names["Adamax"](w), 0.0, 0.0, 0.0
    rates = Rates(np.array([[0.1]]), np.array([[0.9]]))
    for t in range(1, 20):
        g = rng.normal(size=(1, 3))
        rule.update(w, g, rates)
        m, u = 0.9 * m + 0.1 * g, np.maximum(0.999 * u, np.abs(g) + 1e-8)
        expected = expected - 0.1 / (1 - 0.9**t) * m / u
        np.testing.assert_allclose(w, expected, rtol=1e-12)


def test_the_activation_is_a_choice_of_the_lab_and_trains() -> None:
    names = run("An activation")
    assert ("softplus", "softplus") in choices("activation")
    assert names["run"].history["train_loss"][-1] < 0.7 * np.log(2)  # a tenth of the labels is wrong
    z = np.linspace(-30, 30, 121)
    softplus = names["Softplus"]()
    y = softplus.f(z)
    np.testing.assert_allclose(y, np.log1p(np.exp(z)), rtol=1e-12)
    np.testing.assert_allclose(softplus.slope(z, y), 1 / (1 + np.exp(-z)), rtol=1e-9, atol=1e-15)  # 1 − (1 − 1e-13)


def test_the_knob_is_specified_once() -> None:
    names = run("A knob")
    assert names["field"].live
    assert {knob.field for knob in knobs().values()} <= set(FIELDS)


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
