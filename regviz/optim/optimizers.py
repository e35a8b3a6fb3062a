"""Optimizers: rules that turn a gradient into a step, for M models at once.

Parameters `w` and gradients `g` are flat, `(M, P)`; rates are one per model, `(M, 1)`, or one for all, `()`. `update`
changes `w` in place and returns the step size η that each parameter was moved with, (), (M, 1) or (M, P): a proximal
penalty needs it. It is `count`, which keeps the numbers that change with every step, then `move`, which is the same
calls every time (see `recording`). `state` names the arrays that an optimizer remembers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..errors import ArgumentError
from ..nn.recording import Do, now
from ..registry import Registry

if TYPE_CHECKING:
    from ..arrays import Array


class Optimizer:
    """Base of all optimizers.

    name, title   as in `Config(optimizer=…)`, and as shown in the lab
    uses          the Config fields besides lr that it listens to ("momentum", "weight_decay")
    state         the arrays (M, P) that it remembers, which start at 0
    adaptive      whether its step sizes depend on the gradients, each weight having its own
    torch         a statement that makes `optimizer` in PyTorch, from {lr}, {momentum} and {weight_decay}
    torch_eta     η of the weights W in PyTorch after a step, and `torch_count`, a statement before the loop over W
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    uses: ClassVar[frozenset[str]] = frozenset()
    state: ClassVar[tuple[str, ...]] = ()
    adaptive: ClassVar[bool] = False
    torch: ClassVar[str] = ""
    torch_eta: ClassVar[str] = ""
    torch_count: ClassVar[str] = ""

    def __init__(self, w: Array) -> None:
        self.scratch = np.empty_like(w)
        for name in self.state:
            setattr(self, name, np.zeros_like(w))

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        for name in ("scratch", *self.state):
            setattr(self, name, getattr(self, name)[rows])

    def update(self, w: Array, g: Array, lr: Array, momentum: Array) -> Array:
        """One step; returns η."""
        eta = self.count(lr, momentum)
        self.move(w, g, lr, momentum)
        return eta

    def count(self, lr: Array, momentum: Array) -> Array:
        """Count one more step; returns where its η is, which for some only `move` computes."""
        return lr

    def move(self, w: Array, g: Array, lr: Array, momentum: Array, do: Do = now) -> None:
        """One step of w against g, in place."""
        raise NotImplementedError(f"{type(self).__name__} has no step")

    @classmethod
    def steady_step(cls, lr: float, momentum: float, square: Any) -> Any:
        """η of a gradient that stays the same: what `update` would return after many steps at a frozen network.

        `square` is each weight's mean squared gradient, which only an `adaptive` optimizer looks at.
        """
        return lr

    @classmethod
    def torch_lines(cls, lr: float, momentum: float, weight_decay: float) -> str:
        """The statements that make `optimizer` in PyTorch."""
        return cls.torch.format(lr=lr, momentum=momentum, weight_decay=weight_decay)


class SGD(Optimizer):
    """w ← w − ηg with η = lr."""

    name = "sgd"
    title = "SGD"
    torch = "optimizer = torch.optim.SGD(network.parameters(), lr={lr})"
    torch_eta = "lr"

    def move(self, w: Array, g: Array, lr: Array, momentum: Array, do: Do = now) -> None:
        do(np.multiply, g, lr, out=self.scratch)
        do(np.subtract, w, self.scratch, out=w)


