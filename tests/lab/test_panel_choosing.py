"""The picture of choosing draws what the probe says of all lanes together, and the numbers at the count chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex

import regviz as rv
from regviz import Config, probes
from regviz.errors import ArgumentError
from regviz.lab.compare.lanes import Lane
from regviz.lab.panels.choosing import COUNTS, ChoosingPanel

LANES = (Lane("none"), Lane("L1", ("l1",)), Lane("dropout", ("dropout",)))
MOONS = Config(n_train=40, hidden=(8,), l1=1e-2, dropout=0.4)


def plain(text: Any) -> str:
    return str(text).replace("\N{NO-BREAK SPACE}", " ")


def found_of(shown: Any, count: int) -> probes.Choice:
    split = shown.models[0].split
    return probes.choose([probes.point_scores(model, split.X_val, split.y_val) for model in shown.models], count)


def stood(snapshot: Any, stand: Any, config: Config = MOONS, lanes: Any = LANES) -> tuple[Any, Any]:
    shown = snapshot(config, lanes)
    panel = stand(ChoosingPanel, shown, lanes)
    while panel.behind:
        panel.draw(shown)
    return shown, panel


def test_the_lines_are_the_scores_on_own_and_on_new_points_and_the_bar_is_who_is_chosen(
    snapshot: Any, stand: Any
) -> None:
    shown, panel = stood(snapshot, stand)
    means = [found_of(shown, count).means for count in COUNTS]
    np.testing.assert_allclose(panel.own.get_ydata(), [own for own, _ in means])
    np.testing.assert_allclose(panel.new.get_ydata(), [new for _, new in means])
    assert panel.low < min(map(min, means))
    found = found_of(shown, 20)
    assert [plain(label.get_text()) for label in panel.labels] == [
        f"{name}  {100 * value:.1f} %" for name, value in zip(("own", "new"), found.means, strict=True)
    ]
    np.testing.assert_allclose(panel.gap.get_ydata(), found.means)
    widths = [np.ptp(bar.get_path().vertices[:, 0]) for bar in panel.bars]
    np.testing.assert_allclose(widths, [np.mean(found.chosen == i) for i in range(3)])
    assert [to_hex(bar.get_facecolor()) for bar in panel.bars] == [panel.look.lane(i).lower() for i in range(3)]


def test_a_click_moves_the_numbers_to_another_count_which_a_link_remembers(snapshot: Any, stand: Any) -> None:
    shown, panel = stood(snapshot, stand)
    assert panel.views == ()
    assert panel.first_target() == COUNTS.index(20)
    target = panel.targets()[COUNTS.index(100)]
    own, new = found_of(shown, 100).means
    hint = plain(panel.pointer("move", *target).hint)
    assert panel.views == ()
    assert f"on those points {100 * own:.1f} %, on new ones {100 * new:.1f} %" in hint
    answer = panel.pointer("click", *target)
    assert answer.redraw
    assert plain(answer.aloud) == hint
    assert panel.views == ("by100",)
    assert plain(panel.labels[0].get_text()) == f"own  {100 * own:.1f} %"
    again = panel.copy()
    again.stand(panel.place, panel.look, LANES, shown)
    assert again.views == ("by100",)
    assert panel.pointer("move", 1, 1).hint == panel.pointer("leave", *target).hint == ""


@pytest.mark.parametrize("words", [("100",), ("by15",), ("by-5",), ("by20", "by50"), ("byx",)])
def test_words_that_are_no_count_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(ArgumentError, match=r"by10, by20.*choosing~by100"):
        ChoosingPanel().look_at(words)


def test_a_lane_that_diverged_is_not_chosen_and_where_all_have_there_is_no_line(
    model: Any, snapshot: Any, stand: Any
) -> None:
    good = snapshot(MOONS, LANES).models
    broken = [model(lane.config(MOONS), state="diverged") for lane in LANES]
    for models, chosen in (((broken[0], *good[1:]), True), (tuple(broken), False)):
        panel = stand(ChoosingPanel, type(snapshot(MOONS, LANES))(40, models), LANES)
        assert panel.own.get_visible() is chosen
        assert "none" not in panel.pointer("move", *panel.targets()[1]).hint


def test_before_the_first_step_nothing_is_chosen_which_would_answer_a_question(
    model: Any, snapshot: Any, stand: Any
) -> None:
    fresh = type(snapshot(MOONS, LANES))(0, tuple(model(lane.config(MOONS), epochs=0, step=0) for lane in LANES))
    panel = stand(ChoosingPanel, fresh, LANES)
    assert not panel.own.get_visible()
    assert [label.get_text() for label in panel.labels] == ["", ""]
    assert panel.pointer("move", *panel.targets()[1]).hint == "no network has been chosen by 20 points yet"


def test_of_a_regression_it_is_r2_and_few_points_leave_few_counts(snapshot: Any, stand: Any) -> None:
    _, panel = stood(snapshot, stand, Config(data="diabetes", n_train=100, hidden=(8,)), LANES[:2])
    assert "R²" in panel.subtitle.get_text()
    assert panel.counts == [10, 20, 50, 100]  # of 171
    panel.look_at(("by200",))
    assert panel.counts[panel.at] == 100


def test_networks_with_different_validation_points_say_so_in_place_of_a_choice(
    snapshot: Any, stand: Any, words: Any
) -> None:
    """Of real data what training leaves is for validation: lanes of other sizes have other numbers of points."""
    lanes = (Lane("all"), Lane("half", fixed={"n_train": 30}))
    _, panel = stood(snapshot, stand, Config(data="wine", n_train=60, hidden=(6,), batch_size=20), lanes)
    assert "the networks have different validation points" in words(panel)
    assert panel.targets() == []
    with pytest.raises(ValueError, match="different numbers of points"):
        probes.choose([np.ones(30), np.ones(20)], 5)


OF_DATA = {
    "moons": MOONS,
    "wine": Config(data="wine", n_train=60, hidden=(8,), batch_size=20),
    "diabetes": Config(data="diabetes", n_train=100, hidden=(8,)),
    "few": Config(data="wine", n_train=140, hidden=(8,)),
}


def told(panel: Any) -> Any:
    lines = [line.get_xydata().tolist() if line.get_visible() else [] for line in (panel.own, panel.new, panel.gap)]
    texts = [panel.subtitle, *panel.labels, *panel.plot.get_xticklabels()]
    return lines, [text.get_text() for text in texts], panel.targets()


@pytest.mark.parametrize("built_anew", [True, False])
@pytest.mark.parametrize("before", [*OF_DATA, "too few"])
@pytest.mark.parametrize("after", [*OF_DATA, "too few"])
def test_other_points_have_answers_axes_and_words_of_their_own(
    before: str, after: str, built_anew: bool, snapshot: Any, stand: Any
) -> None:
    """A stroke changes the points of a picture that stands; other data have it built anew."""
    rng = np.random.default_rng(0)
    rv.add_data("own", rng.normal(size=(30, 2)), np.arange(30) % 2)
    of_data = {**OF_DATA, "too few": Config(data="own", n_train=20, hidden=(8,))}
    _, panel = stood(snapshot, stand, of_data[before], LANES[:2])
    shown, new = stood(snapshot, stand, of_data[after], LANES[:2])
    if built_anew:
        panel.stand(panel.place, panel.look, LANES[:2], shown)
    while panel.draw(shown) or panel.behind:
        pass
    panel.low = new.low  # the axis alone moves in steps
    assert told(panel) == told(new)
    assert bool(panel.own.get_visible()) == (after != "too few")
