"""BLAS: what a process is told before it loads NumPy, so that matrices are multiplied by all that the processor can do.

OpenBLAS chooses its kernels by the processor's model. The one that comes with NumPy 2.4 does not know AMD's family 26
(Zen 5), and takes kernels for AVX2 where the processor has AVX-512: a training step then takes 1.2 to 1.4 times as
long. Source: OpenBLAS issue 6029.
"""

from __future__ import annotations

from pathlib import Path

WIDE = {"OPENBLAS_CORETYPE": "SkylakeX"}
"""The environment in which OpenBLAS takes its kernels for AVX-512."""

NEEDED = frozenset(("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"))
"""The instructions in these kernels, by Linux's names."""

CPUINFO = Path("/proc/cpuinfo")


def kernels_by_hand(cpuinfo: Path = CPUINFO) -> dict[str, str]:
    """Name the kernels for OpenBLAS where it would choose narrower ones than the processor has.

    For the environment of programs that stay on this machine, as servers and their kernels do. A library must not set
    it: a program hands its environment on, to jobs on other machines too, where these kernels may not run.

    cpuinfo   where Linux tells what the processor is; elsewhere OpenBLAS's own choice stands

    Returns variables and their values, none where OpenBLAS chooses well.
    """
    processor = _first_processor(cpuinfo)
    unknown = processor.get("vendor_id") == "AuthenticAMD" and int(processor.get("cpu family", 0)) >= 26
    return dict(WIDE) if unknown and set(processor.get("flags", "").split()) >= NEEDED else {}


def _first_processor(cpuinfo: Path) -> dict[str, str]:
    """What Linux tells of one processor, by name; nothing where it tells nothing."""
    found = {}
    try:
        with cpuinfo.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                name, colon, value = line.partition(":")
                if not colon:
                    break  # of the others it would tell the same
                found[name.strip()] = value.strip()
    except OSError:
        pass
    return found
