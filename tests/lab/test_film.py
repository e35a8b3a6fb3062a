"""A film shows the run: its frames, their times and their colours, in a file that others can open."""

from __future__ import annotations

import io
import itertools
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from regviz import Config
from regviz.errors import ArgumentError
from regviz.lab.canvas.stage import Stage
from regviz.lab.compare.lanes import Lane
from regviz.lab.export.bitmap import Painter, head_line
from regviz.lab.export.containers import Gif, WebP
from regviz.lab.export.film import HOLD, film, filming, timeline
from regviz.lab.export.lettering import font, write
from regviz.lab.export.palette import SLACK, Palette
from regviz.lab.export.view import View
from regviz.lab.look.theme import look
from regviz.lab.panels import PANELS
from regviz.training.snapshot import Snapshot
from runs import every_epoch

LANES = (Lane("none"), Lane("dropout", ("dropout",)))
BASE = Config(n_train=50, hidden=(8,), batch_size=25, dropout=0.5)
SIZE = (600, 400)
SHORT: dict[str, Any] = {"size": SIZE, "seconds": 1.0, "fps": 10}
PICTURES = [PANELS["loss"], PANELS["mask"]]
VIEW = View(PICTURES, LANES, look("light"), "Playground")
ENCODED = pytest.mark.parametrize("kind", ["gif", "webp"])


def run_of(epochs: int, base: Config = BASE, lanes: tuple[Lane, ...] = LANES) -> list[Snapshot]:
    return every_epoch(base, lanes, epochs)


@pytest.fixture(scope="module")
def run() -> list[Snapshot]:
    return run_of(30)


@pytest.fixture(scope="module")
def deep_run() -> tuple[tuple[Lane, ...], list[Snapshot]]:
    lanes = (Lane("L1", ("l1",)), Lane("dropout", ("dropout",)))
    return lanes, run_of(6, BASE.replace(l1=1e-3, hidden=(8, 8)), lanes)


def frames_of(data: bytes) -> tuple[list[np.ndarray[Any, Any]], list[int]]:
    """Frames as a viewer shows them, (height, width, 3), and how long each stands, in ms."""
    frames, times = [], []
    with Image.open(io.BytesIO(data)) as image:
        for place in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(place)
            frames.append(np.asarray(image.convert("RGB")).astype(int))
            times.append(int(image.info["duration"]))
    return frames, times


@pytest.mark.slow
@ENCODED
def test_its_frames_are_the_painted_snapshots_and_last_as_long_as_asked(kind: str, run: list[Snapshot]) -> None:
    frames, times = frames_of(film(run, VIEW, kind=kind, **SHORT))
    assert len(frames) == 10
    assert sum(times) == 1000 + HOLD
    painter = Painter(VIEW, SIZE)
    for frame, (place, _) in zip(frames, timeline([shot.step for shot in run], 1.0, 10), strict=True):
        painted = np.asarray(painter.paint(run[place])).astype(int)
        # 255 colours for them all, and what looks alike is left as it was
        assert np.abs(frame - painted).max(axis=2).mean() < 2
        assert np.quantile(np.abs(frame - painted), 0.99) < 24
    assert all(np.abs(a - b).max() > 60 for a, b in itertools.pairwise(frames))


@pytest.mark.slow
@ENCODED
def test_what_stands_still_does_not_flicker(kind: str, run: list[Snapshot]) -> None:
    frames, _ = frames_of(film(run, replace(VIEW, look=look("dark")), kind=kind, **SHORT))
    titles = [frame[:46, :480] for frame in frames]
    assert all(np.array_equal(title, titles[0]) for title in titles)
    assert tuple(frames[-1][2, 2]) == (0x16, 0x18, 0x1D)  # the background, exactly


@ENCODED
def test_a_run_that_stands_still_is_one_long_frame(kind: str, run: list[Snapshot]) -> None:
    frames, times = frames_of(film(run[-1:], VIEW, kind=kind, **SHORT))
    assert (len(frames), times) == (1, [1000 + HOLD])


@pytest.mark.slow
def test_the_last_frame_is_whole_though_costly_pictures_come_in_parts() -> None:
    base = BASE.replace(data="moons", hidden=(16,))
    run = run_of(12, base)
    last = frames_of(film(run, replace(VIEW, panels=[PANELS["fit"]]), **{**SHORT, "fps": 12}))[0][-1]
    painted = np.asarray(Painter(replace(VIEW, panels=[PANELS["fit"]]), SIZE).paint(run[-1]))
    assert np.quantile(np.abs(last - painted.astype(int)), 0.99) < 24


