"""Custom penalties: as good as L1 and L2, and refused where they cannot be right."""

from dataclasses import replace
from inspect import signature

import numpy as np
import pytest

import regviz as rv
from regviz.codegen import program
from regviz.config import FIELDS
from regviz.optim.penalties import L2, PENALTIES
from regviz.probes.gradients import gradient_split
from regviz.registry import Registry
from regviz.training.parameters import ParameterLayout
from regviz.training.penalized import Penalized
from shrunk import shrink_map

BASE = rv.Config(n_train=40, hidden=(8,), batch_size=20, dtype="float64", seed=3)


def huber(w):
    return np.where(np.abs(w) < 0.1, 5 * w**2, np.abs(w) - 0.05)


def slope_of_huber(w):
    return np.clip(10 * w, -1, 1)


def trained(*configs, epochs=5):
    trainer = rv.Trainer(list(configs))
    trainer.advance(epochs=epochs)
    return trainer.snapshot().models


def test_who_has_no_title_is_called_by_its_name():
    class Square(rv.Penalty):
        name = "plain_square"

        def value(self, w, lam):
            return lam * w**2

        def gradient(self, w, lam):
            return 2 * lam * w

    class Named(rv.Penalty):
        value, gradient = Square.value, Square.gradient

        def __init__(self):
            self.name = "named_square"

    class Swift(rv.Optimizer):
        name = "swift"

    class Own(L2):
        name = "own_l2"

    assert (Square.title, Swift.title, Own.title, L2.title) == ("plain_square", "swift", "own_l2", "L2")
    for penalty in (Square, Named):
        rv.add_penalty(penalty)
    assert [FIELDS[name].title for name in ("plain_square", "named_square")] == ["plain_square", "named_square"]


def test_the_square_as_a_custom_penalty_is_l2(square):
    own, l2 = trained(BASE.replace(square=0.01), BASE.replace(l2=0.01))
    for mine, its in zip(own.weights, l2.weights, strict=True):
        np.testing.assert_allclose(mine, its, atol=1e-12)
    np.testing.assert_allclose(own.history["penalty"], l2.history["penalty"], rtol=1e-10)


def test_a_copy_made_by_dataclasses_keeps_its_strength(square):
    assert replace(BASE.replace(square=0.01), seed=7) == BASE.replace(square=0.01, seed=7)
    assert replace(BASE.replace(square=0.01), square=0.5).square == 0.5


def test_it_adds_its_value_and_slope_and_spares_biases():
    rv.add_penalty("huber", huber, slope_of_huber)
    stack = rv.Stack([BASE.replace(huber=0.3)])
    plain = rv.Stack([BASE])
    step = 1e-6
    g = np.zeros_like(stack.w)
    stack.penalties.in_gradient["huber"].add_gradient(stack.w, g)
    for i in range(stack.w.shape[1]):
        stack.w[0, i] += step
        above = stack.penalty()[0]
        stack.w[0, i] -= 2 * step
        below = stack.penalty()[0]
        stack.w[0, i] += step
        assert g[0, i] == pytest.approx((above - below) / (2 * step), abs=1e-8)
    assert not g[0, stack.is_weight == 0].any()
    assert plain.penalty()[0] == 0


def test_a_network_with_it_trains_alike_alone_and_in_company(square):
    rv.add_penalty("huber", huber, slope_of_huber)
    configs = [
        BASE,
        BASE.replace(huber=0.01),
        BASE.replace(square=0.1, l1=1e-3),
    ]
    together = trained(*configs)
    for config, its in zip(configs, together, strict=True):
        (alone,) = trained(config)
        for a, b in zip(alone.weights, its.weights, strict=True):
            np.testing.assert_array_equal(a, b)


def test_its_strength_is_live_and_its_company_may_stop(square):
    base = BASE.replace(optimizer="sgd", lr=0.05)
    trainer = rv.Trainer([base.replace(patience=1, label_noise=0.5), base.replace(square=0.0)])
    trainer.advance(epochs=2)
    trainer.set(1, square=1.0)
    trainer.advance(epochs=30)
    stopped, own = trainer.snapshot().models
    assert stopped.state == "stopped"
    assert own.config.square == 1
    assert max(np.abs(W).max() for W in own.weights) < 0.1


def test_one_that_is_added_while_networks_train_may_be_switched_on_at_once():
    late = rv.Trainer([BASE, BASE.replace(l1=1e-3)])
    late.advance(epochs=2)
    rv.add_penalty("square", np.square, lambda w: 2 * w)
    early = rv.Trainer([BASE, BASE.replace(l1=1e-3)])
    early.advance(epochs=2)
    for trainer in (late, early):
        trainer.set(1, square=0.1)
        trainer.advance(epochs=3)
    for mine, its in zip(late.snapshot().models, early.snapshot().models, strict=True):
        assert mine.turns == its.turns
        for a, b in zip(mine.weights, its.weights, strict=True):
            np.testing.assert_array_equal(a, b)


