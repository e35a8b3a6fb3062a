"""The numbers and the sentence below the picture say what the networks say."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from regviz import Config, Trainer, add_data, remove_data
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.session import Session
from regviz.lab.look.numbers import MISSING, SPACE, number, percent
from regviz.lab.look.theme import look
from regviz.lab.page import report
from regviz.lab.page.facts import Facts
from regviz.probes import class_report
from regviz.training.snapshot import Snapshot
from regviz.training.turns import POINTS, Turn

BASE = Config(n_train=100, hidden=(32, 32), l1=3e-3, l2=3e-3, dropout=0.5)


@pytest.fixture(scope="module")
def trained() -> Trainer:
    trainer = Trainer([lane.config(BASE) for lane in DEFAULT_LANES])
    trainer.advance(epochs=250)
    return trainer


def test_every_row_is_its_lane_s_last_numbers(trained: Trainer) -> None:
    snapshot = trained.snapshot()
    rows = report.table(snapshot, DEFAULT_LANES, look("light"))
    assert [row["cells"][0] for row in rows] == ["none", "L1 0.003", "L2 0.003", "dropout 0.5"]
    assert [row["color"] for row in rows] == list(look("light").lanes[:4])
    for row, model in zip(rows, snapshot.models, strict=True):
        loss, train = model.history["val_loss"][-1], model.history["train_loss"][-1]
        assert row["cells"][1] == percent(model.history["val_score"][-1], 1)
        assert row["cells"][2] == number(loss)
        assert row["cells"][3] == number(loss - train, sign=True)
        zeros = np.mean(np.concatenate([weights.ravel() for weights in model.weights]) == 0)
        assert row["cells"][4] == percent(float(zeros))
        assert row["cells"][5] == "250"


def test_where_classes_differ_much_the_table_says_how_each_class_fares() -> None:
    rng = np.random.default_rng(2)
    names = np.array(["healthy", "ill"])[(np.arange(400) % 10 == 0).astype(int)]
    add_data("rare", rng.normal(size=(400, 2)) + (names == "ill")[:, None], names)
    try:
        config = Config(data="rare", n_train=200, noise=0, hidden=(8,), epochs=60)
        lanes = [Lane("plain"), Lane("balanced", fixed={"class_weight": "balanced"})]
        trainer = Trainer([lane.config(config) for lane in lanes])
        trainer.advance(epochs=60)
        snapshot = trainer.snapshot()
        headings, rows = report.headings(snapshot), report.table(snapshot, lanes, look("light"))
        assert headings[1] == "validation accuracy"
        assert headings[6:] == ["balanced accuracy", "recall by class", "state"]
        recalls = []
        for row, model in zip(rows, snapshot.models, strict=True):
            assert len(row["cells"]) == len(headings)
            found = class_report(model, model.split.X_val, model.split.y_val)
            assert row["cells"][1] == percent(found.accuracy, 1)
            assert row["cells"][6] == percent(found.balanced_accuracy, 1)
            shown = f"healthy {percent(found.recall[0])}, ill {percent(found.recall[1])}"
            assert row["cells"][7].replace(SPACE, " ") == shown.replace(SPACE, " ")
            recalls.append(found.recall[1])
        assert recalls[1] > recalls[0]
    finally:
        remove_data("rare")


def test_of_many_classes_the_lowest_recall_is_named() -> None:
    rng = np.random.default_rng(2)
    y = np.repeat(["a", "b", "c", "a class of a long name"], [200, 60, 60, 40])
    add_data("many", rng.normal(size=(360, 2)), y)
    try:
        trainer = Trainer([Config(data="many", n_train=150, hidden=(4,))])
        trainer.advance(epochs=20)
        (row,) = report.table(trainer.snapshot(), [Lane("none")], look("light"))
        assert row["cells"][7].startswith("lowest: ")
        assert len(row["cells"][7]) <= 30
    finally:
        remove_data("many")


def test_balanced_data_keep_the_usual_columns(trained: Trainer) -> None:
    assert "recall by class" not in report.headings(trained.snapshot())


def test_a_class_too_rare_for_three_parts_is_named_before_the_first_step() -> None:
    rng = np.random.default_rng(2)
    add_data("lone", rng.normal(size=(60, 2)), np.repeat(["often", "seldom"], [58, 2]))
    try:
        trainer = Trainer([Config(data="lone", n_train=30)])
        said = report.sentence(trainer.snapshot(), [Lane("none")])
        assert "Class 'seldom' has 2 rows, too few for three parts: there is none for " in said
    finally:
        remove_data("lone")


def test_the_r2_of_a_part_that_never_varies_is_a_dash() -> None:
    rng = np.random.default_rng(2)
    y = np.zeros(60)
    y[:4] = [0.5, 1.5, 2.5, 3.5]
    add_data("flat", rng.normal(size=(60, 2)), y, task="regression")
    try:
        trainers = [Trainer([Config(data="flat", n_train=46, seed=seed)]) for seed in range(20)]
        constant = [t for t in trainers if np.ptp(t.snapshot().models[0].split.y_val) == 0]
        assert constant
        for trainer in constant:
            trainer.advance(epochs=2)
            (row,) = report.table(trainer.snapshot(), [Lane("none")], look("light"))
            assert row["cells"][1] == MISSING
            assert trainer.snapshot().models[0].state == "training"
    finally:
        remove_data("flat")


def test_the_sentence_tells_what_the_techniques_did(trained: Trainer) -> None:
    said = report.sentence(trained.snapshot(), DEFAULT_LANES)
    zeros = percent(trained.snapshot().models[1].zero_fraction)
    knows = trained.snapshot().models[0].history["train_score"][-1] > report.KNOWN
    assert ("“none” memorizes" if knows else "“none” overfits") in said
    assert f"L1 has set {zeros} of the weights to exactly 0" in said
    assert "L2 shrinks" in said


def test_before_the_first_step_the_sentence_says_what_to_do() -> None:
    trainer = Trainer([lane.config(BASE) for lane in DEFAULT_LANES])
    assert report.sentence(trainer.snapshot(), DEFAULT_LANES).startswith("Press play")


def made(model: Any, lane: Lane, **history: float) -> Any:
    """A lane's network after two epochs, with the last values of some curves."""
    curves = {name: np.array([1.0, 0.5, value]) for name, value in history.items()}
    return model(lane.config(BASE), epochs=2, history=curves)