def test_time_runs_evenly_in_steps_and_ends_are_seen() -> None:
    assert timeline([0, 10, 20, 30], 1.0, 4) == [(0, 250), (1, 250), (2, 250), (3, 250)]
    assert timeline([0, 1, 100], 1.0, 10) == [(0, 100), (1, 800), (2, 100)]
    assert timeline([7], 2.0, 10) == [(0, 2000)]
    for seconds, fps in ((1.0, 1), (0.05, 20), (0.01, 1)):  # so short that there would be one frame
        assert [place for place, _ in timeline([0, 4, 8, 12], seconds, fps)] == [0, 3]
    cuts = timeline(list(range(0, 4001, 10)), 8.0, 20)
    assert len(cuts) == 160
    assert (cuts[0][0], cuts[-1][0]) == (0, 400)
    assert {duration for _, duration in cuts} == {50}


def test_rounding_to_hundredths_does_not_add_up() -> None:
    cuts = timeline(list(range(1000)), 10.0, 30)
    assert sum(duration for _, duration in cuts) == 10_000
    assert {duration for _, duration in cuts} <= {30, 40}


def test_filming_yields_the_share_done_and_can_be_given_up(run: list[Snapshot]) -> None:
    shares: list[float] = []
    film(run, VIEW, progress=shares.append, **SHORT)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    work = filming(run, VIEW, **SHORT)
    next(work)
    work.close()
    with pytest.raises(StopIteration):
        next(work)


def test_filming_leaves_the_panels_on_the_page_alone(run: list[Snapshot], stand: Any) -> None:
    panel = stand(PANELS["mask"], run[3], LANES)
    artists, place = list(panel.artists), panel.place
    film(run, replace(VIEW, panels=[panel]), **SHORT)
    assert panel.artists == artists
    assert panel.place is place
    assert replace(VIEW, panels=[panel]).fresh()[0] is not panel


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"kind": "avi"}, "kind='avi' is not possible: allowed is one of gif, webp, mp4"),
        ({"size": (601, 400)}, "even widths"),
        ({"size": (100, 100)}, "200 to 4000"),
        ({"seconds": 0}, "seconds=0"),
        ({"seconds": 61}, "up to 60"),
        ({"fps": 100}, "whole number from 1 to 50"),
    ],
)
def test_an_impossible_film_is_refused_before_anything_is_painted(
    options: dict[str, Any], said: str, run: list[Snapshot]
) -> None:
    with pytest.raises(ArgumentError, match=said):
        film(run, VIEW, **{**SHORT, **options})


def test_nothing_makes_no_film() -> None:
    with pytest.raises(ValueError, match="train a few epochs first"):
        film([], VIEW, **SHORT)


def test_without_ffmpeg_an_mp4_says_what_works_instead(run: list[Snapshot], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ValueError, match=r"needs ffmpeg, which is not installed here; try .webp or .gif"):
        film(run, VIEW, kind="mp4", **SHORT)


