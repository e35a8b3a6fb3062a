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


NARROW = 16
"""Samples of up to so many numbers are gathered for a whole epoch at once, which takes few calls. Wider ones of many
models would be out of the processor's cache when their batch comes: they are gathered batch by batch."""


class Batches:
    """The training samples of M models of one shape, with a row of ones below the inputs.

    Models of one split and one seed see the same batches; if all are, they share one copy and the model axis S is 1,
    else S is M. `views` are (inputs (S, in + 1, N), targets (S, K, N)) for each batch of an epoch, over buffers that
    `shuffle` fills anew, and `gather` unless the inputs are there `at_once`; targets without gaps, which a step would
    pay for. If samples have weights, these are one more row of the targets; `counts` (S, n) are the weights with which
    they are measured, without those of classes.
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
        self.order = np.tile(np.arange(self.n_train), (feeds, 1))
        self._arrange()

    def shuffle(self) -> None:
        """Draw a new order for every model that has its own, the same order for models that share."""
        for rng, order in zip(self.generators, self.order, strict=True):
            order[...] = rng.permutation(self.n_train)
        self._lay_out()

    def gather(self, number: int) -> None:
        """Have the inputs of a batch in its view, where they are not there since `shuffle`."""
        places, x = self.picks[number]
        self.samples.take(places, axis=0, out=x, mode="clip")

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        if len(self.X) > 1:
            self.generators = [self.generators[row] for row in rows]
            self.X, self.Y, self.seen, self.labels = self.X[rows], self.Y[rows], self.seen[rows], self.labels[rows]
            self.counts = None if self.counts is None else self.counts[rows]
            self.order = self.order[rows]
            self._arrange()

    def _lay_out(self) -> None:
        """Write down, batch after batch, which samples come, and their targets; and their inputs, if all at once."""
        for Y, order, y in zip(self.Y, self.order, self.y, strict=True):
            Y.take(order, axis=1, out=y, mode="clip")  # clip is the mode without a bounds check
        for places, order, x, block, y in self.blocks:
            np.add(order, self.first, out=places)
            np.copyto(block, y)
            if self.at_once:
                self.samples.take(places, axis=0, out=x, mode="clip")

    def _arrange(self) -> None:
        S, n, columns = self.X.shape
        self.samples, self.first = self.X.reshape(S * n, columns), n * np.arange(S)[:, None]
        self.y, self.at_once = np.empty_like(self.Y), S == 1 or columns <= NARROW
        self.blocks: list[tuple[Array, Array, Array, Array, Array]] = []
        self.views: list[tuple[Array, Array]] = []
        self.picks: list[tuple[Array, Array]] = []  # which samples a batch has, and where they go
        whole = n // self.batch_size * self.batch_size
        for part in (slice(0, whole), slice(whole, n)):
            size = min(self.batch_size, part.stop - part.start)
            if not size:
                continue
            order = self.order[:, part].reshape(S, -1, size).swapaxes(0, 1)
            y = self.y[:, :, part].reshape(S, self.Y.shape[1], -1, size).transpose(2, 0, 1, 3)
            places, block = np.empty(order.shape, np.intp), np.empty(y.shape, y.dtype)
            x = np.empty((len(places) if self.at_once else 1, S, size, columns), self.X.dtype)
            self.blocks.append((places, order, x, block, y))
            for number in range(len(places)):
                of_batch = x[number if self.at_once else 0]
                self.picks.append((places[number], of_batch))
                self.views.append((of_batch.mT, block[number]))
        self._lay_out()  # models may leave in mid-epoch


def _joined(split: Split) -> NDArray[np.float64] | None:
    """The samples' own weights, training and validation; None if there are none."""
    if split.weight_train is None or split.weight_val is None:
        return None
    return np.concatenate((split.weight_train, split.weight_val))
