"""A second process of this machine that trains beside this one: an executor whose only worker is a Python of its own.

Not a process pool: a pool's workers outlive a kernel that is killed, and a kernel with its threads cannot be forked.
This worker ends with the pipe that it reads from, however its owner ends, and it gives way to whoever draws.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from typing import IO, Any

GIVES_WAY = 5
"""By how much the worker is nicer than whoever draws."""

COMMAND = (sys.executable, "-m", __name__)


def processors() -> int:
    """Return processors that this process may use; one where no other process can be started."""
    if sys.platform in ("emscripten", "wasi"):
        return 1
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


def helper() -> Helper | None:
    """Return a new helper; None on a machine with one processor, and where no process can be started."""
    if processors() < 2:
        return None
    try:
        return Helper()
    except OSError:
        return None


class Helper(Executor):
    """One worker process. It is started at once, and ended by `shutdown`, whatever it is doing then."""

    _max_workers = 1

    def __init__(self) -> None:
        environment = {**os.environ, **dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")}
        self.process = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self._tasks: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        self._ended = False
        threading.Thread(target=self._serve, name="regviz helper", daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand out a call. Raises RuntimeError after `shutdown`, and what pickle raises for what cannot travel."""
        if self._ended:
            raise RuntimeError("the helper has been shut down")
        future: Future[Any] = Future()
        self._tasks.put((future, pickle.dumps((fn, args, kwargs))))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the worker now: what it has not finished is lost."""
        if not self._ended:
            self._ended = True
            self._tasks.put(None)
            with suppress(OSError):
                self.process.kill()

    def _serve(self) -> None:
        """Bring tasks to the worker and its answers back, one after the other, on a thread that mostly waits."""
        there, back = self.process.stdin, self.process.stdout
        assert there is not None
        assert back is not None
        while (task := self._tasks.get()) is not None:
            future, content = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                write(there, content)
                done, found = pickle.loads(read(back))
            except Exception as error:
                future.set_exception(BrokenExecutor(f"the helper has ended ({error})"))
                continue
            future.set_result(found) if done else future.set_exception(found)
        with suppress(OSError):
            there.close()
        back.close()
        self.process.wait()


def write(pipe: IO[bytes], content: bytes) -> None:
    """Send some bytes with their number before them."""
    pipe.write(len(content).to_bytes(8, "little"))
    pipe.write(content)
    pipe.flush()


def read(pipe: IO[bytes]) -> bytes:
    """Return the next bytes that were sent. Raises EOFError at the end of the pipe."""
    size = pipe.read(8)
    content = pipe.read(int.from_bytes(size, "little")) if len(size) == 8 else b""
    if len(size) < 8 or len(content) < int.from_bytes(size, "little"):
        raise EOFError("nothing more comes")
    return content


def answer(content: bytes) -> bytes:
    """Return what a call returns or raises, as it travels."""
    try:
        fn, args, kwargs = pickle.loads(content)
        return pickle.dumps((True, fn(*args, **kwargs)))
    except Exception as error:
        return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))


def main() -> None:
    """Answer calls until the pipe ends: then at once, even in the middle of one."""
    if hasattr(os, "nice"):
        os.nice(GIVES_WAY)
    there, back = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a program prints is no answer
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def listen() -> None:
        with suppress(EOFError):
            while True:
                tasks.put(read(there))
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        write(back, answer(tasks.get()))


if __name__ == "__main__":
    main()
