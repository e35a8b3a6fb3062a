"""The tools of the head line: pictures, lanes, sweeps, projector."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from regviz import Config
from regviz.errors import ConfigError
from regviz.lab import Lab
from regviz.lab.compare.knobs import knobs
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane, difference, values_of, values_text
from regviz.lab.controls.drawers import Drawers
from regviz.lab.controls.lane_editor import LaneEditor
from regviz.lab.controls.picker import Picker, rule_of
from regviz.lab.look.arrangement import MOST_PICTURES
from regviz.lab.panels import PANELS, Panel

BASE = Config(n_train=50, hidden=(8,), batch_size=25, l1=1e-3, l2=1e-3, dropout=0.5)


def at_once(act: Any) -> None:
    act()


# -- drawers


def test_one_drawer_is_open_at_a_time_and_is_made_when_it_is_first_opened() -> None:
    import ipywidgets as widgets

    made: list[str] = []

    def make(name: str) -> widgets.Widget:
        made.append(name)
        return widgets.HTML(name)

    drawers = Drawers({name: ("", lambda name=name: make(name)) for name in ("A", "B")})  # type: ignore[misc]
    assert made == []
    drawers.buttons["A"].value = True
    drawers.buttons["B"].value = True
    assert (made, drawers.open, drawers.buttons["A"].value) == (["A", "B"], "B", False)
    assert drawers.box.children[0].value == "B"
    drawers.buttons["A"].value = True
    drawers.buttons["A"].value = False
    assert (made, drawers.open, drawers.box.children) == (["A", "B"], None, ())


# -- pictures


@pytest.fixture
def picked() -> list[tuple[str, ...]]:
    return []


@pytest.fixture
def picker(picked: list[tuple[str, ...]]) -> Picker:
    return Picker(PANELS, ("loss", "mask"), picked.append)


def test_a_tick_shows_a_picture_and_another_takes_it_away(picker: Picker, picked: list[tuple[str, ...]]) -> None:
    picker.ticks["network"].value = True
    picker.ticks["loss"].value = False
    assert picked == [("loss", "mask", "network"), ("mask", "network")]


def test_the_last_picture_stays_and_there_are_never_too_many(picker: Picker, picked: list[tuple[str, ...]]) -> None:
    for name in list(PANELS):
        picker.ticks[name].value = True
    assert len(picker.shown) == MOST_PICTURES
    assert "most that can be read" in picker.said.value
    assert sum(tick.value for tick in picker.ticks.values()) == MOST_PICTURES
    for name in picker.shown:
        picker.ticks[name].value = False
    assert len(picker.shown) == 1
    assert "One stays" in picker.said.value
    assert all(1 <= len(names) <= MOST_PICTURES for names in picked)


def test_every_picture_says_what_it_shows(picker: Picker) -> None:
    for name, tick in picker.ticks.items():
        assert len(tick.tooltip) > 20, name


def test_the_menu_has_a_title_and_a_drawing_of_its_own_for_every_picture(picker: Picker) -> None:
    titles = [tick.description for tick in picker.ticks.values()]
    drawings = {PANELS[name].drawing for name in PANELS}
    assert len(set(titles)) == len(drawings) == len(PANELS)
    assert Panel.drawing not in drawings
    for name, tick in picker.ticks.items():
        assert tick.description[0].isupper() or tick.description[0] in "λ"
        assert "_" not in tick.description
        rule = unquote(rule_of(PANELS[name]))
        svg = ElementTree.fromstring(rule[rule.index("<svg") : rule.index("</svg>") + 6])
        assert len(list(svg.iter())) > 1
        assert f"rv-draws-{name}" in tick._dom_classes
        assert f".rv-draws-{name} " in picker.children[-1].value


def test_a_picture_of_one_s_own_has_its_name_as_title_and_a_drawing_that_it_may_replace() -> None:
    class Mean(Panel):
        name = "mean_weight"

    class Drawn(Panel):
        name, menu_title, drawing = "drawn", "It’s “my” picture", '<circle cx="9" cy="9" r="5"/>'

    picker = Picker({"mean_weight": Mean, "drawn": Drawn}, ("drawn",), lambda names: None)
    assert [tick.description for tick in picker.ticks.values()] == ["It’s “my” picture", "Mean weight"]
    assert unquote(rule_of(Mean)).count(Panel.drawing) == 1
    assert Drawn.drawing in unquote(rule_of(Drawn))
    assert not set("<>'") & set(rule_of(Drawn))  # nothing of a drawing ends the style around it


def test_pictures_that_stay_keep_what_a_person_chose_in_them() -> None:
    lab = Lab(BASE)
    before = lab.player.stage.panels[1]
    lab.show(("weights", "network"))
    assert [panel.name for panel in lab.player.stage.panels] == ["weights", "network"]
    assert lab.player.stage.panels[0] is before
    with pytest.raises(ValueError, match="allowed are"):
        lab.show(("nothing",))


# -- lanes


@pytest.fixture
def editor() -> LaneEditor:
    return LaneEditor(
        DEFAULT_LANES, lambda: BASE, lambda lanes: [lane.config(BASE) for lane in lanes] and None, at_once
    )


def ticks_of(editor: LaneEditor, lane: int) -> dict[str, Any]:
    """The boxes of a lane's techniques by their names."""
    _color, _name, *ticks, _own, _words, _remove, _values = editor.rows.children[lane].children
    return {tick.description: tick for tick in ticks}


