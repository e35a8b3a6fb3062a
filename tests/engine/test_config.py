"""Config: what it refuses and how it says so, and that a link carries it exactly."""

import inspect
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import regviz as rv
from regviz.config import DATA_FIELDS, FIELDS, LIVE_FIELDS, SHAPE_FIELDS, TECHNIQUES
from regviz.fields import Choice, Integer, Number, Strength, Switch, Widths
from regviz.optim.penalties import PENALTIES

NOT_NUMBERS = st.one_of(
    st.booleans(),
    st.sampled_from([math.nan, math.inf, -math.inf, -1.0, -1, 1e300, 10**400, "7", "", b"1", 1j, [1], {}, object()]),
    st.sampled_from([np.bool_(True), np.float64("nan"), np.array([1.0, 2.0])]),
)


def invalid(name):
    """Values that the field `name` must refuse."""
    match FIELDS[name].kind:
        case Number(optional=optional) as number:
            return outside_of(number) if optional else st.one_of(outside_of(number), st.none())
        case Strength(each=each, most=most):
            one = st.one_of(outside_of(each), st.none())
            several = st.tuples(st.floats(0, 1), one) | st.lists(one, max_size=3) | st.just((0.1,) * (most + 1))
            others = [(0.1,) * count for count in (2, 3, 4) if count != FIELDS[name].kind.layers(rv.Config().hidden)]
            return st.one_of(one, several, st.sampled_from(others))  # the default network has three Dense layers
        case Integer(low=low, high=high, optional=optional):
            outside = st.one_of(st.integers(max_value=low - 1), st.integers(min_value=high + 1), st.floats())
            return st.one_of(NOT_NUMBERS, outside, st.just("a") if optional else st.none())
        case Choice(names=names, optional=optional):
            others = st.one_of(st.integers(), st.text().filter(lambda text: text not in names))
            return others if optional else st.one_of(st.none(), others)
        case Switch():
            return st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.just(np.int64(1)))
        case Widths():
            wrong = st.one_of(st.integers(max_value=0), st.integers(min_value=1025), NOT_NUMBERS, st.none())
            too_deep = st.lists(st.integers(1, 9), min_size=9)
            return st.one_of(st.none(), st.integers(), st.text(), too_deep, st.tuples(st.integers(1, 64), wrong))


def outside_of(number):
    """What a Number refuses, None aside."""
    below = st.floats(max_value=number.low, exclude_max=not number.above)
    return st.one_of(NOT_NUMBERS, below, st.floats(min_value=number.high * 1.01))


def valid(name):
    """Values that the field `name` must accept, small enough to train at once."""
    match FIELDS[name].kind:
        case Number(low=low, high=high, above=above, optional=optional):
            numbers = st.floats(low, high, exclude_min=above)
            return st.one_of(st.none(), numbers) if optional else numbers
        case Strength(each=each):
            return st.floats(each.low, each.high)
        case Integer(low=low, high=high, optional=optional):
            whole = st.integers(low, min(high, 140))
            return st.one_of(st.none(), whole) if optional else whole
        case Choice(names=names, optional=optional):
            return st.sampled_from((*[None] * optional, *names))
        case Switch():
            return st.booleans()
        case Widths(deepest=deepest):
            return st.lists(st.integers(1, 12), max_size=deepest).map(tuple)


@st.composite
def configs(draw):
    """Possible Configs, some of them with a λ for each layer."""
    values = {name: draw(valid(name)) for name in FIELDS}
    for name in ("l1", "l2", "dropout"):
        layers = FIELDS[name].kind.layers(values["hidden"])
        if layers and draw(st.booleans()):
            values[name] = draw(st.lists(valid(name), min_size=layers, max_size=layers))
    return rv.Config(**values)


@pytest.mark.parametrize("name", ["l1", "dropout", "hidden"])
def test_an_array_that_is_refused_is_named_as_it_was_given(name):
    given = np.array([-1.0, 2.5])
    with pytest.raises(rv.ConfigError, match=f"^{name}=") as caught:
        rv.Config(**{name: given})
    assert caught.value.value is given


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(st.data())
def test_an_impossible_value_is_refused_by_name_with_a_value_that_works(data):
    name = data.draw(st.sampled_from(sorted(FIELDS)))
    value = data.draw(invalid(name))
    with pytest.raises(ValueError, match=f"^{name}=") as caught:
        rv.Config(**{name: value})
    error = caught.value
    assert isinstance(error, rv.ConfigError)
    assert error.field == name
    assert error.value is value
    assert error.allowed in str(error)
    assert repr(error.suggestion) in str(error)
    rv.Config(**{name: error.suggestion})


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(configs())
def test_dict_and_query_string_carry_a_config_exactly(config):
    assert rv.Config.from_dict(config.to_dict()) == config
    assert rv.Config.from_query(config.to_query()) == config
    assert rv.Config.from_query("?" + config.to_query()) == config


