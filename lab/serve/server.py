"""The server of `regviz app`: Voilà with a gallery, a cap on kernels, friendly errors, and nothing asked of others."""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import ssl
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import tornado.ioloop
from jupyter_core.paths import jupyter_path
from jupyter_events import EventLogger
from jupyter_server import DEFAULT_STATIC_FILES_PATH
from nbformat.sign import MemorySignatureStore
from tornado.httpserver import HTTPServer
from tornado.web import RequestHandler
from traitlets.config import Config
from voila.app import Voila

from regviz.language import of_environment, speak
from regviz.memory import freeze, keep_little

from .access.passwords import Visitors, key, may_enter
from .connections import VisitorConnection
from .kernels.forking import zygote
from .kernels.kernels import CappedKernelManager
from .kernels.limits import raise_open_files
from .pages.assets import version
from .pages.pages import NotFound, disk_is_full, report_error
from .routes import routes
from .saying import say
from .settings import Settings

TEMPLATE = "regviz"

HOUR = 3600

LARGEST_REQUEST = 1_000_000
"""Bytes of a request's body: files go over the websocket, in parts."""


UNUSED = ("jupyterlab_pygments", "@jupyter-notebook/lab-extension")
"""JupyterLab's extensions that no page needs; each visitor would load them."""


def page_settings(page: dict[str, Any], settings: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Return a page's settings with addresses that hold a version, so that browsers need not ask again for what they
    have.
    """
    for name, word in settings["versions"].items():
        page[name] += f"/{word}"
    page["run"] = settings["run"]
    return page


def log_request(handler: RequestHandler) -> None:
    """Say which requests failed by a fault of ours; what is not there, or not allowed, is ordinary.

    That a proxy's word is not believed is said once: strangers may write such a header, too.
    """
    settings = handler.settings
    proxied = "X-Forwarded-For" in handler.request.headers and not settings["regviz"].behind_proxy
    if proxied and not settings.get("proxied"):
        settings["proxied"] = True
        say(
            "Requests come through a proxy (they have X-Forwarded-For), and all count as one address: wrong passwords "
            "and codes of one person shut out everybody. If nobody comes but through it, start with --behind-proxy.",
            "proxy",
        )
    status = handler.get_status()
    if status >= 500 and status != 503:
        say(f"{handler.request.method} {handler.request.path}: {status}.", "failed")


def tornado_settings(settings: Settings) -> dict[str, Any]:
    """Return what every handler knows: the settings, who may speak to the server, and who may frame its pages."""
    parents = " ".join(["frame-ancestors 'self'", *settings.parents])
    found: dict[str, Any] = {
        "regviz": settings,
        "may_enter": may_enter,
        "headers": {"Content-Security-Policy": parents},
        "log_function": log_request,
    }
    if "*" in settings.origins:
        found["allow_origin"] = "*"
    elif settings.origins:
        origins = "|".join(map(re.escape, settings.origins))
        found["allow_origin_pat"] = rf"(?:{origins})\Z"  # older servers look for it at the beginning alone
    return found


def configuration(settings: Settings) -> Config:
    """Return Voilà's settings for a server that strangers may visit."""
    return Config(
        Voila={
            "root_dir": str(settings.notebooks),
            "ip": settings.host,
            "port": settings.port,
            "base_url": settings.base_url,
            "open_browser": False,
            "config_file_paths": [],
            "log_level": "ERROR",
            "kernel_websocket_connection_class": VisitorConnection,
            "identity_provider_class": Visitors,
            "tornado_settings": tornado_settings(settings),
            **({"cookie_secret": secret} if (secret := key(settings)) else {}),
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
            "extension_denylist": list(UNUSED),
            "page_config_hook": page_settings,
        },
        VoilaExecutor={
            "on_cell_error": report_error,
            # nbclient waits 4 s for the outputs of a cell that has ended, and then shows none: where 24 pages come at
            # once to two cores, nine said that the notebook shows nothing.
            "iopub_timeout": 60,
        },
        # Two servers on one machine share the browser's cookies, which know no ports.
        IdentityProvider={"cookie_name": f"regviz-visitor-{settings.port}"},
        # A page that is open but silent for an hour is an abandoned tab.
        MappingKernelManager={"cull_idle_timeout": HOUR, "cull_interval": 60, "cull_connected": True},
        KernelManager={"autorestart": False},
        # Nobody signs notebooks here; SQLite's store would remember some two hundred looks at its file.
        NotebookNotary={"store_factory": MemorySignatureStore},
        KernelProvisionerFactory={"default_provisioner_name": "regviz-fork"},
        CappedKernelManager={"cap": settings.cap, "passed": settings.passed},
    )


class App(Voila):
    """Voilà as `regviz app` runs it, on `sockets` that listen already: nobody else has taken their port meanwhile.

    `on_listen` is called with the port once the server accepts visitors.
    """

    on_listen: Callable[[int], None]
    sockets: Sequence[socket.socket]

    @cached_property
    def event_logger(self) -> EventLogger:
        """Where Jupyter's kernel managers note what they do: each would make one of its own, with a logger for ever."""
        return EventLogger(parent=self)

    @property
    def themes_dir(self) -> str:
        """Voilà's themes: not beside our template, which comes first on the path."""
        found = [path for path in map(Path, jupyter_path("voila", "themes")) if path.exists()]
        return str(found[0]) if found else ""

    def init_settings(self) -> dict[str, Any]:
        """Return Voilà's settings, and a page of ours for an address that does not exist."""
        settings: dict[str, Any] = super().init_settings()
        return {
            **settings,
            "default_handler_class": NotFound,
            "default_handler_args": {"voila_configuration": self.voila_configuration},
            "run": uuid4().hex,
            "versions": {
                "fullStaticUrl": version(self.static_roots),
                "fullLabextensionsUrl": version(self.labextensions_path),
            },
        }

    @property
    def static_roots(self) -> list[str]:
        """Where the files of pages are: our template's and Voilà's, not those of Jupyter's own pages."""
        return [path for path in self.static_paths if path != DEFAULT_STATIC_FILES_PATH]

    def init_handlers(self) -> list[tuple[Any, ...]]:
        """Return our routes alone: none of Voilà's that no page of ours needs."""
        return routes(self)

    def listen(self) -> None:
        """Accept visitors, and serve until interrupted or terminated."""
        settings: Settings = self.app.settings["regviz"]
        server = HTTPServer(
            self.app,
            max_body_size=LARGEST_REQUEST,
            xheaders=settings.behind_proxy,
            ssl_options=tls(settings),
        )
        server.add_sockets(self.sockets)
        self.ioloop = tornado.ioloop.IOLoop.current()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle_signal_stop)
        self.ioloop.add_callback(self.on_listen, settings.port)
        try:
            self.ioloop.start()
        finally:
            self.stop()


