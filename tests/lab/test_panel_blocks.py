"""The block diagram shows the parts in the Config's order, and clicks reach every order that is allowed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from regviz import Config
from regviz.config import FIELDS, ORDERS
from regviz.lab import Lab
from regviz.lab.compare.lanes import Lane
from regviz.lab.compare.scene import Scene
from regviz.lab.look.numbers import number, percent
from regviz.lab.panels.blocks.blocks import BlocksPanel
from regviz.lab.panels.blocks.order import NAMES, dropped, facts, moved, remarks, running
from regviz.nn.activations import ACTIVATIONS
from regviz.nn.batchnorm import Norm
from regviz.training.snapshot import Snapshot
from regviz.training.trainer import Trainer

ONE = (Lane("BatchNorm and dropout", ("dropout",), fixed={"batchnorm": True}),)
CONFIG = Config(data="digits", n_train=50, noise=0.0, hidden=(6, 5), dropout=0.4)

every_order = pytest.mark.parametrize("order", ORDERS)
every_size = pytest.mark.parametrize(("width", "height"), [(300, 330), (436, 227), (540, 320), (800, 260)])


def after_a_step(config: Config, lanes: Any = ONE) -> Snapshot:
    """Real networks: BatchNorm's statistics and a mask come from a real step."""
    trainer = Trainer([lane.config(config) for lane in lanes])
    trainer.advance(steps=1)
    return trainer.snapshot()


def center(panel: Any, part: str) -> tuple[float, float]:
    """Where the box of `part` is, for the pointer."""
    spot = panel.spots[panel.order.split("-").index(part)]
    return spot.left + spot.width / 2, spot.top + spot.height / 2


def shown_order(panel: Any) -> str:
    """The names in the boxes, from the first to the last box, as a Config says it."""
    fields = {name: part for part, name in NAMES.items()}
    return "-".join(fields[text.get_text()] for text in panel.names)


def said_in(panel: Any, part: str) -> str:
    texts = panel.facts[panel.order.split("-").index(part)]
    return ", ".join(text.get_text() for text in texts if text.get_text())


@every_order
@every_size
def test_the_boxes_stand_in_the_order_of_the_config(order: str, width: float, height: float, stand: Any) -> None:
    panel = stand(BlocksPanel, after_a_step(CONFIG.replace(order=order)), ONE, width=width, height=height)
    assert shown_order(panel) == order
    axis = 0 if panel.beside else 1
    assert all(a[axis] + a[axis + 2] < b[axis] for a, b in pairwise(panel.spots))  # one after the other, no overlap
    for spot in (*panel.spots, panel.around):
        assert spot.left >= 0
        assert spot.left + spot.width <= width
        assert panel.header_height <= spot.top
        assert spot.top + spot.height <= height


def test_a_drawn_diagram_follows_a_new_order(stand: Any) -> None:
    panel = stand(BlocksPanel, after_a_step(CONFIG), ONE)
    assert shown_order(panel) == ORDERS[0]
    panel.draw(after_a_step(CONFIG.replace(order=ORDERS[-1])))
    assert shown_order(panel) == ORDERS[-1]


# -- moving a box


def test_every_activation_has_a_name() -> None:
    assert set(ACTIVATIONS) == set(FIELDS["activation"].kind.names)  # type: ignore[attr-defined]
    assert all(activation.title for activation in ACTIVATIONS.values())


@every_order
def test_clicks_lead_from_any_order_to_every_allowed_one_and_to_no_other(order: str, stand: Any) -> None:
    panel = stand(BlocksPanel, after_a_step(CONFIG.replace(order=order)), ONE)
    reached, new = {order}, [order]
    while new:
        panel.draw(after_a_step(CONFIG.replace(order=new.pop())))
        for part in NAMES:
            change = panel.pointer("click", *center(panel, part)).change
            assert set(change) <= {"order"}
            wanted = change.get("order")
            if wanted is not None and wanted not in reached:
                CONFIG.replace(order=wanted)  # raises for one that is not allowed
                reached.add(wanted)
                new.append(wanted)
    assert reached == set(ORDERS)


@every_order
@pytest.mark.parametrize("part", [part for part in NAMES if part != "dense"])
def test_a_click_exchanges_a_part_with_its_right_neighbour_and_the_last_with_its_left_one(
    order: str, part: str
) -> None:
    before, after = order.split("-"), moved(order, part).split("-")
    i = before.index(part)
    j = 2 if i == 3 else i + 1
    assert (after[i], after[j]) == (before[j], part)
    rest = set(range(4)) - {i, j}
    assert [after[k] for k in rest] == [before[k] for k in rest]


