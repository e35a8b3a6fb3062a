"""The pictures of a sweep show its numbers, and a click takes a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.text import Text

from regviz import Config
from regviz.lab.compare.beside import MOST_ENDED
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.scene import Scene
from regviz.lab.compare.session import Session
from regviz.lab.compare.sweep import Sweep, SweepRun, SweepView
from regviz.lab.compare.sweep_view import EndedSweep
from regviz.lab.look.lettering import width_of
from regviz.lab.look.numbers import number, percent, power
from regviz.lab.panels.sweep import u_curve
from regviz.lab.panels.sweep.across import Across, value_text
from regviz.lab.panels.sweep.path import PathPanel, paths_of
from regviz.lab.panels.sweep.u_curve import UCurvePanel, zones

BOTH = pytest.mark.parametrize("kind", [UCurvePanel, PathPanel])
VALUES = {"l1": (0.0, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1.0), "dropout": (0.0, 0.2, 0.4, 0.6, 0.8)}
VALUES["l2"] = VALUES["l1"]


@cache
def trained(field: str = "l1", data: str = "moons", epochs: int = 20, lr: float = 0.01) -> tuple[SweepRun, SweepView]:
    """A real sweep over a small network, and its view halfway."""
    base = Config(data=data, n_train=60, hidden=(16,), batch_size=20, lr=lr)
    run = SweepRun(base, Sweep(field, VALUES[field], (0, 1, 2), epochs))
    while run.view().epoch < epochs // 2:
        run.work(0)
    half = run.view()
    while run.work(1.0):
        pass
    return run, half


def view_of(**given: Any) -> SweepView:
    return trained(**given)[0].view()


def made(val: Any, train: Any, field: str = "l2", values: Any = (0.0, 1e-3, 0.01, 0.1)) -> SweepView:
    """A view whose losses (V, S) are given."""
    val, train = np.array(val, float), np.array(train, float)
    best = int(np.nanargmin(val.mean(axis=1)))
    seeds = tuple(range(val.shape[1]))
    return SweepView(field, np.array(values), seeds, 9, 9, train, val, 0 * val, view_of().models[: len(val)], best)


@pytest.fixture
def shown(stand: Any, snapshot: Any) -> Callable[..., Any]:
    """A panel that shows a view of a sweep."""

    def show(kind: Any, view: SweepView | None, lanes: Any = DEFAULT_LANES, **size: Any) -> Any:
        def with_scene() -> Any:
            panel = kind()
            panel.scene = Scene(sweep=view)
            return panel

        panel = stand(with_scene, snapshot(), lanes, **size)
        panel.snapshot = snapshot()
        return panel

    return show


def move_on(panel: Any, view: SweepView | None) -> None:
    panel.scene = Scene(sweep=view)
    panel.draw(panel.snapshot)


def place_of(panel: Any, at: int, share: float = 0.5) -> tuple[float, float]:
    """A point of the panel over the value with the index `at`, at a share of the plot's height."""
    low, high = panel.across.limits
    x = panel.left + panel.width * (panel.across.x[at] - low) / (high - low)
    return float(x), panel.top + share * panel.height


# -- without a sweep, and while it trains


@BOTH
def test_without_a_sweep_there_are_axes_and_an_invitation(kind: Any, shown: Any, words: Any) -> None:
    panel = shown(kind, None)
    assert any(text.startswith("Run a sweep to see") for text in words(panel))
    assert {"0", "10⁻⁴", "0.01", "1"} <= set(words(panel))
    move_on(panel, view_of())
    assert not any(text.startswith("Run a sweep") for text in words(panel))
    move_on(panel, None)
    assert any(text.startswith("Run a sweep to see") for text in words(panel))


@BOTH
def test_a_sweep_that_has_measured_nothing_yet_shows_no_curve(kind: Any, shown: Any) -> None:
    empty = SweepRun(Config(), Sweep("l1", VALUES["l1"], (0, 1))).view()
    panel = shown(kind, empty)
    assert panel.best_label.get_text() == ""
    assert panel.pointer("move", *place_of(panel, 2)).hint == ""


