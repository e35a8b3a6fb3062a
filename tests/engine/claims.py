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
SELECTION = {"hidden": (64,), "batch_size": 100}
"""For feature selection: large batches, since each noisy gradient lifts weights of decoys off zero for a while, and
one hidden layer, since three layers of weights at λ = 0.02 cost more than any of them earns."""


class Setting(NamedTuple):
    """A lane "none" and the epochs after which the claim is seen."""

    config: rv.Config
    epochs: int


SETTINGS = {
    "C1": Setting(DIGITS, 300),
    "C1 moons": Setting(MOONS, 500),  # at 300 only 14 of 20 networks have learned the flipped labels by heart
    "C2": Setting(MOONS, 5),
    "C3": Setting(MOONS, 100),
    "C4": Setting(MOONS, 100),
    "C5": Setting(DIGITS, 40),
    "C6": Setting(DIGITS, 40),  # from about 80 on the network with dropout overfits too, and its average is better
    "C7": Setting(MOONS, 300),
    "C8": Setting(MOONS.replace(dtype="float64"), 10),
    "C9": Setting(MOONS.replace(dtype="float64"), 10),
    "C10": Setting(MOONS.replace(dtype="float64", optimizer="sgd"), 10),
    "C11": Setting(MOONS, 200),
    "C12": Setting(on("planted").replace(**SELECTION), 120),
    "C12 breast cancer": Setting(on("breast_cancer").replace(**SELECTION), 100),
    "C13": Setting(MOONS, 200),
    "C14": Setting(MOONS, 200),
    "C15": Setting(DIGITS.replace(hidden=(64,) * 8), 10),
    "C17": Setting(MOONS, 150),
    "C18": Setting(DIGITS.replace(hidden=(128,) * 8), 10),  # at 64 units 2 of 20 samples of weights are just outside
}


def each_seed(config: rv.Config, **changes: object) -> list[rv.Config]:
    """`config` with `changes` in all the seeds."""
    return config.replace(**changes).sweep(seed=SEEDS)


def trained(claim: str, **changes: object) -> list[rv.Run]:
    """A Run for each seed, in the claim's setting with `changes`."""
    config, epochs = SETTINGS[claim]
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
