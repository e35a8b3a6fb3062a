"""What annotations call arrays of numbers. Type checkers alone read it in the engine: numpy.typing is slow to load."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Floats = NDArray[np.float64]
