"""What holds for every Config, tried on hundreds of random ones (the same ones every time)."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import regviz as rv
from engine.test_config import configs, invalid, outside_of, valid
from regviz.config import FIELDS, SHAPE_FIELDS
from regviz.fields import Strength

pytestmark = pytest.mark.slow


def examples(count):
    """`count` random examples, chosen by the test's name alone, so that a failure comes back at every run."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=count, derandomize=True, deadline=None, database=None, suppress_health_check=slow)


def trained(configs, epochs=3):
    """ModelSnapshots after training side by side."""
    trainer = rv.Trainer(configs)
    trainer.advance(epochs=epochs)
    return trainer.snapshot().models


def varies(split, part):
    """Whether the score of a part is finite: R² has no value where all targets are the same."""
    return split.task == "classification" or np.ptp(getattr(split, f"y_{part}")) > 0


@examples(500)
@example(rv.Config(data="steps", n_train=2, noise=0.0, hidden=(), seed=30))  # two targets that are the same
@given(configs())
def test_every_possible_config_trains_without_an_exception_or_a_warning(config):
    """A network that diverges says so by its state; what it keeps is finite. Warnings are errors in these tests."""
    (model,) = trained([config])
    widths = (model.split.n_features, *config.hidden, max(1, model.split.n_classes))
    assert [W.shape for W in model.weights] == list(pairwise(widths))
    assert all(np.isfinite(array).all() for array in (*model.weights, *model.biases))
    assert all(np.isfinite(array).all() for norm in model.norms for array in norm)
    for name, column in model.history.items():
        nothing_to_explain = name.endswith("score") and not varies(model.split, name.removesuffix("_score"))
        assert np.isnan(column).all() if nothing_to_explain else np.isfinite(column).all(), name
    model.predict(model.split.X_val)
    ends = {"training": 3, "stopped": model.stopped_epoch, "diverged": model.diverged_epoch}
    assert model.epoch == ends[model.state]
    rows = model.epoch + (model.state != "diverged")  # with epoch 0; the epoch in which it broke is not measured
    assert model.history["epoch"].tolist() == list(range(rows))
    losses = model.history["val_loss"]
    assert model.best_epoch == best_epoch(losses, config.min_delta, config.start_epoch)
    if not (config.min_delta or config.start_epoch):
        assert losses[model.best_epoch] == losses.min()
    outputs = model.predict(model.split.X_val)
    if model.split.task == "classification":
        assert outputs.shape == (len(model.split.X_val), model.split.n_classes)
        np.testing.assert_allclose(outputs.sum(axis=1), 1, atol=1e-5)
    if model.state == "training":
        np.testing.assert_allclose(model.history["penalty"][-1], penalty(model), rtol=1e-4, atol=1e-30)


def best_epoch(losses, min_delta, start_epoch):
    """The last epoch that was better by more than min_delta; before the start epoch, the newest."""
    best, at = np.inf, 0
    for epoch, loss in enumerate(losses):
        if epoch < start_epoch or loss + min_delta < best:
            best, at = np.inf if epoch < start_epoch else loss, epoch
    return at


def penalty(model):
    """λ₁Σ|w| + λ₂Σw² + λΣ√p‖w‖ over inputs, written down once more."""
    total, lams = 0.0, (model.config.l1, model.config.l2, model.config.group_lasso)
    for k, W in enumerate(model.weights):
        l1, l2, group = (lam[k] if isinstance(lam, tuple) else lam for lam in lams)
        total += l1 * np.abs(W).sum(dtype=float) + l2 * (W.astype(float) ** 2).sum()
        total += group * W.shape[1] ** 0.5 * np.linalg.norm(W.astype(float), axis=1).sum()
    return total


