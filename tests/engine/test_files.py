"""Files: a Run comes back bit for bit, and a file that is none says so."""

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import regviz as rv
from regviz import files
from regviz.errors import RunFileError

SHORT = rv.Config(n_train=40, hidden=(8, 4), epochs=6)
KINDS = [
    SHORT.replace(l1=0.003, dropout=0.3),
    SHORT.replace(dtype="float64", hidden=(), l2=0.1),
    SHORT.replace(patience=1, lr=0.5, epochs=40),
    SHORT.replace(data="diabetes", optimizer="sgd", lr=50),
    SHORT.replace(batchnorm=True, l1=(0, 0.01, 0), max_norm=2, activation="gelu", schedule="cosine"),
    SHORT.replace(layernorm=True, batchnorm=True, dropout=0.2),
]
STATES = ["training", "training", "stopped", "diverged", "training", "training"]


@pytest.fixture(scope="module")
def runs():
    return rv.fit(KINDS)


def written(run, tmp_path, name="run.npz"):
    path = tmp_path / name
    run.save(path)
    return path


def assert_same(a, b):
    assert a.config == b.config
    for name in ("state", "best_epoch", "stopped_epoch", "diverged_epoch", "zero_fraction", "test_loss"):
        assert getattr(a, name) == getattr(b, name), name
    assert list(a.history) == list(b.history)
    for one, other in zip(
        (*a.weights, *a.biases, *a.history.values()), (*b.weights, *b.biases, *b.history.values()), strict=True
    ):
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes()
        assert not other.flags.writeable
    norms = [(*run.model.norms, *run.model.layer_norms) for run in (a, b)]
    for one, other in zip(*norms, strict=True):
        assert type(one) is type(other)
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(a.predict(rv.load(a.config).X_val), b.predict(rv.load(a.config).X_val))
    assert repr(a) == repr(b)


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_a_run_comes_back_bit_for_bit(kind, runs, tmp_path):
    run = runs[kind]
    assert run.state == STATES[kind]
    assert_same(run, rv.Run.load(written(run, tmp_path)))
    assert_same(run, rv.Run.load(str(written(run, tmp_path, "no suffix"))))


def test_a_file_holds_no_pickle_and_its_config_can_be_read_by_anyone(runs, tmp_path):
    with np.load(written(runs[0], tmp_path), allow_pickle=False) as entries:
        assert all(entries[name].dtype != object for name in entries.files)
        header = json.loads(entries["header"].tobytes())
    assert (header["format"], header["version"]) == ("regviz run", 2)
    assert rv.Config.from_dict(header["config"]) == runs[0].config


def test_a_file_is_hardly_larger_than_its_weights_and_its_history(tmp_path):
    (run,) = rv.fit([rv.Config(epochs=100)])
    numbers = sum(array.nbytes for array in (*run.weights, *run.biases, *run.history.values()))
    assert written(run, tmp_path).stat().st_size < 1.1 * numbers + 5000  # names and headers of 12 arrays


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "no .npz file"), (b"epoch,train_loss\n0,0.7\n", "no .npz file"), (b"\x93NUMPY\x01", "no .npz file")],
)
def test_a_file_of_another_kind_is_refused(content, message, tmp_path):
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"other is no Run of regviz: .*{message}"):
        rv.Run.load(path)


OLDEST = b'{"format": "regviz run", "version": -3, "config": {}, "values": {}}'


def test_an_archive_of_something_else_is_refused(tmp_path):
    np.savez(tmp_path / "x.npz", weights=np.ones(3))
    for header in (
        b"no json",
        b"[]",
        b'{"format": "other", "version": 1}',
        b'{"format": "regviz run"}',
        OLDEST,
        b"[" * 10**5,
    ):
        np.savez(tmp_path / "y.npz", header=np.frombuffer(header, np.uint8))
        for name in ("x.npz", "y.npz"):
            with pytest.raises(ValueError, match=r"is no Run of regviz: it is an \.npz file of something else"):
                rv.Run.load(tmp_path / name)


