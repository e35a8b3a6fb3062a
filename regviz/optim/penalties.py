"""Penalties: what is added to the data loss so that weights stay small, each a class with its value and its gradient.

A penalty knows nothing but its equations: the stack gives it weights and their λ. Elementwise penalties see weights of
any shape. Group penalties see one Dense layer's weights W (…, out, in) and one λ per layer that broadcasts against
them; a group is a column of W (`groups="inputs"`: all weights that leave an input) or a row (`"units"`: all weights
that enter a unit).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..fields import PerLayer, by_layer
from ..language import en
from ..registry import Registry, Titled

if TYPE_CHECKING:
    from ..arrays import Array

NEWTON_STEPS = 8
"""Enough for 1e-9 of a group's length where step sizes within a group differ by up to a factor of 1,000."""


def logarithmic(low: int, high: int, steps: tuple[float, ...] = (1, 1.5, 2, 3, 5, 7)) -> tuple[float, ...]:
    """Return numbers from 10^low to 10^high, `steps` in each power of ten."""
    numbers = [float(f"{step}e{power}") for power in range(low, high) for step in steps]
    return (*numbers, float(f"1e{high}"))


class Penalty(Titled):
    """Base of all penalties: λ·Σf(w), or λ·Σ over groups of a function of a group's weights.

    name              the Config field that holds λ, as in `Config(l1=0.001)`
    title, symbol     as shown in the lab; `title` is `name` if there is none
    formula           of the penalty, and `gradient_formula` of what it adds to a weight's gradient
    help              what it does, in a few words
    stops, marks      places of the lab's slider, and those of them that have a name
    groups            None for an elementwise penalty, else "inputs" or "units"
    prox              None, or the method `prox(w, t)`: argmin over u of Σ ½(u − w)²/t + Σf(u) with t = η·λ, where η is
                      the optimizer's step size. t has a value for each weight, or one for all (or one for each group)
    torch             the value of one layer's weights W (out, in) without λ, as a PyTorch expression
    torch_prox        statements that take the proximal step in place on W, given t (a number, or a tensor like W)
    """

    name: str = ""
    title: str = ""
    symbol: str = "λ"
    formula: str = "λ·Σf(w)"
    gradient_formula: str = "λ·f′(w)"
    help: str = ""
    stops: tuple[float, ...] = (0.0, *logarithmic(-6, 0))
    marks: tuple[tuple[str, float], ...] = (("0", 0.0), (en("light"), 1e-3), (en("strong"), 0.1), ("1", 1.0))
    groups: Literal["inputs", "units"] | None = None
    prox: Any = None
    torch: str = ""
    torch_prox: str = ""

    def value(self, w: Array, lam: Array | float) -> Array:
        """Compute λ·f of each weight, in the shape of `w`; for groups one number for each, axes kept. The caller
        sums.
        """
        raise NotImplementedError(f"{type(self).__name__} has no value")

    def gradient(self, w: Array, lam: Array | float) -> Array:
        """Compute λ·f′ of each weight, in the shape of `w`; at a corner any subgradient."""
        raise NotImplementedError(f"{type(self).__name__} has no gradient")

    @property
    def axis(self) -> int:
        """The axis of W (…, out, in) along which a group lies."""
        return -2 if self.groups == "inputs" else -1

    def norms(self, W: Array) -> Array:
        """Compute ‖·‖₂ of each group of W (…, out, in): (…, 1, in) for inputs, (…, out, 1) for units.

        In units of the group's largest weight, whose square may be too small for float32.
        """
        largest = np.maximum(np.maximum.reduce(np.abs(W), axis=self.axis, keepdims=True), np.finfo(W.dtype).tiny)
        ratio = W / largest
        lengths: Array = largest * np.sqrt(np.add.reduce(ratio * ratio, axis=self.axis, keepdims=True))
        return lengths


