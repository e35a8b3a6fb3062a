"""Array: what annotations call an array of numbers. Type checkers alone read this: numpy.typing is slow to import."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
