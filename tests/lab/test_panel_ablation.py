"""The ablation panel shows what each unit's removal costs, as the probe says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regviz import Config, probes
from regviz.lab.compare.lanes import Lane
from regviz.lab.compare.scene import Answer
from regviz.lab.export.experiment import Experiment, read, write
from regviz.lab.export.share import read_link
from regviz.lab.look.lettering import width_of
from regviz.lab.panels import panel_class
from regviz.lab.panels.ablation import AblationPanel
from regviz.language import speaking
from regviz.training.snapshot import Snapshot

LANES = (Lane("none"), Lane("dropout", ("dropout",)))
CONFIG = Config(hidden=(12, 7), dropout=0.5)


def expected(model: Any, layer: int) -> Any:
    found = probes.ablate(model, model.split.X_val, model.split.y_val)
    return 100 * (found.full_score - found.score[layer])


def settle(panel: Any, snapshot: Snapshot, most: int = 1000) -> int:
    draws = 0
    while draws == 0 or (panel.behind and draws < most):
        panel.draw(snapshot)
        draws += 1
    return draws


def test_every_units_loss_of_accuracy_is_the_probes(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, LANES)
    panel = stand(AblationPanel, shown, LANES)
    for i, model in enumerate(shown.models):
        np.testing.assert_allclose(panel.found[i], expected(model, 0), atol=1e-12)


def test_bars_are_sorted_stand_on_their_row_and_share_one_scale(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, LANES)
    panel = stand(AblationPanel, shown, LANES)
    for i in range(2):
        corners = panel.bars[i].get_path().vertices
        tops = corners[1:25:2, 1]
        assert (np.diff(tops) <= 1e-12).all()
        slope = (tops[0] - panel._y(i, 0)) / panel.found[i].max()
        assert slope == pytest.approx(0.88 / (panel._high + panel._low), rel=1e-9)
        assert -i - 1 <= tops.min() <= tops.max() <= -i


def test_worst_and_mean_stand_beside_the_bars(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, LANES)
    panel = stand(AblationPanel, shown, LANES)
    for i, model in enumerate(shown.models):
        lost = expected(model, 0)
        texts = [text.get_text() for text in panel.rows.numbers[i]]
        assert texts == [f"{lost.max():.1f}".replace("-", "−"), f"{lost.mean():.1f}".replace("-", "−")]


@pytest.mark.parametrize("tongue", ["en", "de", "es"])
def test_what_stands_at_both_ends_of_a_row_never_meets(tongue: str, snapshot: Any, stand: Any) -> None:
    shown, said = snapshot(CONFIG, LANES), set[str]()
    for width in range(120, 900, 12):
        with speaking(tongue):
            panel = stand(AblationPanel, shown, LANES, width=width, scale=1.6)
        needed, harmful = panel.ends
        texts = needed.get_text(), harmful.get_text()
        assert sum(width_of(text, panel.look.small_size) for text in texts) <= panel.rows.width or texts == ("", "")
        said.add(" | ".join(texts))
    assert len(said) == 4


@pytest.mark.parametrize(
    ("data", "lost", "said"),
    [
        ("moons", [0.8, -0.8 + 3.4e-15], ["0.8", "0.0"]),
        ("moons", [0.0, -0.08], ["0.0", "0.0"]),
        ("moons", [-100.0, -100.0], ["−100.0", "−100.0"]),
        ("diabetes", [1e-16, -4e-16], ["0", "0"]),
        ("diabetes", [-1.1e-4, -1.3e-4], ["−1.1e−4", "−1.2e−4"]),
        ("diabetes", [5e5, -5e6], [">1000", "<−1000"]),
    ],
)
def test_the_numbers_of_a_column_have_one_format_and_stay_in_it(
    data: str, lost: list[float], said: list[str], snapshot: Any, stand: Any
) -> None:
    shown = snapshot(CONFIG.replace(data=data, n_train=100), LANES)
    panel = stand(AblationPanel, shown, LANES, width=330)
    panel.found[0] = np.array(lost)
    panel.show(0, shown.models[0])
    assert [text.get_text() for text in panel.rows.numbers[0]] == said
    left = panel.rows.left + panel.rows.width
    for text, right in zip(said, panel.rows.rights, strict=True):
        assert left < right - width_of(text, panel.look.label_size, bold=True)
        left = right


def test_a_click_moves_on_to_the_next_hidden_layer_and_back_to_the_first(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, LANES)
    panel = stand(AblationPanel, shown, LANES)
    before = panel.found[0].copy()
    assert panel.pointer("click", 200, 150) == Answer(redraw=True)
    settle(panel, shown)
    for i, model in enumerate(shown.models):
        np.testing.assert_allclose(panel.found[i], expected(model, 1), atol=1e-12)
    assert "layer 2 of 2" in panel.subtitle.get_text()
    panel.pointer("click", 200, 150)
    settle(panel, shown)
    np.testing.assert_array_equal(panel.found[0], before)


def test_a_pointer_on_a_bar_is_told_the_unit_and_its_number(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, LANES)
    panel = stand(AblationPanel, shown, LANES)
    rows, lost = panel.rows, expected(shown.models[1], 0)
    hint = panel.pointer("move", rows.left + 1, rows.middle(1)).hint
    worst = int(np.argmax(lost))
    assert hint.startswith(f"dropout, layer 1, unit {worst + 1}\n")
    assert f"{lost[worst]:.2f} points" in hint
    assert panel.pointer("move", rows.left - 5, rows.middle(1)).hint == ""
    assert panel.pointer("leave", 0, 0) == Answer()


def test_a_regression_shows_the_loss_added(snapshot: Any, stand: Any, words: Any) -> None:
    shown = snapshot(CONFIG.replace(data="diabetes", n_train=100), LANES)
    panel = stand(AblationPanel, shown, LANES)
    for i, model in enumerate(shown.models):
        found = probes.ablate(model, model.split.X_val, model.split.y_val)
        np.testing.assert_allclose(panel.found[i], found.loss[0] - found.full_loss, rtol=1e-5, atol=1e-6)
    assert "Loss added without one unit" in words(panel)


def test_a_linear_model_has_nothing_to_remove_and_the_picture_says_so(snapshot: Any, stand: Any, words: Any) -> None:
    shown = snapshot(CONFIG.replace(hidden=()), LANES)
    panel = stand(AblationPanel, shown, LANES)
    assert "a linear model has no hidden unit to remove" in words(panel)
    assert panel.pointer("click", 100, 100) == Answer()


@pytest.mark.slow
def test_a_large_net_is_measured_piece_by_piece_and_each_lane_at_one_moment(model: Any, stand: Any) -> None:
    config = Config(data="digits", n_train=300, hidden=(128, 128))
    panel = stand(AblationPanel, Snapshot(0, (model(config),)), LANES[:1])
    first = Snapshot(1, (model(config, seed=1, step=41, epochs=13),))
    panel.draw(first)
    assert panel.behind
    later = Snapshot(2, (model(config, seed=2, step=80, epochs=14),))
    assert settle(panel, later) > 2
    np.testing.assert_allclose(panel.found[0], expected(later.models[0], 0), atol=1e-12)


def test_a_resize_measures_nothing_anew(snapshot: Any, stand: Any, monkeypatch: Any) -> None:
    shown = snapshot(CONFIG, LANES)
    panel = stand(AblationPanel, shown, LANES)
    monkeypatch.setattr("regviz.lab.panels.ablation.ablate", None)  # a call would raise
    other = stand(lambda: panel, shown, LANES, 390, 330)
    lost = expected(shown.models[1], 0)
    assert other.rows.numbers[1][0].get_text() == f"{lost.max():.1f}"


def test_where_all_have_diverged_there_is_nothing_to_lose_and_no_error(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, LANES, state="diverged", diverged_epoch=3)
    panel = stand(AblationPanel, shown, LANES)
    assert [text.get_text() for row in panel.rows.numbers for text in row] == ["—"] * 4


def test_links_and_notebooks_may_call_it_by_its_former_name() -> None:
    assert panel_class("lesions") is panel_class("ablation") is AblationPanel
    assert read_link("panels=loss,lesions").panels == ("loss", "ablation")
    text = write(Experiment(CONFIG, LANES, ("loss", "ablation")))
    assert read(text.replace('"ablation"', '"lesions"')).panels == ("loss", "ablation")
