"""A run as a film: its snapshots painted one after the other, without a browser."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

import numpy as np

from regviz.errors import ArgumentError
from regviz.language import tr
from regviz.training.snapshot import Snapshot

from .bitmap import USUAL_SIZE, Painter
from .containers import Container, Gif, Mp4, WebP, ffmpeg
from .palette import Palette
from .view import View

KINDS = ("gif", "webp", "mp4")

SAMPLES = 8
"""Frames that are painted first, to choose the palette by."""

HOLD = 1500
"""Milliseconds that the last frame stands still for, before the film begins anew."""

LONG = 150
"""Milliseconds after which one sees that a frame is not whole."""

LONGEST, FASTEST = 60, 50
"""Seconds of a film and frames per second at most; browsers slow down a GIF that is faster."""


def film(
    snapshots: Sequence[Snapshot],
    view: View,
    *,
    kind: str = "gif",
    size: tuple[int, int] = USUAL_SIZE,
    seconds: float = 8.0,
    fps: int = 20,
    progress: Callable[[float], object] | None = None,
) -> bytes:
    """Return the film of `snapshots` as the bytes of a file; see `filming`. `progress` is called with the share
    done.
    """
    check_film(kind, size, seconds, fps, progress)
    work = filming(snapshots, view, kind=kind, size=size, seconds=seconds, fps=fps)
    try:
        while True:
            share = next(work)
            if progress is not None:
                progress(share)
    except StopIteration as done:
        return bytes(done.value)
    finally:
        work.close()


def filming(
    snapshots: Sequence[Snapshot],
    view: View,
    *,
    kind: str = "gif",
    size: tuple[int, int] = USUAL_SIZE,
    seconds: float = 8.0,
    fps: int = 20,
) -> Generator[float, None, bytes]:
    """Make a film a frame at a time: yields the share done after each, returns the file. `close` it to give up.

    kind      "gif", "webp" (lossless, smaller) or "mp4" (needs ffmpeg)
    size      width and height in pixels, even numbers
    seconds   how long the run takes, up to 60; its end then stands still for 1.5 s more
    fps       frames per second, up to 50. Time runs evenly in training steps: where snapshots are far apart, one
              stands longer

    Raises ArgumentError for an impossible value, ValueError without snapshots or, for "mp4", without ffmpeg.
    """
    check_film(kind, size, seconds, fps)
    if not snapshots:
        raise ValueError(tr("there is nothing to film yet: train a few epochs first"))
    cuts = timeline([snapshot.step for snapshot in snapshots], seconds, fps)
    shots = [snapshots[place] for place, _ in cuts]
    times = [duration for _, duration in cuts]
    times[-1] += HOLD

    container: Container
    if kind == "mp4":
        container = Mp4(size, fps)
    else:
        samples, sampler = [], Painter(view, size)
        for place in sorted({round(place) for place in np.linspace(0, len(shots) - 1, SAMPLES)}):
            samples.append(sampler.paint(shots[place]))
            yield 0.0
        look = view.look
        palette = Palette(samples, (look.background, look.text, look.muted, look.grid, *look.lanes))
        container = Gif(size, palette) if kind == "gif" else WebP(size, palette)
    try:
        hand = Painter(view, size)
        for done, (shot, duration) in enumerate(zip(shots, times, strict=True), 1):
            container.add(hand.paint(shot, whole=duration >= LONG), duration)
            yield done / len(shots)
        return container.finish()
    finally:
        container.close()


def timeline(steps: Sequence[int], seconds: float, fps: int) -> list[tuple[int, int]]:
    """Return (place of a snapshot, milliseconds) for each frame, given the training step of every snapshot, ascending.

    At each tick the last snapshot at or before its step is seen; ticks that see the same one are one long frame. The
    first and the last snapshot are always seen.
    """
    ticks = max(2 if len(steps) > 1 else 1, round(seconds * fps))
    wanted = np.linspace(steps[0], steps[-1], ticks)
    seen = np.maximum(np.searchsorted(np.asarray(steps), wanted + 1e-9, side="right") - 1, 0)
    places, counts = np.unique(seen, return_counts=True)
    # Ends are rounded, not durations, so that rounding does not add up. A GIF counts in hundredths of a second.
    ends = 10 * np.round(np.cumsum(counts) * 100 / fps).astype(int)
    return [(int(place), int(end)) for place, end in zip(places, np.diff(ends, prepend=0), strict=True)]


def check_film(
    kind: str,
    size: Any = USUAL_SIZE,
    seconds: Any = 8.0,
    fps: Any = 20,
    progress: Callable[[float], object] | None = None,
) -> None:
    """Raise what `film` raises for what it is told, before anything is trained for it: ArgumentError for an impossible
    value, ValueError for an "mp4" without ffmpeg.
    """
    if kind not in KINDS:
        raise ArgumentError("kind", kind, f"allowed is one of {', '.join(KINDS)}", "gif")
    pair = isinstance(size, Sequence) and not isinstance(size, str) and len(size) == 2
    if not pair or not all(isinstance(side, int) and 200 <= side <= 4000 and side % 2 == 0 for side in size):
        raise ArgumentError("size", size, "allowed are even widths and heights from 200 to 4000 pixels", (1100, 650))
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds <= LONGEST:
        raise ArgumentError("seconds", seconds, f"allowed is more than 0 and up to {LONGEST}", 8)
    if not (isinstance(fps, int) and 1 <= fps <= FASTEST):
        raise ArgumentError("fps", fps, f"allowed is a whole number from 1 to {FASTEST}", 20)
    if progress is not None and not callable(progress):
        raise ArgumentError("progress", progress, "allowed is a function of the share that is done, or None", print)
    if kind == "mp4":
        ffmpeg()