class Momentum(Optimizer):
    """v ← μv + g; w ← w − lr·v.

    The gradients in v weigh n ← μn + 1 in all, so v is n times a mean gradient and η = lr·n. With η = lr, as if v
    were one gradient, a proximal penalty would settle where it is (1 − μ) times as strong as it says.
    """

    name = "momentum"
    title = "momentum"
    uses = frozenset({"momentum"})
    state = ("v",)
    torch = "optimizer = torch.optim.SGD(network.parameters(), lr={lr}, momentum={momentum})"
    torch_count = "count = {momentum} * count + 1"
    torch_eta = "lr * count"
    v: Array
    eta: Array

    def __init__(self, w: Array) -> None:
        super().__init__(w)
        self.n, self.eta = np.zeros_like(w[:, :1]), np.empty_like(w[:, :1])
        self.rates: tuple[Array, ...] = ()  # of which n and η are final

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        super().keep(rows)
        self.n, self.eta, self.rates = self.n[rows], self.eta[rows], ()

    def move(self, w: Array, g: Array, lr: Array, momentum: Array, do: Do = now) -> None:
        do(np.multiply, self.v, momentum, out=self.v)
        do(np.add, self.v, g, out=self.v)
        do(np.multiply, self.v, lr, out=self.scratch)
        do(np.subtract, w, self.scratch, out=w)

    def count(self, lr: Array, momentum: Array) -> Array:
        """η. Once n rests at its limit, 1/(1 − μ), only new rates, which come as new arrays, change anything."""
        if not (self.rates and lr is self.rates[0] and momentum is self.rates[1]):
            n = self.n * momentum + 1
            self.rates = (lr, momentum) if np.array_equal(n, self.n) else ()
            self.n[:], self.eta[:] = n, self.weigh(lr, momentum, n)
        return self.eta

    @staticmethod
    def weigh(lr: Any, momentum: Any, n: Any) -> Any:
        """η, when the gradients in v weigh n in all."""
        return lr * n

    @classmethod
    def steady_step(cls, lr: float, momentum: float, square: Any) -> Any:
        """η once n has settled at 1/(1 − μ)."""
        return cls.weigh(lr, momentum, 1 / (1 - momentum))


class Nesterov(Momentum):
    """v ← μv + g; w ← w − lr·(g + μv), η = lr·(1 + μn): momentum that looks one step ahead (Sutskever et al. 2013)."""

    name = "nesterov"
    title = "Nesterov"
    torch = "optimizer = torch.optim.SGD(network.parameters(), lr={lr}, momentum={momentum}, nesterov={look_ahead})"
    torch_eta = "lr * (1 + {momentum} * count)"

    def move(self, w: Array, g: Array, lr: Array, momentum: Array, do: Do = now) -> None:
        do(np.multiply, self.v, momentum, out=self.v)
        do(np.add, self.v, g, out=self.v)
        do(np.multiply, self.v, momentum, out=self.scratch)
        do(np.add, self.scratch, g, out=self.scratch)
        do(np.multiply, self.scratch, lr, out=self.scratch)
        do(np.subtract, w, self.scratch, out=w)

    @staticmethod
    def weigh(lr: Any, momentum: Any, n: Any) -> Any:
        """η, when the gradients in v weigh n in all."""
        return lr * (1 + momentum * n)

    @classmethod
    def torch_lines(cls, lr: float, momentum: float, weight_decay: float) -> str:
        """As for momentum; without any, PyTorch refuses to look ahead."""
        return cls.torch.format(lr=lr, momentum=momentum, look_ahead=momentum > 0)


