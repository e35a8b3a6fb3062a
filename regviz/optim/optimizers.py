"""Optimizers: rules that turn a gradient into a step, for M models at once.

Parameters w and gradients g are flat, (M, P). A rule is a class whose `step` is its equations: they are recorded once
and played at every step (see `nn.trace`), so they have np.where instead of if.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from ..language import en
from ..memory import aligned, aligned_copy
from ..nn.trace import plain, traced
from ..registry import Registry, Titled

if TYPE_CHECKING:
    from ..arrays import Array


class Rates(NamedTuple):
    """What a step depends on besides the gradient: one number for each model, (M, 1), or one for all, ().

    lr         the learning rate of now, the schedule's factor included
    momentum   μ
    decay      lr·weight_decay at weights and 0 elsewhere, (M, P); None if no model decays
    """

    lr: Array
    momentum: Array
    decay: Array | None = None


class Optimizer(Titled):
    """Base of all optimizers.

    name, title   as in `Config(optimizer=…)`, and as shown in the lab (as `name` if there is none)
    uses          the Config fields besides lr that it listens to ("momentum", "weight_decay")
    state         names of the arrays (M, P) that it remembers; they start at 0
    counters      names of arrays (M, 1) that it remembers
    adaptive      whether its step sizes depend on the gradients, each weight having its own
    torch         a statement that makes `optimizer` in PyTorch, from {lr}, {momentum} and {weight_decay}
    torch_eta     η of the weights W in PyTorch after a step, and `torch_count`, a statement before the loop over W
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    uses: ClassVar[frozenset[str]] = frozenset()
    state: ClassVar[tuple[str, ...]] = ()
    counters: ClassVar[tuple[str, ...]] = ()
    adaptive: ClassVar[bool] = False
    torch: ClassVar[str] = ""
    torch_eta: ClassVar[str] = ""
    torch_count: ClassVar[str] = ""

    def __init__(self, w: Array) -> None:
        """Memory for parameters like w (M, P)."""
        for name in self.state:
            setattr(self, name, traced(aligned(w.shape, w.dtype)))
        for name in self.counters:
            setattr(self, name, traced(np.zeros_like(w[:, :1])))

    def step(self, w: Array, g: Array, rates: Rates) -> Array:
        """Move w against g, in place. Returns η, the step size of each weight, (), (M, 1) or (M, P).

        A proximal penalty shrinks weights by ηλ: η is how far a unit of gradient, constant since the start, would have
        moved a weight in this step.
        """
        raise NotImplementedError(f"{type(self).__name__} has no step")

    def count(self, rates: Rates) -> None:
        """Update, before each step and not recorded, numbers that depend on how many steps there were."""

    def update(self, w: Array, g: Array, rates: Rates) -> Array:
        """Take one step at once; returns η."""
        self.count(rates)
        return plain(self.step(w, g, rates))

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        for name in (*self.state, *self.counters):
            setattr(self, name, traced(aligned_copy(plain(getattr(self, name))[rows])))

    @classmethod
    def steady_step(cls, lr: float, momentum: float, square: Any) -> Any:
        """Compute η where it settles while a network stands still, for the gradients' mean squares `square` (…, the
        weights).

        Only an `adaptive` optimizer looks at them.
        """
        return lr

    @classmethod
    def torch_lines(cls, lr: float, momentum: float, weight_decay: float) -> str:
        """Return the statements that make `optimizer` in PyTorch."""
        return cls.torch.format(lr=lr, momentum=momentum, weight_decay=weight_decay)


class SGD(Optimizer):
    """w ← w − ηg with η = lr."""

    name = "sgd"
    title = "SGD"
    torch = "optimizer = torch.optim.SGD(network.parameters(), lr={lr})"
    torch_eta = "lr"

    def step(self, w: Array, g: Array, rates: Rates) -> Array:
        w -= rates.lr * g
        return rates.lr


class Momentum(Optimizer):
    """v ← μv + g; w ← w − lr·v.

    The gradients in v weigh n ← μn + 1 in all, so v is n times a mean gradient and η = lr·n. With η = lr, as if v
    were one gradient, a proximal penalty would settle where it is (1 − μ) times as strong as it says.
    """

    name = "momentum"
    title = en("momentum")
    uses = frozenset({"momentum"})
    state = ("v",)
    counters = ("n", "eta")
    torch = "optimizer = torch.optim.SGD(network.parameters(), lr={lr}, momentum={momentum})"
    torch_count = "count = {momentum} * count + 1"
    torch_eta = "lr * count"
    v: Array
    n: Array
    eta: Array
    settled: Rates | None = None  # the rates at which n and η no longer change

    def step(self, w: Array, g: Array, rates: Rates) -> Array:
        self.v *= rates.momentum
        self.v += g
        w -= rates.lr * self.v
        return self.eta

    def count(self, rates: Rates) -> None:
        if rates is not self.settled:
            n = rates.momentum * plain(self.n) + 1
            self.settled = rates if np.array_equal(n, plain(self.n)) else None
            self.n[...], self.eta[...] = n, self.step_size(rates.lr, rates.momentum, n)

    @staticmethod
    def step_size(lr: Any, momentum: Any, n: Any) -> Any:
        """Compute η, when the gradients in v weigh n in all."""
        return lr * n

    @classmethod
    def steady_step(cls, lr: float, momentum: float, square: Any) -> Any:
        """Compute η once n has settled at 1/(1 − μ)."""
        return cls.step_size(lr, momentum, 1 / (1 - momentum))


