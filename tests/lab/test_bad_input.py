"""What cannot be is said in a sentence: what was given, what is allowed, what would work. Nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regviz as rv
from regviz import Config, TableError
from regviz.config import FIELDS
from regviz.errors import ArgumentError, ConfigError, FileError
from regviz.fields import Strength
from regviz.lab import Because, Break, Lab, Lane, Lesson, evidence
from regviz.lab.compare.knobs import knobs
from regviz.lab.compare.session import Session
from regviz.lab.compare.sweep import Sweep, SweepRun
from regviz.lab.controls.sweep_desk import SweepDesk
from regviz.lab.export import containers
from regviz.lab.export.experiment import Experiment, read, write
from regviz.lab.export.save import SUFFIXES
from regviz.lab.export.tables import added
from regviz.lab.panels import PANELS

SMALL = Config(n_train=50, hidden=(8,), batch_size=25)
DEEP = Lane("deep", fixed={"l2": (0.1, 0.1, 0.1, 0.1)})
"""Possible by itself, but not for networks of one hidden layer."""


@pytest.fixture
def lab() -> Lab:
    return Lab(SMALL, panels=["loss"], play=False)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"lanes": []}, "at least one lane"),
        ({"lanes": [Lane(str(i)) for i in range(9)]}, "8 at most"),
        ({"lanes": ["L1"]}, r"lanes='L1' .* Try Lane\(name='L1'"),
        ({"lanes": "none"}, "a list of Lanes"),
        ({"panels": []}, "1 to 6 pictures"),
        ({"panels": list(PANELS)}, "1 to 6 pictures"),
        ({"panels": "loss"}, r"a list of names .* Try \['loss'\]"),
        ({"panels": ["los"]}, "panels='los' is not possible: allowed are"),
        ({"title": "a\nb"}, "title='a.nb' .* a line of 1 to 100 letters. Try 'a b'"),
        ({"title": "a" * 101}, f"a line of 1 to 100 letters. Try '{'a' * 100}'"),
        ({"config": SMALL.replace(l2=(0, 0.1))}, r"l2=\(0.0, 0.1\) .* one strength for all layers. Try 0.1"),
        ({"config": {"data": "moons"}}, r"config=\{'data': 'moons'\} .* allowed is a regviz.Config.* Try None\."),
        ({"config": "digits"}, r"config='digits' .* a regviz.Config, such as Config\(data='digits'\), or None"),
        ({"knobs": ["strenght"]}, "knobs='strenght' is not possible: allowed are"),
        ({"knobs": [["l1"]]}, r"knobs=\['l1'\] is not possible: allowed are"),
        ({"knobs": "l1"}, r"knobs='l1' .* it is a list; allowed are l1, .* Try \['l1'\]"),
        ({"lesson": "x"}, "lesson='x' .* allowed is a regviz.lab.Lesson"),
        ({"target": "ash"}, "target='ash' .* it says how data are read, and there are none. Try 'data=…, target=…'"),
        ({"leave_out": ["ash"]}, r"leave_out=\['ash'\] .* there are none"),
        ({"leave_out": "ash"}, "leave_out='ash' .* there are none"),
        ({"keep": ["ash"]}, r"keep=\['ash'\] .* there are none"),
    ],
)
def test_a_lab_that_cannot_be_is_refused_at_once(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Lab(**given)


def test_a_lab_on_what_is_no_table_is_refused_at_once() -> None:
    with pytest.raises(TableError, match=r"An int is no table; give a path, .* a DataFrame"):
        Lab(data=3)


def test_an_argument_that_no_lab_has_is_named_as_python_does() -> None:
    with pytest.raises(TypeError, match=r"Lab\(\) got an unexpected keyword argument 'panel'"):
        Lab(panel=["loss"])


def test_what_a_sentence_about_a_table_names_a_lab_takes() -> None:
    rows = {"id": [f"n{k}" for k in range(40)], "kind": ["a", "b"] * 20}
    with pytest.raises(TableError, match=r"Take one back \(keep=\[…\]\)"):
        Lab(data=rows, target="kind")
    rows["id"] = list(range(1, 41))  # type: ignore[assignment]
    lab = Lab(data=rows, target="kind", keep=["id"], panels=["loss"], play=False)
    assert lab.session.snapshot().models[0].split.feature_names == ("id",)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: _lesson(choices=["a", "b"]), r"choices=\['a', 'b'\] .* a dictionary of outcomes .* Try \{'same'"),
        (lambda: _lesson(choices={"a": 5, "b": "b"}), "choices=5 .* are texts"),
        (lambda: _lesson(breaks=["x"]), "breaks='x' .* each is a Break"),
        (lambda: _lesson(breaks="x"), "breaks='x' .* allowed is a list, in which each is a Break"),
        (lambda: _lesson(observe="x"), "observe='x' .* what a function of `evidence` returns"),
        (lambda: _lesson(because="x"), "because='x' .* allowed is a Because"),
        (lambda: _lesson(question=None), "question=None .* allowed is a text"),
        (lambda: _lesson(later=["x"]), r"later=\['x'\] .* a dictionary"),
        (lambda: Because(of="a", right="b", wrong=["c", "d"]), r"wrong=\['c', 'd'\] .* a dictionary"),
        (lambda: Break("b", panels="loss"), r"panels='loss' .* each is a text. Try \['loss'\]"),
        (lambda: Break("b", first=["l2"]), r"first=\['l2'\] .* Config fields with their values"),
        (lambda: Break("b", sweep=["l2"]), r"sweep=\['l2'\] .* a dictionary of fields"),
        (lambda: Break("b", sweep={"l2": "0.1"}), r"sweep=\{'l2': '0.1'\} .* a list of numbers"),
        (lambda: Break("b", lanes="none"), "lanes='none' .* a list of Lanes"),
        (lambda: Break("b", notes=["x"]), r"notes=\['x'\] .* a dictionary"),
        (lambda: evidence.lowest_loss(after=-5), "after=-5 .* a number of epochs, from 0 on"),
        (lambda: evidence.zeros_of("a", "b", after=2.5), r"after=2.5 .* a number of epochs"),
        (lambda: evidence.trade_of("a", "b", after=-1), "after=-1 .* a number of epochs"),
        (lambda: evidence.memorizing("none", until="long"), "until='long' .* a number of epochs"),
        (lambda: evidence.lowest("los", after=5), "of='los' .* Try 'loss'"),
        (lambda: evidence.worst("los", after=5), "of='los' .* Try 'loss'"),
        (lambda: evidence.lowest("loss", after=5, among="L1"), r"among='L1' .* a list of names of lanes. Try \['L1'\]"),
        (lambda: evidence.most_like("a", "bc", after=5), "others='bc' .* a list of names"),
        (lambda: evidence.best_moves(["a"], "bc", after=5), "second='bc' .* a list of names"),
    ],
)
def test_a_lesson_that_cannot_be_is_refused_where_it_is_made(made: Callable[[], object], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        made()


def test_none_is_the_usual_start() -> None:
    assert Lab(None, play=False).session.base == Lab(play=False).session.base


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "x", "uses": ("l3",)}, r"uses=\('l3',\) .* l1, l2, group_lasso, dropout"),
        ({"name": "x", "uses": "l1"}, "uses='l1' .* allowed is a tuple"),
        ({"name": "x", "color": "red"}, "color='red' .* #rrggbb"),
        ({"name": " "}, "name=' ' .* 1 to 100 letters, .* Try 'none'"),
        ({"name": "a\nb"}, "on one line and without invisible signs. Try 'a b'"),
        ({"name": "\ufeff"}, "on one line and without invisible signs. Try 'none'"),
        ({"name": "a\u200db"}, r"name='a.u200db' .* Try 'a b'"),
        ({"name": "a" * 101}, f"1 to 100 letters, .* Try '{'a' * 100}'"),
    ],
)
def test_a_lane_that_cannot_be_is_refused_at_once(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        Lane(**given)


def test_what_cannot_be_done_is_said_in_the_page_and_changes_nothing(lab: Lab) -> None:
    lab.session.epoch()
    before = lab.session.base, lab.session.lanes, lab.session.trainer, lab.pictures.names
    for act, said in (
        (lambda: lab.session.set_lanes([]), "at least one lane"),
        (lambda: lab.session.set_lanes([Lane("big", fixed={"hidden": (0,)})]), "Hidden layers: “0” is not possible"),
        (lambda: lab.session.set_lanes([DEEP]), "L2 strength λ: “(0.1, 0.1, 0.1, 0.1)” is not possible"),
        (lambda: lab.show([]), "1 to 6 pictures"),
        (lambda: lab.show("loss"), "panels='loss' is not possible: allowed is a list of names and Panel classes"),
        (lambda: lab.show(["nothing"]), "panels='nothing' is not possible: allowed are"),
        (lambda: lab.session.set_speed("11×"), "speed='11×'"),
    ):
        lab.requests.do(act)
        assert said in lab.player.notice
        assert (lab.session.base, lab.session.lanes, lab.session.trainer, lab.pictures.names) == before
    lab.requests.do(lambda: None)
    assert lab.player.notice == ""


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"l1": 0.02, "dropuot": 0.2}, "field='dropuot' .* Try 'dropout'"),
        ({5: 1}, "field=5 .* allowed is one of data, n_train"),
        ("l1", "fields='l1' .* Config fields with their values"),
    ],
)
def test_a_knob_that_there_is_not_is_refused_and_no_other_is_turned(lab: Lab, fields: Any, said: str) -> None:
    before = lab.session.base
    with pytest.raises(ArgumentError, match=said):
        lab.turn(fields)
    assert lab.session.base == before
    lab._hear({"kind": "turn", "change": {"dropuot": 0.2}})  # as a picture of one's own may ask
    assert "Try 'dropout'" in lab.player.notice


@pytest.mark.parametrize("field", [field for field, kind in FIELDS.items() if isinstance(kind.kind, Strength)])
def test_one_strength_for_each_layer_is_refused_by_knobs_and_breaks_before_anything_changes(
    lab: Lab, field: str
) -> None:
    by_layer = (0.1, 0.2, 0.3)[: 2 if field == "dropout" else 3]
    deep = SMALL.replace(hidden=(4, 4))
    assert deep.replace(**{field: by_layer})  # the engine takes it, and a lane
    lab.turn({"hidden": (4, 4)})
    before = lab.session.base, lab.session.trainer
    for change in (lab.turn, lambda its: lab._hear({"kind": "turn", "change": its})):
        change({field: by_layer})
        assert f"{knobs()[field].label}: “{by_layer}” is not possible" in lab.player.notice
        assert "one strength for all layers" in lab.player.notice
        assert (lab.session.base, lab.session.trainer) == before
    with pytest.raises(ConfigError, match="one strength for all layers"):
        lab.open_experiment(Experiment(deep.replace(**{field: by_layer})))
    assert (lab.session.base, lab.session.trainer) == before
    with pytest.raises(ConfigError, match="one strength for all layers"):
        Break("By layer", hidden=(4, 4), **{field: by_layer})
    lab.session.set_lanes([Lane("by layer", fixed={field: by_layer})])
    assert getattr(lab.session.trainer.configs[0], field) == by_layer


def test_of_knobs_that_are_turned_at_once_each_that_is_refused_stays_in_the_page(lab: Lab) -> None:
    lab.turn({"dropout": 2.0, "seed": -1, "l1": 0.02})
    assert lab.session.base.l1 == 0.02
    assert "Dropout rate p: “2.0” is not possible" in lab.player.notice
    assert "Seed: “-1” is not possible" in lab.player.notice
    for field, value in (("n_train", 10**7), ("l1", 0.01)):
        lab.controls._turned(field, value)
    lab.player._hear()
    assert lab.session.base.l1 == 0.01
    assert "Training points: “10000000” is not possible" in lab.player.notice


def test_data_that_no_lane_can_take_are_not_said_to_be_kept(lab: Lab) -> None:
    lab.session.set_lanes([Lane("many", fixed={"n_train": 100})])
    lab.workbench.drawers.buttons["Your data"].value = True
    desk = lab.workbench._data_desk
    assert desk is not None
    rng = np.random.default_rng(0)
    rv.add_data("few", rng.normal(size=(30, 2)), np.arange(30) % 2)
    desk._added("few")  # as a press of its button does, once the table is in
    assert lab.session.base.data != "few"
    assert "Training points: “100” is not possible" in lab.player.notice


@pytest.mark.parametrize(
    ("path", "options", "said"),
    [
        ("nowhere/run.png", {}, "there is no folder .* Try 'run.png'"),
        ("folder.png", {}, "that is a folder; name a file in it"),
        ("x" * 300 + ".png", {}, "cannot be written: file name too long"),
        ("run.exe", {}, "a name that ends with .png"),
        ("run.png", {"size": (0, 0)}, r"size=\(0, 0\) .* 200 to 4000"),
        ("run.png", {"size": "big"}, "size='big'"),
        ("run.svg", {"ratio": -1}, "ratio=-1 .* 0.25 to 8"),
        ("run.png", {"sise": (400, 300)}, "sise=.* options size, ratio. Try 'size'"),
        ("run.csv", {"size": (400, 300)}, "a .csv file has no options"),
        ("run.torch.py", {"lane": 9}, "lane=9 .* from 0 to 3"),
        ("run.gif", {"epochs": 2, "seconds": "long"}, "seconds='long'"),
        ("run.gif", {"epochs": 2, "size": 5}, "size=5"),
        (5, {}, "path=5 .* Try 'run.png'"),
    ],
)
def test_a_file_that_cannot_be_is_refused_and_none_is_left_behind(
    path: Any, options: dict[str, Any], said: str, lab: Lab, tmp_path: Path
) -> None:
    (tmp_path / "folder.png").mkdir()
    with pytest.raises((ArgumentError, FileError), match=said):
        lab.save(tmp_path / path if isinstance(path, str) else path, **options)
    assert [file.name for file in tmp_path.iterdir()] == ["folder.png"]


def test_a_film_that_cannot_be_written_is_refused_before_it_is_trained(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there is no folder"):
        lab.save(tmp_path / "nowhere" / "run.gif", epochs=50)
    assert lab.session.snapshot().models[0].epoch == 0


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("run.gif", {"fps": 60}, "fps=60 .* from 1 to 50"),
        ("run.webp", {"seconds": 100}, "seconds=100 .* up to 60"),
        ("run.gif", {"size": (100, 100)}, r"size=\(100, 100\)"),
        ("run.gif", {"progress": 3}, "progress=3 .* a function of the share"),
        ("run.mp4", {}, "an MP4 needs ffmpeg"),
        ("run.gif", {"epochs": 0}, "epochs=0 .* from 1 to 100000"),
        *(
            (f"run{end}", {}, rf"epochs=5 .* only a film \(.gif, .webp, .mp4\) .* a {end} file has what is seen")
            for end in SUFFIXES
            if end not in (".gif", ".webp", ".mp4")
        ),
    ],
)
def test_what_no_film_can_be_is_refused_before_it_is_trained(
    name: str, options: dict[str, Any], said: str, lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers.shutil, "which", lambda program: None)
    with pytest.raises(ValueError, match=said):
        lab.save(tmp_path / name, **{"epochs": 5, **options})
    assert lab.session.snapshot().models[0].epoch == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda folder: folder / "none.json", "cannot be read: no such file"),
        (lambda folder: folder, "cannot be read: is a directory"),
        (lambda folder: 5, "experiment=5 .* the path of its file"),
        (lambda folder: _file(folder, b"\xff\xfe\x00"), "it is no JSON"),
        (
            lambda folder: _file(folder, write(Experiment(SMALL)).replace('"version": 3', '"version": 6').encode()),
            "newer",
        ),
        (lambda folder: _file(folder, b" " * 20_000_001), "too large for an experiment"),
    ],
)
def test_an_experiment_that_cannot_be_opened_leaves_the_lab_as_it_is(
    made: Callable[[Path], Any], said: str, lab: Lab, tmp_path: Path
) -> None:
    before = lab.session.base, lab.session.lanes, lab.session.trainer
    with pytest.raises((ArgumentError, FileError), match=said):
        lab.open_experiment(made(tmp_path))
    assert (lab.session.base, lab.session.lanes, lab.session.trainer) == before


def test_an_experiment_is_opened_whole_or_not_at_all_whatever_lanes_there_were() -> None:
    lab = Lab(SMALL, lanes=[Lane("by layer", fixed={"l2": (0.1, 0.2)})], panels=["loss"], play=False)
    deeper = Experiment(SMALL.replace(hidden=(8, 8)), (Lane("none"),), ("loss",))  # too deep for it
    lab.open_experiment(deeper)
    assert (lab.session.base, lab.session.lanes) == (deeper.config, deeper.lanes)
    with pytest.raises(ConfigError):
        lab.open_experiment(Experiment(SMALL.replace(seed=1), (DEEP,), ("loss",)))
    assert (lab.session.base, lab.session.lanes) == (deeper.config, deeper.lanes)


def test_a_file_with_more_pictures_than_can_be_read_is_refused_and_one_that_names_one_twice_shows_it_once() -> None:
    text = write(Experiment(SMALL, panels=("loss",)))
    assert read(text.replace('["loss"]', '["loss", "loss"]')).panels == ("loss",)
    many = ", ".join(f'"{name}"' for name in sorted(PANELS))
    with pytest.raises(FileError, match="1 to 6 pictures"):
        read(text.replace('["loss"]', f"[{many}]"))


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="is a folder"):
        added(tmp_path)


def test_columns_of_the_same_name_can_be_told_apart() -> None:
    table = rv.read_table("a,b,a,a\n" + "1,2,3,4\n" * 3)
    assert [column.name for column in table.columns] == ["a", "b", "a (2)", "a (3)"]


def test_a_sweep_in_which_every_network_diverged_says_so_and_shows_no_test_loss() -> None:
    base = SMALL.replace(optimizer="sgd", lr=1000.0)
    sweep = SweepRun(base, Sweep("l2", (0.1, 1.0), (0,), epochs=4))
    desk = SweepDesk(lambda field, second: None, lambda: None, lambda fields: None, lambda: None)
    while not sweep.done:
        sweep.work(10)
    desk.show(sweep)
    assert "diverged at every value. Try a smaller learning rate" in desk.said.value
    assert desk.adopt.disabled
    assert desk.reveal.disabled
    sweep.reveal_test()
    assert sweep.view().test is None


def test_a_sweep_over_no_numbers_is_refused() -> None:
    with pytest.raises(ArgumentError, match="values='abc'"):
        Sweep("l1", "abc", (0,))  # type: ignore[arg-type]


def test_a_session_refuses_what_a_lab_refuses() -> None:
    with pytest.raises(ArgumentError, match="at least one lane"):
        Session(SMALL, [])


def _lesson(**given: Any) -> Lesson:
    usual = {"name": "n", "claim": "c", "question": "q", "choices": {"a": "a", "b": "b"}, "explain": "e"}
    return Lesson(**{**usual, "observe": evidence.lowest_loss(after=5), **given})


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "given.json"
    path.write_bytes(content)
    return path
