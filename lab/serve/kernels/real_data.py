"""The real data sets for all kernels, read by a process of its own that ends.

scikit-learn, which ships them, takes two seconds to import and more memory than a seat; what it reads is one megabyte,
which kernels that are forked share.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from contextlib import suppress
from tempfile import TemporaryFile
from typing import Self

from regviz.data import real
from regviz.memory import freeze

READ = f"import {real.__name__} as real; real.write()"


class Reading:
    """Another process that reads the data sets; `take` keeps them here once it has. It ends with the context."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - a pipe that nobody reads yet would hold the other process up
        self._process = subprocess.Popen(
            [sys.executable, "-c", READ],
            stdin=subprocess.DEVNULL,
            stdout=self._file,
            stderr=subprocess.DEVNULL,  # whoever needs the data reads them again, and says what is wrong
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.wait()
        self._file.close()

    def take(self) -> bool:
        """Keep the data sets if they have been read. Returns whether there is nothing more to wait for."""
        if self._file.closed:
            return True
        if self._process.poll() is None:
            return False
        with self._file, suppress(EOFError, pickle.UnpicklingError):
            self._file.seek(0)
            real.keep(pickle.load(self._file))
            freeze()
        return True