@BOTH
def test_the_progress_bar_follows_the_epochs_and_goes_when_all_is_done(kind: Any, shown: Any) -> None:
    run, half = trained()
    panel = shown(kind, half)
    assert tuple(panel.bar.get_xdata()) == (0, 0.5)
    move_on(panel, run.view())
    assert not panel.bar.get_visible()
    assert not panel.track.get_visible()


@BOTH
@pytest.mark.parametrize("field", VALUES)
def test_a_view_that_is_shown_already_costs_nothing(kind: Any, field: str, shown: Any) -> None:
    panel = shown(kind, view_of(field=field))
    for artist in panel.artists:
        artist.stale = False
    panel.draw(panel.snapshot)
    assert not any(artist.stale for artist in panel.artists)


@BOTH
def test_drawing_other_views_makes_no_artists(kind: Any, shown: Any) -> None:
    run, half = trained()
    panel = shown(kind, None)
    before = [*panel.place.figure.findobj(match=lambda artist: artist in panel.artists)]
    count = [len(axes.get_children()) for axes in panel.axes]
    for view in (half, run.view(), view_of(field="dropout")):
        move_on(panel, view)
        panel.pointer("move", *place_of(panel, 2))
        panel.draw(panel.snapshot)
    assert [*panel.place.figure.findobj(match=lambda artist: artist in panel.artists)] == before
    assert [len(axes.get_children()) for axes in panel.axes] == count


@BOTH
@pytest.mark.parametrize("field", VALUES)
@pytest.mark.parametrize(("width", "height", "scale"), [(540, 320, 1), (390, 330, 1), (540, 320, 1.6)])
def test_every_text_stays_inside_of_its_place(
    kind: Any, field: str, width: float, height: float, scale: float, shown: Any
) -> None:
    run, half = trained(field)
    panel = shown(kind, half, width=width, height=height, scale=scale)
    for view in (half, run.view()):
        move_on(panel, view)
        panel.place.figure.draw_without_rendering()
        for text in panel.place.figure.findobj(Text):
            if text.get_text() and text.get_visible():
                x, y = text.get_transform().transform(text.get_position())
                assert -1 <= x <= width + 1
                assert -1 <= y <= height + 1
                assert text.get_size() >= panel.look.small_size


@BOTH
def test_another_field_brings_its_own_axis_name_and_colour(kind: Any, shown: Any, words: Any) -> None:
    panel = shown(kind, view_of(field="l2"))
    assert any("λ of L2" in text for text in words(panel))
    assert panel.color == panel.look.lanes[2]
    move_on(panel, view_of(field="dropout"))
    assert any("dropout p" in text for text in words(panel))
    assert panel.color == panel.look.lanes[3]
    assert panel.plots[-1].get_xlim() == (0, 0.8)


def test_the_colour_is_that_of_the_lane_which_uses_the_field(shown: Any) -> None:
    lanes = (Lane("L2", ("l2",)), Lane("none"))
    panel = shown(UCurvePanel, view_of(field="l2"), lanes)
    assert panel.color == panel.look.lanes[0] == panel.validation.get_color()


# -- the U-curve


def finite_points(line: Any) -> Any:
    points = np.column_stack(line.get_data())
    return points[np.isfinite(points).all(axis=1)]


@pytest.mark.parametrize("field", VALUES)
def test_curves_are_the_means_over_seeds_and_bands_reach_from_lowest_to_highest(field: str, shown: Any) -> None:
    view = view_of(field=field)
    panel = shown(UCurvePanel, view)
    apart = 0 if field == "dropout" else 1  # λ = 0 is a short stretch: two points
    for line, patch, losses in (
        (panel.validation, panel.bands[1], view.val_loss),
        (panel.training, panel.bands[0], view.train_loss),
    ):
        np.testing.assert_array_equal(finite_points(line)[apart:, 1], losses.mean(axis=1))
        corners = set(patch.get_path().vertices[:, 1])
        assert set(losses.min(axis=1)) <= corners
        assert set(losses.max(axis=1)) <= corners
    assert (panel.validation.get_linestyle(), panel.training.get_linestyle()) == ("-", "--")


