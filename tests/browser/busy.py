"""The browser tests again and again, while something else keeps a processor busy: what passes only by luck fails.

    python tests/browser/busy.py --times 10 --others 1 -- tests/browser/test_tools.py -n 2

What follows `--` goes to pytest; without a file all browser tests are run. Prints which tests failed, and how often;
returns 1 if any did.
"""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep `count` processors busy."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def failures(arguments: list[str]) -> list[str]:
    """Run pytest once, showing what it prints; the names of the tests that failed."""
    said = []
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            print(line, end="", flush=True)
            said.append(line)
    failed = [match[1] for line in said if (match := re.match(r"(?:FAILED|ERROR) (\S+)", line))]
    return failed or ([] if run.returncode == 0 else [f"pytest itself, with code {run.returncode}"])


def main() -> int:
    """Run the tests, and say how often each failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--times", type=int, default=10, help="how often")
    parser.add_argument("--others", type=int, default=1, help="how many processors are kept busy")
    parser.add_argument("arguments", nargs="*", help="for pytest, after --")
    chosen = parser.parse_args()
    arguments = chosen.arguments
    if not any("tests/" in argument for argument in arguments):
        arguments = ["tests/browser", *arguments]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leave nothing behind that is busy
    counts: Counter[str] = Counter()
    with busy(chosen.others):
        for time in range(chosen.times):
            failed = failures(arguments)
            counts.update(failed)
            print(f"run {time + 1} of {chosen.times}: {len(failed)} failed", flush=True)
    for name, count in counts.most_common():
        print(f"{count} of {chosen.times}: {name}")
    return int(bool(counts))


if __name__ == "__main__":
    sys.exit(main())