@st.composite
def spoiled(draw):
    """(fields of a possible Config, the name of one that has been given an impossible value)."""
    fields = {name: draw(valid(name)) for name in FIELDS}
    name = draw(st.sampled_from(sorted(FIELDS)))
    layers = len(fields["hidden"]) + 1
    match FIELDS[name].kind:
        case Strength(each=each):
            number = valid(name)
            too_many_or_few = st.lists(number, max_size=12).filter(lambda several: len(several) != layers)
            one_wrong = st.tuples(*[number] * (layers - 1), outside_of(each))
            no_number = outside_of(each).filter(lambda value: np.shape(value) != (layers,))  # else one for each layer
            fields[name] = draw(no_number | st.none() | too_many_or_few | one_wrong)
        case _ if name == "n_train":
            most = rv.DATASETS[fields["data"]].max_n_train
            fields[name] = draw(invalid(name) | st.integers(most + 1, most + 1000))
        case _:
            fields[name] = draw(invalid(name))
    return fields, name


@examples(500)
@given(spoiled())
def test_one_spoiled_field_is_refused_by_its_name_however_the_config_is_made(example):
    fields, name = example
    refusals = []
    for make in (
        lambda: rv.Config(**fields),
        lambda: rv.Config.from_dict(fields),
        lambda: rv.Config().replace(**fields),
    ):
        with pytest.raises(ValueError, match=f"^{name}=") as caught:
            make()
        refusals.append(caught.value)
    error = refusals[0]
    assert {refusal.field for refusal in refusals} == {error.field} == {name}
    assert len({str(refusal) for refusal in refusals}) == 1
    repaired = rv.Config(**{**fields, name: error.suggestion})  # the value to try works among these very fields
    assert getattr(repaired, name) == error.suggestion


@st.composite
def groups(draw):
    """Configs in float64: two to five of one shape, and up to two of any."""
    first = draw(configs()).replace(dtype="float64")
    free = [name for name in FIELDS if name not in SHAPE_FIELDS]
    alike = st.fixed_dictionaries({name: valid(name) for name in free})
    members = [first, *(first.replace(**changes) for changes in draw(st.lists(alike, min_size=1, max_size=4)))]
    others = draw(st.lists(configs(), max_size=2))
    return draw(st.permutations([*members, *(other.replace(dtype="float64") for other in others)]))


LIVE = st.fixed_dictionaries({}, optional={name: valid(name) for name in sorted(rv.LIVE_FIELDS)})


@examples(60)
@given(groups())
def test_a_network_in_any_company_and_any_place_is_itself_alone_bit_for_bit(configs):
    for config, model in zip(configs, trained(configs), strict=True):
        (alone,) = trained([config])
        assert_same(model, alone)


@examples(50)
@given(groups(), st.data())
def test_networks_that_are_changed_on_the_way_do_not_notice_each_other_either(configs, data):
    turns = [(data.draw(st.integers(0, 12)), data.draw(LIVE)) for _ in configs]
    for config, turn, model in zip(configs, turns, turned(configs, turns), strict=True):
        (alone,) = turned([config], [turn])
        assert_same(model, alone)


def turned(configs, turns):
    """ModelSnapshots after 20 steps and the rest of an epoch, each network changed once after a number of steps."""
    trainer = rv.Trainer(configs)
    for step in range(20):
        for index, (when, changes) in enumerate(turns):
            if step == when:
                trainer.set(index, **changes)
        trainer.advance(steps=1)
    trainer.advance(epochs=1)
    return trainer.snapshot().models


@examples(100)
@given(configs(), LIVE)
def test_a_live_change_before_the_first_step_is_the_config_that_had_it_from_the_start(config, changes):
    trainer = rv.Trainer([config])
    trainer.set(0, **changes)
    trainer.advance(epochs=3)
    (changed,) = trainer.snapshot().models
    (from_the_start,) = trained([config.replace(**changes)])
    assert changed.config == from_the_start.config
    assert_same(changed, from_the_start, without="penalty")  # epoch 0 was measured under the old λ


def assert_same(model, other, without=None):
    """Two networks are the same in every number, bit for bit."""
    ours, theirs = ([*m.weights, *m.biases, *m.masks, *(a for norm in m.norms for a in norm)] for m in (model, other))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)
    for name in model.history:
        rows = slice(1 if name == without else 0, None)
        np.testing.assert_array_equal(model.history[name][rows], other.history[name][rows], err_msg=name)
    for name in ("state", "epoch", "step", "best_epoch", "stopped_epoch", "diverged_epoch"):
        assert getattr(model, name) == getattr(other, name)