def test_the_ring_and_the_label_tell_the_best_value(shown: Any) -> None:
    view = made([[0.5, 0.7], [0.3, 0.4], [0.4, 0.5], [0.6, 0.6]], [[0.1, 0.1], [0.2, 0.2], [0.4, 0.4], [0.6, 0.6]])
    panel = shown(UCurvePanel, view)
    assert panel.ring.get_xdata() == [-3]
    assert panel.ring.get_ydata() == pytest.approx([0.35])
    assert panel.best_label.get_text() == "best λ 0.001: 0.35 ± 0.071"


def test_a_value_overfits_if_it_is_worse_in_validation_but_better_in_training() -> None:
    val = [[0.50, 0.52], [0.30, 0.31], [0.31, 0.30], [0.60, 0.62]]
    over, under = zones(made(val, [[0.1, 0.1], [0.2, 0.2], [0.3, 0.3], [0.6, 0.6]]))
    assert (over.tolist(), under.tolist()) == ([0], [3])  # 0.01 is as good as the best: it is neither
    over, under = zones(made(val, [[0.3, 0.3], [0.2, 0.2], [0.3, 0.3], [0.1, 0.1]]))
    assert (over.tolist(), under.tolist()) == ([], [])


def test_a_difference_within_the_chance_of_the_seeds_is_no_zone() -> None:
    val = [[0.30, 0.60], [0.39, 0.39], [0.42, 0.36], [0.50, 0.50]]  # 0 is worse by 0.06 ± 0.15
    over, under = zones(made(val, [[0.1, 0.1], [0.2, 0.2], [0.3, 0.3], [0.6, 0.6]]))
    assert (over.tolist(), under.tolist()) == ([], [3])


def test_zones_are_named_only_where_the_numbers_say_so(shown: Any, words: Any) -> None:
    train = [[0.1, 0.1], [0.2, 0.2], [0.3, 0.3], [0.6, 0.6]]
    both = shown(UCurvePanel, made([[0.5, 0.5], [0.3, 0.3], [0.4, 0.4], [0.6, 0.6]], train))
    assert {"overfits", "underfits"} <= set(words(both))
    assert both.brackets[0].get_xdata()[1] == both.across.x[0]
    assert both.brackets[1].get_xdata()[0] == both.across.x[2]
    flat = shown(UCurvePanel, made([[0.3, 0.3], [0.3, 0.3], [0.3, 0.3], [0.3, 0.3]], train))
    assert not {"overfits", "underfits"} & set(words(flat))
    assert not any(line.get_visible() for line in flat.brackets)


def test_one_epoch_is_one_epoch_done(shown: Any) -> None:
    run = SweepRun(Config(n_train=40, hidden=(4,), batch_size=20), Sweep("l2", (0.0, 0.01), (0,), 1))
    while run.work(1.0):
        pass
    assert shown(UCurvePanel, run.view()).status.get_text() == "1 epoch done, test score not asked for yet"


def test_the_test_score_appears_once_it_was_asked_for(shown: Any) -> None:
    run = SweepRun(Config(n_train=40, hidden=(4,), batch_size=20), Sweep("l2", (0.0, 0.01), (0, 1, 2), 4))
    while run.work(1.0):
        pass
    panel = shown(UCurvePanel, run.view())
    assert panel.status.get_text() == "4 epochs done, test score not asked for yet"
    run.reveal_test()
    move_on(panel, run.view())
    test = run.view().test
    assert test is not None
    expected = f"test {number(test.mean())} ± {number(test.std(ddof=1))}, asked once, at the end"
    assert panel.status.get_text() == expected


def test_a_single_epoch_and_a_single_network_are_said_in_the_singular(shown: Any) -> None:
    run = SweepRun(Config(n_train=40, hidden=(4,), batch_size=20), Sweep("l2", (0.0, 0.01), (0,), 1))
    while run.work(1.0):
        pass
    panel = shown(UCurvePanel, run.view())
    assert panel.words(run.view()) == ("1 epoch done, test score not asked for yet", "1 epoch done")
    gone = shown(UCurvePanel, made([[0.5], [np.nan]], [[0.5], [np.nan]], values=(0.0, 0.01)))
    assert "1 of 1 network diverged" in gone.pointer("move", *place_of(gone, 1)).hint


