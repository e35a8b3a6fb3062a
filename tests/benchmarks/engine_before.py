"""Is the engine as fast as an older one? Both in one process, in turns, on the networks of `engine.py`.

    python tests/benchmarks/engine_before.py ../older-checkout

For every column the median of the ratios new/old of the processor's time for a training step, and their quartiles.
"""

from __future__ import annotations

import os

os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import argparse
import gc
import importlib.util
import sys
import time
from importlib import import_module
from pathlib import Path
from statistics import median, quantiles
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parents[2]
TURN = 0.02
"""Seconds that one of the two trains before the other takes its turn, about: whole epochs, each with its shuffle."""

SHARED = {"data": "moons", "n_train": 1024, "hidden": (16, 16), "batch_size": 32, "optimizer": "momentum", "lr": 0.01}
MOONS = {**SHARED, "momentum": 0.9, "l2": 1e-3, "dropout": 0.5}
DIGITS = {**MOONS, "data": "digits", "hidden": (64, 64), "batch_size": 64}
COLUMNS: dict[str, tuple[dict[str, Any], int]] = {
    "moons": (MOONS, 1),
    "digits": (DIGITS, 1),
    "moons + BatchNorm": ({**MOONS, "batchnorm": True}, 1),
    "digits + BatchNorm": ({**DIGITS, "batchnorm": True}, 1),
    "moons × 64": (MOONS, 64),
    "digits × 64": (DIGITS, 64),
    "moons + BatchNorm × 64": ({**MOONS, "batchnorm": True}, 64),
    "moons, Adam, L1": ({**MOONS, "optimizer": "adam", "l1": 1e-3, "l2": 0.0}, 1),
    "moons, GELU": ({**MOONS, "activation": "gelu"}, 1),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("older", type=Path, help="a checkout of the older engine")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--columns", nargs="+", choices=COLUMNS, default=COLUMNS)
    options = parser.parse_args()
    new, old = package(HERE, "regviz"), package(options.older, "older_regviz")
    for column in options.columns:
        fields, M = COLUMNS[column]
        config = new.Config(**fields)
        size = import_module("regviz.training.trainer").stack_limit(config, new.load(config))
        ratios, times = compare(stacks(new, fields, M, size), stacks(old, fields, M, size), options.rounds)
        low, middle, high = quantiles(ratios, n=4)
        print(f"{column:22} ×{middle:.3f} ({low:.3f} to {high:.3f}); {median(times) * 1e6 / M:.1f} µs", flush=True)


def package(checkout: Path, name: str) -> ModuleType:
    """The engine of a checkout under a name of its own; inside, it imports itself by relative names."""
    spec = importlib.util.spec_from_file_location(name, checkout / "regviz" / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def stacks(engine: ModuleType, fields: dict[str, Any], M: int, size: int) -> list[Any]:
    """Stacks of `size` of the M networks, which differ in their seeds."""
    configs = [engine.Config(**fields, seed=seed) for seed in range(M)]
    return [engine.Stack(configs[start : start + size]) for start in range(0, M, size)]


def compare(new: list[Any], old: list[Any], rounds: int) -> tuple[list[float], list[float]]:
    """Ratios new/old of seconds per step, and the new one's seconds; the two take turns, and turns at being first."""
    train(old, 20)
    train(new, 20)
    epoch = new[0].steps_per_epoch
    steps = epoch * max(1, round(TURN / train(new, epoch) / epoch))
    ratios, times = [], []
    gc.collect()
    for number in range(rounds):
        if number % 2:
            fast, slow = train(new, steps), train(old, steps)
        else:
            slow, fast = train(old, steps), train(new, steps)
        ratios.append(fast / slow)
        times.append(fast)
    return ratios, times


def train(of: list[Any], steps: int) -> float:
    """Processor's seconds per step of all stacks together."""
    start = time.process_time()
    for stack in of:
        for _ in range(steps):
            stack.step()
    return (time.process_time() - start) / steps


if __name__ == "__main__":
    main()
