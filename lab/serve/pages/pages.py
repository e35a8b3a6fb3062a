"""The pages that a person sees: the gallery, notebooks, and what is said when something is not to be had."""

from __future__ import annotations

import errno
import json
import math
import re
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tornado.web
from nbformat import NotebookNode
from voila.handler import BaseVoilaHandler
from voila.static_file_handler import AllowListFileHandler

from regviz.language import en, ntr, speaking, tr

from ..saying import say
from .languages import kept, of_request, speech

# The notebook that is being run for a visitor; each request is a task and has a context of its own.
NOTEBOOK: ContextVar[str] = ContextVar("NOTEBOOK", default="a notebook")


CHAPTERS = {
    en("Overfitting and chance"): en("What goes wrong when a network has more room than data, and how to see it."),
    en("Penalties"): en("Large weights cost: what L1 and L2 do, and how strong they should be."),
    en("Dropout"): en("Units that are missing in training."),
    en("Depth and signals"): en("What becomes of a signal in many layers."),
    en("Choosing honestly"): en("Which technique, which strength, which epoch, and on which data that may be decided."),
}
"""The chapters of the course in their order, with what each is about. A notebook may name others, which come after."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One notebook of the gallery.

    path         below the folder of notebooks
    title        and `description`, a sentence
    chapter      under which it stands, empty for none
    lesson       the name under which its page keeps the learner's answer, empty for none
    minutes      the time needed, 0 if it is not said
    before       what to know before
    place        where in the course it stands, 1 for the first, whatever its file's name; infinite if it is not said
    still        the path of a picture, {look} in it standing for "light" and "dark"; empty for none
    """

    path: str
    title: str
    description: str
    chapter: str = ""
    lesson: str = ""
    minutes: int = 0
    before: str = ""
    place: float = math.inf
    still: str = ""

    @classmethod
    def read(cls, file: Path, root: Path) -> Entry:
        """Return what a notebook says of itself in its metadata; a name made from the file's if it says nothing."""
        try:
            metadata = json.loads(file.read_text(encoding="utf-8")).get("metadata", {})
        except (OSError, ValueError, AttributeError):
            metadata = {}
        metadata = metadata if isinstance(metadata, dict) else {}
        name = re.sub(r"^\d+\s*", "", re.sub(r"[-_]+", " ", file.stem)).capitalize()
        title = str(metadata.get("title") or name)
        more = metadata.get("regviz")
        more = more if isinstance(more, dict) else {}
        minutes, place = more.get("minutes"), more.get("place")
        chapter, lesson, before = (str(more.get(key) or "") for key in ("chapter", "lesson", "before"))
        return cls(
            file.relative_to(root).as_posix(),
            title,
            str(metadata.get("description", "")),
            chapter,
            lesson,
            minutes if isinstance(minutes, int) else 0,
            before,
            place if isinstance(place, int) else math.inf,
            _still(file, root),
        )


@dataclass(frozen=True, slots=True)
class Chapter:
    """Notebooks that belong together; without a title those that name no chapter."""

    title: str
    about: str
    entries: list[Entry]


def entries(root: Path) -> list[Entry]:
    """Return the notebooks below `root` in the order of their names, the playground first; without those in hidden
    folders, and those whose names no address can have.
    """
    paths = {file: file.relative_to(root) for file in root.rglob("*.ipynb")}
    shown = {
        file: path.as_posix()
        for file, path in paths.items()
        if path.as_posix().isprintable() and not any(part.startswith(".") for part in path.parts)
    }
    return [Entry.read(file, root) for file in sorted(shown, key=lambda f: (shown[f] != "playground.ipynb", shown[f]))]


def chapters(root: Path) -> list[Chapter]:
    """Return the notebooks below `root` by chapter: first those that name none, then the course, then other chapters.

    In a chapter they stand by their places, and where they name none by their names.
    """
    found = sorted(entries(root), key=lambda entry: entry.place)  # stable
    titles = dict.fromkeys(["", *CHAPTERS, *(entry.chapter for entry in found)])
    sorted_in = {title: [entry for entry in found if entry.chapter == title] for title in titles}
    return [Chapter(title, CHAPTERS.get(title, ""), its) for title, its in sorted_in.items() if its]


