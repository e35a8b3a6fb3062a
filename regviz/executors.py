"""Stacks for other workers: any executor of concurrent.futures, and no stack lost with a worker."""

from __future__ import annotations

import pickle
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed

from .config import Config
from .run import Run

Train = Callable[[Sequence[Config]], list[Run]]

TRIES = 3
"""How often a stack is handed out before it is given up."""


def completed(train: Train, stacks: Sequence[Sequence[Config]], executor: Executor) -> Iterator[tuple[int, list[Run]]]:
    """Yield (number of a stack, its Runs) in the order in which `executor` finishes them.

    An error of the training itself is raised at once, as it is; one that pickle does not carry, as a RuntimeError that
    says the same. Whatever else the executor reports means that it lost the stack: then the stack is handed out again,
    `TRIES` times in all. An executor that is broken for good, as a process pool is once a worker was killed, leaves
    what remains to this process, with a RuntimeWarning. Whoever stops iterating cancels what has not begun. Raises
    TypeError for anything but an Executor, ValueError for one that was shut down, RuntimeError for a stack that is lost
    again and again.
    """
    check(executor)
    remaining, reason = list(range(len(stacks))), Exception()
    for _ in range(TRIES):
        futures: dict[Future[list[Run] | Exception], int] = {}
        finished = set()
        try:
            for number in remaining:
                futures[executor.submit(attempt, train, stacks[number])] = number
            for future in as_completed(futures):
                try:
                    found = future.result()
                except BrokenExecutor:
                    raise
                except Exception as error:
                    reason = error
                    continue
                if isinstance(found, Exception):
                    raise found
                finished.add(futures[future])
                yield futures[future], found
        except BrokenExecutor as error:
            remaining = [number for number in remaining if number not in finished]
            yield from _here(train, stacks, remaining, error)
            return
        finally:
            for future in futures:
                future.cancel()
        remaining = [number for number in remaining if number not in finished]
        if not remaining:
            return
    raise RuntimeError(_given_up([config for number in remaining for config in stacks[number]])) from reason


def attempt(train: Train, configs: Sequence[Config]) -> list[Run] | Exception:
    """Return what a worker does. An error is returned, not raised: what is raised is then the executor's own
    trouble.
    """
    try:
        return train(configs)
    except Exception as error:
        error.add_note("in a worker:\n" + traceback.format_exc())
        return _portable(error)


def _portable(error: Exception) -> Exception:
    """The error, or a RuntimeError that says the same where it does not survive the way to another process: it would
    break a process pool, or look like a stack that was lost.
    """
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        told = RuntimeError(f"{type(error).__name__}: {error}")
        for note in error.__notes__:
            told.add_note(note)
        told.__cause__ = error  # pickle leaves it behind, a thread keeps it
        return told
    return error


def _here(
    train: Train, stacks: Sequence[Sequence[Config]], remaining: Sequence[int], error: BrokenExecutor
) -> Iterator[tuple[int, list[Run]]]:
    networks = sum(len(stacks[number]) for number in remaining)
    which = "the network that remains is" if networks == 1 else f"the {networks} networks that remain are"
    message = f"the executor lost its workers ({error}): {which} trained here"
    warnings.warn(message, RuntimeWarning, stacklevel=4)
    for number in remaining:
        yield number, train(stacks[number])


def check(executor: object) -> None:
    """Raise TypeError for anything but an Executor, ValueError for one that was shut down."""
    if isinstance(executor, Executor):
        if getattr(executor, "_shutdown", False) or getattr(executor, "_shutdown_thread", False):
            raise ValueError(
                "executor has been shut down; allowed is one that is open: call fit inside "
                "`with ProcessPoolExecutor() as executor:`"
            )
        return
    given = type(executor).__name__
    if hasattr(executor, "get_executor"):
        raise TypeError(
            f"executor is of the type {given}, which is no concurrent.futures.Executor; write client.get_executor()"
        )
    raise TypeError(
        f"executor is of the type {given}; allowed is a concurrent.futures.Executor, try ProcessPoolExecutor()"
    )


def _given_up(configs: Sequence[Config]) -> str:
    named = "; ".join(repr(config.to_query()) for config in configs[:3])
    more = f" and {len(configs) - 3} more" if len(configs) > 3 else ""
    return (
        f"{len(configs)} networks lost their worker {TRIES} times and were given up: {named}{more}. "
        "Train these alone, with fit(configs) and no executor, to see what ends a worker; often it is memory."
    )
