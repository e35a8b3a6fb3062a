"""Named data sets, split three ways and standardized by the training split."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from ..errors import ConfigError
from ..language import en, tr
from ..randomness import generator
from . import real
from .curves import CURVES, looked_for
from .fingerprint import fingerprint
from .preparation import mislabel, scales, scaling
from .raw import CUSTOM, Raw
from .split import Split as Split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..tables import Rare

N_VAL, N_TEST = 400, 1000
"""Validation and test points of a generated data set."""

USUAL_LABEL_NOISE = 0.1
"""Share of the training labels that a Config flips, and with which the lab starts on data that come with regviz."""

MOST_VAL = 2000
"""Validation points at most: they are measured after every epoch. What is left of a large table is for testing."""


class DatasetInfo(NamedTuple):
    """What is known of a data set without loading it.

    name, title                     in a Config, and on the screen
    task                            "classification" or "regression"
    n_features, n_classes           inputs without decoys, and classes, 0 of a regression
    kind                            "line", "plane", "image" or "table"
    default_n_train, default_noise  where the lab starts: a size that batches of 25 divide, and noise with which one
                                    sees that a network memorizes, 0 for data that were added
    max_n_train                     training points at most
    generated                       whether points are drawn from a distribution rather than from a fixed table
    default_label_noise             the share of flipped labels where the lab starts, 0 for data that were added
    """

    name: str
    title: str
    task: str
    n_features: int
    n_classes: int
    kind: str
    default_n_train: int
    max_n_train: int
    default_noise: float
    generated: bool
    default_label_noise: float = USUAL_LABEL_NOISE


DATASETS: dict[str, DatasetInfo] = {
    info.name: info
    for info in (
        DatasetInfo("moons", en("two moons"), "classification", 2, 2, "plane", 100, 10_000, 0.3, True),
        DatasetInfo("circles", en("two circles"), "classification", 2, 2, "plane", 100, 10_000, 0.15, True),
        DatasetInfo("spirals", en("two spirals"), "classification", 2, 2, "plane", 200, 10_000, 0.2, True),
        DatasetInfo("xor", en("XOR"), "classification", 2, 2, "plane", 100, 10_000, 0.15, True),
        DatasetInfo("blobs", en("three blobs"), "classification", 2, 3, "plane", 75, 10_000, 0.4, True),
        DatasetInfo("sine", en("sine curve"), "regression", 1, 0, "line", 50, 10_000, 0.3, True),
        DatasetInfo("steps", en("steps"), "regression", 1, 0, "line", 50, 10_000, 0.2, True),
        DatasetInfo("polynomial", en("polynomial curve"), "regression", 1, 0, "line", 50, 10_000, 0.3, True),
        DatasetInfo("hills", en("hill and hollow"), "regression", 2, 0, "plane", 75, 10_000, 0.2, True),
        DatasetInfo(
            "planted", en("planted (5 of 25 matter)"), "classification", 25, 4, "table", 1_000, 10_000, 0.0, True
        ),
        DatasetInfo("twins", en("twins (5 inputs alike)"), "regression", 18, 0, "table", 100, 10_000, 0.0, True),
        DatasetInfo("digits", en("handwritten digits"), "classification", 64, 10, "image", 300, 1_400, 0.0, False),
        DatasetInfo("breast_cancer", en("breast cancer"), "classification", 30, 2, "table", 200, 450, 0.0, False),
        DatasetInfo("wine", en("wine"), "classification", 13, 3, "table", 75, 140, 0.0, False),
        DatasetInfo("diabetes", en("diabetes"), "regression", 10, 0, "table", 150, 350, 0.0, False),
    )
}
"""Every data set by name, those that were added too. A regression has 0 classes."""


class DataFields(Protocol):
    """The fields of a Config that decide its data."""

    @property
    def data(self) -> str: ...

    @property
    def n_train(self) -> int: ...

    @property
    def noise(self) -> float: ...

    @property
    def label_noise(self) -> float: ...

    @property
    def decoys(self) -> int: ...

    @property
    def seed(self) -> int: ...


def load(config: DataFields) -> Split:
    """Return the data of a Config, the same object for the same data fields (data, n_train, noise, label_noise, decoys,
    seed).

    Generated sets draw 400 validation and 1,000 test points from the distribution of the training points; noise moves
    the points of a shape, and the targets of a curve. Real sets are shuffled by the seed; what training leaves is
    halved into validation (2,000 points at most) and test. Custom data are shared out by class, or by quantiles of the
    target, and gaps of a table are filled as its training part taught. Points of a drawing know their part, and keep
    the scales of the plane they were drawn on. Label noise changes exactly
    round(label_noise · n_train) training labels: a class becomes another class, regression targets are exchanged among
    each other. Validation and test labels stay clean. Decoys are standard normal columns after the others. Raises
    ConfigError for a data set of one's own (`add_data`) that this process does not have, and TypeError for anything but
    a Config.
    """
    try:
        fields = decided_by(config)
    except AttributeError:
        given = config if isinstance(config, str) and config in DATASETS else next(iter(DATASETS))
        raise TypeError(f"expected a Config, got {type(config).__name__}; write Config(data={given!r})") from None
    if config.data not in DATASETS:
        allowed = tr(
            "this process has no data set of that name; add it first with regviz.add_data, or allowed is one of "
            "{names}",
            names=", ".join(DATASETS),
        )
        raise ConfigError("data", config.data, allowed, next(iter(DATASETS)))
    return _load(*fields)


def decided_by(config: DataFields) -> tuple[str, int, float, float, int, int]:
    """Return what decides the data of a Config: data, n_train, noise, label_noise, decoys and seed."""
    return config.data, config.n_train, config.noise, config.label_noise, config.decoys, config.seed


@lru_cache(maxsize=32)
def _load(data: str, n_train: int, noise: float, label_noise: float, decoys: int, seed: int) -> Split:
    info, custom = DATASETS[data], data in CUSTOM
    rare: tuple[Rare, ...] = ()
    raw = _draw(data, n_train, seed) if info.generated else CUSTOM[data] if custom else real.read(data)
    if info.generated:
        parts = np.split(np.arange(len(raw.X)), (n_train, n_train + N_VAL))
        noise_sd = np.ones(info.n_features)
    else:
        parts, rare = _shared_out(raw, info, n_train, seed)
        raw = raw.without_gaps(parts[0])
        noise_sd = scaling(raw.X[parts[0]], custom)[1]
    # Drawn part by part and scaled afterwards: more noise moves the same points further, along the same way.
    rng = generator(seed, "noise")
    X, y = [raw.X[rows] for rows in parts], [raw.y[rows] for rows in parts]
    if raw.curve is None:
        X = [part + noise * noise_sd * rng.standard_normal(part.shape) for part in X]
    else:
        y = [part + noise * rng.standard_normal(len(part)) for part in y]
    informative = raw.informative
    if decoys:
        rng = generator(seed, "decoys")  # part by part too, and all of a column at once: more decoys keep the first
        X = [np.hstack((part, rng.standard_normal((decoys, len(part))).T)) for part in X]
        known = np.ones(info.n_features, bool) if informative is None else informative
        informative = np.append(known, np.zeros(decoys, bool))
    clean = None if info.task == "regression" else y[0]
    y[0], flipped = mislabel(y[0], label_noise, info.n_classes, generator(seed, "labels"))
    if raw.drawing is not None and clean is not None:  # noise upon noise may have given a label back
        clean = raw.drawing.clean_in(parts[0])
        flipped = y[0] != clean
    elif raw.drawing is not None:
        flipped = flipped | raw.drawing.flipped_in(parts[0])

    mean, sd = scaling(X[0], custom)
    shipped = np.append(scales(sd[: info.n_features]), sd[info.n_features :])  # decoys rescale no other column
    scale = np.where(sd > 0, sd, 1.0) if custom else shipped
    target_mean, target_scale = 0.0, 1.0
    if raw.drawing is not None:  # one point that moves must not move all others
        mean, scale, sd = raw.drawing.scaled(mean, scale)
    if info.task == "regression":
        centre, spread = scaling(y[0][:, None], custom)
        target_mean, target_scale = float(centre[0]), float(spread[0] or 1.0 if custom else scales(spread)[0])
        if raw.drawing is not None:
            target_mean, target_scale = raw.drawing.mean[1], raw.drawing.scale[1]
        y = [(part - target_mean) / target_scale for part in y]
    constant = custom & (sd == 0)
    X = [np.where(constant, 0.0, (part - mean) / scale) for part in X]
    alone = raw.curve if len(mean) == 1 else None
    truth = alone and looked_for(alone, mean, scale, target_mean, target_scale)
    for array in (*X, *y, mean, scale, flipped, informative, truth, clean, constant):
        if array is not None:
            array.setflags(write=False)
    split = Split(
        name=data,
        task=info.task,
        n_classes=info.n_classes,
        n_features=info.n_features + decoys,
        feature_names=(*raw.feature_names, *(f"decoy {k + 1}" for k in range(decoys))),
        class_names=raw.class_names,
        image_shape=None if decoys else raw.image_shape,
        X_train=X[0],
        y_train=y[0],
        X_val=X[1],
        y_val=y[1],
        X_test=X[2],
        y_test=y[2],
        mean=mean,
        scale=scale,
        target_mean=target_mean,
        target_scale=target_scale,
        flipped=flipped,
        informative=informative,
        truth=truth,
        rare=rare,
        drawing=raw.drawing,
        clean_train=clean,
        fingerprint=fingerprint(CUSTOM[data]) if custom else "",
        constant=constant,
    )
    object.__setattr__(split, "decided_by", (data, n_train, noise, label_noise, decoys, seed))
    return split


def forget() -> None:
    """Drop what `load` keeps: a name stands for other data now."""
    _load.cache_clear()


def _draw(data: str, n_train: int, seed: int) -> Raw:
    """Training, validation and test points of a generated shape or curve, in this order."""
    from .generated import SHAPES
    from .planted import PLANTED

    train, held_out = generator(seed, "data"), generator(seed, "test data")
    sizes = ((n_train, train), (N_VAL, held_out), (N_TEST, held_out))
    if data in CURVES:
        curve = CURVES[data]
        X = np.concatenate([rng.uniform(-1, 1, (n, DATASETS[data].n_features)) for n, rng in sizes])
        return Raw(X, curve(X), ("x", "y")[: X.shape[1]], (), None, curve=curve)
    table = PLANTED.get(data)
    draw = SHAPES[data] if table is None else table.draw
    parts = [draw(n, rng) for n, rng in sizes]
    X, y = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    if table is None:
        return Raw(X, y, ("x", "y"), tuple(str(k) for k in range(DATASETS[data].n_classes)), None)
    return Raw(X, y, table.feature_names, table.class_names, None, table.informative)


def _shared_out(
    raw: Raw, info: DatasetInfo, n_train: int, seed: int
) -> tuple[list[NDArray[np.intp]], tuple[Rare, ...]]:
    """Rows of the three parts of data that are not generated, and the classes that are too rare."""
    if raw.drawing is not None:
        return raw.drawing.parts(n_train), ()
    rng, rows = generator(seed, "data"), len(raw.X)
    n_val = min((rows - n_train) // 2, MOST_VAL)
    if info.name not in CUSTOM:
        return np.split(rng.permutation(rows), (n_train, n_train + n_val)), ()
    from ..tables import stratified_parts

    sizes = (n_train, n_val, rows - n_train - n_val)
    found = stratified_parts(raw.y, info.task, sizes, rng, raw.class_names)
    return list(found[:3]), found.rare
