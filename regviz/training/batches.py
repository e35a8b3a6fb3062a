"""What a stack is fed: every epoch's training samples in a new order, in batches, and the points it is measured on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..config import Config
from ..data.datasets import Split
from ..data.weights import sample_weights
from ..nn.losses import LOSSES
from ..randomness import generator
from .network import with_ones

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Array


class Batches:
    """The training samples of M models of one shape, with a row of ones below the inputs.

    Models of one split and one seed see the same batches; if all are, they share one copy and the model axis S is 1,
    else S is M. `views` are (inputs (S, in + 1, N), targets (S, K, N)) for each batch of an epoch, over buffers that
    `shuffle` fills anew; targets without gaps, which a step would pay for. If samples have weights, these are one more
    row of the targets; `counts` (S, n) are the weights with which they are measured, without those of classes.
    """

    def __init__(self, configs: Sequence[Config], splits: Sequence[Split]) -> None:
        keys = {(id(split), config.seed) for config, split in zip(configs, splits, strict=True)}
        feeds = len(configs) if len(keys) > 1 else 1
        configs, splits = configs[:feeds], splits[:feeds]
        split, dtype = splits[0], configs[0].dtype
        loss = LOSSES[split.task]
        self.n_train = len(split.X_train)
        self.batch_size = min(configs[0].batch_size, self.n_train)
        self.generators = [generator(config.seed, "batches") for config in configs]
        self.X = np.stack([with_ones(split.X_train) for split in splits]).astype(dtype)
        targets = [loss.targets(split.y_train, split.n_classes).T for split in splits]
        weights = [sample_weights(s, configs[0].class_weight, s.y_train, s.weight_train) for s in splits]
        rows = [Y if w is None else np.vstack((Y, w / w.mean())) for Y, w in zip(targets, weights, strict=True)]
        self.Y = np.stack(rows).astype(dtype, order="C")
        self.seen = np.stack([with_ones(np.concatenate((s.X_train, s.X_val))).T for s in splits]).astype(dtype)
        self.labels = np.stack([np.concatenate((s.y_train, s.y_val)) for s in splits])
        counts = [_joined(s) for s in splits]
        self.counts = None if any(w is None for w in counts) else np.stack([w for w in counts if w is not None])
        self.x, self.y = np.empty_like(self.X), np.empty_like(self.Y)
        self._arrange()

    def shuffle(self) -> None:
        """A new order for every model that has its own, the same order for models that share."""
        for rng, X, Y, x, y in zip(self.generators, self.X, self.Y, self.x, self.y, strict=True):
            order = rng.permutation(self.n_train)
            X.take(order, axis=0, out=x, mode="clip")  # clip is the mode without a bounds check
            Y.take(order, axis=1, out=y, mode="clip")
        self._lay_out()

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        if len(self.X) > 1:
            self.generators = [self.generators[row] for row in rows]
            self.X, self.Y, self.seen, self.labels = self.X[rows], self.Y[rows], self.seen[rows], self.labels[rows]
            self.counts = None if self.counts is None else self.counts[rows]
            self.x, self.y = self.x[rows], self.y[rows]
            self._arrange()

    def _lay_out(self) -> None:
        """Write the targets, in the order that was drawn, batch after batch."""
        for block, drawn in self.blocks:
            np.copyto(block, drawn)

    def _arrange(self) -> None:
        starts, whole = range(0, self.n_train, self.batch_size), self.n_train // self.batch_size * self.batch_size
        x, (S, K, _) = self.x.transpose(0, 2, 1), self.y.shape
        self.blocks: list[tuple[Array, Array]] = []  # targets of batches of one size (batches, S, K, N), and where from
        for of_size in (slice(0, whole), slice(whole, None)):
            y = self.y[:, :, of_size]
            if y.size:
                drawn = y.reshape(S, K, -1, min(self.batch_size, y.shape[2])).transpose(2, 0, 1, 3)
                self.blocks.append((np.empty(drawn.shape, y.dtype), drawn))
        self._lay_out()  # models may leave in mid-epoch
        targets = [y for block, _ in self.blocks for y in block]
        self.views = [(x[:, :, a : a + self.batch_size], y) for a, y in zip(starts, targets, strict=True)]


def _joined(split: Split) -> NDArray[np.float64] | None:
    """The samples' own weights, training and validation; None if there are none."""
    if split.weight_train is None or split.weight_val is None:
        return None
    return np.concatenate((split.weight_train, split.weight_val))