def _still(file: Path, root: Path) -> str:
    """The path below `root` of the pictures that stand for a notebook, if there is one for either look."""
    still = file.parent / "stills" / f"{file.stem}-{{look}}.png"
    if all(Path(str(still).replace("{look}", look)).is_file() for look in ("light", "dark")):
        return still.relative_to(root).as_posix()
    return ""


def disk_is_full(error: BaseException | None) -> bool:
    """Return whether this is what is raised when no more can be written."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Friendly(BaseVoilaHandler):
    """A page in its reader's language. Errors are one, too: it says what to do, without a traceback."""

    @property
    def query(self) -> str:
        """Where `lang=` may stand."""
        return str(self.request.query)

    @property
    def language(self) -> str:
        """The page's language."""
        return of_request(self.request, self.query)

    def render_template(self, name: str, **given: Any) -> str:
        """Return the page `name`, made in its language. What browsers keep of it is for readers of the same."""
        self.set_header("Content-Language", self.language)
        self.set_header("Vary", "Accept-Language")
        with speaking(self.language):
            said = {"tr": tr, "ntr": ntr, "speech": speech, "lang": self.language, "kept": kept(self.query)}
            return str(super().render_template(name, **said, **given))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Send the page for `status_code`."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        if not hasattr(self, "_jupyter_current_user"):  # it was refused before it was known who asks
            nobody: Any = None
            self.current_user = self._jupyter_current_user = nobody
        error = kwargs.get("exc_info", (None, None))[1]
        self.finish(self.render_template("notice.html", status=status_code, disk=disk_is_full(error)))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log a full disk, no fault of the program's, as one line, without its way through the program."""
        if disk_is_full(value):
            say(f"{self.request.path}: {value}. Make room on the disk.", "disk")
        else:
            super().log_exception(typ, value, tb)


class NotFound(Friendly):
    """Any address that is none of ours."""

    def check_xsrf_cookie(self) -> None:
        """Check nothing: what is not there needs no protection."""

    async def prepare(self) -> None:
        """Refuse, whatever is asked."""
        await super().prepare()
        raise tornado.web.HTTPError(404)


class Gallery(Friendly):
    """The list of notebooks at `/`."""

    @tornado.web.authenticated
    def head(self) -> None:
        """Tell whether it is there."""
        self.finish()

    @tornado.web.authenticated
    def get(self) -> None:
        """Show every notebook with its title and sentence."""
        self.set_header("Cache-Control", "no-cache")
        root = Path(self.settings["contents_manager"].root_dir)
        self.finish(self.render_template("gallery.html", chapters=chapters(root), query=self.query))


CELL_FAILED = en("Cell {number} of this notebook has failed. Reload the page to try again.")


def report_error(cell: Any, cell_index: int, execute_reply: dict[str, Any]) -> None:
    """Print one line for whoever runs the server: the page tells visitors only that there was an error."""
    error = execute_reply["content"]
    words = " ".join(f"{error['ename']}: {error['evalue']}".split())
    say(f"{NOTEBOOK.get()}, cell {cell_index + 1}: {words}", "notebook")
    # Voilà would put English in the place of what is of the kind "error".
    said = told(tr(CELL_FAILED, number=cell_index + 1))
    cell["outputs"] = [said if output["output_type"] == "error" else output for output in cell["outputs"]]


def told(sentence: str) -> NotebookNode:
    """Return the output of a cell that says `sentence`; the page writes it as plain text."""
    return NotebookNode(output_type="stream", name="stdout", text=sentence)


class Plain(tornado.web.RequestHandler):
    """Errors as one plain sentence, for what no person looks at."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say that it is not there, or not now, and no more."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("Too much at once. Try again in a minute." if status_code == 429 else "This is not served.")


class Files(Plain, AllowListFileHandler):
    """Pictures of the notebooks."""

    def prepare(self) -> None:
        """Refuse files to whoever has not given the password, where there is one."""
        if not self.settings["may_enter"](self):
            raise tornado.web.HTTPError(404)

    def get_absolute_path(self, root: str, path: str) -> str:
        """Return where `path` is. Whatever may not be served is not there."""
        try:
            return str(super().get_absolute_path(root, path))
        except tornado.web.HTTPError:
            raise tornado.web.HTTPError(404) from None
