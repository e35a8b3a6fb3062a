"""Show the code: the programs are complete, and compute what the engine computes."""

import ast
import hashlib
import json
import linecache
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import regviz as rv
from regviz.codegen import program
from regviz.codegen import torch_program as codegen_torch
from regviz.config import FIELDS, TECHNIQUES
from regviz.fields import Choice, Switch
from regviz.optim.optimizers import OPTIMIZERS
from regviz.optim.penalties import PENALTIES

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "codegen_torch.json").read_text())["programs"]
TRAINED = sorted(query for query, found in REFERENCE.items() if found["trained"])
HASH = """
import hashlib
numbers = hashlib.sha256()
for array in (*run.weights, *run.biases, *run.history.values()):
    numbers.update(array.tobytes())
print(numbers.hexdigest())
"""


def digest(run):
    numbers = hashlib.sha256()
    for array in (*run.weights, *run.biases, *run.history.values()):
        numbers.update(array.tobytes())
    return numbers.hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize(
    "config",
    [
        rv.Config(n_train=60, dropout=0.5, l1=1e-3, epochs=30, seed=7, batchnorm=True, max_norm=3),
        rv.Config(data="diabetes", hidden=(5,), l2=(0.1, 0), patience=3, optimizer="nesterov", dtype="float64"),
    ],
)
def test_the_regviz_program_gives_the_same_numbers_to_the_last_bit(config):
    (run,) = rv.fit([config])
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", program(config) + HASH], capture_output=True, text=True, check=True
    )
    assert found.stdout.splitlines()[-1] == digest(run)
    said = dict(line.rsplit(maxsplit=1) for line in found.stdout.splitlines()[:-1])
    assert said["val_loss"] == f"{run.history['val_loss'][-1]:.6g}"
    assert said["test loss"] == f"{run.test_loss:.6g}"
    assert said["best epoch"] == str(run.best_epoch)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "data=digits&hidden=&l1=0.001",
        "hidden=16-16&patience=7",
        "l1=0,0.001,0.001&l2=0.1,0,0&order=dense-activation-dropout-batchnorm",
        "hidden=8&l1=0,0",
    ],
)
def test_a_program_names_exactly_what_makes_its_run(query):
    config = rv.Config.from_query(query)
    text = program(config)
    title, named = text.splitlines()[0], arguments(text)
    assert "dropout" not in title  # what is off is not spoken of; an order of parts may name it
    assert ("L1" in title) == ("0.001" in query)
    default = rv.Config()
    assert set(named) == {"data", "n_train", "hidden", "epochs", "seed"} | {
        name for name in FIELDS if getattr(config, name) != getattr(default, name)
    }
    assert rv.Config(**named) == config


def arguments(text):
    """What a regviz program calls Config with, by name."""
    (call,) = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and is_config(node.func)]
    return {argument.arg: ast.literal_eval(argument.value) for argument in call.keywords}


def is_config(function):
    return isinstance(function, ast.Attribute) and function.attr == "Config"


def configs():
    grid = rv.Config(l1=0.01, l2=0.01, patience=3, dropout=0.2, batchnorm=True, max_norm=2, weight_decay=0.1)
    yield from grid.sweep(optimizer=list(OPTIMIZERS), penalty_rule=["proximal", "subgradient"])
    for name in ("data", "activation", "init", "order", "schedule"):
        yield from grid.sweep(**{name: rv.config.FIELDS[name].kind.names})
    yield from grid.sweep(hidden=[(), (3,), (4, 5, 6)], n_train=[33, 34])


def test_every_choice_has_a_pytorch_program_that_compiles_and_fits_a_page():
    for config in configs():
        text = program(config, "torch")
        compile(text, "program", "exec")
        lines = text.splitlines()[1:]  # the first is the title
        assert max(map(len, lines)) <= 120
        assert len(lines) < 110
        assert ("W.clamp" in text) == (config.penalty_rule == "proximal")


EVERYTHING = rv.Config(
    n_train=60,
    noise=0.1,
    label_noise=0.2,
    hidden=(5,),
    batchnorm=True,
    dropout=0.2,
    l1=0.02,
    l2=0.02,
    lr=0.01,
    momentum=0.5,
    weight_decay=0.1,
    batch_size=16,
    epochs=7,
    seed=1,
)
"""A Config in which every field matters, but for those that belong to one optimizer."""

OPTIMIZER_OF = {"momentum": "momentum", "weight_decay": "adamw"}

NEEDED = {name: {"patience": 5} for name in ("min_delta", "start_epoch", "restore_best")}
"""What makes a field matter."""


