"""How fast is the engine? Microseconds for a training step, beside PyTorch, JAX and scikit-learn.

All train the same networks on the same batches, in float32, with momentum, L2 and dropout, and compute the loss of
every batch; before anything is timed, each peer has to arrive at the engine's weights. One process, one thread;
contestants take turns. What counts is the processor's time of the process, all threads together. Run it by
`make bench-engine`; it writes engine.md and engine.json beside itself.
"""

from __future__ import annotations

import os

# Before NumPy, PyTorch and JAX are imported, and looked at by them then.
os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NPROC"), "1"))
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import argparse
import json
import platform
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
import torch
from engine_cases import DIGITS, MOONS, Case, Contestant, Engine, Products
from engine_jax import PerStep, Scan
from engine_report import report
from engine_sklearn import Mlp
from engine_torch import Batched, Separate, Vmap
from threadpoolctl import threadpool_info

from regviz.nn.losses import CrossEntropy
from regviz.nn.trace import plain
from regviz.training.masks import BLOCK_STEPS

HERE = Path(__file__).resolve().parent
MANY = 64
TURN = 0.03
"""Seconds that a contestant trains before the next one takes its turn, about."""

SINGLE: dict[str, Callable[[Case], Contestant]] = {
    "regviz": Engine,
    "regviz, loss after the epoch": partial(Engine, loss=False),
    "PyTorch eager": Separate,
    "PyTorch eager, fused optimizer": partial(Separate, kind="fused"),
    "PyTorch eager, foreach optimizer": partial(Separate, kind="foreach"),
    "JAX, jit per step": PerStep,
    "JAX, lax.scan per epoch": Scan,
}
STACKED: dict[str, Callable[[Case], Contestant]] = {
    "regviz": Engine,
    "regviz, loss after the epoch": partial(Engine, loss=False),
    "PyTorch eager, one by one": partial(Separate, some=2),
    "PyTorch fused, one by one": partial(Separate, kind="fused", some=2),
    "torch.func.vmap": Vmap,
    "PyTorch baddbmm": Batched,
    "JAX, vmap and lax.scan": Scan,
}
PROGRAMS = ("import numpy", "import regviz", "import regviz; regviz.Config, regviz.Trainer")
PARTS = ("one", "many", "growth", "import")
GROWTH = {
    "networks": (1, 2, 4, 8, 16, 32, 64, 128),
    "width": (8, 16, 32, 64, 128, 256),
    "depth": (1, 2, 4, 8),
    "batch": (8, 16, 32, 64, 128, 256),
}
"""What the two nets are varied in, one thing at a time."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=25, help="turns that each contestant takes")
    parser.add_argument("--pairs", type=int, default=40, help="starts of Python for the import time")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="the others stay as they were")
    parser.add_argument("--note", default="", help="what else is to be said of the machine")
    parser.add_argument("--dry", action="store_true", help="print the report and write nothing")
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", category=UserWarning, module="torch")

    started = time.time()
    found: dict[str, Any] = {"tables": {}, "growth": {}}
    if set(options.parts) < set(PARTS) and (HERE / "engine.json").exists():
        found = json.loads((HERE / "engine.json").read_text())
    found |= {"machine": machine(), "rounds": options.rounds, "note": options.note}
    for name, config, M in cases():
        if ("one" if M == 1 else "many") not in options.parts:
            continue
        case = Case(config, M)
        ways = dict(SINGLE if M == 1 else STACKED)
        if M == 1 and not config.batchnorm:
            ways["scikit-learn partial_fit, no dropout"] = Mlp
        check(config, ways)
        found["tables"][name] = race({way: make(case) for way, make in ways.items()}, case, options.rounds)
        print(name, {way: round(median(times), 1) for way, times in found["tables"][name].items()}, flush=True)
    if "growth" in options.parts:
        for name, config in (("moons", MOONS), ("digits", DIGITS)):
            found["growth"][name] = growth(config, max(5, options.rounds // 3))
    if "import" in options.parts:
        found["import"] = import_time(options.pairs)
    print(f"{time.time() - started:.0f} s")
    text = report(found)
    if options.dry:
        print(text)
    else:
        (HERE / "engine.md").write_text(text)
        (HERE / "engine.json").write_text(json.dumps(found, indent=1) + "\n")


def cases() -> list[tuple[str, Any, int]]:
    """Every table: its name, the network, and how many of them."""
    named = [(name + norm, config.replace(batchnorm=bool(norm)), 1)
             for norm in ("", " + BatchNorm") for name, config in (("moons", MOONS), ("digits", DIGITS))]  # fmt: skip
    return [*named, (f"moons × {MANY}", MOONS, MANY), (f"digits × {MANY}", DIGITS, MANY)]


def check(config: Any, ways: dict[str, Callable[[Case], Contestant]]) -> None:
    """Without dropout, whose bits differ, every peer must arrive where the engine does. Raises AssertionError."""
    case = Case(config.replace(dropout=0.0), 2 if "JAX, jit per step" not in ways else 1)
    engine = Engine(case)
    engine.run(2)
    (stack,), (loss,) = engine.stacks, engine.losses
    z, y = plain(stack.network(case.batch).z), stack.batches.views[-1][1]
    exact = CrossEntropy.measure(z, y.argmax(axis=1), [slice(None)])[0][0]
    assert np.allclose(loss.value[-1], exact, atol=1e-5), "the loss of a batch is another one"
    for name, make in ways.items():
        if make is Mlp:  # starts by its own rule, and has one output for two classes
            continue
        peer = make(case)
        peer.run(2)
        pairs = zip(peer.parameters(), engine.parameters(), strict=True)
        worst = max(float(np.abs(theirs - ours).max()) for theirs, ours in pairs)
        assert worst < 1e-5, f"{name} trains another network: {worst}"


def race(contestants: dict[str, Any], case: Case, rounds: int) -> dict[str, list[float]]:
    """Microseconds per step and network, one number for each round; every round begins with another contestant.

    The engine draws its masks for many steps at once: a turn is as many epochs as hold whole draws, or else one turn in
    two would pay for both.
    """
    turns, period = {}, -(-BLOCK_STEPS // case.steps)
    for name, contestant in contestants.items():
        contestant.run(2)  # compiles, and makes buffers
        start = time.perf_counter()
        contestant.run(1)
        periods = TURN / (time.perf_counter() - start) / period
        turns[name] = period * max(1, round(periods))
    times: dict[str, list[float]] = {name: [] for name in contestants}
    names = list(contestants)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            contestant, epochs = contestants[name], turns[name]
            contestant.run(1)  # not timed: caches are another's, and his threads may still be winding down
            start = time.process_time()
            contestant.run(epochs)
            seconds = time.process_time() - start
            networks = getattr(contestant, "some", None) or case.M
            times[name].append(seconds * 1e6 / (epochs * case.steps * networks))
    return times


def growth(config: Any, rounds: int) -> dict[str, list[dict[str, float]]]:
    """The engine's step, without the loss, and its matrix products alone, as one size grows."""
    tables: dict[str, list[dict[str, float]]] = {}
    for size, values in GROWTH.items():
        tables[size] = []
        for value in values:
            match size:
                case "networks":
                    case = Case(config, value)
                case "width":
                    case = Case(config.replace(hidden=(value, value)))
                case "depth":
                    case = Case(config.replace(hidden=config.hidden[:1] * value))
                case _:
                    case = Case(config.replace(batch_size=value))
            times = race({"step": Engine(case, loss=False), "products": Products(case)}, case, rounds)
            step, products = median(times["step"]), median(times["products"])
            share = median(a / b for a, b in zip(times["step"], times["products"], strict=True))
            tables[size].append({size: value, "step": step, "products": products, "step/products": share})
    return tables


