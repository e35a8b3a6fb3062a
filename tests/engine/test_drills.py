"""A new technique is one class: it trains, stacks, sweeps, links, travels and makes programs like those shipped."""

import hashlib
import json
import multiprocessing
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import drills
import regviz as rv
from regviz import members
from regviz.codegen import program
from regviz.codegen.sources import source
from regviz.config import FIELDS, LIVE_FIELDS, TECHNIQUES
from regviz.nn.activations import ACTIVATIONS
from regviz.optim.optimizers import OPTIMIZERS
from regviz.optim.penalties import PENALTIES

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "codegen_torch.json").read_text())["drills"]
HASH = """
import hashlib
numbers = hashlib.sha256()
for array in (*run.weights, *run.biases, *run.history.values()):
    numbers.update(array.tobytes())
print(numbers.hexdigest())
"""


@pytest.fixture(autouse=True)
def _added():
    drills.add_all()


@pytest.fixture
def config():
    return drills.CONFIG.replace(**drills.FIELDS)


def digest(run):
    numbers = hashlib.sha256()
    for array in (*run.weights, *run.biases, *run.history.values()):
        numbers.update(array.tobytes())
    return numbers.hexdigest()


@pytest.mark.slow
def test_they_train_in_a_stack_beside_others_as_they_do_alone(config):
    others = [config.replace(sparse_units=0.0), config.replace(l1=1e-3), config.replace(group_lasso=0.01, l2=0.01)]
    configs = [*others, config, config.replace(sparse_units=(0, 0.01, 0), penalty_rule="subgradient", seed=1)]
    for one, run in zip(configs, rv.fit(configs), strict=True):
        (alone,) = rv.fit([one])
        assert digest(run) == digest(alone)


def test_the_penalty_removes_whole_units_and_thins_out_the_rest(config):
    (run,) = rv.fit([config.replace(sparse_units=0.01)], epochs=200)
    W = run.weights[0]
    dead = (W == 0).all(axis=0)
    assert 0 < dead.sum() < W.shape[1]
    assert (W[:, ~dead] == 0).any()


def test_its_strength_is_a_live_field_like_any_other(config):
    assert "sparse_units" in FIELDS
    assert "sparse_units" in LIVE_FIELDS
    assert "sparse_units" in TECHNIQUES
    trainer = rv.Trainer([config.replace(sparse_units=0.0)])
    trainer.advance(epochs=2)
    trainer.set(0, sparse_units=5.0)
    trainer.advance(epochs=40)
    (model,) = trainer.snapshot().models
    assert model.zero_fraction == 1


def test_a_sweep_goes_over_all_three():
    configs = drills.CONFIG.sweep(
        sparse_units=[0, 1e-3, 0.1], optimizer=["adagrad", "adam"], activation=["softplus", "relu"]
    )
    runs = rv.fit(configs, epochs=20)
    assert [run.config for run in runs] == [config.replace(epochs=20) for config in configs]
    assert runs[0].zero_fraction == 0 < runs[-1].zero_fraction


def test_a_link_a_dictionary_and_a_pickle_carry_them(config):
    assert "sparse_units=0.003" in config.to_query()
    assert rv.Config.from_query(config.to_query()) == config
    assert rv.Config.from_dict(config.to_dict()) == config
    assert pickle.loads(pickle.dumps(config)) == config
    with pytest.raises(rv.ConfigError, match=r"sparse_unit=.*Try 'sparse_units'"):
        rv.Config(sparse_unit=0.1)


def test_a_file_carries_them_and_says_what_is_missing(config, tmp_path):
    (run,) = rv.fit([config])
    run.save(tmp_path / "run.npz")
    loaded = rv.Run.load(tmp_path / "run.npz")
    assert loaded.config == config
    assert digest(loaded) == digest(run)
    np.testing.assert_array_equal(loaded.predict(np.ones((1, 13))), run.predict(np.ones((1, 13))))
    rv.remove_penalty("sparse_units")
    with pytest.raises(ValueError, match="sparse_units"):
        rv.Run.load(tmp_path / "run.npz")


@pytest.mark.slow
def test_the_regviz_program_contains_their_source_and_gives_the_same_bits(config, tmp_path):
    (run,) = rv.fit([config])
    text = program(config)
    for part in ("class SparseUnits(rv.Penalty)", "class Adagrad(rv.Optimizer)", "class Softplus(rv.Activation)"):
        assert text.count(part) == 1
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", text + HASH], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert found.stdout.splitlines()[-1] == digest(run)


def test_the_pytorch_program_computes_the_same(config):
    text = program(config, "torch")
    ran = REFERENCE["program"] == hashlib.sha256(text.encode()).hexdigest()
    assert ran, "the program has changed: run tests/reference/codegen_torch.py where PyTorch is installed"
    (run,) = rv.fit([config])
    for name in ("train_loss", "val_loss", "penalty"):
        assert run.history[name][-1] == pytest.approx(REFERENCE["trained"][name], abs=1e-6)
    assert sum(int((W == 0).sum()) for W in run.weights) == REFERENCE["trained"]["zeros"] > 0