def give(editor: LaneEditor, lane: int, field: str) -> Any:
    """Take the knob of `field` for a lane, as a person does; returns the knob, which is there unless it was refused."""
    own = editor.own_values(lane)
    assert own.add.disabled  # nothing is chosen yet
    own.choice.value = field
    own.add.click()
    return own.knobs.get(field)


def test_lanes_are_added_renamed_recoloured_and_removed(editor: LaneEditor) -> None:
    editor.add.click()
    assert editor.lanes[4] == Lane("lane 5", ("l2",))
    _color, name, *_ = editor.rows.children[4].children
    name.value = "big L2"
    editor.rows.children[4].children[0].value = "#123456"
    assert editor.lanes[4] == Lane("big L2", ("l2",), color="#123456")
    editor.rows.children[0].children[-2].click()
    assert [lane.name for lane in editor.lanes] == ["L1", "L2", "dropout", "big L2"]


def test_a_lane_takes_techniques_and_values_of_its_own(editor: LaneEditor) -> None:
    ticks_of(editor, 1)["dropout"].value = True
    give(editor, 1, "batchnorm").value = True
    strength = give(editor, 1, "l2")
    assert strength.value == 1e-3  # its lightest strength: the lane did not use it
    strength.value = 0.1
    assert editor.lanes[1] == Lane("L1", ("l1", "dropout"), {"batchnorm": True, "l2": 0.1})
    assert values_of(values_text(editor.lanes[1].fixed)) == {"batchnorm": True, "l2": 0.1}
    assert editor.own_values(1).knobs["l2"] is strength  # a knob made anew would lose the focus
    editor.own_values(1).take_back("batchnorm")
    assert editor.lanes[1].fixed == {"l2": 0.1}
    assert list(editor.own_values(1).knobs) == ["l2"]


def test_every_field_that_lanes_may_differ_in_can_be_taken_and_says_what_the_lane_has(editor: LaneEditor) -> None:
    offered = [field for _, field in editor.own_values(1).choice.options if field]
    assert offered == [field for field in knobs() if field not in ("data", "decoys")]
    for field in offered:
        give(editor, 1, field)
    config = editor.lanes[1].config(BASE)
    assert editor.lanes[1].fixed == {field: getattr(config, field) for field in offered}
    assert [field for _, field in editor.own_values(1).choice.options] == [""]
    assert values_of(values_text(editor.lanes[1].fixed)) == dict(editor.lanes[1].fixed)


def test_own_values_that_came_another_way_are_shown_by_their_knobs(editor: LaneEditor) -> None:
    fixed = {"l1": (0.0, 0.01), "lr": 0.03, "patience": 7, "epochs": 40, "dropout": 0.25}
    editor.follow((DEFAULT_LANES[0], Lane("mine", fixed=fixed)))
    shown = editor.own_values(1).knobs
    assert {field: shown[field].value for field in fixed} == {
        "l1": "0.0,0.01",  # no slider stands for one strength for each layer
        "lr": 0.03,
        "patience": "7",
        "epochs": "40",
        "dropout": 0.25,
    }
    shown["l1"].value = "0.01,0"
    assert editor.lanes[1].fixed == fixed | {"l1": (0.01, 0.0)}
    editor.follow((DEFAULT_LANES[0], Lane("mine", fixed={"l1": 0.01})))
    assert editor.own_values(1).knobs["l1"].value == 0.01
    assert list(editor.own_values(1).knobs) == ["l1"]


