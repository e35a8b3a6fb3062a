"""Taking away: every file opens again and says what was seen."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import regviz as rv
from regviz import Config
from regviz.errors import ArgumentError, FileError
from regviz.lab import Lab
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.session import Session
from regviz.lab.export.experiment import Experiment, read
from regviz.lab.export.export import reached
from regviz.lab.export.save import SUFFIXES, Shown, recording, save
from regviz.lab.export.view import View
from regviz.lab.look.theme import look
from regviz.lab.panels import PANELS
from regviz.training.snapshot import Snapshot

SMALL = Config(n_train=50, hidden=(8,), batch_size=25, l1=1e-3, l2=1e-3, dropout=0.5)
PASSENGERS = Path(__file__).parents[1] / "engine" / "tables" / "files" / "passengers.csv"
PICTURES = [PANELS[name] for name in ("loss", "weights", "fit", "mask")]


def shown(session: Session, tape: Sequence[Snapshot] = (), **more: Any) -> Shown:
    view = View(**{"panels": PICTURES, "lanes": session.lanes, "look": look("light"), "title": "Playground", **more})
    return Shown(session.snapshot(), session.base, view, tape=tape)


@pytest.fixture
def session() -> Session:
    session = Session(SMALL)
    for _ in range(5):
        session.epoch()
    return session


@pytest.fixture
def own() -> Iterator[str]:
    rng = np.random.default_rng(0)
    X = rng.normal(3, 1, (60, 3))
    rv.add_data("mine", X, np.where(X[:, 0] > 3, "large", "small"), feature_names=["a", "b", "c"], title="My table")
    yield "mine"
    if "mine" in rv.DATASETS:
        rv.remove_data("mine")


def test_a_png_is_as_large_as_asked_and_shows_every_lane(session: Session, tmp_path: Path) -> None:
    save(shown(session), tmp_path / "run.png", size=(1000, 600), ratio=1.5)
    with Image.open(tmp_path / "run.png") as image:
        assert image.size == (1500, 900)
        colors = {color for _, color in image.convert("RGB").getcolors(image.width * image.height)}
    for color in look("light").lanes[:4]:
        assert tuple(bytes.fromhex(color[1:])) in colors


def test_a_picture_has_the_look_it_was_seen_in(session: Session, tmp_path: Path) -> None:
    save(shown(session, look=look("dark")), tmp_path / "run.png", ratio=1.0)
    with Image.open(tmp_path / "run.png") as image:
        assert image.convert("RGB").getpixel((3, 3)) == (0x16, 0x18, 0x1D)


def test_an_svg_is_sound_xml_without_a_date(session: Session, tmp_path: Path) -> None:
    save(shown(session), tmp_path / "run.svg")
    text = (tmp_path / "run.svg").read_text()
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert "dc:date" not in text


def test_a_dollar_in_a_lane_s_name_is_a_sign_like_any_other(tmp_path: Path) -> None:
    session = Session(SMALL, [Lane("$5 and $6"), Lane("$$", ("l1",))])
    session.epoch()
    save(shown(session, panels=PICTURES[:1]), tmp_path / "run.svg")
    text = (tmp_path / "run.svg").read_text()  # above the outlines of its letters each text stands as a comment
    assert "<!-- $5 and $6" in text
    assert "<!-- $$" in text


@pytest.mark.slow
def test_a_pdf_is_one(session: Session, tmp_path: Path) -> None:
    save(shown(session), tmp_path / "run.pdf")
    content = (tmp_path / "run.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert content.rstrip().endswith(b"%%EOF")


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_a_film_is_of_the_run_so_far(suffix: str, session: Session, tmp_path: Path) -> None:
    tape = list(recording(Session(SMALL), 6))
    save(shown(session, tape=tape), tmp_path / f"run.{suffix}", seconds=0.5, fps=8, size=(800, 500))
    with Image.open(tmp_path / f"run.{suffix}") as image:
        assert image.n_frames == 4  # type: ignore[attr-defined]
        assert image.size == (800, 500)


def test_a_film_of_a_single_moment_says_what_to_do(session: Session, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"lab.save\(\"run.gif\", epochs=100\)"):
        save(shown(session), tmp_path / "run.gif")
    assert not list(tmp_path.iterdir())


def test_a_film_ends_where_a_person_looks_back_and_knows_no_later(tmp_path: Path) -> None:
    session = Session(SMALL)
    session.trainer.advance(epochs=6)
    for _ in range(4):
        session.snapshot()
        session.epoch()
    session.snapshot()
    session.look_back(8)
    seen = shown(session, scene=session.scene(), tape=session.tape.snapshots())
    assert seen.view.scene.live is not None
    assert seen.view.of_a_run.scene.live is None
    assert [snapshot.models[0].epoch for snapshot in seen.run] == [6, 7, 8]


def test_the_csv_reads_back_as_the_history(session: Session, tmp_path: Path) -> None:
    save(shown(session), tmp_path / "run.csv")
    with (tmp_path / "run.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    models = session.snapshot().models
    assert [row["lane"] for row in rows[::6]] == ["none", "L1 0.001", "L2 0.001", "dropout 0.5"]
    assert list(rows[0])[:4] == ["lane", "dropout", "l1", "l2"]  # and no field in which lanes are alike
    assert "seed" not in rows[0]
    for i, model in enumerate(models):
        mine = rows[6 * i : 6 * i + 6]
        assert {float(row["l1"]) for row in mine} == {model.config.l1}
        for name, column in model.history.items():
            np.testing.assert_array_equal([float(row[name]) for row in mine], column)


def test_lanes_that_went_differently_far_have_as_many_rows_as_epochs() -> None:
    session = Session(SMALL.replace(patience=1, lr=0.5, optimizer="sgd"))
    for _ in range(12):
        session.epoch()
    rows = list(csv.DictReader(io.StringIO(SUFFIXES[".csv"](shown(session), ".csv").decode())))
    for lane, model in zip(session.lanes, session.snapshot().models, strict=True):
        label = lane.label(model.config)
        assert sum(row["lane"] == label for row in rows) == len(model.history["epoch"])


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"])
def test_no_spreadsheet_takes_a_lane_s_name_for_a_formula(name: str) -> None:
    session = Session(SMALL, [Lane(name), Lane("none")])
    session.epoch()
    rows = list(csv.reader(io.StringIO(SUFFIXES[".csv"](shown(session), ".csv").decode())))
    assert [row[0] for row in rows] == ["lane", *[f"'{name}"] * 2, *["none"] * 2]
    assert {type(float(cell)) for row in rows[1:] for cell in row[1:]} == {float}  # numbers stay numbers


def output_of(path: Path) -> str:
    found = subprocess.run(
        [sys.executable, "-W", "error", path.name], cwd=path.parent, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


def test_the_program_gives_the_numbers_that_are_seen(session: Session, tmp_path: Path) -> None:
    save(shown(session), tmp_path / "run.py")
    lines = output_of(tmp_path / "run.py").splitlines()[1:]
    for line, lane, model in zip(lines, session.lanes, session.snapshot().models, strict=True):
        last = {name: column[-1] for name, column in model.history.items()}
        numbers = [f"{last['train_loss']:.4f}", f"{last['val_loss']:.4f}", f"{last['val_score']:.3f}"]
        assert line.split() == [lane.name, *numbers, f"{model.zero_fraction:.1%}"]


@pytest.mark.slow
def test_a_program_goes_as_far_as_each_lane_and_prints_the_weights_that_it_has(tmp_path: Path) -> None:
    base = Config(n_train=50, batch_size=25, hidden=(32, 32))
    lanes = (Lane("small"), Lane("whole", fixed={"batch_size": 50}), Lane("stopped", fixed={"patience": 5}))
    session = Session(base, lanes)
    for _ in range(90):
        session.step()
    models = session.snapshot().models
    assert [model.epoch for model in models[:2]] == [45, 90]
    assert models[2].restored
    save(shown(session), tmp_path / "run.py")
    lines = [line.split() for line in output_of(tmp_path / "run.py").splitlines()[1:]]
    seen = [(model.now("train_loss"), model.now("val_loss")) for model in models]
    assert [(float(line[1]), float(line[2])) for line in lines] == [(round(a, 4), round(b, 4)) for a, b in seen]


def test_a_program_of_a_lane_whose_patience_is_not_exhausted_prints_the_weights_that_are_seen() -> None:
    base = Config(n_train=60, hidden=(32,), lr=0.02, patience=500)
    session = Session(base, (Lane("patient"), Lane("ends", fixed={"patience": 5})))
    for _ in range(60):
        session.epoch()
    snapshot = session.snapshot()
    patient, ended = snapshot.models
    assert patient.best_epoch < patient.epoch
    assert (patient.state, patient.restored, ended.state, ended.restored) == ("training", False, "stopped", True)
    runs = rv.fit(reached(snapshot))
    for run, model in zip(runs, snapshot.models, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(run.model.weights, model.weights, strict=True))
        assert run.now("val_loss") == model.now("val_loss")
    best_is_kept = [
        "import copy" in SUFFIXES[".torch.py"](shown(session), ".torch.py", lane=i).decode() for i in (0, 1)
    ]
    assert best_is_kept == [False, True]


def test_lanes_with_values_of_their_own_are_in_the_program(tmp_path: Path) -> None:
    lanes = (Lane('λ "large"', fixed={"l2": 0.1}), Lane("narrow", ("l1",), fixed={"hidden": (4,), "seed": 3}))
    session = Session(SMALL, lanes)
    session.epoch()
    save(shown(session), tmp_path / "run.py")
    text = (tmp_path / "run.py").read_text(encoding="utf-8")
    scope: dict[str, Any] = {}
    exec(text.partition("runs = ")[0], scope)
    assert [name for name, _ in scope["lanes"]] == [lane.name for lane in lanes]
    assert [config for _, config in scope["lanes"]] == [lane.config(SMALL).replace(epochs=1) for lane in lanes]


def test_a_schedule_keeps_its_length_in_the_program() -> None:
    session = Session(SMALL.replace(schedule="cosine", epochs=40))
    session.epoch()
    assert "epochs=40," in SUFFIXES[".py"](shown(session), ".py").decode()


def test_the_torch_program_is_the_chosen_lane_s(session: Session) -> None:
    text = SUFFIXES[".torch.py"](shown(session), ".torch.py", lane=3).decode()
    compile(text, "run.torch.py", "exec")
    assert "nn.Dropout(0.5)" in text
    assert "range(1, 6)" in text


@pytest.mark.slow
def test_programs_on_data_of_one_s_own_bring_them_along(own: str, tmp_path: Path) -> None:
    session = Session(SMALL)
    session.change(data=own)
    session.epoch()
    session.epoch()
    written = save(shown(session), tmp_path / "run.py")
    assert [path.name for path in written] == ["run.py", "mine.csv"]
    losses = [float(line.split()[2]) for line in output_of(tmp_path / "run.py").splitlines()[1:]]
    assert losses == [round(float(m.history["val_loss"][-1]), 4) for m in session.snapshot().models]
    save(shown(session), tmp_path / "net.torch.py")
    text = (tmp_path / "net.torch.py").read_text()
    assert text.index("import regviz as rv") < text.index('rv.add_table(\n    "mine"') < text.index('"mine.csv"')
    assert text.index('"mine.csv"') < text.index("rv.load(")


def test_a_program_s_data_replace_no_file_of_that_name_but_their_own(own: str, tmp_path: Path) -> None:
    session = Session(SMALL)
    session.change(data=own)
    table = tmp_path / "mine.csv"
    table.write_text("id;note;label\n1;what somebody brought;yes\n")
    with pytest.raises(rv.FileError, match=r"mine\.csv is there already, with other contents"):
        save(shown(session), tmp_path / "run.py")
    assert "what somebody brought" in table.read_text()
    assert not (tmp_path / "run.py").exists()
    table.unlink()
    table.mkdir()
    with pytest.raises(rv.FileError, match=r"mine\.csv"):
        save(shown(session), tmp_path / "other.py")
    table.rmdir()
    for _ in range(2):  # its own may stand there
        save(shown(session), tmp_path / "run.py")


def test_a_program_whose_data_cannot_be_written_leaves_no_file_and_says_where_both_can_be(
    own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(SMALL)
    session.change(data=own)
    here = tmp_path / "here"
    (here / "mine.csv").mkdir(parents=True)
    with pytest.raises(rv.FileError, match=r"mine\.csv is there already") as refused:
        save(shown(session), here / "run.py")
    assert [file.name for file in here.iterdir()] == ["mine.csv"]
    assert refused.value.suggestion == str(tmp_path / "run.py")
    (here / "mine.csv").rmdir()
    (here / "run.py").write_text("before")
    wrote = Path.write_bytes

    def full(file: Path, data: bytes) -> int:
        wrote(file, data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(rv.FileError, match=r"mine\.csv.*no space left on device") as refused:
        save(shown(session), here / "run.py")
    assert [(file.name, file.read_text()) for file in here.iterdir()] == [("run.py", "before")]
    monkeypatch.undo()
    assert save(shown(session), refused.value.suggestion) == [tmp_path / "run.py", tmp_path / "mine.csv"]


def test_a_program_that_cannot_be_here_can_be_where_the_error_says_at_once(
    own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(SMALL)
    session.change(data=own)
    home, here = tmp_path / "home", tmp_path / "work" / "here"
    here.mkdir(parents=True)
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.chdir(here)
    for taken, way in ((here, Path("..", "run.py")), (here.parent, home / "run.py")):
        (taken / "mine.csv").write_text("somebody's")
        with pytest.raises(rv.FileError) as refused:
            save(shown(session), "run.py")
        assert refused.value.suggestion == str(way)
    assert save(shown(session), refused.value.suggestion) == [home / "run.py", home / "mine.csv"]


@pytest.mark.parametrize("gaps", ["fill", *(pytest.param(gaps, marks=pytest.mark.slow) for gaps in ("flag", "drop"))])
def test_programs_on_a_table_fill_its_gaps_as_the_lab_does(gaps: str, tmp_path: Path) -> None:
    session = Session(SMALL)
    rv.add_table("mine", rv.read_table(PASSENGERS, gaps=gaps))
    session.change(data="mine")
    session.epoch()
    save(shown(session), tmp_path / "run.py")
    losses = [float(line.split()[2]) for line in output_of(tmp_path / "run.py").splitlines()[1:]]
    assert losses == [round(float(m.history["val_loss"][-1]), 4) for m in session.snapshot().models]


def test_the_experiment_opens_again(session: Session, tmp_path: Path) -> None:
    save(shown(session), tmp_path / "run.json")
    experiment = read((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert experiment.config == session.base
    assert experiment.lanes == DEFAULT_LANES
    assert experiment.panels == ("loss", "weights", "fit", "mask")
    assert experiment.title == "Playground"


@pytest.mark.parametrize("name", ["run.jpg", "run", ".png", "run.tar.gz"])
def test_an_unknown_end_is_refused_and_those_that_are_known_are_named(
    name: str, session: Session, tmp_path: Path
) -> None:
    with pytest.raises(FileError, match=r"\.png, \.svg, \.pdf, \.gif, \.webp, \.mp4, \.csv, \.json, \.py"):
        save(shown(session), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_recording_trains_so_many_epochs_and_sees_both_ends() -> None:
    for epochs, moments in ((1, 3), (10, 8), (40, 8)):  # an epoch has two steps
        session = Session(SMALL)
        shots = list(recording(session, epochs, frames=8))
        assert [shots[0].step, shots[-1].step] == [0, 2 * epochs]
        assert len(shots) == moments
        assert all(a.step < b.step for a, b in itertools.pairwise(shots))
        assert session.snapshot().step == 2 * epochs
    with pytest.raises(ArgumentError, match="epochs=0"):
        list(recording(session, 0))


def test_one_may_look_back_at_what_was_trained_for_a_film_and_film_it_again(tmp_path: Path) -> None:
    lab = Lab(SMALL, panels=["loss"], play=False)
    session = lab.session
    for _ in range(3):
        session.epoch()
        session.snapshot()
    session.look_back(1)
    shots = list(recording(session, 6, frames=60))
    assert shots[0].epoch == 3  # not what a person looked back at
    assert list(session.tape.epochs) == [1, *range(2, 10)]
    session.look_back(5)
    assert session.snapshot().epoch == 5
    session.look_back(None)
    assert [snapshot.epoch for snapshot in lab.shown().run] == list(range(1, 10))


@pytest.mark.parametrize("frames", [4, 60])
def test_a_recording_lets_no_lane_fall_short_whatever_its_batches_are(frames: int) -> None:
    fixed: tuple[dict[str, int], ...] = ({}, {"batch_size": 5}, {"n_train": 200})
    session = Session(SMALL, [Lane(str(its), fixed=its) for its in fixed])
    shots = list(recording(session, 5, frames=frames))
    assert min(session.trainer.epochs) == 5
    assert session.trainer.common_epoch == 5
    assert [model.epoch for model in shots[-1].models] == session.trainer.epochs


@pytest.mark.parametrize(("name", "given", "said"), [("folder.gif", {}, "folder"), ("y.gif", {"sise": 3}, "sise")])
def test_what_cannot_be_written_is_refused_before_anything_is_trained_for_it(
    name: str, given: dict[str, Any], said: str, tmp_path: Path
) -> None:
    (tmp_path / "folder.gif").mkdir()
    lab = Lab(SMALL, play=False)
    with pytest.raises((ArgumentError, FileError), match=said):
        lab.save(tmp_path / name, epochs=2, **given)
    assert lab.session.trainer.epochs == [0, 0, 0, 0]


@pytest.mark.parametrize("wrong", [{"panels": ("map",)}, {"speed": "9×"}, {"lanes": ()}])
def test_an_experiment_that_cannot_be_opened_changes_nothing(wrong: dict[str, Any]) -> None:
    lab = Lab(SMALL, play=False)
    before = lab.session.base, lab.session.lanes, lab.session.speed, lab.pictures.names
    experiment = dataclasses.replace(Experiment(SMALL.replace(seed=9), DEFAULT_LANES, ("loss",), "4×", "Mine"), **wrong)
    with pytest.raises(ValueError, match=r"map|9×|lane"):
        lab.open_experiment(experiment)
    assert (lab.session.base, lab.session.lanes, lab.session.speed, lab.pictures.names) == before