def said_of(model: Any, others: dict[str, dict[str, float]]) -> str:
    """The sentence about lanes whose curves end so; each lane is its name."""
    lanes = [lane for lane in DEFAULT_LANES if lane.name in others]
    models = tuple(made(model, lane, **others[lane.name]) for lane in lanes)
    return report.sentence(Snapshot(40, models), lanes)


def test_a_network_memorizes_only_what_it_knows(model: Any) -> None:
    rising = {"val_loss": 0.9, "train_loss": 0.2}
    assert "“none” memorizes" in said_of(model, {"none": {**rising, "train_score": 0.99}})
    assert "“none” overfits" in said_of(model, {"none": {**rising, "train_score": 0.8}})
    rose = said_of(model, {"none": {"val_loss": 3.0, "train_loss": 1.5, "train_score": 0.99}})
    assert "fell" not in rose  # the training loss is above what it was at the start


def test_a_technique_that_loses_is_said_to_lose(model: Any) -> None:
    none = {"val_loss": 0.5, "train_loss": 0.4, "train_score": 0.9, "val_score": 0.9}
    at = {loss: {**none, "val_loss": loss} for loss in (0.3, 0.44, 0.56, 0.8)}
    better = said_of(model, {"none": none, "dropout": at[0.3]})
    assert better.endswith("Lower validation loss than “none” (0.50): “dropout” 0.30.")
    worse = said_of(model, {"none": none, "L2": at[0.8], "dropout": at[0.8]})
    assert worse.endswith("Higher validation loss than “none” (0.50): “L2” 0.80, “dropout” 0.80.")
    mixed = said_of(model, {"none": none, "L1": at[0.3], "dropout": at[0.8]})
    assert mixed.endswith("Lower validation loss than “none” (0.50): “L1” 0.30; higher: “dropout” 0.80.")
    assert " validation loss than" in said_of(model, {"none": none, "L1": at[0.44]})
    assert " validation loss than" not in said_of(model, {"none": none, "dropout": {**none, "val_loss": 0.46}})
    assert " validation loss than" in said_of(model, {"none": none, "dropout": at[0.56]})