def test_the_status_counts_epochs_and_says_where_it_was_cancelled(shown: Any) -> None:
    run = SweepRun(Config(n_train=40, hidden=(4,), batch_size=20), Sweep("l2", (0.0, 0.01), (0,), 40))
    while run.view().epoch < 10:
        run.work(0)
    panel = shown(UCurvePanel, run.view())
    assert panel.status.get_text() == "epoch 10 of 40"
    run.cancel()
    move_on(panel, run.view())
    assert panel.status.get_text() == "cancelled at epoch 10 of 40"
    assert not panel.bar.get_visible()


def test_a_value_at_which_a_network_diverged_is_a_gap(shown: Any, words: Any) -> None:
    val = [[0.5, 0.5], [0.3, 0.3], [0.4, np.nan], [0.6, 0.6]]
    panel = shown(UCurvePanel, made(val, val))
    assert np.isnan(panel.validation.get_ydata()).sum() == 2  # the one after 0, and the diverged one
    assert any("gap: diverged" in text for text in words(panel))
    assert "1 of 2 networks diverged" in panel.pointer("move", *place_of(panel, 2)).hint


def test_limits_hold_all_bands_and_move_rarely(shown: Any) -> None:
    train = np.full((4, 2), 0.1)
    panel = shown(UCurvePanel, made(train + 0.4, train))
    limits = set()
    for more in np.linspace(0.4, 0.55, 30):
        move_on(panel, made(train + more, train))
        assert panel.plot.get_ylim()[1] >= 0.1 + more
        limits.add(panel.plot.get_ylim())
    assert len(limits) <= 2
    move_on(panel, made([[0.4, 0.4], [1e9, 1e9], [0.3, 0.3], [0.5, 0.5]], train))
    assert panel.plot.get_ylim()[1] < 2  # what explodes leaves the picture at the top


# -- the path of the weights


@pytest.mark.parametrize("field", VALUES)
def test_each_line_is_one_weight_of_the_first_layer(field: str, shown: Any) -> None:
    view = view_of(field=field)
    panel = shown(PathPanel, view)
    weights = np.stack([model.weights[0].ravel() for model in view.models], axis=1)
    assert weights.shape == (32, len(view.values))
    apart = 0 if field == "dropout" else 1
    for segment, row in zip(panel.lines.get_segments(), weights, strict=True):
        kept = segment[np.isfinite(segment).all(axis=1)]
        np.testing.assert_array_equal(kept[apart:, 1], row)


def test_l1_ends_at_zero_and_the_small_curve_says_how_many_are(shown: Any, words: Any) -> None:
    view = view_of(field="l1", epochs=60)
    panel = shown(PathPanel, view)
    assert all(segment[-1, 1] == 0 for segment in panel.lines.get_segments())
    assert finite_points(panel.zeros)[-1, 1] == 1
    np.testing.assert_array_equal(finite_points(panel.zeros)[1:, 1], view.zeros.mean(axis=1))
    assert 0.3 < view.zeros[4].mean() < 0.9
    for best, share in ((1, "none"), (4, percent(view.zeros[4].mean()))):
        move_on(panel, replace(view, best=best))
        assert any(text.endswith(f"exactly 0, all layers: {share} at the best value") for text in words(panel))