class L1(Penalty):
    """λΣ|w|. Its corner at 0 holds weights exactly there, if the proximal step is taken (Tibshirani 1996)."""

    name = "l1"
    title = "L1"
    symbol = "λ₁"
    formula = "λ·Σ|w|"
    gradient_formula = "λ·sign(w)"
    help = en("loss + λ·Σ|w|: drives weights to exactly 0")
    torch = "W.abs().sum()"
    torch_prox = "W -= W.clamp(-t, t)"

    def value(self, w: Array, lam: Array | float) -> Array:
        """Return λ|w|."""
        return lam * np.abs(w)

    def gradient(self, w: Array, lam: Array | float) -> Array:
        """Compute λ·sign(w). Followed as a gradient, a weight jumps over 0 and hardly ever lands on it."""
        return lam * np.sign(w)

    def prox(self, w: Array, t: Array | float) -> Array:
        """Threshold softly: move towards 0 by t, and to exactly 0 if that is farther. Parikh & Boyd 2014, §6.5.2."""
        return w - np.maximum(np.minimum(w, t), -t)


class L2(Penalty):
    """λΣw² (no ½, as on the slide): each weight is pulled towards 0 in proportion to its size, and none gets there."""

    name = "l2"
    title = "L2"
    symbol = "λ₂"
    formula = "λ·Σw²"
    gradient_formula = "2λw"
    help = en("loss + λ·Σw²: pulls each weight towards 0 in proportion to its size")
    torch = "(W**2).sum()"

    def value(self, w: Array, lam: Array | float) -> Array:
        """Return λw²."""
        return lam * w**2

    def gradient(self, w: Array, lam: Array | float) -> Array:
        """Return 2λw."""
        return 2 * lam * w


class GroupLasso(Penalty):
    """λΣ√p‖w‖₂ over the groups of p weights that leave an input: an input is used, or all its weights are exactly 0.

    Of hidden layers too, where the inputs are the units below. √p makes λ comparable to that of L1, which a group of
    p equal weights costs as much. Source: Yuan & Lin 2006; for networks Scardapane et al. 2017 (arXiv 1607.00485).
    """

    name = "group_lasso"
    title = en("group lasso")
    symbol = "λᵍ"
    formula = "λ·Σ√p·‖w‖"
    gradient_formula = "λ·√p·w/‖w‖"
    help = en("loss + λ·Σ√p·‖w‖ over the weights of each input: removes whole inputs")
    marks = (("0", 0.0), (en("selects"), 6e-3), (en("strong"), 0.1))  # "selects": see its test on `planted`
    stops = (0.0, *logarithmic(-6, 0, (1, 1.5, 2, 3, 4, 5, 6, 8)))
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
        """Compute λ√p‖w‖ of each group."""
        return lam * self.root(W) * self.norms(W)

    def gradient(self, W: Array, lam: Array | float) -> Array:
        """Compute λ√p·w/‖w‖, and 0 for a group that is 0."""
        direction: Array = W / np.maximum(self.norms(W), np.finfo(W.dtype).tiny)
        return lam * self.root(W) * direction

    def prox(self, W: Array, t: Array | float) -> Array:
        """Move the group towards 0 by t√p, and to exactly 0 if that is farther; see `shrink_groups`."""
        return shrink_groups(W, t * self.root(W), self.axis)

    def root(self, W: Array) -> float:
        """Compute √p of a group's p weights."""
        return float(W.shape[self.axis] ** 0.5)


def shrink_groups(W: Array, t: Array | float, axis: int) -> Array:
    """Return argmin over U of Σ ½(U − W)²/t + Σ‖U‖₂, with groups along `axis` of W: the proximal step of a group's
    length.

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
    shrunk = W * (s / np.maximum(s + t, tiny)) * alive
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
        """Return λf(w)."""
        return lam * self.f(w)

    def gradient(self, w: Array, lam: Array | float) -> Array:
        """Return λf′(w)."""
        return lam * self.slope(w)


def remove_penalty(name: str) -> None:
    """Forget a custom penalty. Raises ArgumentError if none of that name was added."""
    PENALTIES.remove(name)


def strengths(config: Any, name: str, layers: int) -> tuple[float, ...]:
    """Compute λ of the penalty `name` for each of a network's Dense layers, as its Config says."""
    return by_layer(getattr(config, name), layers)


def used(config: Any) -> dict[str, Penalty]:
    """Return the penalties with a λ above 0 in any layer, by name. Raises ConfigError for one that this process
    lacks.
    """
    lams: Mapping[str, PerLayer] = config.penalties
    return {name: PENALTIES.find(name) for name, lam in lams.items() if max(by_layer(lam, 1))}


def is_proximal(config: Any, penalty: Penalty) -> bool:
    """Return whether training takes this penalty's proximal step, rather than following its gradient."""
    return penalty.prox is not None and config.penalty_rule == "proximal"
