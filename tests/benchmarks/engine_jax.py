"""JAX's ways: one jitted step at a time, an epoch by lax.scan, and M networks by vmap inside the scan."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from engine_cases import Array, Case

EPSILON, SHARE = 1e-5, 0.1


class PerStep:
    """A jitted step whose state, counter and batches included, stays on the device and is donated."""

    def __init__(self, case: Case) -> None:
        self.state, X, y = begin(case)
        self.X, self.y, self.orders, self.steps = X[0], y[0], case.orders(), case.steps
        self.state = jax.tree.map(lambda a: a[0], self.state)
        step = partial(train_step, case)

        @partial(jax.jit, donate_argnums=0)
        def one(carry: Any, X: Any, y: Any) -> Any:
            k, state = carry
            x, labels = (jax.lax.dynamic_slice_in_dim(a, k * case.batch, case.batch) for a in (X, y))
            state, loss = step(state, x, labels)
            return (k + 1, state), loss

        self.one = one
        self.shuffle = jax.jit(lambda X, y, order: (X[order], y[order]))

    def run(self, epochs: int) -> None:
        one = self.one
        for _ in range(epochs):
            X, y = self.shuffle(self.X, self.y, next(self.orders)[0].astype(np.int32))
            carry = (jnp.int32(0), self.state)
            for _ in range(self.steps):
                carry, loss = one(carry, X, y)
            self.state = carry[1]
        jax.block_until_ready(loss)

    def parameters(self) -> list[Array]:
        return [np.asarray(a)[None] for W, b, *_ in self.state["layers"] for a in (W.T, b)]


class Scan:
    """A jitted epoch: gather the batches, scan the step over them; vmap over networks if there are several."""

    def __init__(self, case: Case) -> None:
        self.state, self.X, self.y = begin(case)
        self.orders, self.M = case.orders(), case.M
        step, shape = partial(train_step, case), (case.steps, case.batch)

        def epoch(state: Any, X: Any, y: Any, order: Any) -> Any:
            xs = X[order].reshape(*shape, X.shape[1]), y[order].reshape(shape)
            return jax.lax.scan(lambda state, batch: step(state, *batch), state, xs)

        def epochs(state: Any, X: Any, y: Any, orders: Any) -> Any:
            """vmap inside the scan, so that the step of all networks is one."""
            xs = jax.vmap(lambda X, order: X[order].reshape(*shape, X.shape[1]))(X, orders).swapaxes(0, 1)
            ys = jax.vmap(lambda y, order: y[order].reshape(shape))(y, orders).swapaxes(0, 1)
            return jax.lax.scan(lambda state, batch: jax.vmap(step)(state, *batch), state, (xs, ys))

        if case.M == 1:
            self.state, self.X, self.y = jax.tree.map(lambda a: a[0], (self.state, self.X, self.y))
        self.epoch = jax.jit(epoch if case.M == 1 else epochs, donate_argnums=0)

    def run(self, epochs: int) -> None:
        for _ in range(epochs):
            order = next(self.orders).astype(np.int32)
            self.state, losses = self.epoch(self.state, self.X, self.y, order[0] if self.M == 1 else order)
        jax.block_until_ready(losses)

    def parameters(self) -> list[Array]:
        many = [np.asarray(a) for W, b, *_ in self.state["layers"] for a in (W.swapaxes(-1, -2), b)]
        return [a[None] for a in many] if self.M == 1 else many


def begin(case: Case) -> tuple[Any, Any, Any]:
    """State of M networks and their data, each with a leading axis M."""
    layers = []
    pairs = list(zip(case.start[::2], case.start[1::2], strict=True))
    for k, (W, b) in enumerate(pairs):
        layer = [W.swapaxes(1, 2).copy(), b.copy()]
        if case.batchnorm and k < len(pairs) - 1:
            layer += [np.ones_like(b), np.zeros_like(b)]
        layers.append(layer)
    velocity = jax.tree.map(np.zeros_like, layers)
    running = [[np.zeros_like(b), np.ones_like(b)] for _, b in pairs[:-1]] if case.batchnorm else []
    keys = jax.random.split(jax.random.key(0), case.M)
    state = {"layers": layers, "velocity": velocity, "running": running}
    device = jax.tree.map(jnp.asarray, (state, case.X, case.y.astype(np.int32)))
    return {**device[0], "key": keys}, device[1], device[2]


def train_step(case: Case, state: Any, x: Any, y: Any) -> Any:
    """One step of one network: (state, loss)."""
    config = case.config
    key, *keys = jax.random.split(state["key"], len(state["layers"]))

    def forward(layers: Any) -> Any:
        running = []
        h = x
        for k, (W, b, *norm) in enumerate(layers):
            h = h @ W + b
            if k == len(layers) - 1:
                break
            if norm:
                mean, variance = h.mean(0), h.var(0)
                h = (h - mean) * jax.lax.rsqrt(variance + EPSILON) * norm[0] + norm[1]
                running.append([mean, variance * (len(x) / (len(x) - 1))])
            h = jax.nn.relu(h)
            if config.dropout:
                kept = jax.random.bernoulli(keys[k], 1 - config.dropout, h.shape)
                h = jnp.where(kept, h / (1 - config.dropout), 0)
        losses = jax.nn.logsumexp(h, axis=1) - jnp.take_along_axis(h, y[:, None], axis=1)[:, 0]
        return losses.mean(), running

    (loss, found), gradients = jax.value_and_grad(forward, has_aux=True)(state["layers"])
    gradients = [[g[0] + 2 * config.l2 * layer[0], *g[1:]] for g, layer in zip(gradients, state["layers"], strict=True)]
    velocity = jax.tree.map(lambda v, g: config.momentum * v + g, state["velocity"], gradients)
    layers = jax.tree.map(lambda w, v: w - config.lr * v, state["layers"], velocity)
    running = jax.tree.map(lambda r, new: (1 - SHARE) * r + SHARE * new, state["running"], found)
    return {"layers": layers, "velocity": velocity, "running": running, "key": key}, loss