@pytest.mark.parametrize("changes", [{"max_norm": 1.0}, {"batchnorm": True}, {"label_smoothing": 0.1}, {"ema": 0.9}])
def test_techniques_without_a_sentence_of_their_own_are_compared_too(model: Any, changes: dict[str, Any]) -> None:
    lanes = (Lane("plain"), Lane("other", fixed=changes))
    losses = {"plain": 0.5, "other": 0.8}
    models = tuple(made(model, lane, val_loss=losses[lane.name], train_loss=0.4, train_score=0.9) for lane in lanes)
    assert "Higher validation loss than “plain” (0.50): “other” 0.80." in report.sentence(Snapshot(40, models), lanes)


def told_of(model: Any, *lanes: Lane, diverged: str = "") -> str:
    """The sentence about lanes with losses of 1, 2, 3, …."""
    models = []
    for loss, lane in enumerate(lanes, 1):
        curves = {"val_loss": np.array([9.0, 8.0, loss]), "train_loss": np.array([9.0, 8.0, 0.9 * loss])}
        ended = {"state": "diverged", "diverged_epoch": 2} if lane.name == diverged else {}
        models.append(model(lane.config(BASE), epochs=2, history=curves, **ended))
    said = report.sentence(Snapshot(40, tuple(models)), lanes)
    return said[said.find("validation loss than") :] if "validation loss than" in said else ""


def test_a_lane_is_compared_with_the_one_that_is_most_like_it_without_a_technique(model: Any) -> None:
    small, large = (Lane(name, fixed={"hidden": (width,)}) for name, width in (("small", 4), ("large", 64)))
    priced = Lane("priced", fixed={"hidden": (64,), "max_norm": 1.0})
    assert told_of(model, small, large, priced) == "validation loss than “large” (2.00): “priced” 3.00."
    assert told_of(model, small, priced) == "validation loss than “small” (1.00): “priced” 2.00."
    assert (
        told_of(model, small, large, priced, diverged="large") == "validation loss than “small” (1.00): “priced” 3.00."
    )
    assert told_of(model, small, priced, diverged="small") == told_of(model, large, priced, diverged="priced") == ""


def test_lanes_that_share_no_points_or_no_technique_are_not_compared(model: Any) -> None:
    norm = Lane("norm", fixed={"max_norm": 1.0})
    assert told_of(model, Lane("plain", fixed={"seed": 7}), norm) == ""
    assert told_of(model, Lane("decay", fixed={"l2": 0.1}), norm) == ""
    both = Lane("both", fixed={"l2": 0.1, "max_norm": 1.0})
    assert told_of(model, Lane("decay", fixed={"l2": 0.1}), both) == "validation loss than “decay” (1.00): “both” 2.00."
    assert told_of(model, Lane("decay", fixed={"l2": 0.2}), both) == ""  # another strength: not the norm's doing


def test_the_price_of_zeros_is_said_with_its_sign() -> None:
    for points, word in (
        (0.24, "gains 24 points"),
        (-0.03, "loses 3 points"),
        (0.012, "gains 1 point of"),
        (-0.013, "loses 1 point of"),
        (0.0, "keeps the accuracy"),
    ):
        split = SimpleNamespace(task="classification")
        plain = SimpleNamespace(split=split, now={"val_score": 0.5}.get)
        lane = SimpleNamespace(split=split, now={"val_score": 0.5 + points}.get)
        assert word in report._zeros("L1", "30 %", lane, plain)  # type: ignore[arg-type]


ZEROS = Config(n_train=60, hidden=(8,), batch_size=30, l1=1e-3, l2=1e-3, group_lasso=1e-3, seed=4)


def sentence_of(base: Config, *lanes: Lane, epochs: int = 20) -> str:
    """The sentence below the picture of networks that have trained for some epochs."""
    trainer = Trainer([lane.config(base) for lane in lanes])
    trainer.advance(epochs=epochs)
    return report.sentence(trainer.snapshot(), lanes)


@pytest.mark.parametrize("technique", ["l1", "l2", "group_lasso"])
def test_zeros_of_the_start_are_no_penalty_s_doing(technique: str) -> None:
    base = ZEROS.replace(init="zeros")
    for lanes in ([Lane("none"), Lane("other", (technique,))], [Lane("other", (technique,))]):
        said = sentence_of(base, *lanes)
        assert "has set" not in said
        assert "has removed" not in said


