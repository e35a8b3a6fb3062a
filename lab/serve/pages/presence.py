"""Whether a page is there. The end of its websocket says that it has left, also where its goodbye gets lost."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado.web import HTTPError
from tornado.websocket import WebSocketHandler

from .pages import Plain
from .places import Places

MOST_LINES = 4
"""Lines of the page of one kernel; it has one, and two for a moment when it comes back."""


class Farewell:
    """Mixed into a websocket: `left` is whether the page ended it; browsers do so when they leave a page."""

    left = False
    ping_callback: Any = None

    def on_connection_close(self) -> None:
        """Note that it has ended. The timer of Jupyter's pings would keep all that belongs to it for half a minute."""
        super().on_connection_close()  # type: ignore[misc]
        if self.ping_callback is not None:
            self.ping_callback.stop()

    def listen_for_farewell(self, protocol: Any) -> None:
        """Note whether the page ends the connection itself, which the code does not tell: scripts close without one.

        Tornado answers a page's closing frame by `close`, at a time when only the page has ended. A line that was cut
        is ended for both sides at once.
        """
        answer = protocol.close

        def close(code: int | None = None, reason: str | None = None) -> None:
            self.left = self.left or (protocol.client_terminated and not protocol.server_terminated)
            answer(code, reason)

        protocol.close = close


class Presence(Farewell, Plain, WebSocketMixin, WebSocketHandler, JupyterHandler):
    """A page's line on which nothing is said: it is open while the page is.

    A browser does not ask a page for its goodbye while that loads, nor waits for one as it closes itself.
    """

    kernel_id = ""

    places = Places(MOST_LINES)

    def set_default_headers(self) -> None:
        """Undo JupyterHandler's, which a websocket has no use for."""

    @property
    def max_message_size(self) -> int:
        """Bytes of a message; a longer one closes the line."""
        return 100

    @ws_authenticated
    async def get(self, kernel_id: str) -> None:
        """Open the line of a kernel's page. Raises HTTPError 404 if there is no such kernel, 429 for one too many."""
        if not self.settings["kernel_manager"].knows(kernel_id):
            raise HTTPError(404)
        with self.places.held(kernel_id):
            await super().get(kernel_id)

    def open(self, kernel_id: str) -> None:
        """Note that the page is there."""
        super().open()
        self.kernel_id = kernel_id
        if self.ws_connection is not None:
            self.listen_for_farewell(self.ws_connection)
        self.settings["kernel_manager"].came(kernel_id)

    def on_message(self, message: str | bytes) -> None:
        """Ignore what comes: there is nothing to say."""

    def on_close(self) -> None:
        """Note that the page has left, or its line was cut."""
        super().on_close()
        self.settings["kernel_manager"].went(self.kernel_id, self.left)
