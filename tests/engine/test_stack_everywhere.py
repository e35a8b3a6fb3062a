"""Stacking is invisible whatever kernels BLAS chooses: OpenBLAS has others for every kind of processor."""

import json
import os
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

LAW = Path(__file__).with_name("law_of_stacking.py")

KERNELS = ["Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX", "Cooperlake", "Sapphirerapids"]
"""What OPENBLAS_CORETYPE may be on x86-64, from SSE3 to AVX-512. Elsewhere OpenBLAS takes its own choice each time."""


WHICH = "import numpy, threadpoolctl; print([of['architecture'] for of in threadpoolctl.threadpool_info()])"


def child(program, kernels):
    """A Python that computes by these kernels, or by OpenBLAS's own choice for None."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    environment.pop("OPENBLAS_CORETYPE", None)
    if kernels is not None:
        environment["OPENBLAS_CORETYPE"] = kernels
    return subprocess.run([sys.executable, *program], env=environment, capture_output=True, text=True)


@cache
def loaded(kernels):
    """What OpenBLAS takes when it is asked for these kernels: several names may mean the same ones."""
    return child(["-c", WHICH], kernels).stdout


@pytest.mark.slow
@pytest.mark.parametrize("kernels", [None, *KERNELS])
def test_networks_of_no_shape_differ_by_a_bit_in_a_stack_and_alone(kernels):
    before = [None, *KERNELS][: (0 if kernels is None else 1 + KERNELS.index(kernels))]
    if loaded(kernels) and loaded(kernels) in map(loaded, before):
        return  # another name of kernels by which it is tested already
    networks = child([LAW], kernels)
    if kernels is not None and networks.returncode == -signal.SIGILL:
        return  # this processor lacks these kernels' instructions, so no network is trained by them here
    assert networks.returncode == 0, networks.stderr
    found = json.loads(networks.stdout)
    assert found["shapes"] >= 216
    assert found["differing"] == []