def test_many_weights_are_summed_up_by_input_and_those_that_matter_are_coloured(shown: Any, words: Any) -> None:
    base = Config(data="planted", n_train=60, noise=0, hidden=(20,))
    run = SweepRun(base, Sweep("l1", (0.0, 0.01), (0,), 2))
    while run.work(1.0):
        pass
    view = run.view()
    panel = shown(PathPanel, view)
    paths, summed = paths_of(view)
    assert summed
    np.testing.assert_allclose(paths[:, 0], np.abs(view.models[0].weights[0].astype(float)).sum(axis=1))
    assert any("Σ|w|" in text and "inputs that matter" in text for text in words(panel))
    informative = view.models[0].split.informative
    colored = [tuple(color[:3]) == to_rgba(panel.color)[:3] for color in panel.lines.get_colors()]
    assert sum(colored) == informative.sum() == 5
    drawn = [segment[0, 1] for segment, kept in zip(panel.lines.get_segments(), colored, strict=True) if kept]
    assert sorted(drawn) == sorted(paths[informative, 0])


def test_a_pointer_picks_the_nearest_line_and_names_it(shown: Any) -> None:
    panel = shown(PathPanel, view_of())
    top = int(np.argmax(panel.paths[:, 1]))
    answer = panel.pointer("move", place_of(panel, 1)[0], panel.top)
    source, unit = divmod(top, 16)
    assert f"{'xy'[source]} to unit {unit + 1}: {number(panel.paths[top, 1])}" in answer.hint
    assert answer.redraw
    panel.draw(panel.snapshot)
    np.testing.assert_array_equal(finite_points(panel.picked)[1:, 1], panel.paths[top])


# -- the pointer


@BOTH
@pytest.mark.parametrize("field", VALUES)
def test_a_click_takes_exactly_the_value_below_it(kind: Any, field: str, shown: Any) -> None:
    panel = shown(kind, view_of(field=field))
    for at, value in enumerate(VALUES[field]):
        assert panel.pointer("move", *place_of(panel, at)).change == {}
        assert panel.pointer("click", *place_of(panel, at)).change == {field: value}


@BOTH
def test_the_cursor_follows_the_pointer_and_goes_with_it(kind: Any, shown: Any) -> None:
    panel = shown(kind, view_of())
    assert panel.pointer("move", *place_of(panel, 3)).redraw
    panel.draw(panel.snapshot)
    assert all(tuple(line.get_xdata()) == (panel.across.x[3],) * 2 for line in panel.cursors)
    assert not panel.pointer("move", *place_of(panel, 3)).redraw
    assert panel.pointer("leave", 0, 0).redraw
    panel.draw(panel.snapshot)
    assert not any(line.get_visible() for line in panel.cursors)
    assert not panel.pointer("leave", 0, 0).redraw


def test_a_hint_gives_the_numbers_of_its_value(shown: Any) -> None:
    view = view_of()
    panel = shown(UCurvePanel, view)
    hint = panel.pointer("move", *place_of(panel, 4)).hint
    losses = view.val_loss[4]
    assert hint.startswith("λ 0.01\n")
    assert f"validation {number(losses.mean())} ({number(losses.min())} to {number(losses.max())})" in hint
    assert f"training {number(view.train_loss[4].mean())}" in hint


@BOTH
def test_outside_of_the_axes_there_is_nothing_to_take(kind: Any, shown: Any) -> None:
    panel = shown(kind, view_of())
    assert panel.pointer("click", *place_of(panel, 2, share=-0.3)).change == {}
    assert panel.pointer("click", *place_of(panel, 2, share=1.2)).change == {}


# -- the axis


def test_zero_stands_apart_on_a_logarithmic_axis() -> None:
    across = Across("l1", np.array([0.0, 1e-4, 1e-2]))
    assert across.x[1:].tolist() == [-4, -2]
    assert across.limits[0] < across.x[0] < -4
    x, y = across.line(np.array([1.0, 2.0, 3.0]))
    assert np.isnan(y[2])
    assert x[0] < across.x[0] < x[1] < -4
    assert y[[0, 1, 3, 4]].tolist() == [1, 1, 2, 3]


def test_rates_stand_on_a_linear_axis() -> None:
    across = Across("dropout", np.array([0.0, 0.3, 0.9]))
    assert across.x.tolist() == [0, 0.3, 0.9]
    assert across.line(across.x)[1].tolist() == [0, 0.3, 0.9]


