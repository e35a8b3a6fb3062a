"""The README's programs run as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from regviz.errors import ConfigError
from regviz.lab import Lab
from regviz.lab.compare.lanes import DEFAULT_LANES
from regviz.lab.compare.session import Session
from regviz.lab.look.arrangement import arrange
from regviz.lab.look.theme import look
from regviz.lab.panels import Place

README = Path(__file__).resolve().parents[2] / "README.md"
TEXT = README.read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
CODE, TRAINING_SETS, PIPELINE, PICTURE, PENALTY, DATA, LESSON = PROGRAMS


def run(program: str) -> dict[str, Any]:
    """Everything the program leaves behind; its last expression as "shown"."""
    names: dict[str, Any] = {}
    *_, last = re.split(r"\n\n(?=Lab\()", program)
    exec(program.removesuffix(last) if last.startswith("Lab(") else program, names)
    if last.startswith("Lab("):
        names["shown"] = eval(last, names)
    return names


@pytest.mark.slow
def test_the_program_trains_and_prints_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    names = run(CODE)
    assert len(names["run"].history["val_loss"]) == 301
    assert str(names["run"].zero_fraction) in capsys.readouterr().out


@pytest.mark.slow
def test_a_stronger_penalty_is_seen_to_trade_variance_for_bias(capsys: pytest.CaptureFixture[str]) -> None:
    run(TRAINING_SETS)
    lines = capsys.readouterr().out.splitlines()
    found = [[float(number) for number in re.findall(r"0\.[0-9]+", line.split(":")[1])] for line in lines]
    biases, variances = zip(*found, strict=True)
    assert len(lines) == 3
    assert variances[0] > variances[1] > variances[2]
    assert biases[2] > biases[0]


@pytest.mark.slow
def test_the_pipeline_finds_the_strength_that_does_no_harm_and_names_its_columns() -> None:
    names = run(PIPELINE)
    search = names["search"]
    assert search.best_score_ > 0.85
    assert search.best_params_["network__l1"] < 0.1
    columns = search.best_estimator_[-1].feature_names_in_.tolist()
    assert columns == ["numbers__age", "numbers__fare", "words__port_C", "words__port_Q", "words__port_S"]
    shuffled = names["table"][["port", "fare", "age"]]
    np.testing.assert_array_equal(search.predict(shuffled), search.predict(names["table"]))


def test_the_picture_shows_the_mean_size_of_the_weights_of_each_layer() -> None:
    names = run(PICTURE)
    assert [panel.name for panel in names["shown"].player.stage.panels] == ["loss", "weights", "norms"]
    session, panel = Session(), names["NormPanel"]()
    place = Place(Figure(figsize=(8, 5), dpi=72), *arrange(1, 576, 360)[0])
    panel.stand(place, look("light"), DEFAULT_LANES, session.snapshot())
    session.epoch()
    panel.draw(session.snapshot())
    for line, model in zip(panel.lines, session.snapshot().models, strict=True):
        np.testing.assert_allclose(line.get_ydata(), [np.abs(weights).mean() for weights in model.weights])


def test_the_penalty_trains_as_a_lane_and_its_part_of_the_loss_is_shown() -> None:
    names = run(PENALTY)
    lab: Lab = names["shown"]
    for _ in range(30):
        lab.session.epoch()
    model = lab.session.snapshot().models[3]
    worth = sum(names["Huber"]().value(W.astype(float), 1e-3).sum() for W in model.weights)
    assert model.history["penalty"][-1] == pytest.approx(worth, rel=1e-4)
    parts = lab.player.stage.panels[2]
    place = Place(Figure(figsize=(8, 5), dpi=72), *arrange(1, 576, 360)[0])
    parts.stand(place, look("light"), lab.session.lanes, lab.session.snapshot())
    parts.draw(lab.session.snapshot())
    assert any("Huber" in text.get_text() for text in place.figure.texts)
    with pytest.raises(ConfigError, match="penalty"):
        lab.save("comparison.py")


def test_the_data_set_is_one_of_the_lab_s_choices_and_trains() -> None:
    lab: Lab = run(DATA)["shown"]
    assert ("a ring", "ring") in lab.controls.widgets["data"].options
    for _ in range(60):
        lab.session.epoch()
    split = lab.session.snapshot().models[0].split
    assert (split.feature_names, split.n_classes) == (("east", "north"), 2)
    assert lab.session.snapshot().models[0].history["val_score"][-1] > 0.75


def test_the_lesson_asks_first_and_then_reads_the_answer_off_the_networks() -> None:
    lab: Lab = run(LESSON)["shown"]
    guide = lab.guide
    assert guide is not None
    assert guide.holds
    guide.take_answer("linear")
    while not guide.outcome:
        lab.session.epoch()
        guide.show(lab.session.snapshot())
    losses = {
        lane.name: model.history["val_loss"][-1]
        for lane, model in zip(lab.session.lanes, lab.session.snapshot().models, strict=True)
    }
    assert guide.outcome == min(losses, key=losses.__getitem__) == "hidden layer"
    assert "The one with a hidden layer" in guide.verdict


@pytest.mark.parametrize("program", [PICTURE, PENALTY, DATA, LESSON], ids=["picture", "penalty", "data", "lesson"])
def test_what_extends_the_lab_is_thirty_lines_at_most(program: str) -> None:
    assert len(program.splitlines()) <= 30


def test_the_pictures_that_the_readme_shows_are_there() -> None:
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", TEXT):
        assert (README.parent / picture).stat().st_size > 10_000
