"""Who trains beside the lab is started for what trains, and for nothing else; and what is refused says what fits."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest

from regviz import Config
from regviz.errors import ConfigError
from regviz.lab import Break, Lab, Lane, Lesson
from regviz.lab.compare import bounds
from regviz.lab.compare.chance import ChanceRun
from regviz.lab.compare.guest import GUEST
from regviz.lab.compare.presets import START
from regviz.lab.compare.sweep import Sweep, SweepRun, usual_values
from regviz.lab.controls.takeaway import TakeAway
from regviz.lab.lessons.evidence import Finding

SMALL = Config(n_train=40, hidden=(4,), batch_size=40)
MANY_POINTS = Config(n_train=10_000)


@pytest.fixture
def guest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GUEST, "1")


def counted(lab: Lab) -> list[None]:
    """One entry for each time that the lab has asked for workers. None of them ever comes."""
    asked: list[None] = []

    def nobody() -> Executor | None:
        asked.append(None)
        return None

    lab.session.workers = nobody
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    return asked


def asking_lesson() -> Lesson:
    """A lesson with a break that asks of a sweep, which therefore waits for an answer."""
    asks: dict[str, Any] = {"choices": {"yes": "Yes", "no": "No"}, "observe": lambda *_: Finding("so")}
    attempt = Break("Sweep", sweep={"l2": (0.0, 0.1)}, question="And now?", explain="So.", epochs=2, **asks)
    return Lesson(name="test", claim="It trains", question="Does it?", explain="It does.", breaks=[attempt], **asks)


@pytest.mark.usefixtures("guest")
def test_a_refused_sweep_or_many_refused_seeds_start_nobody() -> None:
    lab = Lab(SMALL, play=False)
    asked = counted(lab)
    lab.session.base = MANY_POINTS.replace(hidden=(1024, 1024))
    for press in (lambda: lab.workbench._run_sweep("l1"), lab.seeds.press):
        assert not lab.requests.do(press)
        assert "is not possible" in lab.player.notice
    assert asked == []
    lab.session.base = SMALL
    for press in (lambda: lab.workbench._run_sweep("l1"), lab.seeds.press):
        assert lab.requests.do(press)
    assert len(asked) == 2
    lab.close()


def test_a_break_that_is_tried_and_left_has_started_nobody() -> None:
    lab = Lab(SMALL, lanes=[Lane("none")], panels=["loss"], lesson=asking_lesson())
    asked, guide = counted(lab), lab.guide
    assert guide is not None
    guide.take_answer("yes", explained=True)
    for _ in range(3):
        guide.try_break(0)
        guide.go_back()
    assert asked == []
    guide.try_break(0)
    guide.take_answer("yes")
    assert lab.session.sweep is not None
    assert len(asked) == 1
    lab.close()


# -- what fits


def sweep_over(*fields: str) -> Callable[[Config], object]:
    return lambda base: SweepRun(base, Sweep.over(fields[0], base, *fields[1:]))


def seeds_of(lanes: Sequence[Lane]) -> Callable[[Config], object]:
    return lambda base: ChanceRun(base, lanes)


def a_visitor_s(lanes: int) -> Callable[[Config], object]:
    return lambda base: bounds.check([base] * lanes)


REFUSED = [
    (sweep_over("l1"), MANY_POINTS, "n_train"),
    (sweep_over("l1"), Config(hidden=(512, 512)), "hidden"),
    (sweep_over("l2", "n_train"), Config(hidden=(256, 256)), "hidden"),
    (sweep_over("l1"), MANY_POINTS.replace(hidden=(64, 64, 64), l2=(0, 0, 0.1, 0.1)), "n_train"),
    (seeds_of([Lane(f"{n}", fixed={"n_train": 10_000}) for n in range(8)]), Config(hidden=(256,) * 8), "hidden"),
    (seeds_of([Lane(f"{n}", fixed={"hidden": (128,) * 4}) for n in range(8)]), MANY_POINTS, "n_train"),
    (a_visitor_s(4), Config(hidden=(640, 640), l1=(0, 0.1, 0.1)), "hidden"),
    (a_visitor_s(8), Config(n_train=10_000, hidden=(256,)), "hidden"),
]


@pytest.mark.usefixtures("guest")
@pytest.mark.parametrize(("make", "base", "field"), REFUSED)
def test_what_is_proposed_in_place_of_too_large_networks_fits(
    make: Callable[[Config], object], base: Config, field: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        make(base)
    error = refused.value
    assert error.field == field
    assert error.value == getattr(base, field) != error.suggestion
    off = {name: 0.0 for name in base.penalties}
    make(base.replace(**{**off, field: error.suggestion}))


@pytest.mark.usefixtures("guest")
def test_of_a_map_whose_own_values_are_too_large_fewer_are_proposed() -> None:
    sweep = Sweep.through({"width": (64, 128, 256, 512, 1024), "depth": (1, 6)}, seeds=1)
    with pytest.raises(ConfigError, match="fewer values") as refused:
        SweepRun(Config(), sweep)
    assert refused.value.value == sweep.values
    SweepRun(Config(), Sweep.through({"width": refused.value.suggestion, "depth": (1, 6)}, seeds=1))


@pytest.mark.usefixtures("guest")
def test_of_a_map_the_field_is_named_whose_fewer_values_fit() -> None:
    values: dict[str, tuple[float, ...]] = {"depth": (1, 8), "width": (64, 256, 1024)}
    with pytest.raises(ConfigError, match="fewer values") as refused:
        SweepRun(Config(), Sweep.through(values, seeds=1))
    assert refused.value.field == "width"
    SweepRun(Config(), Sweep.through({**values, "width": refused.value.suggestion}, seeds=1))


@pytest.mark.usefixtures("guest")
@pytest.mark.parametrize("fields", [("width", "depth"), ("depth", "width"), ("l2", "width"), ("width", "decoys")])
def test_a_visitor_has_every_map_over_the_width_with_the_largest_networks_left_out(fields: tuple[str, str]) -> None:
    for hidden in ((16,), (64, 64)):
        base = START.replace(hidden=hidden)
        sweep = Sweep.over(fields[0], base, fields[1])
        SweepRun(base, sweep)
        for field, values in zip(fields, (sweep.values, sweep.seconds), strict=True):
            usual = usual_values(field, base)
            assert values[0] == usual[0]
            assert values[-1] == usual[-1] or (field == "width" and values[-1] >= 256)
    widths = Sweep.over("width", MANY_POINTS)
    assert widths.values == usual_values("width")[:-1]
    SweepRun(MANY_POINTS, widths)


@pytest.mark.usefixtures("guest")
def test_values_that_somebody_has_chosen_are_not_cut() -> None:
    widths = (64, 128, 256, 512, 1024)
    assert Sweep.through({"width": widths, "depth": ()}).values == widths


# -- what is made to be taken away


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_lab_that_ends_gives_up_the_film_that_it_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = tmp_path / "pid"
    program = tmp_path / "ffmpeg"
    body = f"import os, sys\nopen({str(said)!r}, 'w').write(str(os.getpid()))\nsys.stdin.buffer.read()"
    program.write_text(f"#!{sys.executable}\n{body}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    lab = Lab(SMALL, panels=["loss"], play=False)
    acts = []
    lab.requests.later = lambda _, act: acts.append(act)
    for _ in range(3):
        lab.session.epoch()
        lab.session.snapshot()
    lab.workbench.drawers.buttons["Take away"].value = True
    (desk,) = lab.workbench.drawers.made
    assert isinstance(desk, TakeAway)
    desk.film_kind.value = ".mp4"
    desk.film.click()
    lab.player._hear()
    assert acts, desk.said.value  # the next frame is still to be made
    while not said.exists() or not said.read_text():
        time.sleep(0.01)
    assert alive(int(said.read_text()))
    lab.close()
    assert not alive(int(said.read_text()))
    assert not list(tmp_path.glob("regviz-film-*"))