@pytest.mark.parametrize("width", [120, 300, 500])
def test_ticks_are_round_values_that_do_not_touch(width: float) -> None:
    for across in (Across("l2", np.array([0.0, 1e-5, 1.0])), Across("dropout", np.array([0, 0.9]))):
        ticks, names = across.ticks(width, 12.5)
        low, high = across.limits
        gaps = np.diff(ticks)[across.apart :] * width / (high - low)
        assert len(gaps)
        assert (gaps >= 0.56 * 12.5 * 4).all()
        assert len(ticks) == len(names)


NARROW = [
    ("l2", (0.0, 0.002, 0.004)),
    ("l2", (0.002, 0.003)),
    ("l2", (0.0011, 0.0099)),
    ("l1", (0.5, 1.5)),
    ("l1", (0.0, 1e-9)),
    ("lr", (1e-4, 2e-4)),
    ("momentum", (0.9, 0.90001)),
    ("min_delta", (1e-9, 2e-9)),
    ("n_train", (10_000, 10_001)),
    ("patience", (1, 10**9)),
]


@pytest.mark.parametrize("width", [120, 400])
@pytest.mark.parametrize(("field", "values"), NARROW)
def test_an_axis_of_any_length_has_two_ticks_with_names_of_their_own(field: str, values: Any, width: float) -> None:
    across = Across(field, np.array(values, float))
    ticks, names = across.ticks(width, 12.5)
    low, high = across.limits
    assert len(ticks) >= 2
    assert min(ticks) >= low - 1e-9
    assert max(ticks) <= high + 1e-9
    assert len(set(names)) == len(names) == len(ticks)
    gaps = np.diff(ticks) * width / (high - low)
    widths = [width_of(name, 12.5) for name in names]
    assert all(gap > (a + b) / 2 for gap, a, b in zip(gaps, widths, widths[1:], strict=False))


@pytest.mark.parametrize("kind", [UCurvePanel, PathPanel])
def test_a_sweep_within_one_power_of_ten_is_drawn(kind: Any, shown: Any) -> None:
    losses = [[0.5], [0.4], [0.45]]
    panel = shown(kind, made(losses, losses, values=(0.0, 0.002, 0.004)))
    assert [text.get_text() for text in panel.plots[-1].get_xticklabels()] == ["0", "0.002", "0.005"]


@pytest.mark.parametrize(
    ("exponent", "name"), [(0, "1"), (-1, "0.1"), (-3, "0.001"), (-4, "10⁻⁴"), (-5, "10⁻⁵"), (1, "10")]
)
def test_powers_of_ten_are_written_as_in_the_lecture(exponent: int, name: str) -> None:
    assert power(exponent) == name


def test_neighbouring_values_have_different_names() -> None:
    for field in VALUES:
        names = [value_text(field, value) for value in Sweep.over(field).values]
        assert len(set(names)) == len(names)
    assert value_text("l1", 1.3e-5) == "1.3×10⁻⁵"
    assert value_text("l1", 1e-5) == "1×10⁻⁵"
    assert value_text("dropout", 0.4) == "0.40"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("label_noise", 0.125, "0.125"),
        ("dropout", 0.0625, "0.0625"),
        ("lr", 0.00125, "0.00125"),
        ("lr", 0.0003, "3.0e−4"),
        ("momentum", 1 / 3, "0.333333"),
        ("l1", 0.0125, "0.0125"),
        ("l1", 1.25e-5, "1.25×10⁻⁵"),
        ("l2", 100.0, "100"),
        ("noise", 2.5, "2.50"),
        ("n_train", 1500.0, "1,500"),
    ],
)
def test_a_value_is_said_as_it_is_taken(field: str, value: float, said: str) -> None:
    assert value_text(field, value) == said


# -- earlier sweeps


def ended(n_train: int, best: int = 1, field: str = "l1") -> EndedSweep:
    """A sweep of so many training points that has ended, over the values of `view_of`."""
    view = view_of(field=field)
    losses = np.full(view.values.shape, 0.5)
    losses[best] = 0.25
    return EndedSweep(view.models[0].config.replace(n_train=n_train), field, view.values, losses, best)


