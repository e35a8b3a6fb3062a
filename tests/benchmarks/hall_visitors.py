"""Visitors who each play a lab of their own: how soon it moves, how often, and what a seat costs.

The visitors are clients of the protocol, in one process beside the server. Run as a program, this file is that process.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import psutil

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.shares import share  # noqa: E402
from browser.servers import Server  # noqa: E402
from hall_clients import Lecturer  # noqa: E402
from regviz.lab.serve.access.wire import V1  # noqa: E402
from wire_client import Wire, cookies_of, fetch, kernel_of, parsed, say_goodbye  # noqa: E402

MOST, LONGEST = 100, 900.0
"""Visitors at the same time, and seconds."""

TURN_EVERY = 3.0
"""Seconds between two turns of a visitor's slider."""

PAGE = "/voila/render/playground.ipynb"


def measure(server: Server, count: int, within: float, seconds: float) -> dict[str, Any]:
    """Let `count` visitors arrive within some seconds and play for `seconds` more, each with a lab of its own.

    Raises ValueError beyond what is allowed.
    """
    if not (1 <= count <= MOST and 0 <= within <= LONGEST and 1 <= seconds <= LONGEST):
        raise ValueError(
            f"visitors may be 1 to {MOST}, within 0 to {LONGEST:g} s, for 1 to {LONGEST:g} s; "
            f"given are {count}, {within}, {seconds}"
        )
    return asyncio.run(_measure(server, count, within, seconds))


async def _measure(server: Server, count: int, within: float, seconds: float) -> dict[str, Any]:
    arguments = [sys.executable, __file__, server.url, str(count), str(within), str(seconds)]
    pipe = asyncio.subprocess.PIPE
    visitors = await asyncio.create_subprocess_exec(*arguments, stdin=pipe, stdout=pipe)
    assert visitors.stdout is not None
    said = json.loads(await visitors.stdout.readline())
    memory = [kernel.memory_full_info() for kernel in server.kernels()]  # they still play
    await visitors.communicate(b"leave\n")
    return {
        "visitors": count,
        "within": within,
        "seconds": seconds,
        **said,
        "pss": median(one.pss for one in memory),
        "uss": median(one.uss for one in memory),
    }


async def visit(url: str, count: int, within: float, seconds: float) -> None:
    """`count` visitors who arrive evenly spread over `within` seconds, and play for `seconds` when all have come.

    Prints the figures, and lets them leave when it is told to.
    """
    firsts: list[float] = []

    async def arrive(place: int) -> Lecturer:
        await asyncio.sleep(within * place / max(count - 1, 1))
        started = time.monotonic()
        page = await Lecturer(url).arrive()
        firsts.append(time.monotonic() - started)
        return page

    pages = await asyncio.gather(*map(arrive, range(count)))

    async def play(page: Lecturer, place: int) -> None:
        await asyncio.sleep(TURN_EVERY * place / count)
        for turn in range(10_000):
            with suppress(TimeoutError):
                await page.turn(20 + turn % 10)
            await asyncio.sleep(TURN_EVERY)

    frames, started = [page.frames for page in pages], time.monotonic()
    tasks = [asyncio.create_task(play(page, place)) for place, page in enumerate(pages)]
    busy = time.process_time()
    await asyncio.sleep(seconds)
    took = time.monotonic() - started
    rates = [(page.frames - before) / took for page, before in zip(pages, frames, strict=True)]
    turns = [turn for page in pages for turn in page.turns]
    found = {
        "first p50": share(firsts, 0.5),
        "first worst": max(firsts),
        "rate median": median(rates),
        "rate least": min(rates),
        "turn p50": share(turns, 0.5),
        "turn p95": share(turns, 0.95),
        "turn worst": max(turns),
        "busy": (time.process_time() - busy) / took,
    }
    print(json.dumps(found), flush=True)
    await asyncio.to_thread(sys.stdin.readline)  # the one who measures has looked at the kernels
    for task in tasks:
        task.cancel()
    await asyncio.gather(*(page.leave() for page in pages))
    await Wire.close_all()


