"""Network: the layers of M networks of one shape, over buffers for N samples."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..config import Config
from ..nn.activations import ACTIVATIONS, DroppedReLU
from ..nn.batchnorm import BatchNorm, Running
from ..nn.layers import Dense, Dropout, Drops, Layer
from ..nn.losses import LOSSES
from ..nn.recording import Do, Recording, now
from .masks import Masks
from .parameters import ParameterLayout

if TYPE_CHECKING:
    from ..arrays import Array


MOST_RECORDED = 16_384
"""Batches whose recordings are kept, more than an epoch has: those of one who feeds new arrays for ever are not."""


class Network:
    """Blocks of a Dense and what follows it, in the Config's `order`; the last block is a Dense alone.

    Computes with parameters w (M, P). With gradients g (M, P), which `backpropagate` writes, it can learn; without
    them it evaluates. BatchNorm uses the batch's statistics if it learns, unless `frozen`. A batch of one sample has
    no spread: it is normalized by the running statistics and leaves them as they are.
    """

    def __init__(
        self,
        config: Config,
        layout: ParameterLayout,
        task: str,
        w: Array,
        n: int,
        g: Array | None = None,
        frozen: bool = False,
    ) -> None:
        M, dtype, learning = len(w), w.dtype, g is not None
        weights, gradients = layout.dense(w), [None] * len(layout.shapes) if g is None else layout.dense(g)
        self.dense = [Dense(W, dW, n, first=k == 0) for k, (W, dW) in enumerate(zip(weights, gradients, strict=True))]
        of_batch = layout.batchnorm and learning and not frozen and n > 1
        self.running = Running(layout.running(w), n) if of_batch else None
        norms, d_norms = layout.norms(w), [] if g is None else layout.norms(g)
        order = config.order.split("-")[1:]
        self.activations: list[Layer] = []
        self.dropouts: list[Drops] = []
        self.blocks: list[tuple[Dense, tuple[Layer, ...]]] = []
        for k, (a, b) in enumerate(layout.hidden):
            shape = (M, b - a, n)
            parts: dict[str, Layer] = {}
            if learning and config.activation == "relu" and not (layout.batchnorm and order[1] == "batchnorm"):
                both = DroppedReLU(shape, dtype)
                parts["activation"] = both
                self.dropouts.append(both)
            else:
                parts["activation"] = ACTIVATIONS[config.activation](shape, dtype, learning)
                parts["dropout"] = dropout = Dropout()
                self.dropouts.append(dropout)
            self.activations.append(parts["activation"])
            if layout.batchnorm:
                batch = self.running.batch[:, :, a:b] if self.running else None
                parts["batchnorm"] = BatchNorm(norms[k], d_norms[k] if learning else None, batch, shape)
            self.blocks.append((self.dense[k], tuple([parts[name] for name in order if name in parts])))
        self.blocks.append((self.dense[-1], ()))
        self.backwards = [(dense, parts[::-1]) for dense, parts in self.blocks[::-1]]
        self.layout, self.hidden = layout, layout.hidden
        self.kept: Sequence[Array] | None = None
        self._forget()
        self.loss = LOSSES[task](M, layout.sizes[-1], n, dtype) if learning else None

    def forward(self, x: Array, since: int = 0, do: Do = now) -> Array:
        """Outputs (M, K, N) for inputs x (M or 1, in + 1, N) of block `since`, with dropout if `drop` said so."""
        return self._on(self.dense[since].forward(x, do), since, do)

    def backpropagate(self, x: Array, y: Array, masks: Masks | None = None) -> None:
        """Forward with dropout, then backward from the mean loss to targets y (M or 1, K, N) into the gradients."""
        if masks is not None:
            kept = masks.next(x.shape[2])
            if kept is not self.kept:
                self.drop(kept, masks.scale, masks.rows)
        batch = id(x), id(y)
        if batch not in self.recordings:
            if len(self.recordings) == MOST_RECORDED:
                self.recordings.clear()
            self.recordings[batch] = self._record(x, y), x, y  # x and y stay, so that no others get their ids
        self.recordings[batch][0].play()

    def drop(self, kept: Sequence[Array] | None, scale: Any, rows: slice) -> None:
        """From now on drop what `kept`, of each hidden layer, does not keep; nothing if it is None. See `Drops`."""
        self.kept = kept
        for layer, dropout in enumerate(self.dropouts):
            dropout.kept = None if kept is None else kept[layer]
            dropout.scale, dropout.rows = scale, rows
        self._forget()

    def _on(self, z: Array, since: int, do: Do) -> Array:
        """Outputs (M, K, N), given what the Dense of block `since` has made of its inputs."""
        for (dense, parts), (following, _) in pairwise(self.blocks[since:]):
            for part in parts:
                part.forward(z, do)
            z = following.forward(dense.outputs(do), do)
        return z

    def _record(self, x: Array, y: Array) -> Recording:
        """The way up and down for one batch. What is the same for all batches, nearly everything, is recorded once."""
        loss, first, recording = self.loss, self.dense[0], Recording()
        assert loss is not None, "only a network with gradients learns"
        if not self.up.calls:
            loss.forward(self._on(first.z, 0, self.up.record), self.up.record)
            if self.running:
                self.running.update(self.up.record)
            self.d_first: Any = loss.dz
            for dense, parts in self.backwards:
                for part in parts:
                    part.backward(self.d_first, self.down.record)
                if dense is not first:
                    self.d_first = dense.backward(self.d_first, self.down.record)
        first.forward(x, recording.record)
        recording.calls += self.up.calls
        loss.against(y, recording.record)
        recording.calls += self.down.calls
        first.backward(self.d_first, recording.record)
        return recording

    def _forget(self) -> None:
        """What was recorded holds no longer."""
        self.recordings: dict[tuple[int, int], tuple[Recording, Array, Array]] = {}
        self.up, self.down = Recording(), Recording()


def with_ones(X: Array) -> Array:
    """X (n, in) with a last column of ones, which carries the biases."""
    return np.hstack((X, np.ones((len(X), 1), X.dtype)))
