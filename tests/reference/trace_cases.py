"""What PyTorch and the engine both train, step by step: the cases, and the data they share. Needs no PyTorch."""

from itertools import product
from pathlib import Path

import numpy as np

import regviz as rv
from regviz.config import ORDERS

TRACES = Path(__file__).with_name("torch_traces.npz")
STEPS, EVERY = 200, 5
"""Steps of training, and how many lie between two of which the loss is written down."""

INPUTS, CLASSES, POINTS = 5, 3, 60
P, LAM1, LAM2, DECAY = 0.25, 3e-3, 1e-2, 0.1
"""A p and a 1 − p that binary numbers hold exactly, so that both sides scale by the same 1/(1 − p)."""

BASE = rv.Config(
    n_train=POINTS,
    hidden=(8, 6),
    batch_size=25,  # 25, 25, 10: BatchNorm must weigh its variance by the size of each batch
    penalty_rule="subgradient",
    weight_decay=DECAY,
    dtype="float64",
    seed=3,
)
RATES = {"sgd": 0.1, "momentum": 0.02, "nesterov": 0.02, "adam": 0.01, "adamw": 0.01, "rmsprop": 0.002}
PENALTIES = {"none": (0, 0), "l1": (LAM1, 0), "l2": (0, LAM2), "elastic net": (LAM1, LAM2)}

CASES = {
    f"{optimizer}, {penalty}{', batchnorm' * batchnorm}{', dropout' * dropout}": BASE.replace(
        optimizer=optimizer,
        lr=RATES[optimizer],
        l1=PENALTIES[penalty][0],
        l2=PENALTIES[penalty][1],
        batchnorm=batchnorm,
        dropout=P * dropout,
    )
    for optimizer, penalty, batchnorm, dropout in product(RATES, PENALTIES, (False, True), (False, True))
}
"""Every optimizer with every penalty, with and without BatchNorm, with and without dropout."""

NORMED = BASE.replace(optimizer="momentum", lr=RATES["momentum"], batchnorm=True, dropout=P)
# tanh: ReLU and dropout may change places without a change
CASES |= {f"order {order}": NORMED.replace(order=order, activation="tanh") for order in ORDERS[1:]}
CASES |= {
    f"activation {name}": NORMED.replace(activation=name) for name in ("leaky_relu", "tanh", "sigmoid", "silu", "gelu")
}
CASES |= {
    f"schedule {schedule}, {optimizer}": BASE.replace(
        schedule=schedule, epochs=80, optimizer=optimizer, lr=RATES[optimizer], l2=LAM2
    )
    for schedule in ("cosine", "step")
    for optimizer in ("nesterov", "adamw")
}
SMOOTHED = BASE.replace(label_smoothing=0.2, l2=LAM2)
CASES |= {
    f"label smoothing, {optimizer}{', batchnorm, dropout' * both}": SMOOTHED.replace(
        optimizer=optimizer, lr=RATES[optimizer], batchnorm=both, dropout=P * both
    )
    for optimizer, both in (("sgd", False), ("momentum", True), ("adamw", False))
}
CASES |= {
    f"clipping, {optimizer}{', batchnorm, dropout' * both}": BASE.replace(
        optimizer=optimizer, lr=RATES[optimizer], l2=LAM2, clip_norm=0.3, batchnorm=both, dropout=P * both
    )
    for optimizer, both in (("sgd", False), ("nesterov", True), ("rmsprop", False))
}
DROPPED = BASE.replace(optimizer="momentum", lr=RATES["momentum"], l2=LAM2)
CASES |= {
    "input dropout": DROPPED.replace(input_dropout=P),
    "input dropout and another p for each layer": DROPPED.replace(input_dropout=P, dropout=(P, 0.5)),
    "dropout in one layer": DROPPED.replace(dropout=(0.0, 0.5), activation="tanh", order=ORDERS[3]),
}
CASES |= {
    f"averaged, {optimizer}{', batchnorm, dropout' * both}": BASE.replace(
        optimizer=optimizer, lr=RATES[optimizer], l2=LAM2, ema=0.95, batchnorm=both, dropout=P * both
    )
    for optimizer, both in (("sgd", False), ("momentum", True), ("adam", False))
}
CASES |= {
    "fresh noise": DROPPED.replace(augment=0.3),
    "fresh noise, input dropout, dropout and batchnorm": DROPPED.replace(
        augment=0.2, input_dropout=P, dropout=P, batchnorm=True
    ),
}
CASES |= {
    "mixup": DROPPED.replace(mixup=0.5),
    "mixup and all other ways to alter a batch": DROPPED.replace(
        mixup=1.0, augment=0.2, input_dropout=P, dropout=P, batchnorm=True, label_smoothing=0.1
    ),
}
CASES |= {
    f"layernorm, {optimizer}{', dropout' * bool(p)}": BASE.replace(
        optimizer=optimizer, lr=RATES[optimizer], l2=LAM2, layernorm=True, dropout=p
    )
    for optimizer, p in (("sgd", 0.0), ("momentum", P), ("adam", 0.0), ("adamw", P), ("rmsprop", 0.0))
}
LAYERNORMED = NORMED.replace(batchnorm=False, layernorm=True)
CASES |= {f"layernorm, order {order}": LAYERNORMED.replace(order=order, activation="tanh") for order in ORDERS[1:]}
CASES |= {
    "layernorm behind batchnorm": NORMED.replace(layernorm=True),
    "layernorm behind batchnorm, averaged": NORMED.replace(layernorm=True, order=ORDERS[2], ema=0.95, clip_norm=0.3),
    "layernorm, gelu": LAYERNORMED.replace(activation="gelu", label_smoothing=0.1),
}
"""And what else a network may be made of. Start, batches and masks are the same in all cases."""


def by_layer(layout, flat):
    """Parameters `flat` (P,) as the traces hold them: each layer's (out, in + 1) weights, then what norms know, one
    thing after the other, of all hidden layers."""
    known = [*zip(*layout.gains(flat), strict=True), *zip(*layout.norms(flat), strict=True)]
    return np.concatenate([*(W.ravel() for W in layout.dense(flat)), *(part for of_all in known for part in of_all)])


def split(X, y):
    """Points X (60, 5) and classes y (60,) as a Split, which is also its own validation part."""
    return rv.Split(
        name="traces",
        task="classification",
        n_classes=CLASSES,
        n_features=INPUTS,
        feature_names=tuple(f"x{k}" for k in range(INPUTS)),
        class_names=tuple(str(k) for k in range(CLASSES)),
        image_shape=None,
        X_train=X,
        y_train=y,
        X_val=X,
        y_val=y,
        X_test=X,
        y_test=y,
        mean=np.zeros(INPUTS),
        scale=np.ones(INPUTS),
        target_mean=0.0,
        target_scale=1.0,
        flipped=np.zeros(len(y), bool),
    )