def pretend_ffmpeg(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    program = folder / "ffmpeg"
    program.write_text(f"#!{sys.executable}\nimport sys\n{body}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))


def test_ffmpeg_is_fed_every_picture_for_its_time(
    run: list[Snapshot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "data = sys.stdin.buffer.read()\nopen(sys.argv[-1], 'wb').write(repr((sys.argv, len(data))).encode())"
    pretend_ffmpeg(tmp_path, monkeypatch, body)
    arguments, fed = eval(film(run, VIEW, kind="mp4", **SHORT))
    assert fed == (10 + HOLD * 10 // 1000) * SIZE[0] * SIZE[1] * 3
    assert arguments[arguments.index("-s") + 1] == "600x400"
    assert arguments[arguments.index("-pix_fmt") + 1] == "rgb24"
    assert not Path(arguments[-1]).exists()  # its folder is gone


@pytest.mark.parametrize("body", ["sys.stdin.buffer.read(); sys.exit('no libx264')", "sys.exit('no libx264')"])
def test_what_ffmpeg_complains_of_is_passed_on(
    body: str, run: list[Snapshot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_ffmpeg(tmp_path, monkeypatch, body)
    with pytest.raises(ValueError, match=r"could not write the film \(no libx264\); try .webp or .gif"):
        film(run, VIEW, kind="mp4", **SHORT)


def test_a_palette_has_its_fixed_colours_exactly_and_a_colour_one_index() -> None:
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(0, 256, (80, 80, 3), dtype=np.uint8))
    palette = Palette([noise], ("#123456", "#ffffff"))
    index = palette.indexed(Image.new("RGB", (4, 4), "#123456"))
    assert (palette.table[index] == (0x12, 0x34, 0x56)).all()
    assert np.array_equal(palette.indexed(noise), palette.indexed(noise))
    assert palette.indexed(noise).max() < 255  # the last index means "as before"
    error = np.sqrt(((palette.table[palette.indexed(noise)].astype(float) - np.asarray(noise)) ** 2).sum(axis=2))
    assert error.mean() < 30  # 255 of 16 million colours: a cube of side 40 each


def test_alike_are_colours_nearer_than_the_eye_sees() -> None:
    palette = Palette([Image.new("RGB", (4, 4), "#000000")], ("#000000", "#060606", "#080808", "#ffffff"))
    zero, others = np.zeros(3, np.uint8), np.arange(1, 4, dtype=np.uint8)
    assert palette.alike(zero, others).tolist() == [True, False, False]
    assert np.sqrt(3 * 6**2) < SLACK < np.sqrt(3 * 8**2)


@ENCODED
def test_frames_in_which_nothing_changes_are_tiny_and_stay_in_the_film(kind: str) -> None:
    palette = Palette([Image.new("RGB", SIZE, "#ffffff")], ("#ffffff", "#0072b2"))
    container = Gif(SIZE, palette) if kind == "gif" else WebP(SIZE, palette)
    for color in ("#ffffff", "#ffffff", "#0072b2"):
        container.add(Image.new("RGB", SIZE, color), 100)
    frames, times = frames_of(container.finish())
    assert sum(times) == 300
    assert frames[0].mean() == 255
    assert frames[-1][0, 0].tolist() == [0, 0x72, 0xB2]


def test_a_text_stands_where_it_stood_however_often_it_is_written() -> None:
    def written(x: float) -> np.ndarray[Any, Any]:
        image = Image.new("RGB", (120, 40), "#ffffff")
        write(image, (x, 25.4, "λ 0.001", "#0072b2", 13.0, 400, "left", "baseline", 0.0))
        return np.asarray(image).astype(int)

    once, again = written(10.25), written(10.25)
    assert np.array_equal(once, again)
    straight = Image.new("RGB", (120, 40), "#ffffff")
    face = font("λ 0.001", 13.0, False)
    ImageDraw.Draw(straight, "RGBA").text((10.25, 25.4), "λ 0.001", fill="#0072b2", font=face, anchor="ls")
    assert np.abs(once - np.asarray(straight).astype(int)).max() <= 1
    assert np.array_equal(written(15.25)[:, 5:], once[:, :-5])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PANELS))
def test_a_film_of_an_earlier_moment_leaves_the_picture_on_the_page_as_it_is(
    name: str, deep_run: tuple[tuple[Lane, ...], list[Snapshot]]
) -> None:
    lanes, shots = deep_run
    stage = Stage([PANELS[name]()], budget=float("inf"), texts_every=0.0)

    def lay_out(shot: Snapshot) -> None:
        """Build the whole picture anew, as after a change of the page's size."""
        stage.lay_out(600.0, 400.0, 1.0, look("light"), lanes, shot)
        while stage.behind:
            stage.draw(shot)

    lay_out(shots[0])
    for shot in shots[1:]:
        stage.draw(shot)
    for _ in range(2):  # limits move only when they must: the second time they must no more
        lay_out(shots[-1])
    before = stage.picture()
    painter = Painter(View(stage.panels, lanes, look("light")), SIZE)
    for shot in shots[:3]:
        painter.paint(shot)
    lay_out(shots[-1])
    assert stage.picture() == before


def test_lanes_have_their_shapes_in_the_head_line() -> None:
    lanes = tuple(Lane(f"lane {k}") for k in range(3))
    texts = head_line(View([], lanes, look("light")), run_of(0, BASE, lanes)[0], 900)
    assert [text[2] for text in texts[1::2]] == ["●", "■", "▲"]
    assert [text[2] for text in texts[2::2]] == ["lane 0", "lane 1", "lane 2"]
    for sign, name in zip(texts[1::2], texts[2::2], strict=True):
        assert sign[3] == name[3]
        assert sign[0] < name[0]
