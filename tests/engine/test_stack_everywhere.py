"""Stacking is invisible whatever kernels BLAS chooses: OpenBLAS has others for every kind of processor."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

LAW = Path(__file__).with_name("law_of_stacking.py")

KERNELS = ["Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX", "Cooperlake", "Sapphirerapids"]
"""What OPENBLAS_CORETYPE may be on x86-64, from SSE3 to AVX-512. Elsewhere OpenBLAS takes its own choice each time."""


@pytest.mark.slow
@pytest.mark.parametrize("kernels", [None, *KERNELS])
def test_networks_of_no_shape_differ_by_a_bit_in_a_stack_and_alone(kernels):
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"} | (
        {} if kernels is None else {"OPENBLAS_CORETYPE": kernels}
    )
    if kernels is None:
        environment.pop("OPENBLAS_CORETYPE", None)
    child = subprocess.run([sys.executable, LAW], env=environment, capture_output=True, text=True)
    if kernels is not None and child.returncode == -signal.SIGILL:
        return  # this processor lacks these kernels' instructions, so no network is trained by them here
    assert child.returncode == 0, child.stderr
    found = json.loads(child.stdout)
    assert found["shapes"] >= 216
    assert found["differing"] == []
