"""Film files, written frame by frame: GIF, animated WebP, and MP4 where there is an ffmpeg.

A frame of a GIF or WebP holds only what looks different from what is seen already: a rectangle, in which all other
pixels are transparent. That is why they are put together here and not by Pillow's `save_all`, which takes whole frames:
of sixty epochs of the playground its WebP was three times as large and took four to seven times as long, its GIF 1.6
times and seven times.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.GifImagePlugin import getdata

from regviz.language import tr

from ..canvas.changes import Pixels
from .palette import CLEAR, Palette


class Container(Protocol):
    """A film file that grows. `close` may be called at any time, `finish` once, after the last frame."""

    def add(self, picture: Image.Image, milliseconds: int) -> None:
        """Add one more frame, which stands for some milliseconds."""

    def finish(self) -> bytes:
        """End the film and return the file."""

    def close(self) -> None:
        """Give back what it holds: files, processes."""


class _Differences:
    """Pictures as what differs from what is seen."""

    def __init__(self, size: tuple[int, int], palette: Palette) -> None:
        self.size, self.palette = size, palette
        self._seen: Pixels | None = None
        self._words: NDArray[np.uint32] = np.zeros(0, np.uint32)

    def next(self, picture: Image.Image) -> tuple[int, int, Pixels, NDArray[np.bool_]]:
        """Where the next frame stands (x, y), its indices (height, width), and where it changes nothing."""
        words = np.asarray(picture.convert("RGBA")).view(np.uint32).ravel()
        before, self._words = self._words, words
        if self._seen is None:
            self._seen = self.palette.indexed(picture)
            return 0, 0, self._seen.copy(), np.zeros(self._seen.shape, bool)
        # Most pixels are as they were: only the colours of the others are looked up.
        changed = np.flatnonzero(words != before)
        if not len(changed):
            return 0, 0, self._seen[:2, :2], np.ones((2, 2), bool)
        pixels = words[changed].view(np.uint8).reshape(1, -1, 4)[..., :3]
        found = self.palette.indexed(Image.fromarray(np.ascontiguousarray(pixels)))[0]
        index, same = self._seen, np.ones(self._seen.shape, bool)
        alike = self.palette.alike(found, index.ravel()[changed])
        same.ravel()[changed] = alike
        index.ravel()[changed[~alike]] = found[~alike]
        rows, columns = np.flatnonzero(~same.all(axis=1)), np.flatnonzero(~same.all(axis=0))
        if not len(rows):
            return 0, 0, index[:2, :2], same[:2, :2]
        x, y = int(columns[0]) // 2 * 2, int(rows[0]) // 2 * 2  # WebP tells places in steps of two pixels
        part = np.s_[y : int(rows[-1]) + 1, x : int(columns[-1]) + 1]
        return x, y, index[part], same[part]


class Gif:
    """A GIF with one palette for all frames; plays for ever."""

    def __init__(self, size: tuple[int, int], palette: Palette) -> None:
        self.palette, self._differences = palette, _Differences(size, palette)
        head = b"GIF89a" + struct.pack("<HHBBB", *size, 0xF7, 0, 0) + palette.table.tobytes()
        loop = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
        self._parts = [head, loop]

    def add(self, picture: Image.Image, milliseconds: int) -> None:
        """Add one more frame; times are whole hundredths of a second."""
        x, y, index, same = self._differences.next(picture)
        cells = np.where(same, np.uint8(CLEAR), index)
        frame = Image.frombytes("P", cells.shape[::-1], cells.tobytes())
        self._parts += getdata(frame, (x, y), duration=milliseconds, transparency=CLEAR, disposal=1)

    def finish(self) -> bytes:
        """Return the file."""
        return b"".join([*self._parts, b";"])

    def close(self) -> None:
        """Do nothing: nothing is held open."""


class WebP:
    """An animated WebP, lossless; plays for ever. (Its frames are stills of their own in a list of chunks.)"""

    def __init__(self, size: tuple[int, int], palette: Palette) -> None:
        self.size, self.palette, self._differences = size, palette, _Differences(size, palette)
        self._frames: list[bytes] = []
        opaque = np.full((len(palette.table), 1), 255, np.uint8)
        self._inks = np.ascontiguousarray(np.hstack((palette.table, opaque))).view(np.uint32)[:, 0]

    def add(self, picture: Image.Image, milliseconds: int) -> None:
        """Add one more frame."""
        x, y, index, same = self._differences.next(picture)
        pixels = np.where(same, np.uint32(0), np.take(self._inks, index)).view(np.uint8).reshape(*index.shape, 4)
        still = BytesIO()
        Image.fromarray(pixels).save(still, "WEBP", lossless=True, quality=0, method=1)
        h, w = index.shape
        places = b"".join(_24(value) for value in (x // 2, y // 2, w - 1, h - 1, milliseconds))
        self._frames.append(_chunk(b"ANMF", places + b"\x00" + _image_chunks(still.getvalue())))

    def finish(self) -> bytes:
        """Return the file."""
        animated, alpha = 0x02, 0x10
        head = bytes([animated | alpha, 0, 0, 0]) + _24(self.size[0] - 1) + _24(self.size[1] - 1)
        forever = struct.pack("<IH", 0xFFFFFFFF, 0)
        body = b"WEBP" + _chunk(b"VP8X", head) + _chunk(b"ANIM", forever) + b"".join(self._frames)
        return b"RIFF" + struct.pack("<I", len(body)) + body

    def close(self) -> None:
        """Do nothing: nothing is held open."""


def ffmpeg() -> str:
    """Return where ffmpeg is. Raises ValueError if it is not installed."""
    program = shutil.which("ffmpeg")
    if program is None:
        raise ValueError(tr("an MP4 needs ffmpeg, which is not installed here; try .webp or .gif, which need nothing"))
    return program


class Mp4:
    """An MP4 (H.264) through ffmpeg, which must be installed. Raises ValueError without one, or if it fails."""

    def __init__(self, size: tuple[int, int], fps: int) -> None:
        program = ffmpeg()
        self.fps = fps
        self._folder = tempfile.TemporaryDirectory(prefix="regviz-film-")
        self._path = Path(self._folder.name) / "film.mp4"
        given = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", str(fps), "-i", "-"]
        wanted = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "18", "-movflags", "+faststart", str(self._path)]
        self._log = Path(self._folder.name) / "log"  # a pipe that nobody empties would stop ffmpeg
        command = [program, "-loglevel", "error", "-y", *given, *wanted]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log)

    def add(self, picture: Image.Image, milliseconds: int) -> None:
        """Add one more picture, as often as it takes to fill its time. Raises ValueError if the encoder has failed."""
        assert self._process.stdin is not None
        data = picture.tobytes()
        try:
            for _ in range(max(1, round(milliseconds * self.fps / 1000))):
                self._process.stdin.write(data)
        except BrokenPipeError:
            raise ValueError(self._failure()) from None

    def finish(self) -> bytes:
        """Return the file. Raises ValueError if the encoder has failed."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # then it has failed, and says so
            self._process.stdin.close()
        if self._process.wait() != 0 or not self._path.exists():
            raise ValueError(self._failure())
        return self._path.read_bytes()

    def close(self) -> None:
        """End ffmpeg and remove what it wrote."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdin is not None and not self._process.stdin.closed:
            with suppress(BrokenPipeError):  # what it had not read yet
                self._process.stdin.close()
        self._folder.cleanup()

    def _failure(self) -> str:
        said = self._log.read_text(errors="replace").strip().splitlines()
        if not said:
            return tr("ffmpeg could not write the film (it said nothing); try .webp or .gif")
        return tr("ffmpeg could not write the film ({reason}); try .webp or .gif", reason=said[-1])


def _24(value: int) -> bytes:
    return struct.pack("<I", value)[:3]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)


def _image_chunks(still: bytes) -> bytes:
    """The chunks of a still WebP that hold its pixels."""
    kept: Sequence[bytes] = (b"ALPH", b"VP8 ", b"VP8L")
    at, found = 12, b""
    while at < len(still):
        kind, size = still[at : at + 4], struct.unpack("<I", still[at + 4 : at + 8])[0]
        end = at + 8 + size + size % 2
        if kind in kept:
            found += still[at:end]
        at = end
    return found
