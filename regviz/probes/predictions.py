"""What a network answers on a grid of a plane, and where it is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Array
    from ..training.snapshot import ModelSnapshot


def decision_grid(
    model: ModelSnapshot, limits: tuple[float, float, float, float], resolution: int
) -> tuple[Array, Array, Array]:
    """Return predictions on a grid over the plane: xs (r,), ys (r,) and P (r, r, K), row i at ys[i], column j at xs[j].

    `limits` are (left, right, bottom, top) in standardized units. K is 1 for a regression. Raises ValueError if the
    data do not lie in a plane.
    """
    if len(model.weights[0]) != 2:
        raise ValueError(
            f"a decision grid needs data in a plane; {model.split.name} has {len(model.weights[0])} inputs"
        )
    left, right, bottom, top = limits
    xs, ys = np.linspace(left, right, resolution), np.linspace(bottom, top, resolution)
    points = np.empty((resolution, resolution, 2), model.config.dtype)
    points[..., 0], points[..., 1] = xs, ys[:, None]
    return xs, ys, model.predict(points.reshape(-1, 2)).reshape(resolution, resolution, -1)


def wrong(model: ModelSnapshot, part: Literal["train", "val", "test"] = "val") -> NDArray[np.bool_]:
    """Return which points of a part of the split the network puts into a wrong class, (n,) bool.

    In training data "wrong" means against the label it was trained on, flipped or not. Raises ValueError for a
    regression or an unknown part.
    """
    if model.split.task != "classification":
        raise ValueError(f"{model.split.name} is a regression: nothing is right or wrong, look at the residuals")
    if part not in ("train", "val", "test"):
        raise ValueError(f"part={part!r} is not possible: allowed is train, val or test. Try 'val'.")
    X, y = getattr(model.split, f"X_{part}"), getattr(model.split, f"y_{part}")
    found: NDArray[np.bool_] = model.predict(X).argmax(axis=1) != y
    return found
