"""The server of `regviz app`: Voilà with a gallery, a cap on kernels, friendly errors, and nothing asked of others."""

from __future__ import annotations

import json
import logging
import re
import signal
import sys
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tornado.ioloop
import tornado.web
from jupyter_core.paths import jupyter_path
from traitlets.config import Config
from voila.app import Voila
from voila.handler import BaseVoilaHandler
from voila.static_file_handler import AllowListFileHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from .forking import zygote
from .kernels import CappedKernelManager, VisitorConnection
from .limits import raise_open_files
from .wire import fault

TEMPLATE = "regviz"

HOUR = 3600

REFUSED = 1007
"""Close code of a websocket whose message could not be read (RFC 6455, 7.4.1: inconsistent data)."""

# The notebook that is being run for a visitor; each request is a task and has a context of its own.
NOTEBOOK: ContextVar[str] = ContextVar("NOTEBOOK", default="a notebook")


def configuration(notebooks: Path, host: str, port: int, cap: int) -> Config:
    """Voilà's settings for a server that strangers may visit."""
    return Config(
        Voila={
            "root_dir": str(notebooks),
            "ip": host,
            "port": port,
            "open_browser": False,
            "config_file_paths": [],
            "log_level": "ERROR",
            "kernel_websocket_connection_class": VisitorConnection,
        },
        VoilaConfiguration={
            "template": TEMPLATE,
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "strip_sources": True,
            "show_tracebacks": False,
            "file_allowlist": [r".*\.(png|jpg|svg)"],
            "file_denylist": [r"(.*/)?\..*"],
            "multi_kernel_manager_class": CappedKernelManager,
        },
        VoilaExecutor={
            "cell_error_instruction": "Reload the page to try again.",
            "on_cell_error": report_error,
        },
        # A page that is open but silent for an hour is an abandoned tab.
        MappingKernelManager={"cull_idle_timeout": HOUR, "cull_interval": 60, "cull_connected": True},
        KernelManager={"autorestart": False},
        KernelProvisionerFactory={"default_provisioner_name": "regviz-fork"},
        CappedKernelManager={"cap": cap},
    )


class App(Voila):
    """Voilà as `regviz app` runs it. `on_listen` is called with the port once the server accepts visitors."""

    on_listen: Callable[[int], None]
    port: int

    @property
    def themes_dir(self) -> str:
        """Voilà's themes: not beside our template, which comes first on the path."""
        found = [path for path in map(Path, jupyter_path("voila", "themes")) if path.exists()]
        return str(found[0]) if found else ""

    def init_settings(self) -> dict[str, Any]:
        """Voilà's settings, and a page of ours for an address that does not exist."""
        settings: dict[str, Any] = super().init_settings()
        arguments = {"voila_configuration": self.voila_configuration}
        return {**settings, "default_handler_class": NotFound, "default_handler_args": arguments}

    def init_handlers(self) -> list[tuple[Any, ...]]:
        """Voilà's routes with our gallery and pages, and without its file browser."""
        swap = {TornadoVoilaHandler: Render, AllowListFileHandler: Files, VoilaKernelWebsocketHandler: Socket}
        dropped = (TornadoVoilaTreeHandler, VoilaContentsHandler)
        gallery = (self.server_url, Gallery, {"voila_configuration": self.voila_configuration})
        routes = [route for route in super().init_handlers() if route[1] not in dropped]
        return [gallery, *((pattern, swap.get(handler, handler), *rest) for pattern, handler, *rest in routes)]

    def listen(self) -> None:
        """Listen on exactly `self.port`, and serve until interrupted or terminated. Raises OSError if it is taken."""
        self.app.listen(self.port, self.ip)
        self.ioloop = tornado.ioloop.IOLoop.current()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle_signal_stop)
        self.ioloop.add_callback(self.on_listen, self.port)
        try:
            self.ioloop.start()
        finally:
            self.stop()


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


