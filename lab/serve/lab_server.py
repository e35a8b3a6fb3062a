"""JupyterLab's server on sockets that listen already: else one that starts at the same time could take its port."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any, ClassVar

from jupyter_server.serverapp import ServerApp
from jupyterlab.labapp import LabApp

from .listening import port_of


class _ServerOn(ServerApp):
    """Jupyter's server, which looks for a port, lets go of it and takes it later. These two steps are its own affair:
    if they go by other names one day, it does as it always did.
    """

    def _find_http_port(self) -> None:
        self.port = port_of([*LabOn.sockets])

    def _bind_http_server_tcp(self) -> bool:
        self.http_server.add_sockets(LabOn.sockets)
        return True


class LabOn(LabApp):  # type: ignore[misc, unused-ignore]
    """JupyterLab on `sockets`."""

    serverapp_class: ClassVar[Any] = _ServerOn
    sockets: ClassVar[Sequence[socket.socket]] = ()
