"""The pages that a person sees: the gallery, notebooks, and what is said when something is not to be had."""

from __future__ import annotations

import errno
import json
import re
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tornado.web
from voila.handler import BaseVoilaHandler
from voila.static_file_handler import AllowListFileHandler

from .saying import say

# The notebook that is being run for a visitor; each request is a task and has a context of its own.
NOTEBOOK: ContextVar[str] = ContextVar("NOTEBOOK", default="a notebook")


@dataclass(frozen=True, slots=True)
class Entry:
    """One notebook of the gallery."""

    path: str
    title: str
    description: str

    @classmethod
    def read(cls, file: Path, root: Path) -> Entry:
        """What a notebook says of itself in its metadata; a name made from the file's if it says nothing."""
        try:
            metadata = json.loads(file.read_text(encoding="utf-8")).get("metadata", {})
        except (OSError, ValueError):
            metadata = {}
        name = re.sub(r"^\d+\s*", "", re.sub(r"[-_]+", " ", file.stem)).capitalize()
        title = str(metadata.get("title") or name)
        return cls(file.relative_to(root).as_posix(), title, str(metadata.get("description", "")))


def entries(root: Path) -> list[Entry]:
    """The notebooks below `root` in the order of their names, the playground first; hidden folders left out."""
    files = [f for f in root.rglob("*.ipynb") if not any(part.startswith(".") for part in f.relative_to(root).parts)]
    files.sort(key=lambda f: (f.relative_to(root).as_posix() != "playground.ipynb", f.relative_to(root).as_posix()))
    return [Entry.read(f, root) for f in files]


def disk_is_full(error: BaseException | None) -> bool:
    """Whether this is what is raised when no more can be written."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Friendly(BaseVoilaHandler):
    """Errors as a page that says what to do, without a traceback."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """The page for `status_code`."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        error = kwargs.get("exc_info", (None, None))[1]
        self.finish(self.render_template("notice.html", status=status_code, disk=disk_is_full(error)))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """A full disk is no fault of the program's: one line, without its way through the program."""
        if disk_is_full(value):
            say(f"{self.request.path}: {value}. Make room on the disk.", "disk")
        else:
            super().log_exception(typ, value, tb)


class NotFound(Friendly):
    """Any address that is none of ours."""

    def check_xsrf_cookie(self) -> None:
        """What is not there needs no protection."""

    async def prepare(self) -> None:
        """Refuse, whatever is asked."""
        await super().prepare()
        raise tornado.web.HTTPError(404)


class Gallery(Friendly):
    """The list of notebooks at `/`."""

    @tornado.web.authenticated
    def head(self) -> None:
        """Whether it is there."""
        self.finish()

    @tornado.web.authenticated
    def get(self) -> None:
        """Show every notebook with its title and sentence."""
        self.set_header("Cache-Control", "no-cache")
        root = Path(self.settings["contents_manager"].root_dir)
        self.finish(self.render_template("gallery.html", entries=entries(root), query=self.request.query))


def report_error(cell_index: int, execute_reply: dict[str, Any], **_: Any) -> None:
    """Print one line for whoever runs the server: the page tells visitors only that there was an error."""
    error = execute_reply["content"]
    words = " ".join(f"{error['ename']}: {error['evalue']}".split())
    say(f"{NOTEBOOK.get()}, cell {cell_index + 1}: {words}", "notebook")


class Plain(tornado.web.RequestHandler):
    """Errors as one plain sentence, for what no person looks at."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say that it is not there, and no more."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("This is not served.")


class Files(Plain, AllowListFileHandler):
    """Pictures of the notebooks."""

    def prepare(self) -> None:
        """Where there is a password, they are for those who have given it."""
        if not self.settings["may_enter"](self):
            raise tornado.web.HTTPError(404)

    def get_absolute_path(self, root: str, path: str) -> str:
        """Where `path` is. Whatever may not be served is not there."""
        try:
            return str(super().get_absolute_path(root, path))
        except tornado.web.HTTPError:
            raise tornado.web.HTTPError(404) from None
