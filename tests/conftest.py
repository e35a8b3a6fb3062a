"""What holds for all tests."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

# Before NumPy is imported: with two threads the engine was up to seven times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from regviz.memory import freeze

WAITING = ("test_full_house", "test_bench_hall")
"""The files of unit tests that mostly wait, for what a server does a while later: begun last, they would wait alone."""

LONG = (
    "test_lessons",
    "test_hosts",
    "test_keyboard",
    "test_screens",
    "test_claims",
    "test_playground",
    "test_hall",
    "test_server",
    "test_faults",
)
"""The files of browser tests that take longest: begun last, one of them would run on when all others are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what mostly waits first and browser tests last, long files first; mark what trains many seeds as slow.

    Playwright keeps an event loop running in this thread from its first use to the end of the session: an
    `asyncio.run` in any test after it would be refused.
    """
    items.sort(key=_turn)
    for item in items:
        if item.get_closest_marker("claim") or item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.slow)


def _turn(item: pytest.Item) -> int:
    if "browser" not in item.path.parts:
        return 0 if item.path.stem in WAITING else 1
    return 2 + (LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


def pytest_collection_finish() -> None:
    """Leave modules and collected tests out of every later collection of garbage."""
    freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """Leave out what a file's tests have left alive, too: caches, and widgets, which ipywidgets keeps.

    There was ever more of it, and the collector, which walks all of it again and again, took a tenth of the time.
    """
    yield
    if nextitem is None or nextitem.path != item.path:
        freeze()
