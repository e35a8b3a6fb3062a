"""Where OpenBLAS does not know the processor, what runs on this machine is told which kernels to take."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from regviz.blas import NEEDED, kernels_by_hand

AVX512 = " ".join(sorted(NEEDED))
ZEN5 = {"processor": "0", "vendor_id": "AuthenticAMD", "cpu family": "26", "flags": f"fpu avx2 {AVX512}"}
WITHOUT = {"vendor_id": "GenuineIntel"}, {"cpu family": "25"}, {"flags": "fpu avx2"}, {"flags": "fpu avx2 avx512f"}


def cpuinfo(folder: Path, of: dict[str, str], *, processors: int = 2) -> Path:
    """What Linux writes of some processors of a kind."""
    lines = [f"{name}\t: {value}\n" for name, value in [*of.items(), ("power management", "")]]
    path = folder / "cpuinfo"
    path.write_text("".join([*lines, "\n"]) * processors)
    return path


def test_kernels_for_avx_512_are_asked_for_where_a_newer_amd_processor_has_it(tmp_path: Path) -> None:
    assert kernels_by_hand(cpuinfo(tmp_path, ZEN5)) == {"OPENBLAS_CORETYPE": "SkylakeX"}
    assert kernels_by_hand(cpuinfo(tmp_path, {**ZEN5, "cpu family": "27"})) != {}


@pytest.mark.parametrize("other", WITHOUT, ids=str)
def test_nothing_is_asked_of_openblas_where_it_knows_the_processor_or_avx_512_is_missing(
    tmp_path: Path, other: dict[str, str]
) -> None:
    assert kernels_by_hand(cpuinfo(tmp_path, {**ZEN5, **other})) == {}


@pytest.mark.parametrize("told", ["", "\n", "Processor\t: AArch64\nFeatures\t: fp asimd\n", "\xff\x00: \x01\n"])
def test_a_machine_that_tells_something_else_is_left_alone(tmp_path: Path, told: str) -> None:
    (tmp_path / "cpuinfo").write_text(told, encoding="latin-1")
    assert kernels_by_hand(tmp_path / "cpuinfo") == {}
    assert kernels_by_hand(tmp_path / "missing") == {}


def test_openblas_takes_the_kernels_that_it_is_asked_for_and_they_run_here() -> None:
    """Where none are asked for, its own choice has to run just the same."""
    program = """
import numpy as np, threadpoolctl
product = np.ones((65, 64), np.float32) @ np.ones((64, 33), np.float32)
assert (product == 64).all()
print(*[of["architecture"] for of in threadpoolctl.threadpool_info() if of["internal_api"] == "openblas"])
"""
    wanted = kernels_by_hand()
    usual = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    taken = subprocess.run(
        [sys.executable, "-c", program], env={**usual, **wanted}, check=True, capture_output=True, text=True
    )
    assert set(taken.stdout.split()) == set(wanted.values()) or not wanted