def test_what_a_lane_cannot_be_is_said_and_changes_nothing(editor: LaneEditor) -> None:
    for field, value, words in (
        ("n_train", "999999", "Training points"),
        ("hidden", "eight", "Hidden layers"),
        ("max_norm", "-1", "Max-norm"),
    ):
        knob = give(editor, 1, field)
        before = editor.lanes
        knob.value = value
        assert words in editor.said.value
        assert editor.lanes == before
    for text, words in (("l2=-1", "l2"), ("colour=3", "colour"), ("l2", "l2=0.1")):
        with pytest.raises(ConfigError, match=words):
            Lane("x", fixed=values_of(text)).config(BASE)


def test_a_name_that_cannot_be_is_said_and_not_lost_and_spaces_that_do_not_break_are_spaces(editor: LaneEditor) -> None:
    color, name, *_ = editor.rows.children[1].children
    for wrong in ("a\u200db", "x" * 101):
        name.value = wrong
        assert "1 to 100 letters, on one line and without invisible signs" in editor.said.value
        assert (editor.lanes[1].name, name.value) == ("L1", wrong)
    name.value = "  L\N{NO-BREAK SPACE}one "
    assert (editor.lanes[1].name, name.value) == ("L one", "L one")
    assert "is not possible" not in editor.said.value
    color.value = "red"
    assert "six hexadecimal digits" in editor.said.value
    assert editor.lanes[1].color is None


def test_the_last_lane_cannot_be_removed_and_there_are_eight_at_most(editor: LaneEditor) -> None:
    for _ in range(6):
        editor.add.click()
    assert len(editor.lanes) == 8
    assert editor.add.disabled
    for _ in range(9):
        editor.rows.children[0].children[-2].click()
    assert len(editor.lanes) == 1
    assert editor.rows.children[0].children[-2].disabled
    editor.usual.click()
    assert editor.lanes == DEFAULT_LANES


def test_own_values_are_written_as_they_are_read() -> None:
    lane = Lane("x", fixed={"l2": 0.1, "batchnorm": True, "hidden": (8, 8), "patience": None})
    assert values_of(values_text(lane.fixed)) == dict(lane.fixed)
    with pytest.raises(ConfigError, match="own values"):
        values_of("l2")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"l2": 0.001}, "L2 0.001"),
        ({"batchnorm": True, "hidden": (8, 4)}, "layers 8-4, BatchNorm"),
        ({"dropout": 0.5, "lr": 0.1}, "dropout 0.5, learning rate 0.1"),
        ({"init": "normal", "activation": "tanh"}, "activation tanh, start weights normal 0.01"),
        ({"order": "dense-activation-batchnorm-dropout", "data": "wine"}, "data set wine, order D → A → BN → Drop"),
        ({}, "the same as the first"),
    ],
)
def test_a_lane_says_in_words_how_it_differs_from_the_first(fields: Any, words: str) -> None:
    first = Lane("none").config(BASE)
    assert difference(first.replace(**fields), first) == words
    if fields:
        back = difference(first, first.replace(**fields))
        assert back != words


# -- projector


def test_a_projector_shows_two_pictures_in_large_type() -> None:
    lab = Lab(BASE)
    lab.player.set_projector(True)
    assert lab.player.look.scale == 1.6
    assert [panel.name for panel in lab.player.stage.shown] == ["loss", "weights"]
    lab.pictures.bring(["u_curve", "path"], 2, ["sweep_map"])
    assert [panel.name for panel in lab.player.stage.shown] == ["u_curve", "path"]
    lab.player.set_projector(False)
    assert lab.player.look.scale == 1
    assert [panel.name for panel in lab.player.stage.shown] == ["u_curve", "path", "loss", "weights"]
    lab.pictures.bring(["sweep_map"], 2, ["u_curve", "path"])
    assert lab.pictures.names == ("loss", "weights", "sweep_map")