class Friendly(BaseVoilaHandler):
    """Errors as a page that says what to do, without a traceback."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """The page for `status_code`."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        if status_code == 503:
            self.set_header("Retry-After", "20")
        cap = self.settings["kernel_manager"].cap
        self.finish(self.render_template("notice.html", status=status_code, cap=cap))


class NotFound(Friendly):
    """Any address that is none of ours."""

    async def prepare(self) -> None:
        """Refuse, whatever is asked."""
        await super().prepare()
        raise tornado.web.HTTPError(404)


class Gallery(Friendly):
    """The list of notebooks at `/`."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show every notebook with its title and sentence."""
        self.set_header("Cache-Control", "no-cache")
        root = Path(self.settings["contents_manager"].root_dir)
        self.finish(self.render_template("gallery.html", entries=entries(root), query=self.request.query))


class Render(Friendly, TornadoVoilaHandler):
    """A notebook as a page."""

    async def prepare(self) -> None:
        """Give the visitor the cookie that the page's goodbye needs, also on a link opened directly."""
        await super().prepare()
        self.xsrf_token  # noqa: B018  (reading it sets the cookie)

    async def get(self, path: str | None = None) -> None:
        """Run the notebook at `path` and send its page."""
        NOTEBOOK.set(path or "")
        await super().get(path)


def report_error(cell_index: int, execute_reply: dict[str, Any], **_: Any) -> None:
    """Print one line for whoever runs the server: the page tells visitors only that there was an error."""
    error = execute_reply["content"]
    words = " ".join(f"{error['ename']}: {error['evalue']}".split())
    print(f"{NOTEBOOK.get()}, cell {cell_index + 1}: {words}", file=sys.stderr, flush=True)


class Plain(tornado.web.RequestHandler):
    """Errors as one plain sentence, for what no person looks at."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say that it is not there, and no more."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("This is not served.")


class Files(Plain, AllowListFileHandler):
    """Pictures of the notebooks."""


class Socket(Plain, VoilaKernelWebsocketHandler):
    """The websocket to a kernel."""

    def on_message(self, ws_message: str | bytes) -> None:
        """Pass a page's message on to its kernel.

        One that cannot be unpacked ends its own socket, with a line for whoever runs the server. What comes while the
        socket closes is dropped: which format was agreed on is known no more, and in the wrong one its first bytes
        would be taken for a count of parts, and gigabytes for these.
        """
        if self.ws_connection is None or self.connection is None:
            return
        if wrong := fault(ws_message, self.selected_subprotocol):
            print(f"A visitor's message was refused: {wrong}.", file=sys.stderr, flush=True)
            self.close(REFUSED, "a message that cannot be read")
            return
        super().on_message(ws_message)

    def write_message(self, message: Any, binary: bool = False) -> Any:
        """Send `message` to the page.

        Voilà reads the header of every binary message as the v1 protocol writes it. A page that did not agree on v1
        (one that connects again after an early close) gets the older format, whose first bytes would be read as a count
        of 10^18 parts, and the server would never come back from counting. What comes for a page that has just left is
        dropped: its kernel has not heard yet.
        """
        if self.ws_connection is None:
            return None
        if isinstance(message, bytes) and self.selected_subprotocol is None:
            return super(VoilaKernelWebsocketHandler, self).write_message(message, binary)
        return super().write_message(message, binary)


def serve(notebooks: Path, host: str, port: int, cap: int, on_listen: Callable[[int], None]) -> None:
    """Serve `notebooks` at `host` and `port` until interrupted, for at most `cap` visitors at once.

    Raises OSError if the port is taken.
    """
    # jupyter_server counts pings in milliseconds where tornado expects seconds, and tornado says so for every visitor.
    logging.getLogger("tornado.general").addFilter(lambda record: "websocket_ping" not in record.getMessage())
    raise_open_files()
    app = App(config=configuration(notebooks, host, port, cap))
    app.on_listen = on_listen
    with zygote():
        app.initialize([])
        app.start()
