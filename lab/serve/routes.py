"""Every address of the server, and who answers at it. Whatever is not in this list is not there."""

from __future__ import annotations

import re
from typing import Any

from prometheus_client import generate_latest
from voila.app import Voila

from . import figures
from .access.passwords import Login, may_enter
from .connections import VisitorConnection
from .hall.following import hall
from .hall.rooms import Rooms
from .pages.assets import Assets
from .pages.early import Early
from .pages.pages import Files, Gallery, Plain
from .pages.presence import Presence
from .pages.rendering import Render
from .sessions import Goodbye, Kernel, Queue
from .sockets import Socket

KERNEL = r"(?P<kernel_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"

VERSION = r"(?:(v-[0-9a-f]+)/)?"

Route = tuple[str, type, dict[str, Any]]


def routes(app: Voila) -> list[tuple[Any, ...]]:
    """Return the routes of `app`, below its base address and, for a proxy that takes this away, at the root as well."""
    page = {"voila_configuration": app.voila_configuration}
    early = Early()
    notebook = {**page, "template_paths": app.template_paths, "config": app.config, "early": early}
    static = {"roots": app.static_roots, "name": "fullStaticUrl", "early": early}
    extensions = {"roots": app.labextensions_path, "name": "fullLabextensionsUrl", "early": early}
    pictures = {
        "allowlist": app.voila_configuration.file_allowlist,
        "denylist": app.voila_configuration.file_denylist,
        "path": app.root_dir,
    }
    kernels = app.kernel_manager
    rooms = Rooms(VisitorConnection.taps, lambda kernel: kernel in kernels, patience=kernels.patience)
    kernels.spared = rooms.presents
    figures.FOLLOWERS.set_function(lambda: rooms.followers)
    found: list[Route] = [
        (r"/", Gallery, page),
        (r"/voila/render/(.*)", Render, notebook),
        (r"/voila/files/(.*)", Files, pictures),
        (r"/login", Login, page),
        # what pages load
        (rf"/voila/(?:static|templates/regviz/static)/{VERSION}(.*)", Assets, static),
        (rf"/voila/labextensions/{VERSION}(.*)", Assets, extensions),
        # what pages say
        (rf"/api/kernels/{KERNEL}", Kernel, {}),
        (rf"/api/kernels/{KERNEL}/channels", Socket, {}),
        (rf"/voila/api/here/{KERNEL}", Presence, {}),
        (rf"/voila/api/shutdown/{KERNEL}", Goodbye, {}),
        (r"/voila/api/queue/(?P<ticket>[0-9a-f]{32})", Queue, {}),
        # for whoever watches the server
        (r"/healthz", Health, {}),
        (r"/metrics", Metrics, {}),
        *hall(rooms, app.ip, page),
    ]
    base = re.escape(app.base_url.rstrip("/"))
    prefix = f"(?:{base})?" if base else ""
    return [(prefix + pattern, handler, given) for pattern, handler, given in found]


class Health(Plain):
    """Says that the server answers."""

    def get(self) -> None:
        """Send one word, and which run of the server it is: a page tells by it that the server was restarted."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Regviz-Run", self.settings["run"])
        self.finish("ok")

    head = get


class Metrics(Plain):
    """The server's figures as Prometheus reads them."""

    def get(self) -> None:
        """Send all figures at this moment. Where there is a password, programs give it as HTTP's Basic one."""
        if not may_enter(self):
            self.set_status(401)
            self.set_header("WWW-Authenticate", 'Basic realm="regviz"')
            return
        kernels = self.settings["kernel_manager"]
        figures.SESSIONS.set(kernels.running)
        figures.WAITING.set(kernels.seats.waiting)
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(generate_latest(figures.REGISTRY))
