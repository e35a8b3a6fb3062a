"""PyTorch's ways to train the same networks: one by one, by torch.func.vmap, and with hand-written batched products."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from engine_cases import Array, Case
from torch import nn


class Separate:
    """One module and one optimizer for each network. `kind` picks the optimizer's implementation (fused, foreach).

    With `some`, a call of `run` trains only so many networks, the next ones at the next call.
    """

    def __init__(self, case: Case, kind: str | None = None, some: int | None = None) -> None:
        self.nets = [_Net(case, row, kind) for row in range(case.M)]
        self.some, self.next = case.M if some is None else some, 0

    def run(self, epochs: int) -> None:
        for _ in range(self.some):
            self.nets[self.next].run(epochs)
            self.next = (self.next + 1) % len(self.nets)

    def parameters(self) -> list[Array]:
        nets = [[p.detach().numpy() for layer in net.linears for p in layer.parameters()] for net in self.nets]
        return [np.stack(parts) for parts in zip(*nets, strict=True)]


class _Net:
    def __init__(self, case: Case, row: int, kind: str | None) -> None:
        config = case.config
        self.model = module(case)
        self.linears = [layer for layer in self.model if isinstance(layer, nn.Linear)]
        with torch.no_grad():
            for layer, (W, b) in zip(self.linears, _pairs(case.start), strict=True):
                layer.weight.copy_(torch.from_numpy(W[row]))
                layer.bias.copy_(torch.from_numpy(b[row]))
        options: dict[str, Any] = {} if kind is None else {kind: True}
        self.optimizer = sgd([layer.weight for layer in self.linears], self.model.parameters(), config, options)
        self.X, self.y = torch.from_numpy(case.X[row]), torch.from_numpy(case.y[row])
        self.orders, self.row, self.batch = _orders_of(case, row), row, case.batch

    def run(self, epochs: int) -> None:
        model, optimizer = self.model, self.optimizer
        for _ in range(epochs):
            order = torch.from_numpy(next(self.orders))
            batches = zip(self.X[order].split(self.batch), self.y[order].split(self.batch), strict=True)
            for x, y in batches:
                optimizer.zero_grad(set_to_none=True)
                loss = F.cross_entropy(model(x), y)
                loss.backward()
                optimizer.step()


class Vmap:
    """torch.func.vmap over stacked modules, then one fused optimizer over the stacked parameters."""

    def __init__(self, case: Case) -> None:
        modules = [module(case) for _ in range(case.M)]
        self.parameters_, _ = torch.func.stack_module_state(modules)  # type: ignore[attr-defined]
        base = module(case).to("meta")
        names = [name for name in self.parameters_ if name.endswith(("weight", "bias"))]
        with torch.no_grad():
            for name, start in zip(names, case.start, strict=True):
                self.parameters_[name].copy_(torch.from_numpy(start))
        weights = [p for name, p in self.parameters_.items() if name.endswith("weight")]
        self.optimizer = sgd(weights, self.parameters_.values(), case.config, {"fused": True})

        def loss(parameters: dict[str, Any], x: Any, y: Any) -> Any:
            return F.cross_entropy(torch.func.functional_call(base, parameters, (x,)), y)  # type: ignore[attr-defined]

        self.gradients = torch.func.vmap(torch.func.grad_and_value(loss), randomness="different")  # type: ignore[attr-defined]
        self.feed = _Feed(case)

    def run(self, epochs: int) -> None:
        detached = {name: p.detach() for name, p in self.parameters_.items()}
        for _ in range(epochs):
            for x, y in self.feed.epoch():
                gradients, _ = self.gradients(detached, x, y)
                for name, p in self.parameters_.items():
                    p.grad = gradients[name]
                self.optimizer.step()

    def parameters(self) -> list[Array]:
        return [p.detach().numpy() for p in self.parameters_.values()]


class Batched:
    """Weights (M, in, out), torch.baddbmm for the layers of all networks, a fused optimizer."""

    def __init__(self, case: Case) -> None:
        pairs = _pairs(case.start)
        self.W = [torch.from_numpy(W.transpose(0, 2, 1).copy()).requires_grad_() for W, _ in pairs]
        self.b = [torch.from_numpy(b[:, None].copy()).requires_grad_() for _, b in pairs]
        self.optimizer = sgd(self.W, [*self.W, *self.b], case.config, {"fused": True})
        self.feed, self.p = _Feed(case), case.config.dropout

    def run(self, epochs: int) -> None:
        optimizer, last = self.optimizer, len(self.W) - 1
        for _ in range(epochs):
            for x, y in self.feed.epoch():
                optimizer.zero_grad(set_to_none=True)
                h = x
                for k, (W, b) in enumerate(zip(self.W, self.b, strict=True)):
                    h = torch.baddbmm(b, h, W)
                    if k < last:
                        h = F.dropout(F.relu(h, inplace=True), self.p)
                M, n, K = h.shape
                losses = F.cross_entropy(h.view(M * n, K), y.reshape(M * n), reduction="sum") / n
                losses.backward()
                optimizer.step()

    def parameters(self) -> list[Array]:
        pairs = zip(self.W, self.b, strict=True)
        return [a for W, b in pairs for a in (W.detach().numpy().transpose(0, 2, 1), b.detach().numpy()[:, 0])]


def module(case: Case) -> nn.Sequential:
    """Linear, BatchNorm if the Case has it, ReLU, Dropout, repeated; a Linear at the end."""
    layers: list[nn.Module] = []
    for into, out in pairwise(case.sizes[:-1]):
        layers.append(nn.Linear(into, out))
        if case.batchnorm:
            layers.append(nn.BatchNorm1d(out))
        layers += [nn.ReLU(inplace=True), nn.Dropout(case.config.dropout)]
    return nn.Sequential(*layers, nn.Linear(*case.sizes[-2:]))


def sgd(weights: list[Any], parameters: Any, config: Any, options: dict[str, Any]) -> torch.optim.SGD:
    """Momentum SGD; weight_decay is the gradient of λΣw², for weights only."""
    ids = {id(weight) for weight in weights}
    others = [p for p in parameters if id(p) not in ids]
    groups = [{"params": weights, "weight_decay": 2 * config.l2}, {"params": others}]
    return torch.optim.SGD(groups, lr=config.lr, momentum=config.momentum, **options)


class _Feed:
    """The batches of M networks, (M, N, in) and (M, N)."""

    def __init__(self, case: Case) -> None:
        self.X, self.y = torch.from_numpy(case.X), torch.from_numpy(case.y)
        self.rows = torch.arange(case.M)[:, None]
        self.orders, self.batch = case.orders(), case.batch

    def epoch(self) -> Any:
        order = torch.from_numpy(next(self.orders))
        X, y = self.X[self.rows, order], self.y[self.rows, order]
        return zip(X.split(self.batch, 1), y.split(self.batch, 1), strict=True)


def _orders_of(case: Case, row: int) -> Iterator[Array]:
    alone = Case.__new__(Case)
    alone.configs = [case.configs[row]]
    for order in alone.orders():
        yield order[0]


def _pairs(parameters: list[Array]) -> list[tuple[Array, Array]]:
    return list(zip(parameters[::2], parameters[1::2], strict=True))
