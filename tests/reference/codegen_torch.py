"""Run the generated PyTorch programs where PyTorch is installed, and write down what they compute.

    PYTHONPATH=tests python tests/reference/codegen_torch.py        (regviz and torch==2.13.0 installed)

writes codegen_torch.json beside this file, which tests/engine/test_codegen.py compares with regviz.
"""

import contextlib
import hashlib
import io
import json
from pathlib import Path

import torch

import drills
import regviz as rv
from regviz.codegen import program
from regviz.codegen.torch_program import TRAINING
from regviz.optim.penalties import PENALTIES

BASE = rv.Config(n_train=60, batch_size=60, hidden=(8, 6), epochs=12, dtype="float64", lr=0.01)
FULL_BATCH = [
    *BASE.sweep(
        optimizer=["sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop"], penalty_rule=["proximal", "subgradient"]
    ),
    BASE.replace(l2=0.01, patience=2, lr=0.1, epochs=80),
    BASE.replace(l1=(0, 0.01, 0.002), l2=(0.1, 0, 0), schedule="cosine"),
    BASE.replace(batchnorm=True, max_norm=0.8, activation="gelu", schedule="step"),
    BASE.replace(batchnorm=True, order="dense-activation-batchnorm-dropout", activation="leaky_relu", l1=0.01),
    BASE.replace(data="diabetes", hidden=(), l1=0.1, optimizer="nesterov"),
    BASE.replace(data="wine", activation="tanh", optimizer="momentum", l1=0.02, schedule="step"),
    BASE.replace(data="blobs", activation="sigmoid", init="xavier", optimizer="nesterov", momentum=0.0),
]
GROUPS = [
    *BASE.replace(data="wine", lr=0.02).sweep(optimizer=["sgd", "nesterov", "adam", "rmsprop"], group_lasso=[0.01]),
    BASE.replace(group_lasso=(0, 0.02, 0), l1=(0, 0.002, 0)),
    BASE.replace(group_lasso=0.01, penalty_rule="subgradient"),
]
CONFIGS = [config.replace(l1=0.01, weight_decay=0.1) if k < 12 else config for k, config in enumerate(FULL_BATCH)]
CONFIGS += GROUPS
CONFIGS += [
    BASE.replace(data="wine", class_weight="balanced", l2=0.001),
    BASE.replace(data="blobs", label_smoothing=0.2, l2=0.001),
    BASE.replace(data="wine", label_smoothing=0.1, class_weight="balanced", optimizer="nesterov"),
    BASE.replace(data="diabetes", label_smoothing=0.1),
    *BASE.replace(clip_norm=0.1, l1=0.001, l2=0.001, batchnorm=True).sweep(optimizer=["sgd", "adam"]),
    BASE.replace(data="wine", ema=0.8, l1=0.002, l2=0.001, max_norm=1.0),
    BASE.replace(data="diabetes", ema=0.9, optimizer="nesterov", batchnorm=True),
    BASE.replace(ema=0.9, patience=6, lr=0.1, epochs=80, label_smoothing=0.1),
    BASE.replace(layernorm=True, activation="tanh", l1=0.002, schedule="cosine"),
    BASE.replace(data="wine", layernorm=True, batchnorm=True, order="dense-activation-batchnorm-dropout", ema=0.8),
    BASE.replace(data="diabetes", layernorm=True, optimizer="adamw", weight_decay=0.1, clip_norm=0.5),
    BASE.replace(patience=40, lr=0.1, epochs=30),
    BASE.replace(patience=6, lr=0.03, epochs=80, min_delta=0.02, start_epoch=3),
    BASE.replace(patience=3, lr=0.1, epochs=80, restore_best=False),
]
"""Without dropout and with one batch an epoch nothing is random after the start: training itself must agree."""