class Adam(Optimizer):
    """w ← w − η·m̂ with η = lr/(√v̂ + ε). Source: Kingma & Ba 2015 (arXiv 1412.6980).

    m̂ and v̂ are means of g and g² that forget by β₁ and β₂: sums s ← βs + g over their weights n ← βn + 1. That is
    the paper's bias-corrected moment, since (1 − βᵗ)/(1 − β) = n.
    """

    name = "adam"
    title = "Adam"
    state = ("s1", "s2")
    adaptive = True
    torch = "optimizer = torch.optim.Adam(network.parameters(), lr={lr})"
    torch_eta = 'lr / ((state["exp_avg_sq"] / (1 - 0.999 ** state["step"])).sqrt() + 1e-8)'
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8
    s1: Array
    s2: Array

    def __init__(self, w: Array) -> None:
        super().__init__(w)
        self.n1 = self.n2 = 0.0
        self.eta = np.empty_like(w)
        self.rate = np.empty_like(w[:, :1])
        self.least, self.share = np.empty((), w.dtype), np.empty((), w.dtype)

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        super().keep(rows)
        self.eta, self.rate = self.eta[rows], self.rate[rows]

    def count(self, lr: Array, momentum: Array) -> Array:
        self.n1 = self.beta1 * self.n1 + 1
        self.n2 = self.beta2 * self.n2 + 1
        root = self.n2**0.5
        np.multiply(lr, root, out=self.rate)
        self.least[()], self.share[()] = self.epsilon * root, 1 / self.n1
        return self.eta

    def move(self, w: Array, g: Array, lr: Array, momentum: Array, do: Do = now) -> None:
        eta, scratch = self.eta, self.scratch
        do(np.multiply, self.s1, self.beta1, out=self.s1)
        do(np.add, self.s1, g, out=self.s1)
        do(np.multiply, self.s2, self.beta2, out=self.s2)
        do(np.multiply, g, g, out=scratch)
        do(np.add, self.s2, scratch, out=self.s2)
        # lr/(√(s2/n2) + ε), both sides multiplied by √n2 to save a pass
        do(np.sqrt, self.s2, out=eta)
        do(np.add, eta, self.least, out=eta)
        do(np.divide, self.rate, eta, out=eta)
        do(np.multiply, eta, self.s1, out=scratch)
        do(np.multiply, scratch, self.share, out=scratch)
        do(np.subtract, w, scratch, out=w)

    @classmethod
    def steady_step(cls, lr: float, momentum: float, square: Any) -> Any:
        """η once v̂ has settled at the mean square."""
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

    def __init__(self, w: Array) -> None:
        super().__init__(w)
        self.eta = np.empty_like(w)

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        super().keep(rows)
        self.eta = self.eta[rows]

    def count(self, lr: Array, momentum: Array) -> Array:
        return self.eta

    def move(self, w: Array, g: Array, lr: Array, momentum: Array, do: Do = now) -> None:
        do(np.multiply, self.v, self.rho, out=self.v)
        do(np.multiply, g, g, out=self.scratch)
        do(np.multiply, self.scratch, 1 - self.rho, out=self.scratch)
        do(np.add, self.v, self.scratch, out=self.v)
        do(np.sqrt, self.v, out=self.eta)
        do(np.add, self.eta, self.epsilon, out=self.eta)
        do(np.divide, lr, self.eta, out=self.eta)
        do(np.multiply, self.eta, g, out=self.scratch)
        do(np.subtract, w, self.scratch, out=w)

    @classmethod
    def steady_step(cls, lr: float, momentum: float, square: Any) -> Any:
        """η once v has settled at the mean square."""
        return lr / (np.sqrt(square) + cls.epsilon)


OPTIMIZERS: Registry[type[Optimizer]] = Registry(
    "optimizer", [(rule.name, rule) for rule in (SGD, Momentum, Nesterov, Adam, AdamW, RMSprop)]
)
"""Every optimizer by name."""


def add_optimizer(optimizer: type[Optimizer]) -> None:
    """Add a custom optimizer to this process: `Config(optimizer=name)` uses it from then on.

    `optimizer` is a subclass of `Optimizer`. Adding another of the same name replaces it. Raises ArgumentError for
    anything else and for an impossible name.
    """
    if not (isinstance(optimizer, type) and issubclass(optimizer, Optimizer)):
        raise ArgumentError("optimizer", optimizer, "allowed is a subclass of regviz.Optimizer", SGD)
    OPTIMIZERS.check_name(optimizer.name)
    OPTIMIZERS.add(optimizer.name, optimizer)


def remove_optimizer(name: str) -> None:
    """Forget a custom optimizer. Raises ArgumentError if none of that name was added."""
    OPTIMIZERS.remove(name)