@every_order
def test_a_hint_says_what_the_click_then_does(order: str, stand: Any) -> None:
    panel = stand(BlocksPanel, after_a_step(CONFIG.replace(order=order)), ONE)
    for part in ("batchnorm", "activation", "dropout"):
        hint = panel.pointer("move", *center(panel, part)).hint
        assert hint.startswith(NAMES[part])
        side, neighbour = hint.split("click: move it ")[1].split()
        wanted = panel.pointer("click", *center(panel, part)).change["order"].split("-")
        names = [NAMES[name] for name in wanted]
        assert (names.index(NAMES[part]) > names.index(neighbour)) == (side == "after")


def test_dense_is_always_first_and_a_hint_says_so(stand: Any) -> None:
    panel = stand(BlocksPanel, after_a_step(CONFIG), ONE)
    answer = panel.pointer("click", *center(panel, "dense"))
    assert not answer.change
    assert "Dense is always first" in answer.hint


def test_a_lane_with_an_order_of_its_own_stays_as_it_is_and_says_why(stand: Any) -> None:
    fixed = (Lane("own", fixed={"batchnorm": True, "order": ORDERS[2]}),)
    panel = stand(BlocksPanel, after_a_step(CONFIG, fixed), fixed)
    assert shown_order(panel) == ORDERS[2]
    assert "fixed" in panel.subtitle.get_text()
    for part in NAMES:
        answer = panel.pointer("click", *center(panel, part))
        assert not answer.change
        assert "this lane's order is fixed" in answer.hint


def test_a_click_in_the_lab_turns_the_knob_and_the_networks_start_with_the_new_order() -> None:
    lab = Lab(CONFIG, lanes=ONE, panels=["blocks"])
    session, snapshot = lab.session, lab.session.snapshot()
    panel = lab.player.stage.panels[0]
    lab.player.stage.lay_out(540, 320, 1, lab.player.look, session.lanes, snapshot)
    lab.turn(lab.player.stage.pointer("click", *center(panel, "batchnorm")).change)
    assert session.base.order == session.trainer.configs[0].order == "dense-activation-batchnorm-dropout"
    assert lab.controls.widgets["order"].value == session.base.order


# -- parts that are off, and the numbers


@pytest.mark.parametrize("batchnorm", [True, False])
@pytest.mark.parametrize("rate", [0.0, 0.4])
def test_a_part_that_is_off_is_an_outline_that_says_off(batchnorm: bool, rate: float, stand: Any) -> None:
    config = CONFIG.replace(batchnorm=batchnorm, dropout=rate)
    lanes = (Lane("any", ("dropout",)),)
    panel = stand(BlocksPanel, after_a_step(config, lanes), lanes)
    on = {"dense": True, "activation": True, "batchnorm": batchnorm, "dropout": rate > 0}
    for part, box in zip(panel.order.split("-"), panel.boxes, strict=True):
        assert (box.get_facecolor()[3] > 0) == on[part]
        assert (box.get_linestyle() in ("solid", "-")) == on[part]
        assert (said_in(panel, part) == "off") != on[part]


def test_the_boxes_tell_the_numbers_of_the_last_step(stand: Any) -> None:
    shown = after_a_step(CONFIG.replace(activation="tanh"))
    (model,) = shown.models
    panel = stand(BlocksPanel, shown, ONE, width=800)
    assert panel.beside
    assert said_in(panel, "dense") == "64 → 6, 384 weights"
    norm = model.norms[0]
    mean, spread = np.mean(norm.mean), np.sqrt(np.mean(norm.variance))
    assert said_in(panel, "batchnorm") == f"μ {number(mean)}, σ {number(spread)}"
    assert said_in(panel, "activation") == "tanh"
    share = 1 - model.masks[0].mean()
    assert 0 < share < 1
    assert said_in(panel, "dropout") == f"p 0.4, {percent(share)} dropped"
    assert dropped(model) == share


def test_the_running_statistics_are_over_the_units_of_the_first_layer(model: Any) -> None:
    units = [np.arange(n, dtype=float) for n in (4, 9)]
    norms = tuple(Norm(np.ones_like(u), np.zeros_like(u), u, u**2) for u in units)
    found = running(model(CONFIG.replace(batchnorm=True), norms=norms))
    assert found == (pytest.approx(1.5), pytest.approx(np.sqrt(3.5)))


@pytest.mark.parametrize(("mean", "said"), [(0.0, "μ 0"), (-0.004, "μ −0.0040"), (-0.5, "μ −0.50"), (0.126, "μ 0.13")])
def test_a_mean_near_zero_is_told_from_zero(mean: float, said: str, model: Any) -> None:
    norms = tuple(Norm(*(np.full(n, value) for value in (1.0, 0.0, mean, 1.0))) for n in CONFIG.hidden)
    assert facts(model(CONFIG.replace(batchnorm=True), norms=norms), "batchnorm") == (said, "σ 1.00")


