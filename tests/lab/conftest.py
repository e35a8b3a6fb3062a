"""Snapshots made by hand, and panels that stand on a plain figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text

import regviz as rv
from regviz import Config
from regviz.data import DATASETS, load
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.session import Session
from regviz.lab.look.lettering import width_of
from regviz.lab.look.theme import look
from regviz.lab.panels import PANELS, SHIPPED, Panel, Place
from regviz.nn.activations import ACTIVATIONS
from regviz.optim.optimizers import OPTIMIZERS
from regviz.optim.penalties import PENALTIES
from regviz.training.snapshot import ModelSnapshot, Snapshot

BATCH = 32


@pytest.fixture(autouse=True)
def _own_data_go_again() -> Iterator[None]:
    """Whatever custom data, penalties, optimizers, activations and pictures a test adds are gone after it."""
    before, penalties = set(DATASETS), set(PENALTIES)
    optimizers, activations = set(OPTIMIZERS), set(ACTIVATIONS)
    yield
    for name in set(PANELS) - SHIPPED:
        del PANELS[name]
    for name in set(OPTIMIZERS) - optimizers:
        rv.remove_optimizer(name)
    for name in set(ACTIVATIONS) - activations:
        rv.remove_activation(name)
    for name in set(PENALTIES) - penalties:
        rv.remove_penalty(name)
    for name in set(DATASETS) - before:
        rv.remove_data(name)


@pytest.fixture(autouse=True)
def _ticks_move_no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture has a tick outside of the limits it has set: Matplotlib would widen the axes, and what the picture
    clips, draws on or reads off by its own limits would stand elsewhere.
    """
    given = Axis.set_ticks

    def set_ticks(axis: Axis, *args: Any, **kwargs: Any) -> Any:
        before = axis.get_view_interval().copy()
        ticks = given(axis, *args, **kwargs)
        after = axis.get_view_interval()
        np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-9 * float(np.ptp(before)))
        return ticks

    monkeypatch.setattr(Axis, "set_ticks", set_ticks)


def frozen(values: Any, dtype: Any = float) -> Any:
    array = np.array(values, dtype)
    array.setflags(write=False)
    return array


def make_model(config: Config, seed: int = 0, epochs: int = 12, step: int = 40, **given: Any) -> ModelSnapshot:
    """A network of random weights with a plausible history; `given` replaces fields, `history` single columns."""
    rng = np.random.default_rng(seed)
    split = load(config)
    outputs = 1 if split.task == "regression" else split.n_classes
    widths = [split.n_features, *config.hidden, outputs]
    weights = tuple(frozen(rng.normal(0, 0.5, pair)) for pair in pairwise(widths))
    masks = tuple(frozen(rng.random((BATCH, units)) >= config.dropout, bool) for units in config.hidden)
    history = {
        "epoch": np.arange(epochs + 1),
        "train_loss": 0.6 * np.exp(-np.arange(epochs + 1) / 9) + 0.05 + 0.02 * rng.random(epochs + 1),
        "val_loss": 0.4 + 0.2 * np.exp(-np.arange(epochs + 1)) + 0.05 * rng.random(epochs + 1),
        "train_score": 0.9 + 0.1 * rng.random(epochs + 1),
        "val_score": 0.8 + 0.1 * rng.random(epochs + 1),
        "penalty": np.zeros(epochs + 1),
    } | given.pop("history", {})
    fields = {
        "weights": weights,
        "biases": tuple(frozen(rng.normal(0, 0.1, units)) for units in widths[1:]),
        "masks": masks if config.dropout else (),
        "state": "training",
        "epoch": epochs,
        "step": step,
        "best_epoch": int(np.argmin(np.nan_to_num(history["val_loss"], nan=np.inf))),
        "stopped_epoch": None,
        "diverged_epoch": None,
    } | given
    columns = {name: frozen(column, None) for name, column in history.items()}
    return ModelSnapshot(config=config, split=split, history=columns, **fields)


def make_snapshot(
    base: Config | None = None, lanes: Sequence[Lane] = DEFAULT_LANES, seed: int = 0, **given: Any
) -> Snapshot:
    """One hand-made network per lane."""
    base = base or Config(l1=1e-3, l2=1e-3, dropout=0.5, hidden=(16, 16))
    models = tuple(make_model(lane.config(base), seed + i, **given) for i, lane in enumerate(lanes))
    return Snapshot(step=max(model.step for model in models), models=models)


def put_up(
    kind: Callable[[], Panel],
    snapshot: Snapshot,
    lanes: Sequence[Lane] = DEFAULT_LANES,
    width: float = 540,
    height: float = 320,
    mode: Any = "light",
    scale: float = 1.0,
) -> Any:
    """A panel that fills a figure of its own."""
    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    panel = kind()
    panel.stand(Place(figure, 0, 0, width, height), look(mode, scale), lanes, snapshot)
    return panel


def words_of(panel: Panel) -> list[str]:
    """All text that a viewer can read, in the order it was made."""
    return [text.get_text() for text in panel.place.figure.findobj(Text) if text.get_visible() and text.get_text()]


def play_and_see(config: Config, epochs: int = 12) -> Session:
    """A run of so many epochs, each of them seen."""
    session = Session(config)
    session.snapshot()
    for _ in range(epochs):
        session.epoch()
        session.snapshot()
    return session


@pytest.fixture(scope="session")
def seen_run() -> Callable[..., Session]:
    return play_and_see


@pytest.fixture(scope="session")
def model() -> Callable[..., ModelSnapshot]:
    return make_model


@pytest.fixture(scope="session")
def snapshot() -> Callable[..., Snapshot]:
    return make_snapshot


@pytest.fixture(scope="session")
def stand() -> Callable[..., Any]:
    return put_up


@pytest.fixture(scope="session")
def letters() -> float:
    """How wide letters are here, beside Liberation Sans: a bare server has none so narrow, and names need more room."""
    return max(1.0, width_of("early stopping", 1) / 6.225)


@pytest.fixture(scope="session")
def words() -> Callable[[Panel], list[str]]:
    return words_of
