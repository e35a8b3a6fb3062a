"""engine.md: the numbers of a run of `engine.py`, as tables."""

from __future__ import annotations

from statistics import median, quantiles
from typing import Any

HEAD = """# How fast is the engine?

Microseconds of processor time for one training step of one network: medians of {rounds} rounds in which the contestants
of a column take turns, in one process, one thread, float32. In brackets: how many times as long as regviz takes, the
median of the rounds' ratios and their quartiles. Written by `make bench-engine` on {date}.

{processor}, {processors} processors; Python {python}, {versions}. OpenBLAS multiplies by its kernels for {kernels}: its
own choice, unless OPENBLAS_CORETYPE names others.{note}

Networks: moons 2-16-16-2 in batches of 32, digits 64-64-64-10 in batches of 64, ReLU, dropout 0.5, momentum SGD, L2 on
weights only, 1,024 training samples. The engine ends in a softmax, so moons have two outputs, for everybody. Everyone
starts from the same weights, draws the same order of samples for each epoch (drawing and gathering are timed), and
computes the loss of every batch; regviz does so for all of an epoch's batches at its end, when lax.scan hands over its
own. Each turn begins with an epoch that is not timed. "Loss after the epoch" is the engine as the lab uses it. Before
timing, every peer trains two epochs without dropout and must arrive within 0.00001 of the engine's weights.
scikit-learn has no dropout, starts by its own rule, and has one output for two classes.
"""


def report(found: dict[str, Any]) -> str:
    """The whole page."""
    machine = found["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    kernels = ", ".join(machine["kernels"])
    said = {**machine, "versions": versions, "kernels": kernels, "rounds": found["rounds"], "note": _note(found)}
    head = HEAD.format(**said)
    parts = [head, "## One network\n", _table(found["tables"], lambda name: "×" not in name)]
    parts += ["## Many networks at once, per step and network\n"]
    parts += ["Each has its own seed, and so its own data, start, order and masks.\n"]
    parts += [_table(found["tables"], lambda name: "×" in name)]
    if found["growth"]:
        parts += ["## How the step grows\n"]
        parts += [
            "The engine's step without the loss; in brackets how many times as long as its matrix products alone.\n"
        ]
        parts += [_growth(found["growth"], size) for size in next(iter(found["growth"].values()))]
    if "import" in found:
        parts += ["## Import\n", "Whole processes, started in turn, medians; the ratio is that of pairs.\n"]
        parts += [_import(found["import"])]
    return "\n".join(parts)


def _note(found: dict[str, Any]) -> str:
    return f" {found['note']}" if found.get("note") else ""


def _table(tables: dict[str, dict[str, list[float]]], wanted: Any) -> str:
    chosen = {name: times for name, times in tables.items() if wanted(name)}
    ways = list(dict.fromkeys(way for times in chosen.values() for way in times))
    lines = ["| |" + "|".join(f" {name} " for name in chosen) + "|", "|---" * (len(chosen) + 1) + "|"]
    for way in ways:
        cells = [_cell(times[way], times["regviz"], way) if way in times else "–" for times in chosen.values()]
        lines.append(f"| {way} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(times: list[float], ours: list[float], way: str) -> str:
    middle = _digits(median(times))
    if way == "regviz":
        low, _, high = quantiles(times, n=4)
        return f"**{middle}** ({_digits(low)} to {_digits(high)})"
    ratios = [a / b for a, b in zip(times, ours, strict=True)]
    low, _, high = quantiles(ratios, n=4)
    return f"{middle} (×{median(ratios):.2f}; {low:.2f} to {high:.2f})"


def _growth(growth: dict[str, Any], size: str) -> str:
    per = ", per network" if size == "networks" else ""
    values = [row[size] for row in next(iter(growth.values()))[size]]
    lines = [f"| {size}{per} | " + " | ".join(map(str, values)) + " |", "|---" * (len(values) + 1) + "|"]
    for name, tables in growth.items():
        cells = [f"{_digits(row['step'])} (×{row['step/products']:.1f})" for row in tables[size]]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _import(found: dict[str, dict[str, float]]) -> str:
    lines = ["| program | ms | ÷ `import numpy` (quartiles) |", "|---|---|---|"]
    for program, times in found.items():
        ratio = f"{times['ratio']:.2f} ({times['low']:.2f} to {times['high']:.2f})"
        lines.append(f"| `{program}` | {times['ms']:.0f} | {ratio} |")
    return "\n".join(lines) + "\n"


def _digits(microseconds: float) -> str:
    return f"{microseconds:.1f}" if microseconds < 100 else f"{microseconds:.0f}"