def test_one_that_comes_in_place_of_another_is_followed_from_the_next_step_on(square):
    trainer = rv.Trainer([BASE.replace(square=0.1)])
    rv.add_penalty(square, np.abs, np.sign, lambda w, t: w - np.clip(w, -t, t))
    trainer.advance(epochs=2)
    (l1,) = trained(BASE.replace(l1=0.1), epochs=2)
    for mine, its in zip(trainer.snapshot().models[0].weights, l1.weights, strict=True):
        np.testing.assert_allclose(mine, its, atol=1e-12)


def test_one_that_is_removed_goes_on_where_it_is_used_and_no_exchange_begins(square):
    trainer = rv.Trainer([BASE.replace(square=1.0, patience=1, lr=0.5), BASE.replace(square=1.0)])
    trainer.advance(epochs=30)
    others = [config.replace(noise=0.1) for config in trainer.configs]
    before = trainer.snapshot().models
    assert [model.state for model in before] == ["stopped", "training"]
    rv.remove_penalty(square)
    with pytest.raises(rv.ConfigError, match="no field 'square'"):
        trainer.exchange(others)
    with pytest.raises(rv.ConfigError, match="no field 'square'"):
        trainer.set(0, patience=100)
    trainer.advance(epochs=1)
    after = trainer.snapshot().models
    assert (after[0].state, after[0].epoch, after[0].config) == ("stopped", before[0].epoch, before[0].config)
    assert (after[1].epoch, after[1].history["penalty"][-1] > 0) == (31, True)


def test_what_pulls_at_weights_knows_it():
    rv.add_penalty("huber", huber, slope_of_huber)
    (model,) = trained(BASE.replace(huber=0.5))
    split = gradient_split(model, model.split.X_train, model.split.y_train)
    for pull, W in zip(split.penalty, model.weights, strict=True):
        np.testing.assert_allclose(pull, 0.5 * slope_of_huber(W))
    for before, after in shrink_map(model, 0.1):
        np.testing.assert_allclose(after, before - 0.05 * slope_of_huber(before))


@pytest.mark.parametrize(
    ("name", "value", "slope", "said"),
    [
        ("l2", np.square, lambda w: 2 * w, "l2"),
        ("my penalty", np.square, lambda w: 2 * w, "name"),
        ("half", np.square, lambda w: w, "slope of `value`"),
        ("sum", np.sum, lambda w: 2 * w, "value"),
        ("root", np.sqrt, lambda w: 2 * w, "finite"),
        ("cusp", lambda w: np.sqrt(np.abs(w)), lambda w: np.sign(w) / (2 * np.sqrt(np.abs(w))), "gradient.*finite"),
        ("lambda", np.square, lambda w: 2 * w, "no keyword"),
    ],
)
def test_what_cannot_be_a_penalty_is_refused_with_a_reason(name, value, slope, said):
    with np.errstate(all="ignore"), pytest.raises(rv.ArgumentError, match=said):
        rv.add_penalty(name, value, slope)
    assert not PENALTIES.custom


class Square(rv.Penalty):
    name = "own"

    def value(self, w, lam):
        return lam * w**2

    def gradient(self, w, lam):
        return 2 * lam * w


def length(w):
    return np.sqrt(np.sum(w * w)) + 1e-9


@pytest.mark.parametrize(
    ("methods", "said"),
    [
        ({"gradient": lambda self, w, lam: 2 * w}, "gradient=.*exactly 0 for λ = 0"),
        ({"value": lambda self, w, lam: w**2, "gradient": lambda self, w, lam: 2 * w}, "value=.*exactly 0 for λ = 0"),
        (
            {"value": lambda self, w, lam: (lam > 0) * w**2, "gradient": lambda self, w, lam: (lam > 0) * 2 * w},
            "value=.*λ times what it is for λ = 1",
        ),
        ({"gradient": lambda self, w, lam: 2 * lam * w if lam else 0 * w}, "gradient=.*one for each weight"),
        (
            {
                "value": lambda self, w, lam: lam * length(w) / w.size + 0 * w,
                "gradient": lambda self, w, lam: lam * w / length(w),
            },
            "value=.*the same for a network alone as in a stack",
        ),
        (
            {"groups": "inputs", "value": lambda self, w, lam: lam * np.sum(w**2, axis=-2, keepdims=True) / len(w)},
            "value=.*the same for a network alone as in a stack",
        ),
        ({"gradient": lambda self, w: 2 * w}, "gradient=TypeError"),
        ({"gradient": lambda self, w, lam: np.multiply(w, 2, out=w) * lam}, "gradient=.*leaves w as it is"),
        ({"gradient": lambda self, w, lam: None}, "gradient=.*finite numbers"),
        ({"__init__": lambda self, delta: None}, "penalty=TypeError.*made without arguments"),
    ],
)
def test_a_penalty_whose_strength_could_not_be_followed_in_a_stack_is_refused(methods, said):
    rv.add_penalty(Square)
    rv.remove_penalty("own")
    with pytest.raises(rv.ArgumentError, match=said):
        rv.add_penalty(type("Wrong", (Square,), methods))
    assert not PENALTIES.custom


