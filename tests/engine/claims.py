"""The settings in which each of the slide's claims is shown, and what "most seeds" means.

A lesson that teaches a claim trains with the claim's row of `SETTINGS`, so that a learner sees what a test has seen.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

import regviz as rv

SEEDS = range(20)

TECHNIQUES = {"l1": 1e-3, "l2": 1e-3, "dropout": 0.5}
"""The lab's strengths. A lane takes one of them, lane "none" takes none."""

MOONS = rv.Config(batch_size=25)
"""What the lab starts with, techniques and seed aside; a lab test holds the two together."""


def on(data: str) -> rv.Config:
    """`MOONS` on another data set, with the sizes the lab then takes."""
    info = rv.DATASETS[data]
    return MOONS.replace(data=data, n_train=info.default_n_train, noise=info.default_noise)


DIGITS = on("digits")
FLIPPED = MOONS.replace(n_train=50, noise=0.2, hidden=(64, 64, 64))
"""For memorizing: few points, and layers enough to learn the flipped ones by heart in most starts within 150 epochs.
Two layers and 100 points, the lab's own, take up to 500."""

SLOWLY = DIGITS.replace(lr=1e-3)
"""For dropout: at the lab's rate its validation loss is above that without it from epoch 120 on."""

LARGER = MOONS.replace(n_train=150)
"""For λ: 150 points, for which 0.001 is the best of the slide's four in nearly every sample; for 100 it is in most."""

SELECTION = {"hidden": (64,), "batch_size": 100}
"""For feature selection: large batches, since each noisy gradient lifts weights of decoys off zero for a while, and
one hidden layer, since three layers of weights at λ = 0.02 cost more than any of them earns."""


class Setting(NamedTuple):
    """Where a claim is shown: a lane "none", the epochs after which it is seen, and the lesson with its break."""

    config: rv.Config
    epochs: int
    lesson: str
    attempt: str = ""
    """The break of the lesson that shows it, empty for what the lesson starts with."""


SETTINGS = {
    "C1": Setting(FLIPPED, 150, "01_overfitting"),
    "C1 digits": Setting(DIGITS.replace(hidden=(64, 64, 64)), 150, "01_overfitting", "Handwritten digits"),
    "C1 playground": Setting(MOONS, 500, "playground"),
    "C2": Setting(SLOWLY, 5, "02_dropout"),
    "C3": Setting(SLOWLY, 40, "02_dropout", "Why divide by 1 − p?"),
    "C4": Setting(SLOWLY, 40, "02_dropout"),
    "C5": Setting(SLOWLY, 150, "02_dropout"),
    "C6": Setting(SLOWLY, 150, "02_dropout"),  # in the long run its average is better
    "C7": Setting(MOONS, 150, "02_dropout", "Sweep p, large network"),
    "C8": Setting(LARGER.replace(dtype="float64"), 10, "04_lambda"),
    "C9": Setting(MOONS.replace(dtype="float64"), 10, "03_l1_l2"),
    "C10": Setting(MOONS.replace(dtype="float64", optimizer="sgd"), 10, "03_l1_l2"),
    "C11": Setting(MOONS, 100, "03_l1_l2"),
    "C11b": Setting(MOONS, 100, "03_l1_l2", "The gradient alone, as on the slide"),
    "C12": Setting(on("planted").replace(**SELECTION), 120, "08_when_to_use", "λ = 0.02"),
    "C12 breast cancer": Setting(on("breast_cancer").replace(**SELECTION), 100, "08_when_to_use", "Breast cancer"),
    "C13": Setting(LARGER, 150, "04_lambda"),
    "C14": Setting(LARGER, 150, "04_lambda", "Sweep λ"),
    "C15": Setting(DIGITS.replace(hidden=(32,) * 8, lr=1e-3), 30, "06_batchnorm_and_order"),
    "C16": Setting(on("planted").replace(**SELECTION), 100, "08_when_to_use"),
    "C17": Setting(MOONS, 150, "05_early_stopping"),
    "C18": Setting(DIGITS.replace(hidden=(128,) * 8, lr=2e-4), 10, "07_initialization"),
    "C19": Setting(MOONS, 300, "playground"),
}
"""A lab test holds each Config against the lesson itself. float64 and plain SGD are for proofs: they make exact what a
lesson shows in float32 and under Adam."""


def each_seed(config: rv.Config, **changes: object) -> list[rv.Config]:
    """`config` with `changes` in all the seeds."""
    return config.replace(**changes).sweep(seed=SEEDS)


def trained(claim: str, **changes: object) -> list[rv.Run]:
    """A Run for each seed, in the claim's setting with `changes`."""
    config, epochs, *_ = SETTINGS[claim]
    return rv.fit(each_seed(config, **changes), epochs=epochs)


def curves(runs: Sequence[rv.Run], name: str) -> np.ndarray:
    """One column of all histories, (seeds, epochs + 1)."""
    return np.array([run.history[name] for run in runs])


def last(runs: Sequence[rv.Run], name: str) -> np.ndarray:
    """The newest value of one column of each history, (seeds,)."""
    return curves(runs, name)[:, -1]


def in_all_seeds(found: Sequence[bool] | np.ndarray) -> None:
    """Fail with the numbers of the seeds in which it is not so."""
    in_most_seeds(found, least=len(SEEDS))


def in_most_seeds(found: Sequence[bool] | np.ndarray, least: int = 19) -> None:
    """Fail with the numbers of the seeds in which it is not so, if it is so in fewer than `least`."""
    found = np.asarray(found)
    assert found.shape == (len(SEEDS),), f"one answer for each of {len(SEEDS)} seeds is needed, got {found.shape}"
    failing = np.flatnonzero(~found.astype(bool)).tolist()
    assert len(SEEDS) - len(failing) >= least, f"not so in seeds {failing}; at least {least} of {len(SEEDS)} are needed"
