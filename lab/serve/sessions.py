"""What a page asks about its own kernel. A kernel's id is known to its page alone: it is the right to ask."""

from __future__ import annotations

import tornado.web
from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.handlers import KernelHandler

from .pages import Plain


class Kernel(Plain, KernelHandler):
    """Whether a kernel still runs."""

    def check_xsrf_cookie(self) -> None:
        """Nothing is changed here."""

    async def delete(self, kernel_id: str) -> None:
        """A page says goodbye instead."""
        raise tornado.web.HTTPError(404)


class Goodbye(Plain, KernelHandler):
    """A page that is closed ends its kernel.

    No cookie is asked for: in a frame of another site a page has none, and its kernel would keep its seat.
    """

    def check_xsrf_cookie(self) -> None:
        """The kernel's id is what only its page knows."""

    async def get(self, kernel_id: str) -> None:
        """Nothing to see."""
        raise tornado.web.HTTPError(404)

    delete = get

    @tornado.web.authenticated
    async def post(self, kernel_id: str) -> None:
        """End the kernel; nothing if it has ended."""
        await ensure_async(self.kernel_manager.shutdown_kernel(kernel_id))
        self.set_status(204)
        self.finish()
