"""What one step on nothing but the penalties makes of each weight, by their own equations."""

from __future__ import annotations

import numpy as np

from regviz.arrays import Array
from regviz.optim.penalties import is_proximal, strengths, used
from regviz.probes.gradients import penalty_gradient
from regviz.training.snapshot import ModelSnapshot


def shrink_map(model: ModelSnapshot, lr: float) -> tuple[tuple[Array, Array], ...]:
    """(before, after) of each layer's weights (in, out) in one step of SGD on nothing but the penalties.

    Those with a proximal step take it if the Config's rule says so, after the gradients of the others. L2 alone gives a
    line of slope 1 − 2·lr·λ₂; proximal L1 a soft threshold at lr·λ₁; its subgradient a jump at 0.
    """
    members = used(model.config)
    steps = {name: member for name, member in members.items() if is_proximal(model.config, member)}
    pulls = penalty_gradient(model, [member for name, member in members.items() if name not in steps])
    after = [W - lr * pull for W, pull in zip(model.weights, pulls, strict=True)]
    for name, member in steps.items():
        lams = strengths(model.config, name, len(after))
        after = [member.prox(W.T, np.asarray(lr * lam, W.dtype)).T for W, lam in zip(after, lams, strict=True)]
    return tuple(zip(model.weights, after, strict=True))
