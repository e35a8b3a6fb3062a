"""Penalties: what is added to the data loss so that weights stay small, each a class with its equations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ..fields import PerLayer
from ..registry import Registry
from .penalty import Penalty as Penalty

if TYPE_CHECKING:
    from ..arrays import Array

NEWTON_STEPS = 8
"""Enough for 1e-9 of a group's length where step sizes within a group differ by up to a factor of 1,000."""


class L1(Penalty):
    """λΣ|w|. Its corner at 0 holds weights exactly there, if the proximal step is taken (Tibshirani 1996)."""

    name = "l1"
    title = "L1"
    symbol = "λ₁"
    formula = "λ·Σ|w|"
    gradient_formula = "λ·sign(w)"
    help = "loss + λ·Σ|w|: drives weights to exactly 0"
    torch = "W.abs().sum()"
    torch_prox = "W -= W.clamp(-t, t)"

    def value(self, w: Array, lam: Array | float) -> Array:
        """λ|w|."""
        return lam * np.abs(w)

    def gradient(self, w: Array, lam: Array | float) -> Array:
        """λ·sign(w). Followed as a gradient, a weight jumps over 0 and hardly ever lands on it."""
        return lam * np.sign(w)

    def prox(self, w: Array, t: Array | float) -> Array:
        """Soft thresholding: towards 0 by t, and exactly 0 if that is farther. Parikh & Boyd 2014, §6.5.2."""
        return w - np.maximum(np.minimum(w, t), -t)


class L2(Penalty):
    """λΣw² (no ½, as on the slide): every weight shrinks in proportion to itself, none becomes 0."""

    name = "l2"
    title = "L2"
    symbol = "λ₂"
    formula = "λ·Σw²"
    gradient_formula = "2λw"
    help = "loss + λ·Σw²: shrinks every weight in proportion"
    torch = "(W**2).sum()"

    def value(self, w: Array, lam: Array | float) -> Array:
        """λw²."""
        return lam * w**2

    def gradient(self, w: Array, lam: Array | float) -> Array:
        """2λw."""
        return 2 * lam * w


class GroupLasso(Penalty):
    """λΣ√p‖w‖₂ over the groups of p weights that leave an input: an input is used, or all its weights are exactly 0.

    Of hidden layers too, where the inputs are the units below. √p makes λ comparable to that of L1, which a group of
    p equal weights costs as much. Source: Yuan & Lin 2006; for networks Scardapane et al. 2017 (arXiv 1607.00485).
    """

    name = "group_lasso"
    title = "group lasso"
    symbol = "λᵍ"
    formula = "λ·Σ√p·‖w‖"
    gradient_formula = "λ·√p·w/‖w‖"
    help = "loss + λ·Σ√p·‖w‖ over the weights of each input: removes whole inputs"
    marks = (("0", 0.0), ("light", 1e-3), ("selects", 7e-3), ("strong", 0.1))  # "selects" as tests show on `planted`
    groups = "inputs"
    torch = "len(W) ** 0.5 * W.norm(dim=0).sum()"
    torch_prox = f"""t = len(W) ** 0.5 * t * torch.ones_like(W)
alive = ((W / t).nan_to_num() ** 2).sum(0) > 1  # else the whole group is 0
s = torch.maximum((W.abs() - t).amax(0), W.norm(dim=0) - t.amax(0)).clamp(min=0)
for _ in range({NEWTON_STEPS}):  # towards s = ‖u‖, the root of Σ w²/(s + t)² = 1
    N, C = (W**2 / (s + t) ** 2).sum(0), (W**2 / (s + t) ** 3).sum(0)
    s = torch.where(alive, s + N * (N.sqrt() - 1) / C, s)
W *= torch.where(alive, s / (s + t), 0)"""

    def value(self, W: Array, lam: Array | float) -> Array:
        """λ√p‖w‖ of each group."""
        return lam * self.root(W) * self.norms(W)

    def gradient(self, W: Array, lam: Array | float) -> Array:
        """λ√p·w/‖w‖, and 0 for a group that is 0."""
        direction: Array = W / np.maximum(self.norms(W), np.finfo(W.dtype).tiny)
        return lam * self.root(W) * direction

    def prox(self, W: Array, t: Array | float) -> Array:
        """The group towards 0 by t√p, and exactly 0 if that is farther; see `shrink_groups`."""
        return shrink_groups(W, t * self.root(W), self.axis)

    def root(self, W: Array) -> float:
        """√p of a group's p weights."""
        return float(W.shape[self.axis] ** 0.5)


