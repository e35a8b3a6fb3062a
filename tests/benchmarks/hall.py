"""How many does a lecture carry? Protocol-level clients on this machine alone, bounded in number and time.

Run it by `make bench-hall`; it writes hall.md and hall.json beside itself. Each part measures on a server of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks import hall_followers, hall_pages, hall_strain, hall_visitors  # noqa: E402
from browser.servers import NOTEBOOKS, Server  # noqa: E402

ARRIVING = ((12, 6.0), (24, 24.0))
"""Visitors of a lab of their own, and the seconds within which they come."""

STRAIN = 15.0
"""Seconds for which the server's memory is looked at, without and with a follower who never reads."""

Rows = list[tuple[str, str, str]]
"""What was measured, the figure, and what it may be."""


def followers(options: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    """One lab that plays, followed by each number of people in turn."""
    found = []
    for count in options.followers:
        place = folder / str(count)
        place.mkdir()
        with Server("app", NOTEBOOKS, place) as server:
            seconds = options.lecture if count == max(options.followers) else options.seconds
            found.append(hall_followers.measure(server, count, seconds))
            found[-1]["strain"] = hall_strain.measure(server, count, min(seconds, STRAIN))
        print(json.dumps(found[-1]), flush=True)
    return found


def followers_rows(found: Sequence[dict[str, Any]]) -> Rows:
    """The followers' figures as rows of a table."""
    rows: Rows = []
    for run in found:
        told, server, count = run["lecturer"], run["server"], run["followers"]
        grown = (server["second half"] - server["first half"]) / 1e6
        least = 20 if count <= 50 else 10
        rows += [
            (f"**{count} followers, {run['seconds']:g} s:** frames/s each, median", f"{run['rate median']:.1f}", ""),
            ("the same, the one with the fewest", f"{run['rate least']:.1f}", f"≥ {least}"),
            ("age of the picture, p50 / p95, ms", _both(run, "age"), "p95 ≤ 500"),
            ("lost; frames that did not fit", f"{run['lost']}; {run['broken']}", "0; 0"),
            ("a late one's whole picture, worst, ms", f"{1000 * max(run['late'], default=0):.0f}", "≤ 1000"),
            ("kB a frame; kB/s each", f"{run['bytes a frame'] / 1e3:.1f}; {run['bytes a second'] / 1e3:.0f}", ""),
            ("lecturer's frames/s (alone)", f"{told['rate']:.0f} ({run['lecturer alone']['rate']:.0f})", "≥ 30"),
            ("lecturer's turns, p50 / p95, ms", _both(told, "turn"), "p95 ≤ 150"),
            ("share of a core: server; all clients", f"{server['busy']:.2f}; {run['busy']:.2f}", ""),
            ("server's memory before; at most, MB", f"{server['before'] / 1e6:.0f}; {server['most'] / 1e6:.0f}", ""),
            ("its growth from the first half to the second, MB", f"{grown:+.1f}", "flat"),
            *strain_rows(run["strain"]),
        ]
    return rows


def strain_rows(run: dict[str, Any]) -> Rows:
    """Votes, and the price of one who never reads, as rows of a table."""
    few, alone, deaf = hall_strain.FEW, run["memory alone"] / 1e6, run["memory deaf"] / 1e6
    return [
        (f"{run['voters']} votes at once: all counted after, s", f"{run['counted']:.2f}", "≤ 5"),
        (f"server's memory with {few} who read; and one who never does, MB", f"{alone:.1f}; {deaf:.1f}", "≤ 8 more"),
        ("the others' frames/s, the fewest", f"{run['rate alone']:.1f}; {run['rate deaf']:.1f}", "the same"),
    ]


def visitors(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Labs of one's own: some who arrive at once, a full house that plays, pages loaded in a row, pages abandoned."""
    playing = []
    for count, within in ARRIVING:
        place = folder / str(count)
        place.mkdir()
        with Server("app", NOTEBOOKS, place) as server:
            playing.append(hall_visitors.measure(server, count, within, options.seconds))
        print(json.dumps(playing[-1]), flush=True)
    place = folder / "in turn"
    place.mkdir()
    with Server("app", NOTEBOOKS, place) as server:
        loads = hall_visitors.loads(server, options.loads)
        print(json.dumps(loads), flush=True)
        server.wait_for_kernels(0, 120)
        frames = hall_visitors.frames(server, 5)
        print(json.dumps(frames), flush=True)
        server.wait_for_kernels(0, 120)
        abandoned = hall_visitors.abandon(server, options.abandoned)
    print(json.dumps(abandoned), flush=True)
    return {"playing": playing, "loads": loads, "frames": frames, "abandoned": abandoned}


def visitors_rows(found: dict[str, Any]) -> Rows:
    """The visitors' figures as rows of a table."""
    rows: Rows = []
    for run in found["playing"]:
        full = run["visitors"] >= 24
        first = f"{run['first p50']:.1f} / {run['first worst']:.1f}"
        worst = f"{1000 * run['turn worst']:.0f}"
        rows += [
            (f"**{run['visitors']} visitors within {run['within']:g} s:** first frame, p50 / worst, s", first, "4 / 6"),
            ("frames/s each, median (least)", f"{run['rate median']:.1f} ({run['rate least']:.1f})", "≥ 7"),
            ("turns, p50 / p95 / worst, ms", f"{_both(run, 'turn')} / {worst}", "p95 ≤ 500, worst ≤ 1500"),
            ("a kernel's memory, PSS (USS), MB", f"{run['pss'] / 1e6:.0f} ({run['uss'] / 1e6:.0f})", "≤ 60"),
            ("share of a core: all clients", f"{run['busy']:.2f}", ""),
        ]
        if full:
            rows[-5] = (*rows[-5][:2], "")
    loads, frames, abandoned = found["loads"], found["frames"], found["abandoned"]
    gallery = f"{1000 * frames['gallery p50']:.0f} / {1000 * frames['gallery worst']:.0f}"
    waits = f"{1000 * loads['first byte p50']:.0f} / {1000 * loads['first byte worst']:.0f}"
    visits = f"after {abandoned['visits']} abandoned visits"
    return [
        *rows,
        (f"{loads['loads']} page loads in a row: first byte, p50 / worst, ms", waits, "worst ≤ 2000"),
        (
            f"{frames['frames']} malformed or huge frames: until one has ended its socket, worst, ms",
            f"{1000 * frames['end worst']:.0f}",
            "≤ 1000",
        ),
        ("the gallery meanwhile, p50 / worst, ms", gallery, "worst ≤ 500"),
        (f"kernels left {visits}", str(abandoned["kernels"]), "0"),
        (f"server's files {visits}", f"{abandoned['files']:+d}", "0"),
        (f"server's memory {visits}, MB", f"{abandoned['memory']:+.1f}", "flat"),
    ]


def pages(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The page of a lab beside one of plain Voilà, in a browser."""
    found = hall_pages.measure(folder, options.rounds)
    print(json.dumps(found), flush=True)
    return found


def pages_rows(found: dict[str, Any]) -> Rows:
    """The pages' figures as rows of a table."""
    rows: Rows = []
    for how in ("cold", "warm"):
        lab, slider = found[f"lab {how}"], found[f"slider {how}"]
        rows += [
            (f"first frame, {how}, s (one slider in plain Voilà)", f"{lab:.2f} ({slider:.2f})", ""),
            ("their ratio", f"{lab / slider:.2f}", "≤ 1.3"),
        ]
    return [*rows, ("first visit over the wire, MB", f"{found['first visit'] / 1e6:.2f}", "≤ 1.8")]


def _both(run: dict[str, float], name: str) -> str:
    return f"{1000 * run[f'{name} p50']:.0f} / {1000 * run[f'{name} p95']:.0f}"


PARTS: dict[str, tuple[Callable[[argparse.Namespace, Path], Any], Callable[[Any], Rows]]] = {
    "Followers": (followers, followers_rows),
    "Visitors": (visitors, visitors_rows),
    "Pages": (pages, pages_rows),
}
"""Each part: what measures it, and what makes rows of it."""


def report(found: dict[str, Any], load: float) -> str:
    """The tables of all parts."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "voila", "tornado", "jupyter_server"))
    lines = [
        "# How many does a lecture carry?",
        "",
        f"Server, kernel and all clients share one machine with {os.cpu_count()} cores (load before: {load:.1f}).",
        "Clients speak the protocol; only pages are opened in a browser. Written by `make bench-hall`.",
        "",
        f"Python {platform.python_version()}, {packages}.",
    ]
    for name, result in found.items():
        lines += ["", f"## {name}", "", "| what | measured | may be |", "|---|---|---|"]
        lines += [f"| {' | '.join(row)} |" for row in PARTS[name][1](result)]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, print, and write down."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--followers", type=int, nargs="*", default=[50, 200], help="how many (default: 50 200)")
    options.add_argument("--seconds", type=float, default=60, help="how long each (default: 60; at most 900)")
    options.add_argument("--lecture", type=float, default=600, help="how long the largest hall follows (default: 600)")
    options.add_argument("--rounds", type=int, default=9, help="visits of each page in turn (default: 9)")
    options.add_argument("--loads", type=int, default=200, help="page loads in a row (default: 200)")
    options.add_argument("--abandoned", type=int, default=300, help="visits that are abandoned in turn (default: 300)")
    options.add_argument(
        "--parts",
        nargs="*",
        default=list(PARTS),
        choices=list(PARTS),
        help="what to measure; the others stay as they are",
    )
    options.add_argument("--dry", action="store_true", help="print only, write nothing")
    given = options.parse_args()
    file = HERE / "hall.json"
    found: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() and not given.dry else {}
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="regviz-bench-") as name:
        for part in given.parts:
            folder = Path(name, part)
            folder.mkdir()
            found[part] = PARTS[part][0](given, folder)
    text = report(found, load)
    print(text)
    if not given.dry:
        (HERE / "hall.md").write_text(text, encoding="utf-8")
        file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