def test_a_penalty_that_was_added_and_is_off_is_not_missed(tmp_path):
    rv.add_penalty("spare", np.square, lambda w: 2 * w)
    (run,) = rv.fit([rv.Config(hidden=(4,), n_train=10)], epochs=1)
    (using,) = rv.fit([run.config.replace(spare=0.1)], epochs=1)
    for each, name in ((run, "off"), (using, "on")):
        each.save(tmp_path / name)
    rv.remove_penalty("spare")
    assert rv.Run.load(tmp_path / "off").config == rv.Config(hidden=(4,), n_train=10, epochs=1)
    with pytest.raises(
        RunFileError, match=r"on was trained with 'spare', a custom penalty: add it first, with add_penalty$"
    ):
        rv.Run.load(tmp_path / "on")


class Softplus(rv.Activation):
    name = "softplus"

    def f(self, z):
        return np.logaddexp(z, 0)

    def slope(self, z, y):
        return 1 - np.exp(-y)


class Slow(rv.Optimizer):
    name = "slow"

    def step(self, w, g, rates):
        w -= rates.lr * g / 2
        return rates.lr / 2


def test_a_file_says_which_custom_members_it_needs_and_is_read_once_they_are_added(tmp_path):
    rv.add_activation(Softplus)
    rv.add_optimizer(Slow)
    (run,) = rv.fit([SHORT.replace(activation="softplus", optimizer="slow")])
    path = written(run, tmp_path)
    rv.remove_activation("softplus")
    rv.remove_optimizer("slow")
    with pytest.raises(
        RunFileError, match=r"was trained with 'slow', a custom optimizer: add it first, with add_optimizer"
    ):
        rv.Run.load(path)
    rv.add_optimizer(Slow)
    with pytest.raises(RunFileError, match=r"with 'softplus', a custom activation: add it first, with add_activation"):
        rv.Run.load(path)
    rv.add_activation(Softplus)
    assert_same(run, rv.Run.load(path))
    rv.add_activation(type("Other", (Softplus,), {"f": lambda self, z: 0 * z, "slope": lambda self, z, y: 0 * z}))
    with pytest.raises(RunFileError, match="was trained with another function called 'softplus': add that one"):
        rv.Run.load(path)


@pytest.mark.parametrize("says_custom", [True, False])
def test_a_member_that_a_newer_regviz_ships_is_not_asked_for_as_a_custom_one(says_custom, runs, tmp_path):
    path = written(runs[0], tmp_path)
    edited(path, lambda header, arrays: header["config"].update(activation="mish"))
    said = r"newer regviz: this regviz does not know activation='mish'\. Try: pip install"
    if says_custom:  # as files that are older than the entry do by not saying it
        edited(path, lambda header, arrays: header.pop("custom"))
        said = "'mish', a custom activation: add it first"
    with pytest.raises(RunFileError, match=said):
        rv.Run.load(path)


def test_a_missing_file_is_just_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        rv.Run.load(tmp_path / "nowhere.npz")


def edited(path, change):
    """The file again, with a changed header."""
    with np.load(path) as entries:
        arrays = {name: entries[name] for name in entries.files}
    header = json.loads(arrays.pop("header").tobytes())
    change(header, arrays)
    np.savez(path, header=np.frombuffer(json.dumps(header).encode(), np.uint8), **arrays)