@pytest.mark.parametrize("technique", ["l1", "group_lasso"])
def test_a_penalty_without_its_proximal_step_sets_no_weight_to_0(technique: str, model: Any) -> None:
    lanes = [Lane("none"), Lane("other", (technique,))]
    first = np.zeros((2, 8))
    for rule, word in (("proximal", "has "), ("subgradient", "")):
        configs = [lane.config(ZEROS.replace(penalty_rule=rule)) for lane in lanes]
        sparse = model(configs[1], weights=(first, np.ones((8, 2))))
        said = report.sentence(Snapshot(40, (model(configs[0]), sparse)), lanes)
        assert ("has set" in said or "has removed" in said) == bool(word)


def test_zeros_are_counted_beyond_those_of_the_lane_it_is_compared_with(model: Any) -> None:
    lanes = [Lane("none"), Lane("L1", ("l1",))]
    few, many = np.ones((2, 8)), np.ones((2, 8))
    few[0, :4], many[0] = 0, 0
    last = np.ones((8, 2))
    models = tuple(model(lane.config(ZEROS), weights=(W, last)) for lane, W in zip(lanes, (few, many), strict=True))
    assert f"L1 has set {percent(4 / 32)} of the weights to exactly 0" in report.sentence(Snapshot(40, models), lanes)


def test_a_network_overfits_only_while_its_training_loss_falls(model: Any) -> None:
    lane = Lane("none")
    for train, word in (([1.0, 0.3, 0.2], "overfits"), ([1.0, 0.3, 0.54], ""), ([0.1, 0.3, 0.2], "")):
        curves = {"val_loss": np.array([1.0, 0.4, 0.9]), "train_loss": np.array(train)}
        its = model(lane.config(BASE), epochs=2, history={**curves, "train_score": np.full(3, 0.8)})
        assert ("overfits" in report.sentence(Snapshot(40, (its,)), [lane])) == bool(word)


@pytest.mark.parametrize(
    ("others", "shared"),
    [
        ([{}, {"l1": 0.1}], "every lane has the same data, the same first weights and the same batches."),
        ([{}, {"init": "xavier"}], "every lane has the same data and the same batches."),
        ([{}, {"batch_size": 7}], "every lane has the same data and the same first weights."),
        ([{}, {"n_train": 50}], "every lane has the same first weights."),
        ([{}, {"seed": 9}], "Press play."),
        ([{}], "Press play."),
    ],
)
def test_before_the_first_step_lanes_are_said_to_share_what_they_do_share(others: Any, shared: str) -> None:
    trainer = Trainer([BASE.replace(**other) for other in others])
    lanes = [Lane(f"lane {i}") for i in range(len(others))]
    assert report.sentence(trainer.snapshot(), lanes).endswith(shared)


def test_a_diverged_lane_says_when_and_what_to_try() -> None:
    config = BASE.replace(optimizer="sgd", lr=1000.0)
    trainer = Trainer([lane.config(config) for lane in DEFAULT_LANES])
    trainer.advance(epochs=5)
    snapshot = trainer.snapshot()
    diverged = [model for model in snapshot.models if model.state == "diverged"]
    assert diverged
    for row, model in zip(report.table(snapshot, DEFAULT_LANES, look("dark")), snapshot.models, strict=True):
        if model.state == "diverged":
            assert row["cells"][-1] == f"diverged at epoch {model.diverged_epoch}, try a smaller learning rate"
    assert "try a smaller learning rate" in report.sentence(snapshot, DEFAULT_LANES)


def test_a_lane_without_a_finite_loss_at_the_start_is_told_of_its_data_and_of_no_learning_rate(model: Any) -> None:
    endless = {name: [float("inf")] for name in ("train_loss", "val_loss", "penalty")}
    columns = {"epoch": [0], **endless, "train_score": [0.5], "val_score": [float("nan")]}
    never = model(BASE, state="diverged", epochs=0, step=0, diverged_epoch=0, history=columns)
    assert report.state(never) == "no finite loss at the start: numbers of the data are too large"
    told = "None has no finite loss at the start: numbers of the data are too large."
    lanes = [Lane("none"), Lane("other")]
    both, one = (Snapshot(0, (never, its)) for its in (never, model(BASE, epochs=0, step=0)))
    assert report.sentence(both, lanes) == f"{told} Other{told[4:]}"
    assert report.sentence(one, lanes).startswith("Press play: every lane has the same data")
    assert report.sentence(one, lanes).endswith(told)
    later = Snapshot(40, (never, model(BASE)))
    assert told in report.sentence(later, lanes)
    assert "learning rate" not in report.sentence(later, lanes)


