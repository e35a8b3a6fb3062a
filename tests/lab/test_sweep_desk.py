"""The desk of a sweep: what it offers, what it says of the best value, and what becomes of that once it is adopted."""

from __future__ import annotations

from typing import Any

import pytest

from regviz import Config
from regviz.lab import Lab
from regviz.lab.compare.lanes import DEFAULT_LANES, MOST_LANES, Lane
from regviz.lab.compare.sweep import Sweep, SweepRun
from regviz.lab.controls.sweep_desk import SweepDesk

BASE = Config(n_train=50, hidden=(8,), batch_size=25, l1=1e-3, l2=1e-3, dropout=0.5)


@pytest.fixture
def asked() -> list[Any]:
    return []


@pytest.fixture
def desk(asked: list[Any]) -> SweepDesk:
    return SweepDesk(
        asked.append, lambda: asked.append("cancel"), lambda *what: asked.append(what), lambda: asked.append("reveal")
    )


def test_a_sweep_offers_only_what_is_possible(desk: SweepDesk, asked: list[Any]) -> None:
    def offered() -> list[bool]:
        return [not button.disabled for button in (desk.run, desk.cancel, desk.adopt, desk.reveal)]

    assert offered() == [True, False, False, False]
    sweep = SweepRun(BASE, Sweep("l2", (0.0, 1e-3, 1.0), (0, 1), 4))
    desk.show(sweep)
    assert offered() == [False, True, False, False]
    while sweep.work(0.01):
        desk.show(sweep)
    desk.show(sweep)
    assert offered() == [True, False, True, True]
    assert desk.progress.value == 1
    assert "has not been looked at" in desk.said.value
    desk.adopt.click()
    best = sweep.view().best
    assert best is not None
    assert asked == [({"l2": sweep.view().values[best]},)]
    sweep.reveal_test()
    desk.show(sweep)
    assert offered() == [True, False, True, False]
    assert f"Test loss there: {sweep.view().test.mean():.2f}" in desk.said.value  # type: ignore[union-attr]


def test_a_cancelled_sweep_says_so(desk: SweepDesk) -> None:
    sweep = SweepRun(BASE, Sweep("l1", (0.0, 1e-3), (0,), 40))
    while sweep.view().best is None:
        sweep.work(0.001)
    sweep.cancel()
    desk.show(sweep)
    assert "Cancelled at epoch" in desk.said.value
    assert not desk.run.disabled
    assert desk.reveal.disabled


def test_the_same_thing_twice_is_no_map_and_changes_nothing() -> None:
    lab = Lab(BASE, play=False)
    shown = lab.pictures.names
    assert not lab.requests.do(lambda: lab.workbench._run_sweep("l1", "l1"))
    assert "two different fields" in lab.player.notice
    assert lab.session.sweep is None
    assert lab.pictures.names == shown
    lab.close()


IDLE = [
    ("momentum", (0.0, 0.5, 0.9)),
    ("weight_decay", (0.0, 0.01)),
    ("start_epoch", (0, 5)),
    ("min_delta", (0.0, 0.1)),
]


@pytest.mark.parametrize(("field", "values"), IDLE)
def test_a_sweep_over_what_changes_nothing_has_no_best_value_to_adopt(
    desk: SweepDesk, field: str, values: tuple[float, ...]
) -> None:
    sweep = SweepRun(BASE.replace(optimizer="adam"), Sweep(field, values, (0, 1), 4))
    desk.show(sweep)
    while sweep.work(0.01):
        desk.show(sweep)
        assert "; best" not in desk.said.value
    desk.show(sweep)
    assert (desk.adopt.disabled, desk.reveal.disabled) == (True, True)
    assert "the networks are the same at every value" in desk.said.value
    assert "has no effect here" in desk.said.value
    assert sweep.view().best is None


def test_of_a_map_only_what_changes_something_is_adopted(desk: SweepDesk, asked: list[Any]) -> None:
    what = Sweep("momentum", (0.0, 0.5), (0,), 4, "l2", (0.0, 0.1, 1.0))
    sweep = SweepRun(BASE.replace(optimizer="adam"), what)
    while sweep.work(0.01):
        pass
    desk.show(sweep)
    best = sweep.view().best
    assert best is not None
    assert "Done; best L2 strength λ: " in desk.said.value
    assert "Changing momentum has no effect here." in desk.said.value
    desk.adopt.click()
    assert asked == [({"l2": sweep.view().at(best)[1]},)]


def sitting(*lanes: Lane) -> Lab:
    lab = Lab(BASE, lanes=lanes, play=False)
    lab.session.workers = lambda: None
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    return lab


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"mixup": 0.9}, "mixup"), ({"ema": 0.9}, "weight averaging"), ({"l1": 0.01, "mixup": 0.5}, "L1 + mixup")],
)
def test_a_best_value_that_no_lane_would_take_gets_a_lane(fields: dict[str, float], name: str) -> None:
    lab = sitting(*DEFAULT_LANES)
    lab.workbench.adopt(fields)
    assert lab.session.lanes[:-1] == DEFAULT_LANES
    assert set(lab.session.lanes[-1].uses) == set(fields)
    assert lab.session.lanes[-1].name == name
    assert fields.items() <= lab.session.configs[-1].to_dict().items()
    assert set(fields) <= set(lab.controls.widgets)
    assert f"so “{name}” was added" in lab.player.notice
    lab.workbench.adopt(dict.fromkeys(fields, 0.3))
    assert len(lab.session.lanes) == len(DEFAULT_LANES) + 1
    assert lab.player.notice == ""
    lab.close()


def test_a_best_value_that_a_lane_takes_or_that_is_off_adds_no_lane() -> None:
    lab = sitting(*DEFAULT_LANES)
    for fields, said in (
        ({"l1": 0.1}, ""),
        ({"n_train": 30}, ""),
        ({"mixup": 0.0}, "without mixup"),
        ({"l1": 0.0}, ""),
    ):
        lab.workbench.adopt(fields)
        assert lab.session.lanes == DEFAULT_LANES
        assert said in lab.player.notice
        assert bool(said) == bool(lab.player.notice)
    lab.close()
    full = sitting(*(Lane(f"{n}") for n in range(MOST_LANES)))
    full.workbench.adopt({"mixup": 0.5})
    assert len(full.session.lanes) == MOST_LANES
    assert "tick mixup in one of them" in full.player.notice
    full.close()


def test_a_value_taken_in_the_picture_of_a_sweep_gets_a_lane_too() -> None:
    lab = sitting(*DEFAULT_LANES)
    sweep = SweepRun(BASE, Sweep("mixup", (0.0, 0.5), (0,), 2))
    lab.session.start_sweep(sweep)
    while lab.session.work_sweep(1.0):
        pass
    lab._hear({"kind": "turn", "change": {"input_dropout": 0.5}})
    assert lab.session.lanes == DEFAULT_LANES  # no value of the sweep
    lab._hear({"kind": "turn", "change": {"mixup": 0.5}})
    assert lab.session.configs[-1].mixup == 0.5
    lab.close()