def test_a_file_of_a_newer_version_says_what_to_do(runs, tmp_path):
    for change, message in (
        (lambda header, arrays: header.update(version=3), "its version is 3, this regviz reads up to 2"),
        (lambda header, arrays: header["config"].update(shears=1), "does not know shears; a penalty .* added first"),
        (lambda header, arrays: header["values"].update(wool=1), "does not know wool"),
    ):
        path = written(runs[0], tmp_path)
        edited(path, change)
        with pytest.raises(ValueError, match=rf"newer regviz: .*{message}\. Try: pip install"):
            rv.Run.load(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda header, arrays: header["config"].update(dropout=7), "dropout=7 is not possible"),
        (lambda header, arrays: header["config"].update(hidden=[5]), "layers are not those of 'n_train=40&hidden=5"),
        (lambda header, arrays: header["values"].pop("state"), "state"),
        (
            lambda header, arrays: header["values"].update(state="banana"),
            "state is 'banana', which is none of training",
        ),
        (lambda header, arrays: header["values"].update(epoch="x"), "epoch is 'x', and no whole number"),
        (lambda header, arrays: header["values"].update(best_epoch=None), "best_epoch is None"),
        (lambda header, arrays: header["values"].update(step=-1), "step is -1"),
        (lambda header, arrays: header["values"].update(anew={"dict": {"val_loss": "low"}}), "'low' where numbers are"),
        (lambda header, arrays: header["values"].update(answered=["high"]), "'high' where numbers are"),
        (lambda header, arrays: header["values"].update(answered=7), "int"),
        (lambda header, arrays: arrays.update({"weights.0": arrays["weights.0"] + 0j}), "numbers of the kind complex"),
        (lambda header, arrays: arrays.pop("weights.1"), "weights.1"),
        (lambda header, arrays: arrays.update({"history.epoch": np.arange(3)}), "differ in length"),
        (lambda header, arrays: arrays.update({"biases.0": np.array([object()])}), "pickle|Object"),
    ],
)
def test_a_file_with_impossible_content_is_called_damaged_and_says_where(change, message, runs, tmp_path):
    path = written(runs[0], tmp_path)
    edited(path, change)
    with pytest.raises(ValueError, match=rf"(?s)run.npz is damaged .*({message}).*take a copy"):
        rv.Run.load(path)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_noticed_or_harmless(data, runs, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    runs[0].save(path)
    content = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        run, message = rv.Run.load(path), ""
    except ValueError as error:
        run, message = runs[0], str(error)
    assert message == "" or "damaged.npz is " in message
    assert_same(runs[0], run)


def test_what_a_file_cannot_hold_is_refused_by_name():
    with pytest.raises(TypeError, match=r"weights.0 is a set"):
        files._packed((set(),), "weights", {})


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_a_history_as_csv_reads_back_exactly(kind, runs, tmp_path):
    run, buffer = runs[kind], io.StringIO()
    run.to_csv(buffer)
    run.to_csv(tmp_path / "history.csv")
    assert (tmp_path / "history.csv").read_bytes().decode() == buffer.getvalue()
    rows = list(csv.DictReader(io.StringIO(buffer.getvalue())))
    assert list(rows[0]) == list(run.history)
    for name, column in run.history.items():
        np.testing.assert_array_equal([float(row[name]) for row in rows], column)
    assert rows[0]["epoch"] == "0"


def test_a_file_of_version_1_is_read_by_today_s_names(runs, tmp_path):
    """Version 1 called scores accuracies, and had other fields for a custom penalty and for the rule of L1."""
    run = runs[0]
    run.save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as entries:
        arrays = {name: entries[name] for name in entries.files}
    header = json.loads(arrays.pop("header").tobytes())
    header["version"] = 1
    header["config"] |= {"penalty": "none", "strength": 0.0, "l1_rule": header["config"].pop("penalty_rule")}
    del header["config"]["group_lasso"]
    columns = header["values"]["history"]["dict"]
    header["values"]["history"]["dict"] = {name.replace("_score", "_accuracy"): at for name, at in columns.items()}
    arrays["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    np.savez(tmp_path / "old.npz", **arrays)
    old = rv.Run.load(tmp_path / "old.npz")
    assert old.config == run.config
    assert list(old.history) == list(run.history)
    for name, column in run.history.items():
        np.testing.assert_array_equal(old.history[name], column)