def values(name):
    """Values of the field `name`: all of a choice, both of a switch, else two."""
    match FIELDS[name].kind:
        case Choice(names=names, optional=optional):
            return (*[None] * optional, *names)
        case Switch():
            return (False, True)
        case field:
            assert field.suggestion != getattr(EVERYTHING, name)
            return (getattr(EVERYTHING, name), field.suggestion)


@pytest.mark.parametrize("name", FIELDS)
def test_no_field_is_left_out_of_the_pytorch_program_in_silence(name):
    """Every value of every field makes a program of its own, or is refused by name."""
    base = EVERYTHING.replace(optimizer=OPTIMIZER_OF.get(name, "adam"), **NEEDED.get(name, {}))
    written = [body_or_refused_field(base.replace(**{name: value})) for value in values(name)]
    bodies = [body for body, refused in written if refused is None]
    assert {refused for _, refused in written} <= {None, name}
    assert bodies
    assert len(set(bodies)) == len(bodies)


def body_or_refused_field(config):
    """(the PyTorch program without its title, None), or (None, the field that is refused)."""
    try:
        return program(config, "torch").partition("\n")[2], None  # a title says what is asked for, not what is done
    except rv.ConfigError as error:
        return None, error.field


@pytest.mark.usefixtures("square")
@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_the_pytorch_program_does_not_follow_is_refused_by_name(name, monkeypatch):
    if name in PENALTIES:  # which bring their own words
        monkeypatch.setattr(type(PENALTIES[name]), "torch", "")
    followed = tuple(field for field in codegen_torch.TRANSLATED if field != name)
    monkeypatch.setattr(codegen_torch, "TRANSLATED", followed)
    default = getattr(rv.Config(), name)
    other = next(value for value in (*values(name), getattr(EVERYTHING, name)) if value != default)
    assert program(rv.Config(), "torch")
    with pytest.raises(rv.ConfigError, match=f"^{name}=.* only where it has its default. Try ") as caught:
        program(rv.Config(**{name: other}), "torch")
    assert rv.Config(**{name: caught.value.suggestion}) == rv.Config()


@pytest.mark.parametrize("name", [*codegen_torch.CHOICES, *codegen_torch.MEMBERS])
def test_a_choice_that_pytorch_has_no_words_for_is_refused_by_name(name, monkeypatch):
    *known, new = codegen_torch.CHOICES.get(name) or codegen_torch.MEMBERS[name]
    if name in codegen_torch.CHOICES:
        monkeypatch.setitem(codegen_torch.CHOICES, name, known)
    else:
        members = {**codegen_torch.MEMBERS[name], new: SimpleNamespace(torch="")}
        monkeypatch.setitem(codegen_torch.MEMBERS, name, members)
    assert program(EVERYTHING.replace(**{name: known[0]}), "torch")
    with pytest.raises(
        rv.ConfigError, match=f"^{name}='{new}' .* knows {', '.join(map(str, known))}. Try {known[0]!r}"
    ):
        program(EVERYTHING.replace(**{name: new}), "torch")


WORDS = {
    "label_smoothing": (0.25, ("cross_entropy(network(X), y, label_smoothing=0.25)",)),
    "input_dropout": (0.3, ("nn.Sequential(\n    nn.Dropout(0.3),\n    nn.Linear(2, 64)",)),
    "dropout": ((0.0, 0.4), ("nn.ReLU(),\n    nn.Linear(64, 64),\n    nn.ReLU(),\n    nn.Dropout(0.4),",)),
    "ema": (0.98, ("get_ema_multi_avg_fn(0.98)", "optimizer.step()\n        averaged.update_parameters(network)")),
    "mixup": (0.4, ("Beta(0.4, 0.4)", "share * training_loss(z, y) + (1 - share) * training_loss(z, y[partner])")),
    "augment": (0.15, ("X = X + 0.15 * torch.randn_like(X)", "loss = data_loss(X, y)\n")),
    "layernorm": (True, ("nn.Linear(2, 64),\n    nn.LayerNorm(64),\n    nn.ReLU()",)),
    "clip_norm": (0.75, ("nn.utils.clip_grad_norm_(network.parameters(), 0.75)\n        optimizer.step()",)),
}
"""Fields with a value, and what people write for it in PyTorch."""


@pytest.mark.parametrize("name", WORDS)
def test_a_technique_has_its_usual_words_in_pytorch_and_none_where_it_is_off(name):
    value, words = WORDS[name]
    config = rv.Config(**{name: value})
    text, without = program(config, "torch"), program(rv.Config(), "torch")
    for word in words:
        assert word in text
        assert word not in without
    assert f"{name}={value}" in program(config)
    assert f"{FIELDS[name].title} {value}" in program(config).splitlines()[0] or name not in TECHNIQUES


