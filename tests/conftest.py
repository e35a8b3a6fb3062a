"""What holds for all tests."""

from __future__ import annotations

import os

import pytest

# Before NumPy is imported: with two threads the engine was up to seven times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser tests last; claims, which train many seeds, and notebooks in a kernel count as slow.

    Playwright keeps an event loop running in this thread from its first use to the end of the session: an
    `asyncio.run` in any test after it would be refused.
    """
    items.sort(key=lambda item: "browser" in item.path.parts)
    for item in items:
        if item.get_closest_marker("claim") or item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.slow)
