"""What holds of every way to regularize: it is invisible to neighbours, free when off, and acts mid-run."""

import io

import numpy as np
import pytest

import regviz as rv
from regviz.config import FIELDS, LIVE_FIELDS

SHORT = rv.Config(n_train=50, hidden=(16, 8), batch_size=16)
STRENGTHS = {
    "dropout": (0.4, 0.1),
    "input_dropout": (0.4, 0.1),
    "label_smoothing": (0.3, 0.1),
    "augment": (0.5, 0.2),
    "mixup": (1.0, 0.2),
    "clip_norm": (0.1, 0.5),
    "ema": (0.95, 0.5),
}
"""Fields that switch something on that is off by default, each with two values."""


def trained(configs, steps):
    stack = rv.Stack(configs)
    for _ in range(steps):
        stack.step()
    return stack


def calls(stack):
    """The functions of a step's recordings, in order."""
    (recording,) = {id(network.recording): network.recording for network in stack.networks.values()}.values()
    return [function for function, _ in (*recording.calls, *stack.descent.calls)]


@pytest.mark.parametrize("name", STRENGTHS)
def test_it_changes_training_and_nothing_that_is_drawn(name):
    """Same seed: the same data, start and batches."""
    off, on = (trained([config], 9) for config in (SHORT, SHORT.replace(**{name: STRENGTHS[name][0]})))
    assert rv.load(off.configs[0]) is rv.load(on.configs[0])
    np.testing.assert_array_equal(rv.Stack(off.configs).w, rv.Stack(on.configs).w)
    np.testing.assert_array_equal(off.batches.order, on.batches.order)
    assert not np.array_equal(off.average.evaluated(), on.average.evaluated())


@pytest.mark.parametrize("name", [name for name in STRENGTHS if name != "dropout"])
def test_it_moves_no_dropout_mask(name):
    dropping = SHORT.replace(dropout=0.5)
    off, on = (trained([config], 9) for config in (dropping, dropping.replace(**{name: STRENGTHS[name][0]})))
    for mask, its in zip(off.last_masks(0), on.last_masks(0), strict=True):
        np.testing.assert_array_equal(mask, its)


@pytest.mark.parametrize("dtype", [pytest.param("float32", marks=pytest.mark.slow), "float64"])
@pytest.mark.parametrize(
    "changes",
    [{}, {"data": "digits", "batchnorm": True}, {"data": "diabetes", "layernorm": True}, {"hidden": ()}],
)
@pytest.mark.parametrize("name", STRENGTHS)
def test_networks_in_a_stack_equal_the_same_networks_alone(name, changes, dtype):
    base = SHORT.replace(**changes, dtype=dtype)
    strong, weak = ({name: value} for value in STRENGTHS[name])
    both = base.replace(l2=0.01, dropout=0.2).replace(**weak)
    configs = [base, base.replace(**strong), base.replace(seed=3), both, base]
    stack = trained(configs, 9)
    for row, config in enumerate(configs):
        np.testing.assert_array_equal(stack.w[row], trained([config], 9).w[0])
    measured = stack.measure()
    for row, config in enumerate(configs):
        alone = trained([config], 9).measure()
        assert [column[row] for column in measured] == [column[0] for column in alone]


@pytest.mark.parametrize("name", STRENGTHS)
def test_off_costs_no_call_and_changes_no_bit(name):
    off = FIELDS[name].default
    never, again = trained([SHORT, SHORT], 3), rv.Stack([SHORT, SHORT.replace(**{name: STRENGTHS[name][0]})])
    again.set(1, SHORT)
    for _ in range(3):
        again.step()
    assert calls(again) == calls(never)
    np.testing.assert_array_equal(again.w, never.w)
    assert SHORT.replace(**{name: off}) == SHORT


@pytest.mark.parametrize("name", STRENGTHS)
def test_it_acts_mid_run_and_its_neighbours_do_not_notice(name):
    assert name in LIVE_FIELDS
    strong, weak = STRENGTHS[name]
    trainer = rv.Trainer([SHORT, SHORT.replace(seed=1)])
    alone = rv.Trainer([SHORT])
    for value in (None, strong, weak, FIELDS[name].default):  # on, weaker, off again
        if value is not None:
            trainer.set(0, **{name: value})
            alone.set(0, **{name: value})
        trainer.advance(epochs=2)
        alone.advance(epochs=2)
        here, its = trainer.snapshot().models[0], alone.snapshot().models[0]
        for W, V in zip(here.weights, its.weights, strict=True):
            np.testing.assert_array_equal(W, V)
        if value == weak:
            (plain,) = rv.fit([SHORT], epochs=6)
            assert not np.array_equal(plain.weights[0], here.weights[0])
    np.testing.assert_array_equal(plain.history["train_loss"][:3], here.history["train_loss"][:3])
    (neighbour,) = rv.fit([SHORT.replace(seed=1)], epochs=8)
    np.testing.assert_array_equal(neighbour.weights[0], trainer.snapshot().models[1].weights[0])


@pytest.mark.parametrize("name", STRENGTHS)
def test_a_change_before_the_first_step_is_as_good_as_a_config(name):
    changed = rv.Trainer([SHORT])
    changed.set(0, **{name: STRENGTHS[name][0]})
    given = rv.Trainer([SHORT.replace(**{name: STRENGTHS[name][0]})])
    for trainer in (changed, given):
        trainer.advance(epochs=5)
    for W, V in zip(*(trainer.snapshot().models[0].weights for trainer in (changed, given)), strict=True):
        np.testing.assert_array_equal(W, V)


@pytest.mark.parametrize("name", STRENGTHS)
def test_a_network_that_had_stopped_trains_on_as_if_it_never_had(name):
    config = SHORT.replace(**{name: STRENGTHS[name][0]}, patience=3, lr=0.05, restore_best=False)
    (whole,) = rv.fit([config.replace(patience=1000)], epochs=60)
    trainer = rv.Trainer([config.replace(seed=8), config])
    while trainer.snapshot().models[1].state == "training":
        trainer.advance(epochs=1)
    stopped = trainer.snapshot().models[1].epoch
    trainer.set(1, patience=1000)
    trainer.advance(epochs=60 - stopped)
    resumed = trainer.snapshot().models[1]
    assert stopped < resumed.epoch == 60
    for W, V in zip(whole.weights, resumed.weights, strict=True):
        np.testing.assert_array_equal(W, V)


@pytest.mark.parametrize("name", STRENGTHS)
def test_links_and_files_carry_it(name, tmp_path):
    config = SHORT.replace(**{name: STRENGTHS[name][0]})
    assert rv.Config.from_query(config.to_query()) == rv.Config.from_dict(config.to_dict()) == config
    (run,) = rv.fit([config], epochs=2)
    run.save(tmp_path / "run.npz")
    loaded = rv.Run.load(tmp_path / "run.npz")
    assert loaded.config == run.config
    text, its = io.StringIO(), io.StringIO()
    run.to_csv(text)
    loaded.to_csv(its)
    assert text.getvalue() == its.getvalue()


@pytest.mark.parametrize("name", STRENGTHS)
@pytest.mark.parametrize("value", [-0.1, float("nan"), "much", True])
def test_a_bad_value_is_told_by_its_field_with_what_is_allowed(name, value):
    with pytest.raises(rv.ConfigError, match=rf"^{name}=.* is not possible: allowed is .* Try ") as caught:
        rv.Config(**{name: value})
    rv.Config(**{name: caught.value.suggestion})