def test_with_a_lambda_per_layer_it_multiplies_the_whole_penalty():
    class Both(rv.Penalty):
        name, torch = "both", "W.abs().sum() + (W**2).sum()"

        def value(self, w, lam):
            return lam * (np.abs(w) + w * w)

        def gradient(self, w, lam):
            return lam * (np.sign(w) + 2 * w)

    rv.add_penalty(Both)
    try:
        text = program(rv.Config(hidden=(4,), both=(0.1, 0.2), l1=(0.1, 0.2), penalty_rule="subgradient"), "torch")
    finally:
        rv.remove_penalty("both")
    assert "sum(lam * (W.abs().sum() + (W**2).sum()) for lam, W in zip(lams, weights))" in text
    assert "sum(lam * W.abs().sum() for lam, W in zip(lams, weights))" in text


def test_two_things_of_one_name_are_refused_and_so_is_a_constant_that_python_does_not_show():
    def named(name, text):
        module = ModuleType(name)
        sys.modules[name] = module
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        exec(compile(text, name, "exec"), vars(module))
        return module

    text = "{limit}def value(w):\n    return w * w * {times}\n\n\ndef slope(w):\n    return 2 * w * {times}\n"
    one, other = (
        named("one_of_two", text.format(limit="", times=1)),
        named("other_of_two", text.format(limit="", times=3)),
    )
    endless = named("endless", text.format(limit="LIMIT = float('inf')\n\n\n", times="min(LIMIT, 1.0)"))
    try:
        for name, module in (("mine_a", one), ("mine_b", other), ("mine_c", endless)):
            rv.add_penalty(name, module.value, module.slope)
        assert "w * w * 3" in program(rv.Config(mine_b=0.1))
        with pytest.raises(rv.ConfigError, match=r"^mine_b=.*two different things are called value"):
            program(rv.Config(mine_a=0.1, mine_b=0.1))
        with pytest.raises(rv.ConfigError, match=r"^mine_c=.*LIMIT, a float, which cannot be written down"):
            program(rv.Config(mine_c=0.1))
    finally:
        for name in PENALTIES.custom:
            rv.remove_penalty(name)
        for module in (one, other, endless):
            del sys.modules[module.__name__], linecache.cache[module.__name__]


def numbers_of(run):
    split = rv.load(run.config)
    return {
        "train_loss": run.history["train_loss"][-1],
        "val_loss": run.history["val_loss"][-1],
        "penalty": run.history["penalty"][-1],
        "zeros": sum(int((W == 0).sum()) for W in run.weights),
        "outputs": run.predict(split.X_val[:3]),
    }


def assert_agree(run, found, tolerance):
    if run.restored:  # the history ends with the last epoch, the weights are the best one's
        run_numbers = {**numbers_of(run), "penalty": found["penalty"]}
        run_numbers |= {name: run.history[name][run.model.row] for name in ("train_loss", "val_loss")}
    else:
        run_numbers = numbers_of(run)
    outputs = np.array(found["outputs"])
    if rv.load(run.config).task == "classification":
        outputs = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    else:
        outputs = outputs[:, 0]
    np.testing.assert_allclose(run_numbers["outputs"], outputs, atol=tolerance)
    for name in ("train_loss", "val_loss", "penalty"):
        np.testing.assert_allclose(run_numbers[name], found[name], atol=tolerance, err_msg=name)
    assert run_numbers["zeros"] == found["zeros"]


@pytest.fixture(scope="module")
def runs():
    return dict(zip(REFERENCE, rv.fit([rv.Config.from_query(query) for query in REFERENCE]), strict=True))


@pytest.mark.parametrize("query", sorted(REFERENCE))
def test_pytorch_computes_the_engine_s_outputs_and_losses_with_its_weights(query, runs):
    text = program(runs[query].config, "torch")
    ran = REFERENCE[query]["program"] == hashlib.sha256(text.encode()).hexdigest()
    assert ran, "the program has changed: run tests/reference/codegen_torch.py where PyTorch is installed"
    assert_agree(runs[query], REFERENCE[query]["handed_over"], 1e-6)


@pytest.mark.parametrize("query", TRAINED)
def test_pytorch_trains_the_engine_s_network_from_the_same_start(query, runs):
    """Without dropout and with one batch an epoch nothing is random: every rule of learning must be the same."""
    assert_agree(runs[query], REFERENCE[query]["trained"], 1e-6)


def test_the_reference_covers_every_optimizer_with_exact_zeros_and_without():
    zeros = {(rv.Config.from_query(query).optimizer, REFERENCE[query]["trained"]["zeros"] > 0) for query in TRAINED}
    assert {name for name, _ in zeros} == set(OPTIMIZERS)
    assert {has for _, has in zeros} == {True, False}


def test_another_target_is_refused_with_those_there_are():
    with pytest.raises(rv.ArgumentError, match=r"target='jax' is not possible: .* regviz or for torch"):
        program(rv.Config(), "jax")