class Nesterov(Momentum):
    """v ← μv + g; w ← w − lr·(g + μv), η = lr·(1 + μn): momentum that looks one step ahead (Sutskever et al. 2013)."""

    name = "nesterov"
    title = "Nesterov"
    torch = "optimizer = torch.optim.SGD(network.parameters(), lr={lr}, momentum={momentum}, nesterov={look_ahead})"
    torch_eta = "lr * (1 + {momentum} * count)"

    def step(self, w: Array, g: Array, rates: Rates) -> Array:
        self.v *= rates.momentum
        self.v += g
        w -= rates.lr * (rates.momentum * self.v + g)
        return self.eta

    @staticmethod
    def step_size(lr: Any, momentum: Any, n: Any) -> Any:
        """Compute η, when the gradients in v weigh n in all."""
        return lr * (1 + momentum * n)

    @classmethod
    def torch_lines(cls, lr: float, momentum: float, weight_decay: float) -> str:
        """Return the lines as for momentum; without any, PyTorch refuses to look ahead."""
        return cls.torch.format(lr=lr, momentum=momentum, look_ahead=momentum > 0)


class Adam(Optimizer):
    """w ← w − η·m̂ with η = lr/(√v̂ + ε). Source: Kingma & Ba 2015 (arXiv 1412.6980).

    m̂ and v̂ are means of g and g² that forget by β₁ and β₂: sums s ← βs + g over their weights n ← βn + 1. That is
    the paper's bias-corrected moment, since (1 − βᵗ)/(1 − β) = n.
    """

    name = "adam"
    title = "Adam"
    state = ("s1", "s2")
    counters = ("lr_root",)
    adaptive = True
    torch = "optimizer = torch.optim.Adam(network.parameters(), lr={lr})"
    torch_eta = 'lr / ((state["exp_avg_sq"] / (1 - 0.999 ** state["step"])).sqrt() + 1e-8)'
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8
    s1: Array
    s2: Array
    lr_root: Array

    def __init__(self, w: Array) -> None:
        super().__init__(w)
        self.n1 = self.n2 = 0.0
        self.epsilon_root, self.share = traced(np.empty((), w.dtype)), traced(np.empty((), w.dtype))

    def step(self, w: Array, g: Array, rates: Rates) -> Array:
        self.s1 *= self.beta1
        self.s1 += g
        self.s2 *= self.beta2
        self.s2 += g * g
        eta = self.lr_root / (np.sqrt(self.s2) + self.epsilon_root)  # both sides times √n2, which saves a pass
        w -= eta * self.s1 * self.share
        return eta

    def count(self, rates: Rates) -> None:
        self.n1 = self.beta1 * self.n1 + 1
        self.n2 = self.beta2 * self.n2 + 1
        root = self.n2**0.5
        np.multiply(rates.lr, root, out=plain(self.lr_root))
        plain(self.epsilon_root)[()], plain(self.share)[()] = self.epsilon * root, 1 / self.n1

    @classmethod
    def steady_step(cls, lr: float, momentum: float, square: Any) -> Any:
        """Compute η once v̂ has settled at the mean square."""
        return lr / (np.sqrt(square) + cls.epsilon)


class AdamW(Adam):
    """Adam after w ← w − lr·weight_decay·w, biases aside: decay apart from the gradient (arXiv 1711.05101)."""

    name = "adamw"
    title = "AdamW"
    uses = frozenset({"weight_decay"})
    torch = """free = [p for p in network.parameters() if all(p is not W for W in weights)]
optimizer = torch.optim.AdamW(
    [{{"params": weights, "weight_decay": {weight_decay}}}, {{"params": free, "weight_decay": 0.0}}], lr={lr}
)"""

    def step(self, w: Array, g: Array, rates: Rates) -> Array:
        if rates.decay is not None:
            w *= 1 - rates.decay
        return super().step(w, g, rates)


class RMSprop(Optimizer):
    """v ← ρv + (1 − ρ)g²; w ← w − ηg with η = lr/(√v + ε). Source: Hinton's lecture 6e (2012), as PyTorch has it."""

    name = "rmsprop"
    title = "RMSprop"
    state = ("v",)
    adaptive = True
    torch = "optimizer = torch.optim.RMSprop(network.parameters(), lr={lr})"
    torch_eta = 'lr / (state["square_avg"].sqrt() + 1e-8)'
    rho, epsilon = 0.99, 1e-8
    v: Array

    def step(self, w: Array, g: Array, rates: Rates) -> Array:
        self.v *= self.rho
        self.v += (1 - self.rho) * (g * g)
        eta = rates.lr / (np.sqrt(self.v) + self.epsilon)
        w -= eta * g
        return eta

    @classmethod
    def steady_step(cls, lr: float, momentum: float, square: Any) -> Any:
        """Compute η once v has settled at the mean square."""
        return lr / (np.sqrt(square) + cls.epsilon)


OPTIMIZERS: Registry[type[Optimizer]] = Registry(
    "optimizer", [(rule.name, rule) for rule in (SGD, Momentum, Nesterov, Adam, AdamW, RMSprop)]
)
"""Every optimizer by name."""


def users(field: str) -> str:
    """Return the optimizers that listen to a field of Config, by their names: "momentum and nesterov"."""
    return " and ".join(name for name, rule in OPTIMIZERS.items() if field in rule.uses)


def remove_optimizer(name: str) -> None:
    """Forget a custom optimizer. Raises ArgumentError if none of that name was added."""
    OPTIMIZERS.remove(name)