@pytest.mark.parametrize("wrong", [3, np.square, rv.Optimizer, None])
def test_what_is_no_penalty_is_refused_with_one_that_is(wrong):
    with pytest.raises(rv.ArgumentError, match=r"penalty=.*Try regviz\.optim\.penalties\.L2"):
        rv.add_penalty(wrong)


def names_that_mean_something():
    """Columns of a history, a turn of points, arguments of `Trainer.set`, and all that an estimator has once fitted."""
    trainer = rv.Trainer([BASE])
    trainer.advance(epochs=1)
    trainer.exchange([BASE.replace(noise=0.1)])
    (model,) = trainer.snapshot().models
    yield from model.history
    yield from (turn.field for turn in model.turns)
    yield from signature(rv.Trainer.set).parameters
    X = np.random.default_rng(0).normal(size=(40, 2))
    for kind, y in ((rv.RegvizClassifier, X[:, 0] > 0), (rv.RegvizRegressor, X[:, 0])):
        fitted = kind(epochs=1).fit(X, y)
        yield from (name for name in {*dir(fitted), *vars(fitted), "feature_names_in_"} if name[0] != "_")


def test_no_penalty_takes_a_name_that_means_something_else():
    names = sorted({name for name in names_that_mean_something() if name not in ("fields", *PENALTIES.shipped)})
    assert {"points", "score", "val_loss", "random_state", "goes_on"} <= {*names}
    for name in names:
        with pytest.raises(rv.ArgumentError, match=f"the name '{name}' is taken, by regviz itself"):
            rv.add_penalty(name, np.square, lambda w: 2 * w)


def test_an_unknown_penalty_is_refused_by_config_by_a_stack_and_by_removing(square):
    with pytest.raises(rv.ConfigError, match=r"'sqare'.* Try 'square'"):
        rv.Config(sqare=0.1)
    config = BASE.replace(square=0.1)
    rv.remove_penalty(square)
    with pytest.raises(rv.ConfigError, match="add_penalty"):
        rv.Stack([config])
    with pytest.raises(rv.ArgumentError, match="removed"):
        rv.remove_penalty(square)
    with pytest.raises(rv.ArgumentError, match="removed"):
        rv.remove_penalty("l1")


@pytest.mark.parametrize("target", ["regviz", "torch"])
def test_a_program_cannot_contain_functions_without_a_name_and_says_so(target, square):
    with pytest.raises(rv.ConfigError, match="penalty"):
        program(BASE.replace(square=0.1), target)


def test_it_concerns_only_models_that_use_it(square):
    layout = ParameterLayout((2, 2), False)  # four weights and two biases
    penalized = Penalized(PENALTIES[square], layout, [0.0, 0.1, 0.0], "float64")
    assert penalized.rows == slice(1, 2)
    np.testing.assert_allclose(penalized.value(np.full((3, 6), 2.0)), [0, 1.6, 0])


@pytest.mark.parametrize("name", ["val_loss", "epoch", "points", "index", "goes_on", "lr", "none"])
def test_a_name_that_the_engine_uses_otherwise_is_refused_with_one_that_works(name):
    with pytest.raises(ValueError, match=f"the name '{name}' is taken, by regviz itself. Try 'my_{name}'"):
        rv.add_penalty(name, huber, slope_of_huber)
    assert name not in PENALTIES
    rv.add_penalty(f"my_{name}", huber, slope_of_huber)
    assert rv.Config(**{f"my_{name}": 0.1}).penalties[f"my_{name}"] == 0.1
    rv.remove_penalty(f"my_{name}")


def test_a_parameter_or_a_method_of_an_estimator_is_no_name_of_a_penalty():
    for name in ("validation_fraction", "random_state", "fit", "score", "get_params"):
        assert hasattr(rv.RegvizClassifier(), name)
        with pytest.raises(ValueError, match="is taken"):
            rv.add_penalty(name, huber, slope_of_huber)


def test_names_that_are_reserved_later_refuse_the_member_that_has_one():
    registry = Registry("penalty", [])
    registry.add("width", None)
    with pytest.raises(ValueError, match="penalty='width' is not possible: the name 'width' is taken"):
        registry.reserve({"width"})
    registry.remove("width")
    registry.reserve({"width"})