def test_a_query_string_holds_only_what_differs_from_the_defaults():
    assert rv.Config().to_query() == ""
    config = rv.Config(l1=1e-3, hidden=[16, 8], data="digits", lr=1e-5, patience=7)
    assert config.to_query() == "data=digits&hidden=16-8&l1=0.001&lr=1e-05&patience=7"
    assert rv.Config(hidden=()).to_query() == "hidden="
    assert rv.Config.from_query("hidden=").hidden == ()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("l1", "nan"),
        ("l1", "1_0"),
        ("l1", " 1"),
        ("l1", ""),
        ("l1", "-1"),
        ("l1", "1" * 5000),
        ("seed", "1.5"),
        ("seed", "9" * 5000),
        ("seed", "١"),
        ("hidden", "64-"),
        ("hidden", "-64"),
        ("hidden", "64,64"),
        ("hidden", "64-" * 5000),
        ("data", "<script>"),
        ("patience", "None"),
        ("max_norm", "0"),
        ("batchnorm", "yes"),
        ("layernorm", "2"),
        ("order", "activation"),
        ("l1", "0,,0.1"),
        ("l2", "0, 0.1,0.1"),
        ("l2", "0.1," * 5000),
        ("dropout", "1"),
    ],
)
def test_a_bad_piece_of_a_link_is_refused_by_field(field, text):
    with pytest.raises(rv.ConfigError) as caught:
        rv.parse(field, text)
    assert caught.value.field == field
    assert len(str(caught.value)) < 400
    with pytest.raises(rv.ConfigError):
        rv.Config.from_query(f"{field}={text}")


def test_strengths_per_layer_need_one_for_each_dense_layer():
    config = rv.Config(l1=[0, 1e-3, 1e-3], hidden=(4, 4))
    assert config.l1 == (0.0, 0.001, 0.001)
    assert config.to_query() == "hidden=4-4&l1=0.0%2C0.001%2C0.001"
    assert rv.Config.from_query("l1=0,0.001,0.001&hidden=4-4") == config
    for l1 in (0.5, (0.5,), (0.5, 0.1)):
        assert FIELDS["l1"].parse("l1", FIELDS["l1"].write(l1)) == l1
    assert hash(config) == hash(config.replace())
    with pytest.raises(rv.ConfigError, match=r"hidden=\(4,\) makes 2 Dense layers.* Try 0.001"):
        config.replace(hidden=(4,))
    assert rv.Config(hidden=(), l2=(0.1,)).l2 == 0.1


def test_unknown_names_are_answered_with_the_closest_known_one():
    for call in (
        lambda: rv.Config().replace(droput=0.5),
        lambda: rv.Config.from_dict({"droput": 0.5}),
        lambda: rv.Config.from_query("droput=0.5"),
        lambda: rv.parse("droput", "0.5"),
        lambda: rv.Config().sweep(droput=[0.5]),
    ):
        with pytest.raises(rv.ConfigError, match="'dropout'"):
            call()
    with pytest.raises(rv.ConfigError, match="'adamw'"):
        rv.Config(optimizer="AdamW")
    with pytest.raises(rv.ConfigError, match="'moons'"):
        rv.Config(data="mooons")


@pytest.mark.parametrize("name", sorted(rv.DATASETS))
def test_the_limit_of_training_points_leaves_points_for_validation_and_test(name):
    info = rv.DATASETS[name]
    with pytest.raises(rv.ConfigError, match=f"2 to {info.max_n_train}") as caught:
        rv.Config(data=name, n_train=info.max_n_train + 1)
    assert caught.value.field == "n_train"
    rv.Config(data=name, n_train=caught.value.suggestion)
    split = rv.load(rv.Config(data=name, n_train=info.max_n_train))
    assert min(len(split.X_val), len(split.X_test)) >= 15


def test_numbers_are_stored_as_plain_python_numbers():
    config = rv.Config(l1=0, l2=np.float32(0.5), n_train=np.int64(50), hidden=[np.int32(4)], dropout=-0.0)
    assert (type(config.l1), type(config.l2), type(config.n_train)) == (float, float, int)
    assert config.hidden == (4,)
    assert type(config.hidden[0]) is int
    assert math.copysign(1, config.dropout) == 1


def test_sweep_is_the_product_of_its_grids():
    found = rv.Config().sweep(l1=[0, 1e-3], seed=range(3))
    assert [(config.l1, config.seed) for config in found] == [(a, s) for a in (0, 1e-3) for s in range(3)]
    assert rv.Config().sweep() == [rv.Config()]
    with pytest.raises(rv.ConfigError, match=r"Try \[0\.0\]"):
        rv.Config().sweep(l1=-1)
    with pytest.raises(rv.ConfigError, match=r"Try \[0.1\]"):
        rv.Config().sweep(l1=0.1)


def test_configs_and_their_errors_travel_between_processes():
    config = rv.Config(l1=0.1)
    assert pickle.loads(pickle.dumps(config)) == config
    assert hash(config) == hash(config.replace())
    error = pickle.loads(pickle.dumps(rv.ConfigError("l1", -1, "allowed is more", 0.1)))
    assert str(error) == "l1=-1 is not possible: allowed is more. Try 0.1."