@pytest.mark.parametrize(("field", "registry"), [("optimizer", OPTIMIZERS), ("activation", ACTIVATIONS)])
def test_the_pytorch_program_is_refused_where_a_member_has_no_words(config, field, registry, monkeypatch):
    monkeypatch.setattr(registry[getattr(config, field)], "torch", "")
    with pytest.raises(rv.ConfigError, match=f"^{field}=.* the PyTorch program knows "):
        program(config, "torch")


def test_the_pytorch_program_is_refused_where_a_penalty_has_no_words(config, monkeypatch):
    monkeypatch.setattr(drills.SparseUnits, "torch_prox", "")
    with pytest.raises(rv.ConfigError, match=r"^penalty_rule=.* no words for this proximal step"):
        program(config, "torch")
    assert program(config.replace(penalty_rule="subgradient"), "torch")
    monkeypatch.setattr(drills.SparseUnits, "torch", "")
    with pytest.raises(rv.ConfigError, match=r"^sparse_units=.* only where it has its default"):
        program(config, "torch")


@pytest.mark.slow
def test_workers_of_other_processes_get_them_with_their_work(config):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        (there,) = rv.fit([config], executor=executor)
    (here,) = rv.fit([config])
    assert digest(there) == digest(here)


@pytest.mark.slow
def test_what_a_notebook_defines_reaches_workers_by_cloudpickle():
    class Huge(rv.Penalty):
        name = "huge"

        def value(self, w, lam):
            return lam * w**4

        def gradient(self, w, lam):
            return 4 * lam * w * w * w

    rv.add_penalty(Huge)
    config = drills.CONFIG.replace(huge=0.1)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        (there,) = rv.fit([config], executor=executor)
    (here,) = rv.fit([config])
    assert digest(there) == digest(here)


def test_a_member_that_cannot_be_pickled_is_an_error_that_says_what_would_work(monkeypatch):
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    rv.add_penalty("cube", lambda w: np.abs(w) ** 3, lambda w: 3 * w * np.abs(w))
    config = drills.CONFIG.replace(cube=0.1)
    carried = pickle.loads(pickle.dumps(members.carried(list, [config])))
    assert carried([config]) == [config]  # this process has it
    rv.remove_penalty("cube")
    with pytest.raises(rv.ConfigError, match=r"did not reach a worker.*Install cloudpickle, or define it as a class"):
        carried([config])


def test_a_class_whose_source_is_gone_is_refused_with_what_would_work():
    space = {"rv": rv, "np": np, "__name__": "nowhere"}
    text = "class Gone(rv.Penalty):\n    name = 'gone'\n"
    text += "    def value(self, w, lam): return lam * w * w\n    def gradient(self, w, lam): return 2 * lam * w\n"
    exec(text, space)
    rv.add_penalty(space["Gone"])
    with pytest.raises(rv.ConfigError, match=r"^gone=.*cannot be had, as in a bare Python prompt; define it"):
        program(drills.CONFIG.replace(gone=0.1))


def test_a_class_of_a_function_that_needs_its_names_is_refused_with_the_name(config):
    factor = 2.0

    class Scaled(rv.Penalty):
        name = "scaled"

        def value(self, w, lam):
            return factor * lam * w * w

        def gradient(self, w, lam):
            return 2 * factor * lam * w

    rv.add_penalty(Scaled)
    assert source(Scaled).text.startswith("class Scaled(rv.Penalty):")
    with pytest.raises(rv.ConfigError, match="Scaled refers to factor, which is not at the top of its module"):
        program(drills.CONFIG.replace(scaled=0.1))


@pytest.mark.slow
def test_functions_with_names_are_written_into_the_program(tmp_path):
    rv.add_penalty("huber", huber, slope_of_huber)
    config = drills.CONFIG.replace(huber=0.05)
    (run,) = rv.fit([config])
    text = program(config)
    assert "def huber(w):" in text
    assert f"WIDTH = {WIDTH}" in text
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", text + HASH], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert found.stdout.splitlines()[-1] == digest(run)


WIDTH = 0.1


def huber(w):
    return np.where(np.abs(w) < WIDTH, w**2 / (2 * WIDTH), np.abs(w) - WIDTH / 2)


def slope_of_huber(w):
    return np.clip(w / WIDTH, -1, 1)


def test_members_are_listed_where_they_were_added():
    assert PENALTIES.custom == ("sparse_units",)
    assert OPTIMIZERS.custom == ("adagrad",)
    assert ACTIVATIONS.custom == ("softplus",)
    for registry in (PENALTIES, OPTIMIZERS, ACTIVATIONS):
        assert not registry.shipped & set(registry.custom)
