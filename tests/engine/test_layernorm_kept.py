"""What LayerNorm has learned goes where the weights go: into snapshots, files and links, and back to the best epoch."""

from itertools import product

import numpy as np
import pytest

import regviz as rv
from engine.networks import after, everything, stopped_and_best
from engine.test_layernorm import CONFIG
from regviz.config import FIELDS, LIVE_FIELDS, SHAPE_FIELDS
from regviz.errors import RunFileError
from regviz.nn.layernorm import Gain
from regviz.training.parameters import ParameterLayout


def test_early_stopping_restores_scales_and_shifts_bit_for_bit():
    model, best = stopped_and_best(CONFIG)
    np.testing.assert_array_equal(everything(model), everything(best))


def test_a_linear_model_has_none():
    model = after(CONFIG.replace(hidden=()), 2)
    assert model.layer_norms == ()
    np.testing.assert_array_equal(everything(model), everything(after(CONFIG.replace(hidden=(), layernorm=False), 2)))


@pytest.mark.parametrize("data", ["moons", "digits", "diabetes", "planted"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_it_trains_on_every_kind_of_data(data, dtype):
    (run,) = rv.fit([rv.Config(data=data, n_train=80, hidden=(16, 8), layernorm=True, dtype=dtype)], epochs=15)
    assert run.state == "training"
    assert run.history["train_loss"][-1] < 0.9 * run.history["train_loss"][0]
    assert all(array.dtype == dtype for gain in run.layer_norms for array in gain)


def test_a_deep_narrow_network_keeps_its_signals_where_none_does():
    """The spread of what enters the activations of eight layers that start far too small."""
    base = rv.Config(hidden=(16,) * 8, init="normal", n_train=100)
    spreads = []
    for layernorm in (False, True):
        model = rv.Trainer([base.replace(layernorm=layernorm)]).snapshot().models[0]
        found = rv.probes.statistics(model, model.split.X_val, model.split.y_val)
        spreads.append(found.pre_activations.std)
    assert spreads[0][-1] < 1e-6
    assert spreads[1].min() > 0.3


def test_a_saved_run_predicts_with_its_scales_and_shifts(tmp_path):
    (run,) = rv.fit([CONFIG.replace(batchnorm=True)], epochs=3)
    run.save(tmp_path / "run.npz")
    loaded = rv.Run.load(tmp_path / "run.npz")
    X = rv.load(CONFIG).X_test
    np.testing.assert_array_equal(loaded.predict(X), run.predict(X))
    assert type(loaded.layer_norms[0]) is Gain
    np.testing.assert_array_equal(everything(loaded.model), everything(run.model))


def test_files_from_before_there_was_a_layernorm_are_read(tmp_path):
    (run,) = rv.fit([CONFIG.replace(layernorm=False, batchnorm=True)], epochs=2)
    parts = run.__getstate__()
    config = parts.pop("config").to_dict()
    del parts["layer_norms"], config["layernorm"]

    class Older:
        penalties, optimizer, activation = {}, run.config.optimizer, run.config.activation

        def to_dict(self):
            return config

    rv.files.write(tmp_path / "older.npz", Older(), parts)
    loaded = rv.Run.load(tmp_path / "older.npz")
    assert loaded.config == run.config
    assert loaded.layer_norms == ()
    np.testing.assert_array_equal(loaded.predict(rv.load(CONFIG).X_test), run.predict(rv.load(CONFIG).X_test))


@pytest.mark.parametrize("name", ["batchnorm", "layernorm"])
def test_a_file_without_the_numbers_of_its_norms_is_damaged(name, tmp_path):
    (run,) = rv.fit([CONFIG.replace(batchnorm=True)], epochs=1)
    parts = run.__getstate__()
    config = parts.pop("config")
    field = {"batchnorm": "norms", "layernorm": "layer_norms"}[name]
    for wrong in ((), parts[field][:1], parts[field][::-1]):
        rv.files.write(tmp_path / "run.npz", config, {**parts, field: wrong})
        with pytest.raises(RunFileError, match=rf"is damaged \(what it says of {name}"):
            rv.Run.load(tmp_path / "run.npz")


def test_gains_of_a_snapshot_are_frozen():
    trainer = rv.Trainer([CONFIG])
    model = trainer.snapshot().models[0]
    copies = everything(model)
    trainer.advance(epochs=2)
    np.testing.assert_array_equal(everything(model), copies)
    assert not any(array.flags.writeable for gain in model.layer_norms for array in gain)


def test_it_shapes_the_stack_and_travels_in_links():
    assert "layernorm" in SHAPE_FIELDS
    assert "layernorm" not in LIVE_FIELDS
    assert FIELDS["layernorm"].default is False
    assert rv.Config.from_query("layernorm=1").layernorm
    assert rv.Config.from_query(CONFIG.to_query()) == CONFIG
    assert len(rv.Trainer([CONFIG, CONFIG.replace(layernorm=False)]).snapshot().models) == 2


def test_the_layout_counts_every_number_once():
    sizes = (3, 4, 5, 2)
    for batchnorm, layernorm in product((False, True), repeat=2):
        layout = ParameterLayout(sizes, batchnorm, layernorm)
        flat = np.zeros(layout.size)
        parts = [*layout.dense(flat), *(a for norm in (*layout.norms(flat), *layout.gains(flat)) for a in norm)]
        for part in parts:
            part += 1
        np.testing.assert_array_equal(flat, 1)
        assert layout.size == 16 + 25 + 12 + 9 * (4 * batchnorm + 2 * layernorm)
        if batchnorm:
            layout.running(flat)[...] = 7
            assert all((norm.mean == 7).all() and (norm.gamma == 1).all() for norm in layout.norms(flat))
