"""The law of stacking over many small shapes, for the BLAS kernels of this process; `test_stack_everywhere` runs it.

Prints {"shapes": how many, "differing": those whose networks differ, by a bit, in a stack and alone}.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

import regviz as rv

STEPS = 2
HIDDEN = [(2, 16), (2, 2), (3, 16), (2,), (16,), (16, 16), (64, 64), (4, 16), (2, 3, 16)]
NARROW = [(1,), (3, 1), (16, 1, 4), ()]
MORE = {"label_smoothing": 0.1, "clip_norm": 0.5, "input_dropout": 0.3, "ema": 0.9, "augment": 0.2, "mixup": 0.5}
"""Further techniques, all at once."""


def shapes() -> Iterator[dict[str, Any]]:
    """Full batches of 2 to 32 samples, 216 shapes; then batches of 1 to 4, widths from 1, both norms, more classes."""
    for hidden, n, activation, dtype in product(HIDDEN, (2, 3, 4, 8, 25, 32), ("gelu", "relu"), ("float32", "float64")):
        yield {"hidden": hidden, "n_train": n, "batch_size": n, "activation": activation, "dtype": dtype}
    for hidden, n, batchnorm, dtype in product(NARROW, (1, 2, 3, 4), (False, True), ("float32", "float64")):
        yield {"hidden": hidden, "n_train": 9, "batch_size": n, "batchnorm": batchnorm, "dtype": dtype}
    for hidden, n, dtype in product(HIDDEN, (2, 32), ("float32", "float64")):
        yield {"hidden": hidden, "n_train": n, "batch_size": n, "batchnorm": True, "dtype": dtype}
    norms = ({"layernorm": True}, {"layernorm": True, "batchnorm": True})
    for hidden, n, norm, dtype in product([*NARROW, (1, 2, 3, 4)], (1, 2, 3, 4), norms, ("float32", "float64")):
        yield {"hidden": hidden, "n_train": 9, "batch_size": n, "activation": "tanh", "dtype": dtype, **norm}
    for hidden, norm, dtype in product(HIDDEN, norms, ("float32", "float64")):
        yield {"hidden": hidden, "n_train": 25, "batch_size": 25, "dtype": dtype, **norm}
    for data, hidden, n, dtype in product(("wine", "digits"), ((), (16,)), (1, 2, 3, 25), ("float32", "float64")):
        yield {"data": data, "hidden": hidden, "n_train": 25, "batch_size": n, "dtype": dtype}


def trained(configs: list[rv.Config]) -> np.ndarray:
    """Parameters after a few steps, and the losses of an evaluation, a row for each network."""
    stack = rv.Stack(configs)
    for _ in range(STEPS):
        stack.step()
    found = stack.measure()
    return np.column_stack([stack.w, stack.average.evaluated(), found.train_loss, found.val_loss])


def differing(shape: dict[str, Any]) -> int:
    """How many networks of a stack differ from themselves alone."""
    base = rv.Config(**shape, lr=0.01)
    configs = [base, base.replace(seed=1, dropout=0.5), base.replace(l2=1e-2), base.replace(**MORE)]
    together = trained(configs)
    return sum(bool((trained([config])[0] != row).any()) for config, row in zip(configs, together, strict=True))


if __name__ == "__main__":
    with np.errstate(all="ignore"):
        found = [(shape, differing(shape)) for shape in shapes()]
    print(json.dumps({"shapes": len(found), "differing": [shape for shape, count in found if count]}))
