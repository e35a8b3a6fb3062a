"""Frames leave at once: Nagle's algorithm off on the kernel websocket.

tornado leaves it on; together with delayed acknowledgements it holds small frames back for 40 ms, which halves the
frame rate of a live picture. This module is also a Jupyter server extension (see `etc/jupyter` in pyproject.toml), so
that a plain `jupyter lab` is as quick as `regviz lab`.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class NoDelay:
    """Mixed into a kernel websocket connection: TCP_NODELAY as soon as the socket is open."""

    websocket_handler: Any

    def connect(self) -> Any:
        """Open the kernel's channels on a socket that does not wait."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()  # type: ignore[misc]


class NoDelayConnection(NoDelay, ZMQChannelsWebsocketConnection):
    """Jupyter's connection of a browser to a kernel, without the wait."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "regviz.lab.serve.nodelay"}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    """Make whatever connection class this server is configured with a quick one."""
    settings = app.web_app.settings
    current = settings.get("kernel_websocket_connection_class", ZMQChannelsWebsocketConnection)
    if not issubclass(current, NoDelay):
        settings["kernel_websocket_connection_class"] = type(f"NoDelay{current.__name__}", (NoDelay, current), {})
