"""A new penalty, a new optimizer and a new activation, each in one class: what CONTRIBUTING.md shows as recipes."""

import numpy as np

import regviz as rv
from regviz.optim.penalties import shrink_groups

EPSILON = 1e-10


class SparseUnits(rv.Penalty):
    """λΣ(√p‖w‖ + ‖w‖₁) over the p weights that enter a unit: removes units, and thins out the others."""

    name = "sparse_units"
    title = "sparse group lasso"
    symbol = "λˢ"
    formula = "λ·Σ(√p·‖w‖ + Σ|w|)"
    gradient_formula = "λ·(√p·w/‖w‖ + sign(w))"
    help = "loss + λ·Σ(√p·‖w‖ + Σ|w|): removes units, thins out the rest"
    groups = "units"
    torch = "(W.shape[1] ** 0.5 * W.norm(dim=1).sum() + W.abs().sum())"
    torch_prox = """W -= W.clamp(-t, t)
t = W.shape[1] ** 0.5 * t * torch.ones_like(W)
alive = ((W / t).nan_to_num() ** 2).sum(1, keepdim=True) > 1
s = torch.maximum((W.abs() - t).amax(1, True), W.norm(dim=1, keepdim=True) - t.amax(1, True)).clamp(min=0)
for _ in range(20):  # the root of Σ w²/(s + t)² = 1
    N, C = (W**2 / (s + t) ** 2).sum(1, keepdim=True), (W**2 / (s + t) ** 3).sum(1, keepdim=True)
    s = torch.where(alive, s + N * (N.sqrt() - 1) / C, s)
W *= torch.where(alive, s / (s + t), 0)"""

    def value(self, W, lam):
        return lam * (W.shape[-1] ** 0.5 * self.norms(W) + np.add.reduce(np.abs(W), axis=-1, keepdims=True))

    def gradient(self, W, lam):
        return lam * (W.shape[-1] ** 0.5 * W / np.maximum(self.norms(W), EPSILON) + np.sign(W))

    def prox(self, W, t):
        return shrink_groups(W - np.maximum(np.minimum(W, t), -t), W.shape[-1] ** 0.5 * t, axis=-1)


class Adagrad(rv.Optimizer):
    """s ← s + g²; w ← w − ηg with η = lr/(√s + ε) (Duchi et al. 2011)."""

    name = "adagrad"
    title = "Adagrad"
    state = ("s",)
    adaptive = True
    torch = "optimizer = torch.optim.Adagrad(network.parameters(), lr={lr})"
    torch_eta = 'lr / (state["sum"].sqrt() + 1e-10)'

    def step(self, w, g, rates):
        self.s += g * g
        eta = rates.lr / (np.sqrt(self.s) + EPSILON)
        w -= eta * g
        return eta


class Softplus(rv.Activation):
    """y = log(1 + eᶻ), slope 1/(1 + e⁻ᶻ): a ReLU without a corner (Dugas et al. 2001)."""

    name = "softplus"
    title = "softplus"
    torch = "nn.Softplus()"

    def f(self, z):
        return np.logaddexp(0, z)

    def slope(self, z, y):
        return 0.5 * (1 + np.tanh(0.5 * z))


def add_all():
    """Add the three to this process."""
    rv.add_penalty(SparseUnits)
    rv.add_optimizer(Adagrad)
    rv.add_activation(Softplus)


CONFIG = rv.Config(data="wine", n_train=60, batch_size=60, hidden=(8, 6), epochs=12, dtype="float64")
FIELDS = {"sparse_units": 0.003, "optimizer": "adagrad", "activation": "softplus", "lr": 0.1}
