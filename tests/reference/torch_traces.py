"""Train the cases of trace_cases.py in PyTorch, and write down the loss on the way and the weights at the end.

    python tests/reference/torch_traces.py        (regviz and torch==2.13.0 installed)

writes torch_traces.npz beside this file, which tests/engine/test_against_pytorch.py compares with the engine. The
engine hands over what is random (start, batches and masks), and nothing else: forward, gradients, penalties, running
statistics and steps are PyTorch's. All in float64.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from trace_cases import BASE, CASES, CLASSES, DECAY, EVERY, INPUTS, POINTS, STEPS, TRACES, P, by_layer

from regviz.randomness import generator
from regviz.specifications import parts_in
from regviz.training.masks import Masks
from regviz.training.parameters import ParameterLayout

OPTIMIZERS = {
    "sgd": lambda weights, free, lr: torch.optim.SGD(weights + free, lr=lr),
    "momentum": lambda weights, free, lr: torch.optim.SGD(weights + free, lr=lr, momentum=0.9),
    "nesterov": lambda weights, free, lr: torch.optim.SGD(weights + free, lr=lr, momentum=0.9, nesterov=True),
    "adam": lambda weights, free, lr: torch.optim.Adam(weights + free, lr=lr),
    "adamw": lambda weights, free, lr: torch.optim.AdamW(
        [{"params": weights, "weight_decay": DECAY}, {"params": free, "weight_decay": 0.0}], lr=lr
    ),
    "rmsprop": lambda weights, free, lr: torch.optim.RMSprop(weights + free, lr=lr, alpha=0.99, eps=1e-8),
}
ACTIVATIONS = {
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "silu": F.silu,
    "gelu": lambda x: F.gelu(x, approximate="tanh"),
}
SCHEDULERS = {
    "constant": lambda optimizer, epochs: torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1),
    "cosine": lambda optimizer, epochs: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs),
    "step": lambda optimizer, epochs: torch.optim.lr_scheduler.MultiStepLR(optimizer, [epochs // 2, epochs * 3 // 4]),
}
SIZES = (INPUTS, *BASE.hidden, CLASSES)
UNITS = sum(BASE.hidden)


def points():
    """Three overlapping clouds."""
    rng = np.random.default_rng(2024)
    y = np.arange(POINTS) % CLASSES
    return rng.standard_normal((CLASSES, INPUTS))[y] + rng.standard_normal((POINTS, INPUTS)), y


def batches():
    """Which points each step trains on: (STEPS, 25), filled up with −1."""
    order, steps = generator(BASE.seed, "batches"), []
    while len(steps) < STEPS:
        epoch = order.permutation(POINTS)
        steps += [epoch[start : start + BASE.batch_size] for start in range(0, POINTS, BASE.batch_size)]
    filled = np.full((STEPS, BASE.batch_size), -1, np.int8)
    for row, step in zip(filled, steps, strict=False):
        row[: len(step)] = step
    return filled


def masks(chosen, rates=P, layers=BASE.hidden, purpose="masks"):
    """What each step keeps of layers: (STEPS, units, 25) bool, False beyond the batch."""
    source = Masks([generator(BASE.seed, purpose)], [rates], layers, BASE.batch_size, "float64")
    kept = np.zeros((STEPS, sum(layers), BASE.batch_size), bool)
    for step, row in zip(kept, chosen, strict=True):
        n = (row >= 0).sum()
        step[:, :n] = np.hstack(source.next(n))[0]
    return kept


class Network(nn.Module):
    """Linear, norms, activation and dropout by a given mask, in a given order; twice, then Linear."""

    def __init__(self, start, config):
        super().__init__()
        self.rates = config.dropout_rates
        self.order, self.activation = parts_in(config.order), ACTIVATIONS[config.activation]
        self.weights = nn.ParameterList(nn.Parameter(torch.tensor(W[:, :-1].copy())) for W in start)
        self.biases = nn.ParameterList(nn.Parameter(torch.tensor(W[:, -1].copy())) for W in start)
        self.norms = nn.ModuleList(nn.BatchNorm1d(n, dtype=torch.float64) for n in BASE.hidden if config.batchnorm)
        self.gains = nn.ModuleList(nn.LayerNorm(n, dtype=torch.float64) for n in BASE.hidden if config.layernorm)

    def forward(self, x, kept=None):
        """`kept` (N, units) of all hidden units, None without dropout."""
        kept = None if kept is None else kept.split(BASE.hidden, dim=1)
        for k in range(len(BASE.hidden)):
            for part in self.order:
                if part == "dense":
                    x = F.linear(x, self.weights[k], self.biases[k])
                elif part == "activation":
                    x = self.activation(x)
                elif part == "batchnorm" and self.norms:
                    x = self.norms[k](x)
                elif part == "layernorm" and self.gains:
                    x = self.gains[k](x)
                elif part == "dropout" and kept is not None:
                    x = x * kept[k] / (1 - self.rates[k])
        return F.linear(x, self.weights[-1], self.biases[-1])


def by_step(config, chosen, rates, layers, purpose):
    """A function of a step: what it keeps (N, units) as numbers, None where nothing is dropped."""
    if not any(rates):
        return lambda step: None
    kept = masks(chosen, rates, layers, purpose)
    return lambda step: torch.tensor(kept[step].T[: (chosen[step] >= 0).sum()].astype(float))


def train(config, start, X, y, chosen):
    """(data losses and penalties of the written steps, loss without dropout at the end, the final network)."""
    network, losses = Network(start, config), []
    weights = list(network.weights)
    free = [parameter for parameter in network.parameters() if all(parameter is not W for W in weights)]
    optimizer = OPTIMIZERS[config.optimizer](weights, free, config.lr)
    scheduler = SCHEDULERS[config.schedule](optimizer, config.epochs)
    averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(config.ema), use_buffers=True)
    averaged.update_parameters(network)  # the average starts where the network does
    hidden_masks = by_step(config, chosen, config.dropout_rates, BASE.hidden, "masks")
    input_masks = by_step(config, chosen, (config.input_dropout,), (INPUTS,), "input masks")
    pairs = generator(config.seed, "mixup")
    noise = generator(config.seed, "input noise")
    for step in range(STEPS):
        batch = torch.tensor(chosen[step][chosen[step] >= 0].astype(np.int64))
        x, input_mask = X[batch], input_masks(step)
        share, partner = 1.0, torch.arange(len(batch))
        if config.mixup:
            share, partner = pairs.beta(config.mixup, config.mixup), torch.tensor(pairs.permutation(len(batch)))
            x = share * x + (1 - share) * x[partner]
        if config.augment:
            x = x + config.augment * torch.tensor(noise.standard_normal(x.shape))
        if input_mask is not None:
            x = x * input_mask / (1 - config.input_dropout)
        outputs = network(x, hidden_masks(step))
        data_loss = F.cross_entropy(outputs, y[batch])
        made_small = share * F.cross_entropy(outputs, y[batch], label_smoothing=config.label_smoothing)
        made_small += (1 - share) * F.cross_entropy(outputs, y[batch][partner], label_smoothing=config.label_smoothing)
        penalty = config.l1 * sum(W.abs().sum() for W in weights) + config.l2 * sum((W**2).sum() for W in weights)
        optimizer.zero_grad()
        (made_small + penalty).backward()
        if config.clip_norm is not None:
            nn.utils.clip_grad_norm_(network.parameters(), config.clip_norm)
        optimizer.step()
        averaged.update_parameters(network)
        if len(batch) < BASE.batch_size:  # the last batch of an epoch
            scheduler.step()
        if step % EVERY == 0:
            losses.append((data_loss.item(), penalty.item()))
    network = averaged.module.eval() if config.ema else network.eval()
    with torch.no_grad():
        return np.array(losses), F.cross_entropy(network(X), y).item(), network


def flat(network):
    """All numbers of a network as `by_layer` has them: each layer's weights and biases, then what norms know."""
    with torch.no_grad():
        dense = [torch.cat((W, b[:, None]), 1) for W, b in zip(network.weights, network.biases, strict=True)]
        norms = [
            torch.cat([getattr(norm, name) for norm in network.norms])
            for name in ("weight", "bias", "running_mean", "running_var")
            if network.norms
        ]
        gains = [
            torch.cat([getattr(gain, name) for gain in network.gains]) for name in ("weight", "bias") if network.gains
        ]
        return np.concatenate([part.numpy().ravel() for part in (*dense, *gains, *norms)])


def main():
    torch.set_num_threads(1)
    X, y = points()
    chosen, layout = batches(), ParameterLayout(SIZES, False)
    kept, start = masks(chosen), layout.start(BASE)
    losses, final_losses, weights = [], [], np.full((len(CASES), ParameterLayout(SIZES, True, True).size), np.nan)
    for row, config in zip(weights, CASES.values(), strict=True):
        found = train(config, layout.dense(start), torch.tensor(X), torch.tensor(y), chosen)
        losses.append(found[0])
        final_losses.append(found[1])
        numbers = flat(found[2])
        row[: len(numbers)] = numbers  # what a network without norms does not have stays nan
    np.savez_compressed(
        TRACES,
        torch=np.array(torch.__version__),
        X=X,
        y=y,
        start=by_layer(layout, start),
        batches=chosen,
        masks=np.packbits(kept),
        names=np.array(list(CASES)),
        losses=np.array(losses),
        final_losses=np.array(final_losses),
        weights=weights,
    )


if __name__ == "__main__":
    main()