def test_before_the_first_step_nothing_is_said_to_be_dropped(snapshot: Any, stand: Any) -> None:
    lanes = (Lane("dropout", ("dropout",)),)
    panel = stand(BlocksPanel, snapshot(CONFIG, lanes, masks=()), lanes)
    assert said_in(panel, "dropout") == "p 0.4"


# -- which lane, how many layers


def test_it_shows_the_chosen_lane_else_the_first_with_batchnorm_or_dropout(stand: Any) -> None:
    lanes = (Lane("none"), Lane("L1", ("l1",), {"dropout": (0.0, 0.0)}), Lane("dropout", ("dropout",)), *ONE)
    shown = after_a_step(CONFIG, lanes)
    panel = stand(BlocksPanel, shown, lanes)
    for chosen, expected in ((None, 2), (1, 1), (3, 3), (9, 2)):
        panel.scene = Scene(chosen=chosen)
        panel.draw(shown)
        assert panel.lane == expected
        assert panel.title.text.get_text().startswith(lanes[expected].name)
    plain = (Lane("none"), Lane("L1", ("l1",)))
    assert stand(BlocksPanel, after_a_step(CONFIG, plain), plain).lane == 0


def test_a_box_is_framed_in_its_lane_s_colour(stand: Any) -> None:
    lanes = (Lane("none"), *ONE)
    panel = stand(BlocksPanel, after_a_step(CONFIG, lanes), lanes)
    assert panel.boxes[0].get_edgecolor() == to_rgba(panel.look.lanes[1])


@pytest.mark.parametrize("hidden", [(6,), (6,) * 3, (6,) * 8])
def test_the_frame_says_how_often_the_block_is_repeated(hidden: tuple[int, ...], stand: Any) -> None:
    panel = stand(BlocksPanel, after_a_step(CONFIG.replace(hidden=hidden)), ONE)
    assert f"× {len(hidden)}" in panel.layers.get_text()


def test_a_linear_model_has_nothing_to_order(stand: Any) -> None:
    lanes = (Lane("none"),)
    panel = stand(BlocksPanel, after_a_step(Config(hidden=()), lanes), lanes)
    assert "nothing to order" in panel.subtitle.get_text()
    for part in NAMES:
        assert said_in(panel, part) == "off"
        answer = panel.pointer("click", *center(panel, part))
        assert not answer.change
        assert "no hidden layer" in answer.hint


# -- what the order does, as the networks have it


def outputs(order: str, **given: Any) -> Any:
    """What a network of that order answers after a few steps."""
    trainer = Trainer([CONFIG.replace(order=order, dtype="float64", **given)])
    trainer.advance(epochs=2)
    (model,) = trainer.snapshot().models
    return model.predict(model.split.X_val), remarks(model)[0]


@pytest.mark.parametrize("order", ORDERS[1:])
def test_where_the_remark_says_nothing_changes_the_networks_are_the_same(order: str) -> None:
    same = 0
    for given in ({"dropout": 0.0}, {}, {"batchnorm": True, "dropout": 0.0}, {"batchnorm": True}):
        expected, _ = outputs(ORDERS[0], **given)
        found, remark = outputs(order, **given)
        promised = any(word in remark for word in ("changes nothing", "the same", "as on the slide"))
        same += promised
        if promised:
            np.testing.assert_allclose(found, expected, rtol=1e-9)
        else:
            assert np.abs(found - expected).max() > 1e-3
    assert same >= 2


# -- the pointer


def test_the_box_below_the_pointer_has_a_thicker_edge_until_the_pointer_leaves(stand: Any) -> None:
    shown = after_a_step(CONFIG)
    panel = stand(BlocksPanel, shown, ONE)
    before = [box.get_linewidth() for box in panel.boxes]
    assert panel.pointer("move", *center(panel, "activation")).redraw
    panel.draw(shown)
    thicker = [now > then for now, then in zip((box.get_linewidth() for box in panel.boxes), before, strict=True)]
    assert thicker == [part == "activation" for part in panel.order.split("-")]
    assert not panel.pointer("move", *center(panel, "activation")).redraw
    assert panel.pointer("leave", 0, 0).redraw
    panel.draw(shown)
    assert [box.get_linewidth() for box in panel.boxes] == before


def test_one_input_is_said_in_the_singular(stand: Any) -> None:
    panel = stand(BlocksPanel, after_a_step(CONFIG.replace(data="sine", n_train=50)), ONE)
    hint = panel.pointer("move", *center(panel, "dense")).hint
    assert hint.startswith("Dense: 1 input to each of 6 units")


def test_beside_the_boxes_there_is_nothing_to_say(stand: Any) -> None:
    panel = stand(BlocksPanel, after_a_step(CONFIG), ONE)
    answer = panel.pointer("click", 1, panel.place.height - 1)
    assert not answer.hint
    assert not answer.change
