"""The picture of luck draws what the probe says of the sweep's networks, by how many there are to choose from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from regviz import Config, probes
from regviz.errors import ArgumentError
from regviz.lab.compare.lanes import DEFAULT_LANES
from regviz.lab.compare.scene import Scene
from regviz.lab.compare.sweep import Sweep, SweepRun, SweepView
from regviz.lab.look.numbers import number
from regviz.lab.panels.sweep.luck import LuckPanel

GRID = {"l2": (0, 0.01, 0.1, 1), "dropout": (0, 0.3, 0.6)}


@cache
def swept(data: str = "moons") -> SweepView:
    """A sweep of small networks over two fields, at its end."""
    base = Config(data=data, n_train=40, hidden=(6,), batch_size=20)
    run = SweepRun(base, Sweep.through(GRID, base, seeds=1, epochs=8))
    while run.work(1.0):
        pass
    return run.view()


def plain(text: Any) -> str:
    return str(text).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def shown(stand: Any, snapshot: Any) -> Callable[[SweepView | None], Any]:
    """The picture as it stands when a sweep has begun after it was built, or without one."""

    def show(view: SweepView | None) -> Any:
        now = snapshot(Config(n_train=40), DEFAULT_LANES[:2])
        panel = stand(LuckPanel, now, DEFAULT_LANES[:2])
        assert panel.invitation.get_visible()
        panel.scene = Scene(sweep=view)
        panel.draw(now)
        while panel.behind:
            panel.draw(now)
        panel.snapshot = now
        return panel

    return show


def test_the_lines_are_the_scores_of_the_best_of_so_many_networks(shown: Any) -> None:
    view = swept()
    panel = shown(view)
    split = view.models[0].split
    own, new = probes.best_of([probes.point_scores(its, split.X_val, split.y_val) for its in view.models], 20)
    np.testing.assert_allclose(panel.own.get_ydata(), own)
    np.testing.assert_allclose(panel.new.get_ydata(), new)
    assert not panel.invitation.get_visible()
    assert [plain(label.get_text()) for label in panel.labels] == [
        f"own  {100 * own[11]:.1f} %",
        f"new  {100 * new[11]:.1f} %",
    ]
    target = panel.targets()[3]
    hint = plain(panel.pointer("move", *target).hint)
    assert hint.startswith("the best of 4 of 12 networks, on average")
    assert hint.endswith(f"on those points {100 * own[3]:.1f} %, on new ones {100 * new[3]:.1f} %")
    assert panel.views == ()
    assert panel.pointer("click", *target).redraw
    assert panel.views == ("of4",)
    assert plain(panel.labels[0].get_text()) == f"own  {100 * own[3]:.1f} %"
    ticks = [label.get_text() for label in panel.plot.get_xticklabels()]
    assert (ticks[0], ticks[-1]) == ("1", "12")


def test_networks_that_diverged_do_not_count_and_another_sweep_has_its_own_axis(shown: Any) -> None:
    view = swept()
    gone = tuple(replace(model, state="diverged") for model in view.models[:5])
    panel = shown(replace(view, models=(*gone, *view.models[5:])))
    assert panel.own.get_ydata()[-1] == panel.own.get_ydata()[6]  # there are no more than seven
    panel.scene = Scene(sweep=replace(view, models=view.models[:4]))
    while panel.draw(panel.snapshot) or panel.behind:
        pass
    assert len(panel.own.get_ydata()) == 4
    panel.scene = Scene()
    panel.draw(panel.snapshot)
    assert panel.invitation.get_visible()
    assert not panel.own.get_visible()
    assert panel.pointer("move", *panel.targets()[2]).hint == "nobody has chosen yet"


@pytest.mark.parametrize("first", ["moons", "diabetes"])
@pytest.mark.parametrize("lanes", ["moons", "diabetes"])
def test_the_score_is_of_the_sweep_s_data_whatever_the_lanes_have_and_the_sweep_before_had(
    first: str, lanes: str, stand: Any, snapshot: Any
) -> None:
    now = snapshot(Config(data=lanes, n_train=40), DEFAULT_LANES[:2])
    panel = stand(LuckPanel, now, DEFAULT_LANES[:2])
    for data in (first, "diabetes" if first == "moons" else "moons"):
        panel.scene = Scene(sweep=swept(data))
        while panel.draw(now) or panel.behind:
            pass
        split = swept(data).models[0].split
        own, _ = probes.best_of([probes.point_scores(its, split.X_val, split.y_val) for its in swept(data).models], 20)
        assert panel.subtitle.get_text().startswith("accuracy" if data == "moons" else "R²")
        said = f"{100 * own[-1]:.1f} %" if data == "moons" else number(own[-1])
        assert plain(panel.labels[0].get_text()) == f"own  {said}"
        assert ("%" in panel.plot.get_yticklabels()[-1].get_text()) == (data == "moons")


def test_a_sweep_is_shown_where_the_lanes_have_too_few_points_by_now_and_the_other_way_round(
    stand: Any, snapshot: Any
) -> None:
    few = Config(data="wine", n_train=140, hidden=(6,), batch_size=20)
    scarce = snapshot(few, DEFAULT_LANES[:2])
    panel = stand(LuckPanel, scarce, DEFAULT_LANES[:2])
    assert panel.subtitle.get_text() == "there are too few validation points to choose by"
    assert not panel.invitation.get_visible()
    panel.scene = Scene(sweep=swept())
    while panel.draw(scarce) or panel.behind:
        pass
    assert panel.own.get_visible()
    models = snapshot(few, DEFAULT_LANES[:4]).models
    panel.scene = Scene(sweep=replace(swept(), models=models))
    panel.draw(snapshot(Config(n_train=40), DEFAULT_LANES[:2]))
    assert not panel.own.get_visible()
    assert panel.subtitle.get_text() == "there are too few validation points to choose by"
    assert panel.targets() == []


@pytest.mark.parametrize("words", [("8",), ("of0",), ("of-5",), ("of2", "of5"), ("ofx",)])
def test_words_that_are_no_count_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(ArgumentError, match=r"one number of networks.*luck~of8"):
        LuckPanel().look_at(words)


def test_a_sweep_over_training_points_says_why_there_is_no_choice(shown: Any) -> None:
    base = Config(data="wine", n_train=60, hidden=(6,), batch_size=20)
    run = SweepRun(base, Sweep.through({"n_train": (20, 40, 60)}, base, seeds=1, epochs=4))
    while run.work(1.0):
        pass
    panel = shown(run.view())
    assert plain(panel.subtitle.get_text()) == "the networks have different validation points"
    assert not len(panel.own.get_ydata()) or not panel.own.get_visible()