def import_time(pairs: int) -> dict[str, dict[str, float]]:
    """Milliseconds of whole processes that import, started in turn, and their ratio to `import numpy` pair by pair."""
    times: dict[str, list[float]] = {program: [] for program in PROGRAMS}
    # NumPy's bytecode came with it; that of a checkout is written at the first start, if Python may
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for number in range(pairs + 2):
        for program in PROGRAMS if number % 2 else PROGRAMS[::-1]:
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True, env=environment)
            times[program].append((time.perf_counter() - start) * 1e3)
    found = {}
    for program, of_program in times.items():
        pairs_of_it = zip(of_program[2:], times[PROGRAMS[0]][2:], strict=True)  # the first ones fill the caches
        ratios = [mine / numpy for mine, numpy in pairs_of_it]
        low, middle, high = quantiles(ratios, n=4)
        found[program] = {"ms": median(of_program[2:]), "ratio": middle, "low": low, "high": high}
    return found


def machine() -> dict[str, Any]:
    """Where and with what this was measured."""
    packages = ("regviz", "numpy", "torch", "jax", "jaxlib", "scikit-learn")
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "date": date.today().isoformat(),
        "processor": models[0] if models else platform.processor(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
        "versions": {name: version(name) for name in packages},
        "kernels": sorted({of["architecture"] for of in threadpool_info() if of["internal_api"] == "openblas"}),
    }


if __name__ == "__main__":
    main()