RANDOM = [
    BASE.replace(dropout=0.5, batch_size=16, init="orthogonal"),
    BASE.replace(data="wine", input_dropout=0.2, dropout=(0.0, 0.5), batch_size=20, label_smoothing=0.1),
    BASE.replace(data="wine", augment=0.2, batch_size=20),
    BASE.replace(data="wine", mixup=0.4, class_weight="balanced", label_smoothing=0.1, ema=0.9, batch_size=20),
    BASE.replace(data="diabetes", mixup=0.4, augment=0.1, l2=0.01, batch_size=20),
    BASE.replace(data="breast_cancer", class_weight="balanced", dropout=0.1, batch_size=16),
    BASE.replace(dropout=0.3, batch_size=59, batchnorm=True, init="normal"),
    BASE.replace(dropout=0.3, batch_size=59, layernorm=True, order="dense-dropout-batchnorm-activation"),
    rv.Config(data="digits", dropout=0.5, l2=1e-3, epochs=2, init="zeros", seed=3),
]
"""Masks and batches are each library's own: forward and loss must agree with the weights handed over."""

RESULTS = Path(__file__).with_suffix(".json")


def hand_over(model, network):
    """regviz's parameters into PyTorch's network."""
    dense = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
    norms = [layer for layer in network if isinstance(layer, torch.nn.BatchNorm1d)]
    gains = [layer for layer in network if isinstance(layer, torch.nn.LayerNorm)]
    with torch.no_grad():
        for layer, W, b in zip(dense, model.weights, model.biases, strict=True):
            layer.weight.copy_(torch.tensor(W.T.copy()))
            layer.bias.copy_(torch.tensor(b.copy()))
        for layer, norm in zip(norms, model.norms, strict=True):
            into = (layer.weight, layer.bias, layer.running_mean, layer.running_var)
            for target, array in zip(into, norm, strict=True):
                target.copy_(torch.tensor(array.copy()))
        for layer, gain in zip(gains, model.layer_norms, strict=True):
            layer.weight.copy_(torch.tensor(gain.gamma.copy()))
            layer.bias.copy_(torch.tensor(gain.beta.copy()))


def evaluated(space):
    """The network that the program measures."""
    return space["averaged"].module if "averaged" in space else space["network"]


def measured(space):
    """What the network computes now, without dropout."""
    network = evaluated(space).eval()
    with torch.no_grad():
        penalties = [space[name]().item() for name in map("{}_penalty".format, PENALTIES) if name in space]
        return {
            "train_loss": space["data_loss"](space["X_train"], space["y_train"]).item(),
            "val_loss": space["data_loss"](space["X_val"], space["y_val"]).item(),
            "penalty": sum(penalties),
            "outputs": network(space["X_val"][:3]).tolist(),
            "zeros": sum(int((W == 0).sum()) for W in space["weights"]),
        }


def reference(config, trains):
    text = program(config, "torch")
    before, line, training = text.partition(TRAINING + "\n")
    assert line, "the program has no training"
    (run,), start = rv.fit([config]), rv.Trainer([config]).snapshot().models[0]
    space = {}
    exec(compile(before, "program", "exec"), space)
    hand_over(start, space["network"])
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(training, "program", "exec"), space)
    found = {"program": hashlib.sha256(text.encode()).hexdigest(), "trained": measured(space) if trains else None}
    hand_over(run.model, evaluated(space))
    return {**found, "handed_over": measured(space)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    results = {config.to_query(): reference(config, True) for config in CONFIGS}
    results |= {config.to_query(): reference(config, False) for config in RANDOM}
    lines = [f"{json.dumps(query)}: {json.dumps(result)}" for query, result in results.items()]
    drills.add_all()
    drill = json.dumps(reference(drills.CONFIG.replace(**drills.FIELDS), True))
    programs = ",\n".join(lines)
    RESULTS.write_text(f'{{"torch": "{torch.__version__}", "drills": {drill}, "programs": {{\n{programs}\n}}}}\n')
