"""Every technique has a knob, a lane, a sweep and a link: those of custom penalties too, without a line of the lab."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import regviz as rv
from regviz import Config
from regviz.config import FIELDS
from regviz.lab import Lab, Lane
from regviz.lab.compare.knobs import choices, knobs
from regviz.lab.compare.lanes import DEFAULT_LANES, TECHNIQUES, configs_of, difference
from regviz.lab.compare.session import Session
from regviz.lab.compare.sweep import Sweep, SweepRun
from regviz.lab.controls.lane_editor import LaneEditor
from regviz.lab.controls.sweep_desk import SweepDesk
from regviz.lab.export.experiment import Experiment, read, write
from regviz.lab.export.share import read_link, write_link
from regviz.optim.penalties import PENALTIES, Penalty

SMALL = Config(n_train=50, hidden=(8,), batch_size=25, l1=1e-3, l2=1e-3, dropout=0.5)


class Cap(Penalty):
    """λΣ log(1 + w²): strong near 0, nearly nothing far from it."""

    name = "cap"
    title = "log cap"
    help = "loss + λ·Σlog(1 + w²): spares large weights"

    def value(self, w: Any, lam: Any) -> Any:
        return lam * np.log(1 + w * w)

    def gradient(self, w: Any, lam: Any) -> Any:
        return lam * 2 * w / (1 + w * w)


@pytest.fixture
def cap() -> None:
    rv.add_penalty(Cap)


def strengths(lab: Lab) -> list[str]:
    """The knobs of strengths that are seen, in their order."""
    return [widget.description for widget in lab.controls.box.children[0].children if hasattr(widget, "description")]


def sliders(lab: Lab) -> list[str]:
    return [text for text in strengths(lab) if text]


def test_the_lab_shows_the_knobs_of_the_usual_lanes(cap: None) -> None:
    assert sliders(Lab(SMALL, play=False)) == ["L1 strength λ", "L2 strength λ", "Dropout rate p"]


def test_a_lane_brings_the_knobs_of_its_techniques_and_takes_them_away(cap: None) -> None:
    lab = Lab(SMALL, play=False)
    lab.requests.do(lambda: lab.session.set_lanes([*DEFAULT_LANES, Lane("both", ("cap", "group_lasso"))]))
    assert sliders(lab) == [
        "L1 strength λ",
        "L2 strength λ",
        "Group lasso strength λ",
        "Log cap strength λ",
        "Dropout rate p",
    ]
    lab.requests.do(lambda: lab.session.set_lanes(DEFAULT_LANES))
    assert sliders(lab) == ["L1 strength λ", "L2 strength λ", "Dropout rate p"]


def test_its_knob_acts_on_networks_in_training(cap: None) -> None:
    lab = Lab(SMALL, lanes=[Lane("none"), Lane("log cap", ("cap",))], play=False)
    lab.session.epoch()
    lab.turn({"cap": 0.02})
    assert [config.cap for config in lab.session.trainer.configs] == [0, 0.02]
    assert lab.session.trainer.epochs == [1, 1]
    assert lab.controls.widgets["cap"].value == 0.02
    assert lab.session.lanes[1].label(lab.session.trainer.configs[1]) == "log cap 0.02"
    assert Lane("cap, λ 0.02", ("cap",)).label(lab.session.trainer.configs[1]) == "cap, λ 0.02"


def test_knobs_lanes_and_sweeps_know_every_technique(cap: None) -> None:
    others = ("dropout", "input_dropout", "augment", "mixup", "label_smoothing", "ema")
    assert tuple(TECHNIQUES) == ("l1", "l2", "group_lasso", "cap", *others)
    assert [field for field in knobs() if field in TECHNIQUES] == list(TECHNIQUES)
    editor = LaneEditor(DEFAULT_LANES, lambda: SMALL, lambda lanes: None, lambda act: act())
    _color, _name, *ticks, _own, _words, _remove, _values = editor.rows.children[0].children
    titles = ["dropout", "input dropout", "fresh noise", "mixup", "label smoothing", "weight averaging"]
    assert [tick.description for tick in ticks] == ["L1", "L2", "group lasso", "log cap", *titles]
    ticks[3].value = True
    assert editor.lanes[0].uses == ("cap",)
    desk = SweepDesk(lambda field, second: None, lambda: None, lambda fields: None, lambda: None)
    assert ("log cap strength λ", "cap") in desk.field.options
    assert difference(SMALL.replace(cap=0.5), SMALL) == "log cap 0.5"


def test_it_is_swept_with_all_others_switched_off(cap: None) -> None:
    run = SweepRun(SMALL, Sweep("cap", (0.0, 0.1), (0,), epochs=2))
    while run.work(1.0):
        pass
    models = run.view().models
    assert [model.config.cap for model in models] == [0, 0.1]
    assert {(model.config.l1, model.config.l2, model.config.dropout) for model in models} == {(0, 0, 0)}
    assert Sweep.over("cap", SMALL).values == Sweep.over("l1", SMALL).values


def test_a_link_names_it_and_its_lane(cap: None) -> None:
    lanes = (Lane("none"), Lane("log cap", ("cap",)), Lane("fixed", fixed={"cap": 0.5}))
    config = SMALL.replace(cap=0.03)
    wish = read_link(write_link(config, lanes=lanes))
    assert (wish.config, wish.lanes, wish.notes) == (config, lanes, [])


def test_a_link_that_names_an_unknown_penalty_is_answered_in_a_sentence() -> None:
    wish = read_link("cap=0.1&lane=mine~cap&seed=5")
    assert wish.config.seed == 5
    assert len(wish.notes) == 2
    assert all(note.startswith("Ignored from the link: ") and "Try " in note for note in wish.notes)
    assert "custom penalty is there once it is added" in wish.notes[1]
    assert "l1, l2" in wish.notes[0]


def test_an_experiment_keeps_it_and_says_where_it_is_missing(cap: None) -> None:
    experiment = Experiment(SMALL.replace(cap=0.03), (Lane("log cap", ("cap",)), Lane("fixed", fixed={"cap": 0.5})))
    text = write(experiment)
    assert read(text) == experiment
    rv.remove_penalty("cap")
    with pytest.raises(rv.FileError, match=r"'cap'.*custom penalty is there once it is added"):
        read(text)


def older(config: dict[str, Any], *lanes: dict[str, Any]) -> str:
    """A file as version 1 wrote it."""
    content = json.loads(write(Experiment(SMALL)))
    fields = {
        name: value for name, value in content["config"].items() if name not in ("penalty_rule", "group_lasso", "cap")
    }
    content |= {"version": 1, "config": {**fields, "penalty": "none", "strength": 0.0, "l1_rule": "proximal", **config}}
    content["lanes"] = list(lanes) or content["lanes"]
    return json.dumps(content)


def test_older_files_are_read(cap: None) -> None:
    assert read(older({"l1_rule": "subgradient"})).config == SMALL.replace(penalty_rule="subgradient")
    mine = {"name": "mine", "uses": [], "fixed": {"penalty": "cap", "strength": 0.05}}
    assert read(older({}, mine)).lanes == (Lane("mine", fixed={"cap": 0.05}),)
    knob = {"name": "mine", "uses": [], "fixed": {"penalty": "cap"}}
    assert read(older({"strength": 0.2}, knob)).lanes == (Lane("mine", fixed={"cap": 0.2}),)
    for_all = read(older({"penalty": "cap", "strength": 0.3}))
    assert for_all.config.cap == 0.3
    assert all("cap" in lane.uses for lane in for_all.lanes)


def test_older_links_are_read(cap: None) -> None:
    assert read_link("l1_rule=subgradient").config.penalty_rule == "subgradient"
    wish = read_link("penalty=cap&strength=0.3&lane=mine~l1&lane=its~~penalty=cap;strength=0.1")
    assert wish.notes == []
    assert wish.config.cap == 0.3
    assert wish.lanes == (Lane("mine", ("l1", "cap")), Lane("its", fixed={"cap": 0.1}))


def test_choices_are_the_members_of_their_registries() -> None:
    for field in ("activation", "init", "optimizer", "schedule", "data"):
        assert [name for _, name in choices(field)] == list(rv.config.FIELDS[field].kind.names)
    assert ("RMSprop", "rmsprop") in choices("optimizer")


def test_a_live_field_never_starts_anew() -> None:
    session = Session(SMALL)
    session.epoch()
    for field, value in (("l1", 0.1), ("momentum", 0.5), ("max_norm", 2.0), ("group_lasso", 0.1), ("patience", 90)):
        session.change(**{field: value})
    assert session.trainer.epochs == [1, 1, 1, 1]


def test_layernorm_is_a_lane_a_knob_a_link_and_a_line_of_an_experiment() -> None:
    lanes = (Lane("none"), Lane("LayerNorm", fixed={"layernorm": True}))
    session = Session(SMALL, lanes)
    assert [config.layernorm for config in session.trainer.configs] == [False, True]
    assert "LayerNorm" in difference(session.trainer.configs[1], session.trainer.configs[0])
    wish = read_link(write_link(SMALL.replace(layernorm=True), lanes=lanes))
    assert (wish.config, wish.lanes, wish.notes) == (SMALL.replace(layernorm=True), lanes, [])
    experiment = Experiment(SMALL, lanes)
    assert read(write(experiment)) == experiment
    session.epoch()
    session.change(layernorm=True)  # the shape is another one: all begin anew
    assert session.trainer.epochs == [0, 0]
    assert [config.layernorm for config in session.trainer.configs] == [True, True]
    lab = Lab(SMALL, lanes=lanes, play=False)
    assert lab.controls.widgets["layernorm"].description == "LayerNorm"


def test_every_technique_is_swept_over_what_its_knob_allows_and_is_a_lane_with_a_name(cap: None) -> None:
    for field in TECHNIQUES:
        sweep, knob = Sweep.over(field, SMALL), knobs()[field]
        assert sweep.values[0] == TECHNIQUES[field] == 0
        for value in (sweep.values[1], sweep.values[-1]):
            assert getattr(SMALL.replace(**{field: value}), field) == value
        if knob.kind == "stops" and field not in PENALTIES:
            assert sweep.values == tuple(value for _, value in knob.stops)
        assert knob.group == "strength"
        assert knob.symbol == FIELDS[field].symbol != ""
        lane = Lane("its", (field,))
        (config,) = configs_of([lane], SMALL.replace(**{field: sweep.values[-1]}))
        assert difference(config, SMALL.replace(**dict(TECHNIQUES))).startswith(FIELDS[field].title)