def loads(server: Server, count: int) -> dict[str, float]:
    """Load a page `count` times in a row, and leave it as a browser does: seconds to the first byte."""
    return asyncio.run(_loads(server, count))


async def _loads(server: Server, count: int) -> dict[str, float]:
    waits: list[float] = []
    parts = urlsplit(server.url)
    for _ in range(count):
        started = time.monotonic()
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(f"GET {PAGE} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
        first = await reader.read(1)
        waits.append(time.monotonic() - started)
        status, headers, text = parsed(first + await reader.read())
        writer.close()
        assert status == 200, status
        await say_goodbye(server.url, kernel_of(text), cookies_of(headers))
    return {"loads": count, "first byte p50": share(waits, 0.5), "first byte worst": max(waits)}


def abandon(server: Server, count: int) -> dict[str, Any]:
    """Open a lab `count` times in turn and leave each without a goodbye; then wait until all is as it was."""
    return asyncio.run(_abandon(server, count))


async def _abandon(server: Server, count: int) -> dict[str, Any]:
    process = psutil.Process(server.process.pid)
    first = await Lecturer(server.url).arrive()  # what is loaded once is no cost of the visits
    await first.leave()
    server.wait_for_kernels(0)
    before = process.memory_info().rss, process.num_fds()
    refused = 0
    for _ in range(count):
        page = Lecturer(server.url)
        for _ in range(120):
            with suppress(AssertionError):  # a full house
                await page.arrive()
                break
            refused += 1
            await asyncio.sleep(0.5)
        await page.vanish()
    await asyncio.to_thread(server.wait_for_kernels, 0, 120)
    await asyncio.sleep(2)
    return {
        "visits": count,
        "asked to wait": refused,
        "kernels": len(server.kernels()),
        "memory": (process.memory_info().rss - before[0]) / 1e6,
        "files": process.num_fds() - before[1],
        "gallery": (await fetch(server.url, "/"))[0],
    }


FRAMES = {
    "64 bytes of ones": b"\xff" * 64,
    "30 million parts": (30_000_000).to_bytes(8, "little"),
    "11 MB of ones": b"\xff" * 11_000_000,
    "9 MB of ones": b"\xff" * 9_000_000,
    "9 MB that begin well": (6).to_bytes(8, "little") + b"\0" * 9_000_000,
}
"""What no page sends, in Jupyter's wire format v1."""


def frames(server: Server, rounds: int) -> dict[str, Any]:
    """Send malformed and huge frames: seconds until each has ended its socket, and what the gallery takes meanwhile."""
    return asyncio.run(_frames(server, rounds))


async def _frames(server: Server, rounds: int) -> dict[str, Any]:
    page = await Lecturer(server.url).arrive()
    ends: list[float] = []
    waits: list[float] = []

    over = asyncio.Event()

    async def look() -> None:
        while not over.is_set():
            started = time.monotonic()
            assert (await fetch(server.url, "/"))[0] == 200
            waits.append(time.monotonic() - started)

    looking = asyncio.create_task(look())
    headers = {"Cookie": page.cookie, "Sec-WebSocket-Protocol": V1}
    for number in range(rounds):
        for name, frame in FRAMES.items():
            session = f"{number}-{name}".replace(" ", "-")
            wire = await Wire.open(
                server.url, f"/api/kernels/{page.kernel}/channels?session_id={session}", headers, buffer=2**20
            )
            masked = await asyncio.to_thread(Wire.framed, frame)  # the client's own work
            started = time.monotonic()
            wire.write(masked)
            while await wire.read() is not None:
                pass
            ends.append(time.monotonic() - started)
    over.set()
    await looking
    await page.leave()
    await Wire.close_all()
    return {"frames": len(ends), "end worst": max(ends), "gallery p50": share(waits, 0.5), "gallery worst": max(waits)}


if __name__ == "__main__":
    asyncio.run(visit(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])))
