"""The buttons that take away, pressed as a page would."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from html import unescape
from typing import Any

import pytest
from PIL import Image

from regviz import Config
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.session import Session
from regviz.lab.controls.takeaway import NEXT_EPOCHS, TakeAway
from regviz.lab.export.experiment import Experiment, read, write
from regviz.lab.export.export import history_csv
from regviz.lab.export.save import Shown
from regviz.lab.export.view import View
from regviz.lab.look.theme import look
from regviz.lab.panels import PANELS
from regviz.training.snapshot import ModelSnapshot

SMALL = Config(n_train=50, hidden=(8,), batch_size=25, l1=1e-3, l2=1e-3, dropout=0.5)


class Page:
    """A lab's loop and page as far as the buttons need them."""

    def __init__(self, lanes: Sequence[Lane] = DEFAULT_LANES) -> None:
        self.session = Session(SMALL, lanes)
        self.session.snapshot()
        self.due: list[Callable[[], None]] = []
        self.files: dict[str, bytes] = {}
        self.opened: list[Experiment] = []
        self.box = TakeAway(
            self.shown,
            self.session,
            lambda act: act(),
            lambda seconds, act: self.due.append(act),
            self.opened.append,
        )
        self.box.download.send = self.receive

    def shown(self) -> Shown:
        session = self.session
        panels = [PANELS["loss"], PANELS["mask"]]
        snapshot = session.snapshot()
        tape = session.tape.snapshots()
        return Shown(snapshot, session.base, View(panels, session.lanes, look("light"), "Play"), tape=tape)

    def receive(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        assert message["kind"] == "file"
        self.files[message["name"]] = buffers[0]

    def press(self, name: str) -> None:
        self.box.buttons[name].click()

    def run(self, turns: int = 10_000) -> None:
        """The loop goes on until nothing is due."""
        for _ in range(turns):
            if not self.due:
                return
            self.due.pop(0)()
        raise AssertionError("the loop never came to rest")

    @property
    def said(self) -> str:
        return re.sub("<[^>]*>", "", self.box.said.value)


@pytest.fixture
def page() -> Page:
    page = Page()
    for _ in range(4):
        page.session.epoch()
        page.session.snapshot()
    return page


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_a_picture_goes_to_the_downloads_under_a_telling_name(suffix: str, start: bytes, page: Page) -> None:
    page.press(suffix)
    assert page.files[f"regviz-moons-epoch4{suffix}"].startswith(start)
    assert page.said.startswith(f"regviz-moons-epoch4{suffix} (")


def test_history_and_experiment_are_those_of_the_session(page: Page) -> None:
    page.press(".csv")
    snapshot = page.session.snapshot()
    assert page.files["regviz-moons-epoch4.csv"].decode() == history_csv(snapshot, page.session.lanes)
    page.press(".json")
    assert read(page.files["regviz-moons-epoch4.json"].decode()).config == SMALL


@pytest.mark.slow
def test_a_film_is_made_frame_by_frame_while_the_loop_goes_on(page: Page) -> None:
    page.press("film")
    assert page.box.film.description == "Cancel"
    assert not page.files
    shares = []
    while page.due:
        shares.append(page.box.progress.value)
        page.due.pop(0)()
    assert len(shares) > 5  # one turn for each frame, and some to choose colours
    assert shares == sorted(shares)
    with Image.open(io.BytesIO(page.files["regviz-moons-epoch4.webp"])) as image:
        assert image.n_frames == 5  # type: ignore[attr-defined]
    assert page.box.film.description == "Make film"


@pytest.mark.slow
def test_a_film_of_the_next_epochs_trains_them(page: Page) -> None:
    page.box.film_of.value, page.box.film_kind.value = NEXT_EPOCHS[0], ".gif"
    page.press("film")
    page.run()
    assert page.session.snapshot().models[0].epoch == 4 + NEXT_EPOCHS[0]
    with Image.open(io.BytesIO(page.files["regviz-moons-epoch54.gif"])) as image:
        assert image.n_frames > 90  # type: ignore[attr-defined]


def test_a_film_can_be_given_up(page: Page) -> None:
    page.press("film")
    page.due.pop(0)()
    page.press("film")
    page.run()
    assert not page.files
    assert page.said == "The film was given up."
    assert page.box.film.description == "Make film"


def test_a_reset_ends_a_film_of_what_comes_next(page: Page) -> None:
    page.box.film_of.value = NEXT_EPOCHS[0]
    page.press("film")
    page.due.pop(0)()
    page.session.reset()
    page.run()
    assert not page.files
    assert page.said == "The networks have started anew, so the film was given up."


def test_without_ffmpeg_the_page_says_so(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    page.box.film_kind.value = ".mp4"
    page.press("film")
    page.run()
    assert page.said == "An MP4 needs ffmpeg, which is not installed here; try .webp or .gif, which need nothing."


def test_nothing_to_film_yet_is_a_sentence() -> None:
    page = Page()
    page.press("film")
    page.run()
    assert page.said.startswith("There is nothing to film yet: play first")


def test_the_code_of_every_lane_is_shown_for_both_libraries(page: Page) -> None:
    page.press("code")
    programs = page.box.code.programs
    assert [program["name"] for program in programs] == ["all lanes", "none", "L1", "L2", "dropout"]
    assert [[library for library, _ in program["codes"]] for program in programs] == [["regviz"]] + [
        ["regviz", "PyTorch"]
    ] * 4
    for program in programs:
        for _, text in program["codes"]:
            compile(text, program["name"], "exec")
    assert "dropout=0.5" in programs[4]["codes"][0][1]
    assert "epoch 4" in page.said


def test_the_page_says_how_far_programs_with_a_schedule_train() -> None:
    lanes = [Lane("constant"), Lane("cosine", fixed={"schedule": "cosine"})]
    for its, said in (
        (lanes[:1], "as far as the lab stands, epoch 2, with"),
        (
            lanes,
            "as far as the lab stands, epoch 2, or, where there is one, to the end of .* schedule, epoch 300, with",
        ),
        (lanes[1:], "to the end of the learning rate's schedule, epoch 300, .* the lab stands at epoch 2"),
    ):
        page = Page(its)
        page.session.epoch()
        page.session.epoch()
        page.press("code")
        assert re.search(said, unescape(page.said))
        ends = [re.search(r"epochs=(\d+)", program["codes"][0][1]) for program in page.box.code.programs[1:]]
        assert [end and int(end[1]) for end in ends] == [300 if lane.fixed else 2 for lane in its]


def upload(widget: Any, name: str, content: bytes) -> None:
    """Choose a file: it comes in parts."""
    parts = [content[k : k + 1_000_000] for k in range(0, len(content), 1_000_000)] or [b""]
    for place, part in enumerate(parts):
        message = {"kind": "part", "key": "k", "name": name, "place": place, "of": len(parts)}
        widget._handle_custom_msg(message, [memoryview(part)])


HASH = """
import hashlib
for run in {runs}:
    numbers = hashlib.sha256()
    for array in (*run.weights, *run.biases, *run.history.values()):
        numbers.update(array.tobytes())
    print("sha256", numbers.hexdigest())
"""
"""Prints what all numbers of each run come to."""

FIVE = (
    Lane("none"),
    Lane("L1", ("l1",)),
    Lane("net", ("l1", "l2"), fixed={"optimizer": "nesterov", "lr": 0.05}),
    Lane("dropout", ("dropout",), fixed={"batchnorm": True}),
    Lane("stops", fixed={"patience": 1, "lr": 0.2, "hidden": (24, 8), "seed": 9}),
)


def digest(model: ModelSnapshot) -> str:
    numbers = hashlib.sha256()
    for array in (*model.weights, *model.biases, *model.history.values()):
        numbers.update(array.tobytes())
    return numbers.hexdigest()


@pytest.mark.slow
def test_the_code_of_five_lanes_as_the_page_shows_it_gives_the_numbers_that_are_seen_to_the_last_bit() -> None:
    page = Page(FIVE)
    for _ in range(12):
        page.session.epoch()
    page.session.step()  # programs end with whole epochs …
    page.session.epoch()  # … so does this run
    page.press("code")
    models = page.session.snapshot().models
    assert any(model.state == "stopped" for model in models)
    every, *each = (program["codes"][0][1] for program in page.box.code.programs)
    assert len(each) == 5
    seen = [digest(model) for model in models]
    assert len(set(seen)) == 5
    assert printed(every + HASH.format(runs="runs")) == seen
    assert [printed(text + HASH.format(runs="[run]")) for text in each] == [[one] for one in seen]


def printed(text: str) -> list[str]:
    """The hashes that a program prints, run by itself in another process."""
    run = subprocess.run([sys.executable, "-W", "error", "-c", text], capture_output=True, text=True, check=True)
    return [line.split()[1] for line in run.stdout.splitlines() if line.startswith("sha256 ")]


def test_an_experiment_is_opened_and_the_same_file_may_be_opened_again(page: Page) -> None:
    experiment = Experiment(SMALL.replace(seed=5), title="Mine")
    for _ in range(2):
        upload(page.box.upload, "mine.json", write(experiment).encode())
    assert page.opened == [experiment, experiment]
    assert page.said == "The experiment is open."


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"{}", b"[" * 60_000, b" " * 6_000_000])
def test_a_file_that_is_no_experiment_opens_nothing(content: bytes, page: Page) -> None:
    upload(page.box.upload, "mine.json", content)
    assert not page.opened
    assert "is not possible" in page.said