def beside(panel: Any, view: SweepView, *others: EndedSweep) -> None:
    panel.scene = Scene(sweep=view, ended=others)
    panel.draw(panel.snapshot)


def test_earlier_sweeps_stay_as_faint_curves_with_their_best_values_and_names(shown: Any, words: Any) -> None:
    panel = shown(UCurvePanel, None, width=700)
    beside(panel, view_of(), ended(25, best=4), ended(1000, best=2))
    assert any("faint: training points 25, fainter: training points 1000" in text for text in words(panel))
    for ghost, ring, best in zip(panel.ghosts, panel.ghost_rings, (4, 2), strict=True):
        assert set(np.round(ghost.get_ydata()[np.isfinite(ghost.get_ydata())], 3)) == {0.25, 0.5}
        assert (list(ring.get_xdata()), list(ring.get_ydata())) == ([panel.across.x[best]], [0.25])
    assert panel.ghosts[0].get_alpha() > panel.ghosts[1].get_alpha()
    hint = panel.pointer("move", *place_of(panel, 4)).hint
    assert "training points 25: validation 0.25" in hint
    assert "training points 1000: validation 0.50" in hint
    beside(panel, view_of(), ended(25, best=4))
    assert not panel.ghosts[1].get_visible()
    beside(panel, view_of())
    assert not any(ghost.get_visible() for ghost in panel.ghosts)
    assert not any("faint" in text for text in words(panel))


def test_a_curve_that_is_drawn_faint_is_said_to_be_so_however_narrow_the_picture(shown: Any, words: Any) -> None:
    for width in (240, 300, 360, 440, 540, 700):
        panel = shown(UCurvePanel, None, width=width)
        beside(panel, view_of(), ended(25), ended(1000))
        assert any("faint" in text for text in words(panel)), width


def test_there_is_a_curve_for_as_many_earlier_sweeps_as_are_kept(
    shown: Any, words: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(shown(UCurvePanel, None).ghosts) == MOST_ENDED
    monkeypatch.setattr(u_curve, "MOST_ENDED", 3)
    panel = shown(UCurvePanel, None)
    beside(panel, view_of(), ended(25), ended(50), ended(1000))
    assert all(ghost.get_visible() for ghost in panel.ghosts)
    assert [ghost.get_alpha() for ghost in panel.ghosts] == [0.75, 0.575, 0.4]
    assert any("faint: earlier sweeps" in text for text in words(panel))


def test_only_sweeps_over_the_same_values_of_another_network_stand_beside(shown: Any) -> None:
    panel = shown(UCurvePanel, None)
    for other in (ended(60), ended(25, field="l2"), replace(ended(25), values=np.array([0.0, 1.0]))):
        beside(panel, view_of(), other)
        assert not any(ghost.get_visible() for ghost in panel.ghosts)


def test_the_axis_has_room_for_the_worst_of_earlier_curves(shown: Any) -> None:
    panel = shown(UCurvePanel, None)
    worse = replace(ended(25), val_loss=np.full(view_of().values.shape, 2.0))
    beside(panel, view_of(), worse)
    assert panel.plot.get_ylim()[1] >= 2.0


def test_a_session_keeps_what_its_last_two_sweeps_came_to_one_for_each_network() -> None:
    session = Session(Config(n_train=60, hidden=(4,), batch_size=60))
    sweep = Sweep("l2", (0.0, 0.1), (0,), 2)

    def run(n_train: int, cancel: bool = False) -> None:
        session.start_sweep(SweepRun(session.base.replace(n_train=n_train), sweep))
        while not cancel and session.work_sweep(1.0):
            pass

    assert [run(n) or [one.config.n_train for one in session.scene().ended] for n in (25, 60, 25, 100, 60)] == [
        [],
        [25],
        [60, 25],
        [25, 60],
        [100, 25],
    ]
    run(200, cancel=True)
    run(300)
    assert [one.config.n_train for one in session.scene().ended] == [60, 100]  # one that was cancelled is no result
    session.drop_those_on("moons")
    assert session.scene().ended == ()
