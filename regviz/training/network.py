"""Network: the layers of M networks of one shape, over buffers for N samples."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..config import Config
from ..nn.activations import Activation
from ..nn.batchnorm import BatchNorm, Running
from ..nn.layernorm import LayerNorm
from ..nn.layers import Dense, Dropout, Drops, Layer
from ..nn.losses import LOSSES
from ..nn.trace import Recording, plain, traced, traced_inputs
from ..spans import each
from ..specifications import parts_in
from .masks import Masks
from .parameters import ParameterLayout

if TYPE_CHECKING:
    from ..arrays import Array


class Network:
    """Blocks of a Dense and what follows it, as `parts_in` the Config's `order`; the last block is a Dense alone.

    `activation` is what the Config's name stood for when the networks began; a custom one may be replaced since.

    Computes with parameters w (M, P). With gradients g (M, P), which `backward` writes, it can learn; without them it
    evaluates. BatchNorm uses the batch's statistics if it learns, unless `frozen`. A batch of one sample has no spread:
    it is normalized by the running statistics and leaves them as they are.

    `forward` and `backward` are equations and work at once. `backpropagate` and `evaluate` record them at their first
    call and then play the recording, until `drop` or `smooth` changes what is to be done.
    """

    def __init__(
        self,
        config: Config,
        activation: type[Activation],
        layout: ParameterLayout,
        task: str,
        w: Array,
        n: int,
        g: Array | None = None,
        frozen: bool = False,
    ) -> None:
        learning = g is not None
        self.layout, self.hidden, self.loss, self.g = layout, layout.hidden, LOSSES[task], g
        weights, gradients = layout.dense(w), [None] * len(layout.shapes) if g is None else layout.dense(g)
        self.dense = [Dense(W, dW, n, first=k == 0) for k, (W, dW) in enumerate(zip(weights, gradients, strict=True))]
        of_batch = layout.batchnorm and learning and not frozen and n > 1
        self.running = Running(layout.running(w), n) if of_batch else None
        norms, d_lines = layout.norms(w), [] if g is None else layout.lines(g)
        gains, d_gains = layout.gains(w), [] if g is None else layout.gains(g)
        order = parts_in(config.order)[1:]
        normed = layout.batchnorm or layout.layernorm
        apart = normed and order[1] == "batchnorm"  # activation and dropout, by what normalizes between them
        self.activations: list[Any] = []
        self.dropouts: list[Drops] = []
        self.blocks: list[tuple[Dense, tuple[Layer, ...]]] = []
        for k, (a, b) in enumerate(layout.hidden):
            parts: dict[str, Any] = {}
            if learning and activation.dropped is not None and not apart:
                parts["activation"] = activation.dropped()
                self.dropouts.append(parts["activation"])
            else:
                parts["activation"], parts["dropout"] = activation(learning), Dropout()
                self.dropouts.append(parts["dropout"])
            self.activations.append(parts["activation"])
            if layout.batchnorm:
                batch = self.running.batch[:, :, a:b] if self.running else None
                shape = (len(w), b - a, n)
                parts["batchnorm"] = BatchNorm(norms[k], d_lines[k] if learning else None, batch, shape)
            if layout.layernorm:
                parts["layernorm"] = LayerNorm(gains[k], d_gains[k] if learning else None, n)
            self.blocks.append((self.dense[k], tuple([parts[name] for name in order if name in parts])))
        self.blocks.append((self.dense[-1], ()))
        self.backwards = [(dense, parts[::-1]) for dense, parts in self.blocks[::-1]]
        self.kept: Sequence[Array] | None = None
        self.smoothing: Array | None = None
        self.z: Array
        self.dz: Array
        self.recording: Recording | None
        self.recordings: dict[int | None, Recording]
        self.forget()

    def forward(self, x: Array, since: int = 0) -> Array:
        """Return outputs z (M, K, N) for inputs x (M or 1, in + 1, N) of block `since`, with dropout if `drop` said
        so.
        """
        z = self.dense[since].forward(x)
        for (dense, parts), (following, _) in pairwise(self.blocks[since:]):
            for part in parts:
                z = part.forward(z)
            z = dense.feed(z)
            z = following.forward(z)
        self.z = z
        return z

    def backward(self, y: Array) -> None:
        """Go from the mean loss to targets y (M or 1, K, N), after `forward`, to the gradients of all parameters."""
        d = self.dz = self.loss.gradient(self.z, y, self.smoothing)
        for dense, parts in self.backwards:
            for part in parts:
                d = part.backward(d)
            d = dense.backward(d)

    def backpropagate(self, x: Array, y: Array, masks: Masks | None = None, batch: int | None = None) -> None:
        """Make a learning pass: forward with the next of the masks, running statistics, then backward.

        `batch` is the number under which the recording for these very arrays x and y is kept; None keeps nothing.
        """
        if masks is not None:
            kept = masks.next(x.shape[2])
            if kept is not self.kept:
                self.drop(kept, masks.scale, masks.rows)
        recording = self.recordings.get(batch)
        if recording is None or recording.inputs[0] is not x or recording.inputs[1] is not y:
            self._play_first(batch, x, y)
        else:
            recording.play()

    def evaluate(self, x: Array, piece: int = 0) -> Array:
        """Return outputs (M, K, N) for inputs x (M or 1, in + 1, N), in memory that the next call writes anew.

        `piece` is the number under which the recording for this very array x is kept.
        """
        recording = self.recordings.get(piece)
        if recording is None or recording.inputs[0] is not x:
            self._play_first(piece, x)
        else:
            recording.play()
        return plain(self.z)

    def drop(self, kept: Sequence[Array] | None, scale: Any, rows: slice) -> None:
        """Drop from now on what `kept`, of each hidden layer, does not keep; nothing if it is None.

        See `Drops`; `scale` may also have a number for each hidden unit, (rows, units, 1).
        """
        self.kept = kept
        of_units = np.ndim(scale) == 3 and scale.shape[1] > 1
        for layer, (dropout, (a, b)) in enumerate(zip(self.dropouts, self.hidden, strict=True)):
            dropout.kept = None if kept is None else traced(kept[layer])
            dropout.scale, dropout.rows = scale[:, a:b] if of_units else scale, rows
        self.forget()

    def smooth(self, smoothing: Array | None) -> None:
        """Smooth targets from now on by ε, (M, 1, 1) or () for all alike; not at all if it is None."""
        if smoothing is not self.smoothing:
            self.smoothing = smoothing
            self.forget()

    def _play_first(self, number: int | None, x: Array, *y: Array) -> None:
        """Do what is done with these arrays, and keep the recording under its number unless that is None."""
        if self.recording is None:
            self.recording = recording = self._record(x, *y)
        else:
            recording = self.recording.on(x, *y)
            recording.play()
        if number is not None:
            self.recordings[number] = recording

    def _record(self, *arrays: Array) -> Recording:
        """The way up for inputs, and down for targets if there are any, written down; `on` makes it that of others."""
        recording = Recording(*arrays)
        with recording:
            inputs, *targets = traced_inputs(recording)
            self.forward(inputs)
            for y in targets:
                if self.running:
                    self.running.update()
                self.backward(y)
        return recording

    def forget(self) -> None:
        """Forget what was recorded, as where the shape of inputs is another one."""
        self.recording, self.recordings = None, {}


def smoothing(configs: Sequence[Config]) -> Array | None:
    """Compute ε of the targets of each model, (M, 1, 1), or () if all have the same; None if no targets are
    smoothed.
    """
    shares = [config.label_smoothing for config in configs]
    return each(shares, configs[0].dtype, axes=3) if any(shares) else None


def with_ones(X: Array) -> Array:
    """Return X (n, in) with a last column of ones, which carries the biases."""
    return np.hstack((X, np.ones((len(X), 1), X.dtype)))
