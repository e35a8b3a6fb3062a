"""fit: train a list of Configs to the end, here or by an executor's workers."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

# The package imports this module at once and the rest when it is asked for, so the rest is imported below.
if TYPE_CHECKING:
    from concurrent.futures import Executor

    from .config import Config
    from .run import Run

PIECES, SMALLEST = 16, 8
"""For an executor, networks of one shape are cut into up to 16 stacks of at least 8: all workers have something to do,
and a worker that is lost costs little."""


def fit(
    configs: Sequence[Config],
    *,
    epochs: int | None = None,
    executor: Executor | None = None,
    progress: bool | Callable[[int, int], object] | None = None,
) -> list[Run]:
    """Train every Config for its own `epochs` (or for the given number) and return one Run each, in order.

    Configs of one shape train together, as stacks. Neither that nor the executor changes a result. With patience, a Run
    has the weights of its best epoch, however it ended (`restore_best=False`: those of its last).

    executor   any `concurrent.futures.Executor`: its workers take whole stacks. It stays open. A stack whose worker
               dies is tried again elsewhere
    progress   True for a progress bar (tqdm), or a function that is called with (networks finished, networks in all)

    Ctrl-C returns the Runs that are finished, still in order, with a RuntimeWarning; the others are left out. Raises
    TypeError for anything but a list of Configs, or for something that is no Executor, ValueError for an Executor that
    was shut down, ImportError for a progress bar without tqdm, and RuntimeError, naming the Configs, if a stack loses
    its worker again and again.
    """
    from .training.trainer import check_configs

    configs = check_configs(configs)
    if epochs is not None:
        configs = [config.replace(epochs=epochs) for config in configs]
    stacks = _stacks(configs, shared=executor is not None)
    trained = _trained([[configs[index] for index in members] for members in stacks], executor)
    runs: dict[int, Run] = {}
    with _reporting(progress, len(configs)) as report, closing(trained):
        try:
            for number, found in trained:
                runs.update(zip(stacks[number], found, strict=True))
                report(len(runs), len(configs))
        except KeyboardInterrupt:
            message = f"interrupted: {len(runs)} of {len(configs)} networks are finished, only these are returned"
            warnings.warn(message, RuntimeWarning, stacklevel=2)
    return [runs[index] for index in sorted(runs)]


def train(configs: Sequence[Config]) -> list[Run]:
    """Train Configs of one shape and length. What an executor's workers do."""
    from .run import Run
    from .training.trainer import Trainer

    trainer = Trainer(configs)
    trainer.advance(epochs=configs[0].epochs)
    return [Run.of(model) for model in trainer.final().models]


def _trained(stacks: Sequence[Sequence[Config]], executor: Executor | None) -> Generator[tuple[int, list[Run]]]:
    """(number of a stack, its Runs) for every stack, as they are finished."""
    if executor is None:
        for number, configs in enumerate(stacks):
            yield number, train(configs)
    else:
        from .executors import completed  # only then: concurrent.futures takes its time to import
        from .members import carried

        yield from completed(carried(train, [config for stack in stacks for config in stack]), stacks, executor)


def _stacks(configs: Sequence[Config], *, shared: bool) -> list[list[int]]:
    """Which Configs train together: of one shape and length, no more than the cache likes."""
    from .data.datasets import load
    from .training.trainer import alike, stack_limit

    stacks = []
    for members in alike(configs, "epochs"):
        first = configs[members[0]]
        size = stack_limit(first, load(first))
        if shared:
            size = min(size, max(SMALLEST, -(-len(members) // PIECES)))
        stacks += [members[start : start + size] for start in range(0, len(members), size)]
    return stacks


@contextmanager
def _reporting(progress: bool | Callable[[int, int], object] | None, total: int) -> Iterator[Callable[[int, int], Any]]:
    """What is called with (finished, total). Raises TypeError if it cannot be called, ImportError without tqdm."""
    if progress is None or progress is False:
        yield lambda done, total: None
    elif progress is True:
        with _bar(total) as bar:
            yield lambda done, total: bar.update(done - bar.n)
    elif callable(progress):
        yield progress
    else:
        raise TypeError(f"progress={progress!r} is not possible: allowed is True, None or a function(done, total)")


def _bar(total: int) -> Any:
    try:
        from tqdm.auto import tqdm  # type: ignore[import-untyped]
    except ImportError as error:
        message = 'progress=True draws its bar with tqdm, which is missing: pip install "regviz[scale]"'
        raise ImportError(message, name="tqdm") from error
    return tqdm(total=total, unit="net")
