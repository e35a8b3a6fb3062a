"""The files that pages load: compressed once, and kept by browsers for as long as they do not change."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tornado.web

from .early import Early
from .pages import Plain

WORDS = {".js", ".mjs", ".css", ".svg", ".json", ".html", ".txt", ".map", ".ttf", ".eot"}
"""Ends of files that become much shorter when they are compressed; pictures and web fonts are already."""

ROOM = 48_000_000
"""Bytes of files that are kept in memory. The pages' own take some 7."""

FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent."""

    stamp: tuple[int, int]
    etag: str
    plain: bytes
    packed: bytes | None

    @classmethod
    def read(cls, file: Path, stamp: tuple[int, int]) -> Asset:
        """Read and compress `file`."""
        plain = file.read_bytes()
        packed = gzip.compress(plain, 9, mtime=0) if file.suffix in WORDS and len(plain) > 500 else None
        return cls(stamp, f'"{hashlib.sha256(plain).hexdigest()[:32]}"', plain, packed)


_KEPT: dict[Path, Asset] = {}


async def asset(file: Path) -> Asset:
    """Return the asset of `file`. Raises OSError if there is none."""
    state = file.stat()
    stamp = state.st_mtime_ns, state.st_size
    found = _KEPT.get(file)
    if found is None or found.stamp != stamp:
        found = await asyncio.to_thread(Asset.read, file, stamp)
        if sum(len(kept.plain) for kept in _KEPT.values()) + len(found.plain) > ROOM:
            _KEPT.clear()
        _KEPT[file] = found
    return found


def find(path: str, roots: Sequence[str]) -> Path | None:
    """Return the first file of this relative path below one of `roots`; never one outside of them."""
    if "\0" in path:
        return None
    for root in map(os.path.abspath, roots):
        file = os.path.abspath(os.path.join(root, path))
        if file.startswith(root + os.sep) and os.path.isfile(file):
            return Path(file)
    return None


def version(roots: Sequence[str]) -> str:
    """Return a word that changes when a file below `roots` does: addresses that hold it are good for ever."""
    facts = hashlib.sha256()
    for root in roots:
        for folder, folders, names in os.walk(root):
            folders.sort()
            for name in sorted(names):
                try:
                    state = os.stat(os.path.join(folder, name))
                except OSError:  # a link that leads nowhere, such as an extension's whose checkout is gone
                    continue
                facts.update(f"{os.path.relpath(folder, root)}/{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return "v-" + facts.hexdigest()[:16]


def is_own(query: str, file: Path) -> bool:
    """Return whether a script asks for `file` so: with the version in its name, or with none. Any query is an
    address.
    """
    return not query or (query.startswith("v=") and query[2:] in file.name.split("."))


class Assets(Plain):
    """Files below `roots`, at addresses with or without a version."""

    def initialize(self, roots: Sequence[str], name: str, early: Early) -> None:
        """Serve what is below `roots`, whose address is the page setting `name`."""
        self.roots, self.name, self.early = roots, name, early

    async def get(self, versioned: str | None, path: str) -> None:
        """Send a file, compressed for browsers that can read it so; nothing if the browser has it."""
        file = find(path, self.roots)
        if file is None:
            raise tornado.web.HTTPError(404)
        try:
            found = await asset(file)
        except OSError:
            raise tornado.web.HTTPError(404) from None
        query = self.request.query
        if versioned and file.suffix == ".js" and is_own(query, file):
            rest = f"{path}?{query}" if query else path
            self.early.note(self.request.headers.get("Referer", ""), self.name, rest, len(found.plain))
        lasting = bool(versioned or self.request.query.startswith("v="))
        self.set_header("Cache-Control", FOR_GOOD if lasting else "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Etag", found.etag)
        if found.packed is not None:
            self.set_header("Vary", "Accept-Encoding")
        if self.check_etag_header():
            self.set_status(304)
            return
        self.set_header("Content-Type", mimetypes.guess_type(file.name)[0] or "application/octet-stream")
        body = found.plain
        if found.packed is not None and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            body = found.packed
        self.set_header("Content-Length", str(len(body)))
        if self.request.method != "HEAD":
            self.write(body)

    head = get
