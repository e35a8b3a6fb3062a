"""The pruning picture draws what the probe says of each lane at each share, and the numbers at the one chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regviz import Config, Trainer, add_drawing, load, probes, remove_data
from regviz.data.drawn import copied
from regviz.errors import ArgumentError
from regviz.lab.compare.lanes import Lane
from regviz.lab.look.numbers import MISSING
from regviz.lab.panels.fit.fit import FitPanel
from regviz.lab.panels.parts import measuring
from regviz.lab.panels.pruning import SHARES, STEPS, PruningPanel

LANES = (Lane("none"), Lane("L1", ("l1",)))
MOONS = Config(n_train=60, hidden=(8,), l1=1e-3)


def plain(text: Any) -> str:
    return str(text).replace("\N{NO-BREAK SPACE}", " ")


def stood(snapshot: Any, stand: Any, config: Config = MOONS) -> tuple[Any, Any, list[list[float]]]:
    shown = snapshot(config, LANES)
    panel = stand(PruningPanel, shown, LANES)
    while panel.behind:
        panel.draw(shown)
    expected = [
        [its.score for its in probes.pruned(m, m.split.X_val, m.split.y_val, SHARES.tolist())] for m in shown.models
    ]
    return shown, panel, expected


def test_lines_are_the_accuracies_at_every_share_and_labels_those_at_the_chosen_one(snapshot: Any, stand: Any) -> None:
    _, panel, expected = stood(snapshot, stand)
    for i, scores in enumerate(expected):
        np.testing.assert_array_equal(panel.lines[i].get_xdata(), SHARES)
        np.testing.assert_allclose(panel.lines[i].get_ydata(), scores)
        at = round(0.7 * STEPS)
        assert (panel.dots[i].get_xdata()[0], panel.dots[i].get_ydata()[0]) == (SHARES[at], scores[at])
        assert plain(panel.labels[i].get_text()) == f"{LANES[i].name}  {100 * scores[at]:.1f} %"
    assert "without 70 %" in plain(panel.subtitle.get_text())


def test_a_click_moves_the_numbers_to_another_share_which_a_link_remembers(snapshot: Any, stand: Any) -> None:
    shown, panel, expected = stood(snapshot, stand)
    assert panel.views == ()
    targets = panel.targets()
    assert panel.first_target() == round(0.7 * STEPS)
    hint = plain(panel.pointer("move", *targets[18]).hint)
    assert panel.views == ()
    assert hint.startswith("without the 90 % smallest weights\nnone: ")
    for i, lane in enumerate(LANES):
        assert f"{lane.name}: {100 * expected[i][18]:.1f} % of {100 * expected[i][0]:.1f} %" in hint
    answer = panel.pointer("click", *targets[18])
    assert answer.redraw
    assert plain(answer.aloud) == hint
    assert panel.views == ("at90",)
    assert plain(panel.labels[0].get_text()) == f"none  {100 * expected[0][18]:.1f} %"
    assert "without 90 %" in plain(panel.subtitle.get_text())
    again = panel.copy()
    again.stand(panel.place, panel.look, LANES, shown)
    assert again.views == ("at90",)
    assert panel.pointer("move", 1, 1).hint == panel.pointer("leave", *targets[0]).hint == ""


@pytest.mark.parametrize(("words", "at"), [((), 14), (("at90",), 18), (("at0",), 0), (("at100",), 20), (("at33",), 7)])
def test_a_link_may_say_the_share(words: tuple[str, ...], at: int) -> None:
    panel = PruningPanel()
    panel.look_at(words)
    assert panel.at == at


@pytest.mark.parametrize("words", [("90",), ("at101",), ("at-5",), ("at5", "at6"), ("atx",)])
def test_words_that_are_no_share_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(ArgumentError, match=r"at0 to at100.*pruning~at90"):
        PruningPanel().look_at(words)


def test_a_lane_that_diverged_says_so_and_has_no_line(model: Any, snapshot: Any, stand: Any) -> None:
    good = snapshot(MOONS, LANES).models
    broken = model(LANES[1].config(MOONS), weights=tuple(W * np.nan for W in good[1].weights), state="diverged")
    shown = type(snapshot(MOONS, LANES))(40, (good[0], broken))
    panel = stand(PruningPanel, shown, LANES)
    while panel.behind:
        panel.draw(shown)
    assert plain(panel.labels[1].get_text()) == "L1  diverged"
    assert np.isnan(panel.lines[1].get_ydata()).all()
    assert not panel.dots[1].get_visible()
    assert "L1: diverged" in panel.pointer("move", *panel.targets()[3]).hint


def test_of_a_regression_it_is_r2(snapshot: Any, stand: Any) -> None:
    config = Config(data="diabetes", n_train=100, hidden=(8,), l1=1e-3)
    _, panel, expected = stood(snapshot, stand, config)
    assert "R²" in panel.subtitle.get_text()
    at = round(0.7 * STEPS)
    assert panel.labels[0].get_text().split()[-1] == f"{expected[0][at]:.2f}".replace("-", "−")


def test_where_targets_never_vary_there_is_no_r2_and_nothing_has_diverged(stand: Any) -> None:
    curve = copied(load(Config(data="sine", n_train=20))).emptied()
    for point in range(10):
        curve = curve.add(point, point / 10, 0.5)
    add_drawing("flat", curve)
    try:
        config = Config(data="flat", n_train=curve.counts[0], noise=0.0, batch_size=2, hidden=(8,), l1=1e-3)
        trainer = Trainer([lane.config(config) for lane in LANES])
        trainer.advance(epochs=3)
        shown = trainer.snapshot()
        panel = stand(PruningPanel, shown, LANES)
        while panel.behind:
            panel.draw(shown)
        assert [model.state for model in shown.models] == ["training", "training"]
        assert [label.get_text() for label in panel.labels] == [f"{lane.name}  {MISSING}" for lane in LANES]
        assert f"none: {MISSING} of {MISSING}" in panel.facts(3)
        assert [score.get_text() for score in stand(FitPanel, shown, LANES).scores] == [f"R² {MISSING}"] * 2
    finally:
        remove_data("flat")


def test_with_other_data_no_lane_has_a_number_of_the_old_ones(
    snapshot: Any, stand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "AT_ONCE", 1)
    _, panel, _ = stood(snapshot, stand)
    shown = snapshot(Config(data="wine", n_train=60, hidden=(300, 300), batch_size=20), LANES)
    panel.stand(panel.place, panel.look, LANES, shown)
    while not panel.labels[0].get_text():
        panel.draw(shown)
    assert [label.get_text() for label in panel.labels][1:] == [""]
    assert "L1" not in panel.pointer("move", *panel.targets()[3]).hint
    while panel.behind:
        panel.draw(shown)
    assert all(label.get_text() for label in panel.labels)