def shrink_groups(W: Array, t: Array | float, axis: int) -> Array:
    """argmin over U of Σ ½(U − W)²/t + Σ‖U‖₂, with groups along `axis` of W: the proximal step of a group's length.

    With one t for a group it is W·max(0, 1 − t/‖W‖). Under optimizers with a step size for each weight t has the shape
    of W, and then u = w·s/(s + t) with s = ‖u‖, the root of Σ w²/(s + t)² = 1; the group is 0 if Σ (w/t)² ≤ 1. The root
    is found by Newton steps on 1/‖w/(s + t)‖ = 1, which is concave in s: from below they never step over it. (As the
    secular equation of trust regions: Conn, Gould & Toint 2000, §7.3.)
    """
    tiny = np.finfo(W.dtype).tiny
    lengths = np.sqrt(np.add.reduce(W * W, axis=axis, keepdims=True))
    if np.ndim(t) == 0 or np.shape(t)[axis] == 1:
        shrunk: Array = W * np.maximum(0, 1 - t / np.maximum(lengths, tiny))
        return shrunk
    s = np.maximum(lengths - np.maximum.reduce(t, axis=axis, keepdims=True), 0)
    s = np.maximum(s, np.maximum.reduce(np.abs(W) - t, axis=axis, keepdims=True))
    for _ in range(NEWTON_STEPS):
        down = 1 / np.maximum(s + t, tiny)
        share = W * down
        share = share * share
        N = np.add.reduce(share, axis=axis, keepdims=True)
        C = np.add.reduce(share * down, axis=axis, keepdims=True)
        s = np.maximum(s + N * (np.sqrt(N) - 1) / np.maximum(C, tiny), 0)  # below 0 there is no root: all is 0
    ratio = W / np.maximum(t, tiny)
    alive = np.add.reduce(ratio * ratio, axis=axis, keepdims=True) > 1
    shrunk = W / (1 + t / np.maximum(s, tiny)) * alive
    return shrunk


PENALTIES: Registry[Penalty] = Registry("penalty", [(member.name, member) for member in (L1(), L2(), GroupLasso())])
"""Every penalty by name, the Config field that holds its λ."""


class FromFunctions(Penalty):
    """λ·Σf(w) of functions: f and f′, and the proximal step of f where there is one, all elementwise."""

    def __init__(
        self,
        name: str,
        value: Callable[[Array], Array],
        slope: Callable[[Array], Array],
        prox: Callable[[Array, Array], Array] | None = None,
    ) -> None:
        self.name = self.title = name
        self.f, self.slope = value, slope
        self.prox = prox

    def value(self, w: Array, lam: Array | float) -> Array:
        """λf(w)."""
        return lam * self.f(w)

    def gradient(self, w: Array, lam: Array | float) -> Array:
        """λf′(w)."""
        return lam * self.slope(w)


Given = TypeVar("Given", bound=str | Penalty | type[Penalty])


def add_penalty(
    penalty: Given,
    value: Callable[[Array], Array] | None = None,
    slope: Callable[[Array], Array] | None = None,
    prox: Callable[[Array, Array], Array] | None = None,
) -> Given:
    """Add a custom penalty to this process: from then on its name is a field of Config, which holds its λ.

    penalty        a subclass of `Penalty` or an instance of one; or a name, followed by functions
    value, slope   f and f′: elementwise, from an array of weights to an array of the same shape
    prox           prox(w, t): argmin over u of ½(u − w)² + t·f(u), elementwise, if exact zeros are wanted

    Biases are not penalized, and the history's penalty contains its value. Adding another of the same name replaces it.
    Returns `penalty`, so this can decorate a class. Raises ArgumentError for an impossible name, for values that are
    not finite or of another shape, for a gradient that is not that of the value, for a `prox` that is not the argmin,
    and TypeError for equations that cannot be recorded (see `nn.trace`).
    """
    from .check_penalty import check  # only needed by those who add one

    if isinstance(penalty, str):
        PENALTIES.check_name(penalty)
        member: Penalty = FromFunctions(penalty, *functions(value, slope), prox)
    else:
        member = penalty() if isinstance(penalty, type) else penalty
        PENALTIES.check_name(member.name)
    check(member)
    PENALTIES.add(member.name, member)
    return penalty


def functions(value: Any, slope: Any) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """The two that a penalty by name needs. Raises TypeError if one is missing."""
    for what, function in (("value", value), ("slope", slope)):
        if not callable(function):
            raise TypeError(f"add_penalty(name, value, slope) needs {what}, a function; or give a subclass of Penalty")
    return value, slope


def remove_penalty(name: str) -> None:
    """Forget a custom penalty. Raises ArgumentError if none of that name was added."""
    PENALTIES.remove(name)


def strengths(config: Any, name: str, layers: int) -> tuple[float, ...]:
    """λ of the penalty `name` for each of a network's Dense layers, as its Config says."""
    lam: PerLayer = getattr(config, name)
    return lam if isinstance(lam, tuple) else (lam,) * layers


def used(config: Any) -> dict[str, Penalty]:
    """The penalties with a λ above 0 in any layer, by name. Raises ConfigError for one that this process lacks."""
    lams: Mapping[str, PerLayer] = config.penalties
    return {name: PENALTIES.find(name) for name, lam in lams.items() if max(lam if isinstance(lam, tuple) else (lam,))}


def is_proximal(config: Any, penalty: Penalty) -> bool:
    """Whether training takes this penalty's proximal step, rather than following its gradient."""
    return penalty.prox is not None and config.penalty_rule == "proximal"