def test_a_loss_has_not_risen_from_what_it_was_on_other_points(model: Any) -> None:
    falls = np.linspace(1.0, 0.1, 13)
    rising = {"train_loss": falls, "val_loss": np.r_[np.full(6, 0.4), np.full(7, 0.9)], "train_score": np.full(13, 1.0)}
    lanes, turn = [Lane("none")], Turn(5, POINTS, 50, 60)
    plain = lanes[0].config(BASE)
    assert "memorizes" in report.sentence(Snapshot(40, (model(plain, history=dict(rising)),)), lanes)
    exchanged = model(plain, history=dict(rising), turns=(turn,))
    assert "memorizes" not in report.sentence(Snapshot(40, (exchanged,)), lanes)


def test_a_stopped_lane_says_which_weights_it_has() -> None:
    trainer = Trainer([BASE.replace(l1=0.0, l2=0.0, dropout=0.0, patience=5)])
    trainer.advance(epochs=300)
    (model,) = trainer.snapshot().models
    assert (
        report.state(model) == f"stopped at epoch {model.stopped_epoch}, weights of epoch {model.best_epoch} restored"
    )


def test_regression_is_scored_by_r_squared() -> None:
    config = Config(data="diabetes", noise=0.0, hidden=())
    trainer = Trainer([config])
    trainer.advance(epochs=3)
    snapshot = trainer.snapshot()
    assert report.headings(snapshot)[1] == "validation R²"
    cells = report.table(snapshot, DEFAULT_LANES[:1], look("light"))[0]["cells"]
    assert cells[1] == number(float(snapshot.models[0].history["val_score"][-1]))


def test_a_lane_that_stopped_early_shows_the_numbers_of_the_weights_it_took_back(snapshot: Any) -> None:
    val_loss = 0.4 + 0.1 * np.abs(np.arange(13) - 5)
    shown = snapshot(state="stopped", stopped_epoch=12, epochs=12, history={"val_loss": val_loss}, best_epoch=5)
    for row, model in zip(report.table(shown, DEFAULT_LANES, look("light")), shown.models, strict=True):
        assert model.history["val_loss"][-1] > 1
        assert row["cells"][2] == "0.40"


def test_a_strength_for_each_layer_is_said_layer_by_layer() -> None:
    lanes = (Lane("none"), Lane("L2", ("l2",), {"l2": (0.0, 0.1, 0.1)}))
    trainer = Trainer([lane.config(BASE) for lane in lanes])
    trainer.advance(epochs=60)
    snapshot = trainer.snapshot()
    assert [row["cells"][0] for row in report.table(snapshot, lanes, look("light"))] == ["none", "L2 0-0.1-0.1"]
    assert "L2 shrinks" in report.sentence(snapshot, lanes)


def test_that_something_is_not_there_is_told_of_every_new_picture() -> None:
    session, facts = Session(Config(n_train=20, hidden=(4,), batch_size=20)), Facts()

    def told() -> dict[str, Any]:
        return facts.changed(session, session.snapshot(), look("light"), urgent=True, draw=None)

    assert "draw" in told()
    assert "draw" not in told()
    facts.forget()
    assert "draw" in told()


def test_a_sentence_that_stands_while_the_picture_moves_on_says_of_which_epoch_it_is() -> None:
    session, facts = Session(Config(n_train=20, hidden=(4,), batch_size=20)), Facts()
    facts.clock = lambda: 0.0

    def told(*, urgent: bool = False) -> dict[str, Any]:
        return facts.changed(session, session.snapshot(), look("light"), urgent=urgent)

    assert told()["sentence"].startswith("Press play")
    session.trainer.advance(epochs=5)
    assert told(urgent=True)["sentence"].startswith("Epoch 5: ")
    session.trainer.advance(epochs=1)
    later = told()
    assert later["epoch"] == 6
    assert "sentence" not in later
