"""How the kernel's threads share its processors: one for BLAS, and a quick hand-over to those that carry messages."""

from __future__ import annotations

import os
import sys

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

SWITCH = 0.0005
"""Seconds after which a thread that asks for the interpreter gets it: those that carry messages, ten times sooner."""


def settle_threads() -> None:
    """Set both, for the whole process: the loop that trains and draws has begun."""
    one_blas_thread()
    sys.setswitchinterval(SWITCH)


def one_blas_thread() -> None:
    """Keep this kernel's BLAS to one thread, unless the environment says otherwise.

    Matrices of this size gain nothing from a second thread, and threads that spin for each other take the processor
    away from the browser next door: frames were several times slower.
    """
    if not any(name in os.environ for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")):
        threadpool_limits(1, "blas")