def tls(settings: Settings) -> ssl.SSLContext | None:
    """Return what is needed to speak TLS; None without a certificate. Raises SystemExit for files that do not serve."""
    if settings.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.certificate, settings.key)
    except (OSError, ssl.SSLError) as error:
        files = " and ".join(str(file) for file in (settings.certificate, settings.key) if file)
        raise SystemExit(f"{files}: this is no certificate with its key ({error}).") from None
    return context


ORDINARY = ("websocket_ping", "Got events for closed stream")
"""Parts of lines that say nothing of interest, one for every visitor: jupyter_server counts pings in milliseconds where
tornado expects seconds, and a kernel's last words come when its page has left."""


def is_news(record: logging.LogRecord) -> bool:
    """Return True if a library's line belongs into the log. That the disk is full is said by our own lines."""
    error = record.exc_info[1] if record.exc_info else None
    message = record.getMessage()
    return not disk_is_full(error) and not any(words in message for words in ORDINARY)


def serve(settings: Settings, sockets: Sequence[socket.socket], on_listen: Callable[[int], None]) -> None:
    """Serve until interrupted, on `sockets` that listen on the settings' port; `on_listen` is called once it does."""
    logging.getLogger("tornado.general").addFilter(is_news)
    speak(of_environment(os.environ))
    raise_open_files()
    tls(settings)
    app = App(config=configuration(settings))
    app.log.addFilter(is_news)
    app.sockets, app.on_listen = sockets, on_listen
    with zygote(settings.passed):
        app.initialize([])
        freeze()  # then the collector looks at what visitors leave alone: that is soon done, and so it is done often
        keep_little()
        app.start()