def test_the_annotations_that_type_checkers_read_are_the_fields():
    assert [name for name in rv.Config.__annotations__ if name != "_custom"] == list(FIELDS)
    for name, field in FIELDS.items():
        assert getattr(rv.Config(), name) == field.default == field.check(name, field.default)
        assert field.help


def test_the_lists_of_fields_follow_from_their_specifications():
    assert set(LIVE_FIELDS) == {name for name, field in FIELDS.items() if field.live}
    assert set(SHAPE_FIELDS) == {name for name, field in FIELDS.items() if field.shape}
    assert set(DATA_FIELDS) == {name for name, field in FIELDS.items() if field.data}
    assert set(TECHNIQUES) == {*PENALTIES, "dropout", "input_dropout", "label_smoothing", "ema", "augment", "mixup"}
    assert not set(LIVE_FIELDS) & set(SHAPE_FIELDS)


def test_a_custom_penalty_survives_every_way_of_copying(square):
    config = rv.Config(square=0.1)
    for copy in (replace(config, seed=1), config.replace(seed=1), pickle.loads(pickle.dumps(config)).replace(seed=1)):
        assert (copy.square, copy.seed) == (0.1, 1)
    assert rv.Config(square=0.0) == rv.Config()
    assert rv.Config(l1=0.1) != config


@pytest.mark.parametrize("name", ["lr", "replace", "penalty", "strength", "l1_rule", "none", "dropout"])
def test_no_penalty_takes_a_name_that_config_has(name):
    with pytest.raises(rv.ArgumentError, match="taken"):
        rv.add_penalty(name, np.square, lambda w: 2 * w)


def test_older_names_are_understood_in_links_and_dictionaries(square):
    new = rv.Config(square=0.1, penalty_rule="subgradient")
    assert rv.Config.from_query("penalty=square&strength=0.1&l1_rule=subgradient") == new
    assert rv.Config.from_dict({"penalty": "square", "strength": 0.1, "l1_rule": "subgradient"}) == new
    assert rv.Config.from_query("penalty=none&strength=0.0") == rv.Config()


@pytest.mark.parametrize(
    ("field", "given", "plain"),
    [
        ("batchnorm", np.True_, True),
        ("layernorm", np.True_, True),
        ("restore_best", np.False_, False),
        ("hidden", np.array([16, 8]), (16, 8)),
        ("hidden", np.array([], dtype=int), ()),
        ("hidden", [np.int64(5), np.uint8(3)], (5, 3)),
        ("batch_size", np.int64(7), 7),
        ("patience", np.int32(7), 7),
        ("dropout", np.float32(0.5), 0.5),
        ("l1", np.array([0.0, 0.1, 0.2]), (0.0, 0.1, 0.2)),
        ("optimizer", np.str_("sgd"), "sgd"),
    ],
)
def test_values_as_numpy_s_grids_have_them_are_plain_afterwards(field, given, plain):
    config = rv.Config(**{field: given})
    value = getattr(config, field)
    assert value == plain
    assert type(value) is type(plain)
    assert not isinstance(value, tuple) or {type(part) for part in value} <= {int, float}
    assert config == rv.Config(**{field: plain})
    assert rv.Config.from_query(config.to_query()) == config


def test_an_array_that_is_no_row_of_widths_is_refused():
    for hidden in (np.array([[4, 4]]), np.array([4.5, 2]), np.array(4)):
        with pytest.raises(rv.ConfigError, match=r"^hidden="):
            rv.Config(hidden=hidden)


def told_of(name):
    """What Config's docstring says of a field: its own line and the next one."""
    lines = rv.Config.__doc__.splitlines()
    (place,) = [place for place, line in enumerate(lines) if line.split()[:1] == [name]]
    return lines[place], lines[place + 1].strip()


@pytest.mark.parametrize("name", FIELDS)
def test_the_docstring_and_the_signature_say_of_each_field_what_it_is_checked_by(name):
    field = FIELDS[name]
    assert told_of(name)[0].endswith(field.help)
    assert told_of(name)[1] == f"default {rv.Config().to_dict()[name]!r}; {field.kind.allowed}"
    with pytest.raises(rv.ConfigError) as caught:
        rv.Config(**{name: object()})
    assert caught.value.allowed in told_of(name)[1]
    assert inspect.signature(rv.Config).parameters[name].default == rv.Config().to_dict()[name]


def test_the_signature_and_the_docstring_have_every_field_and_learn_of_new_ones():
    class Fourth(rv.Penalty):
        name, title, formula, help = "fourth", "fourth power", "λ·Σw⁴", "loss + λ·Σw⁴"

        def value(self, w, lam):
            return lam * w**4

        def gradient(self, w, lam):
            return lam * 4 * w**3

    assert list(inspect.signature(rv.Config).parameters) == list(rv.Config().to_dict())
    rv.add_penalty(Fourth)
    try:
        assert inspect.signature(rv.Config).bind(fourth=0.1).arguments == {"fourth": 0.1}
        assert "loss + λ·Σw⁴" in told_of("fourth")[0]
        assert list(inspect.signature(rv.Config).parameters) == list(FIELDS)
    finally:
        rv.remove_penalty("fourth")
    assert "fourth" not in rv.Config.__doc__
