"""A notebook as a page. Its head is on the way while its kernel starts, and a page that is given up ends its kernel."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from types import CodeType
from typing import Any
from uuid import uuid4

import tornado.web
import voila
from jinja2.bccache import Bucket, BytecodeCache
from jupyter_core.utils import ensure_async
from tornado.iostream import StreamClosedError
from voila.handler import VoilaHandler
from voila.notebook_renderer import NotebookRenderer
from voila.utils import get_page_config

from regviz.language import en, speaking, tr

from .. import figures
from ..saying import say
from .early import Early
from .languages import speech
from .pages import CELL_FAILED, NOTEBOOK, Friendly, disk_is_full, told

HEARTBEAT = 10.0
"""Seconds of silence after which a page that is being made says that it is: proxies give up silent ones."""

MOMENT, MOMENTS = 0.1, 22
"""Seconds between two looks for a seat, and how many looks a page takes before it is that of one who waits: the goodbye
of the page before it in the same browser may be on its way, or a seat be kept that nobody comes for."""


class Compiled(BytecodeCache):
    """Templates as they were compiled for the first page. Voilà has a new environment, and so none, for each page."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill `bucket`, unless the template's source has changed."""
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in `bucket`."""
        if bucket.code is not None:
            self._kept[bucket.key] = (bucket.checksum, bucket.code)


COMPILED = Compiled()

ENDED = en("The process of this lab ended while it started. Reload the page.")


class Renderer(NotebookRenderer):
    """Voilà's renderer. Of a cell that could not be run to its end the page says so in the reader's language.

    `died` is True once the process of the page's kernel has ended, as when its memory was too little.
    """

    died = False

    async def _jinja_cell_generator(self, nb: Any, kernel_id: str) -> AsyncGenerator[Any, None]:
        """Voilà's cells as they are run. Where the server could not run one, Voilà puts English on stderr in its place;
        there is nothing else, since a cell's own is taken out.
        """
        cells = super()._jinja_cell_generator(nb, kernel_id)
        number = 0
        async for cell in cells:
            number += 1
            outputs = cell.get("outputs", ())
            if any(output.get("name") == "stderr" for output in outputs):
                self.died = not await ensure_async(self.executor.km.is_alive())
                cell.outputs = [told(tr(ENDED) if self.died else tr(CELL_FAILED, number=number))]
            yield cell


FAILED = "<script>window.regviz.fail({!r})</script>\n"


class Render(Friendly, VoilaHandler):
    """A notebook as a page."""

    kernel_id = ""
    task: asyncio.Task[None] | None = None
    _given_up = False

    def initialize(self, early: Early, **given: Any) -> None:
        """Know, besides what Voilà's handler does, which scripts each page loads."""
        super().initialize(**given)
        self.early = early

    async def prepare(self) -> None:
        """Give the visitor the cookie that the page's goodbye needs, also on a link opened directly."""
        await super().prepare()
        self.xsrf_token  # noqa: B018  (reading it sets the cookie)

    @tornado.web.authenticated
    async def head(self, path: str) -> None:
        """Tell whether there is such a notebook; no kernel is started for that."""
        await self._renderer(path)
        self.finish()

    @tornado.web.authenticated
    async def get(self, path: str) -> None:
        """Run the notebook at `path` and send its page; the page of those who wait if there is no seat."""
        NOTEBOOK.set(path)
        figures.PAGES.inc()
        renderer = await self._renderer(path)
        kernels = self.kernel_manager
        visitor = self.current_user.username
        seated = await self._seat(visitor)
        if self._given_up:
            return
        if not seated:
            self._ask_to_wait(visitor)
            return
        self.kernel_id = str(uuid4())
        renderer.resources["early"] = self.early.scripts(path)
        renderer.resources["here"] = f"{self.base_url}voila/api/here/{self.kernel_id}"
        kernels.expect(self.kernel_id, visitor)
        self.task = asyncio.create_task(self._start(renderer.notebook, path))
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Language", self.language)
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Accel-Buffering", "no")  # nginx is to pass on each piece as it comes
        try:
            with speaking(self.language):
                async with aclosing(self._pieces(renderer)) as pieces:
                    async for piece in pieces:
                        self.write(piece)
                        await self.flush()
        except StreamClosedError:
            await self._give_up()  # tornado is silent about a line that was closed before its request was read
        except Exception as error:
            if self._given_up:
                return  # its kernel was ended while its cells ran
            await self._give_up()
            if not self._headers_written:
                raise
            full = disk_is_full(error)
            place = self.kernel_manager.connection_dir
            what = f"{path}: the page was not finished ({_words(error)})."
            say(f"{what} Make room on the disk of {place}." if full else what, "page")
            self.finish(FAILED.format("disk" if full else "kernel"))
        else:
            if renderer.died:
                self.write(FAILED.format("died"))
            kernels.sent(self.kernel_id)
        finally:
            _let_go_of_kernel(renderer)

    def on_connection_close(self) -> None:
        """Note that the page was left while it was being made: nobody knows its kernel."""
        super().on_connection_close()
        self._ending = asyncio.ensure_future(self._give_up())

    async def _give_up(self) -> None:
        """End the page's kernel. Its seat is free at once, also while it still starts."""
        self._given_up = True
        kernel_id, self.kernel_id = self.kernel_id, ""
        if not kernel_id:
            return
        self.kernel_manager.leaves(kernel_id)
        if self.task is not None:
            with suppress(Exception):  # it was said where it was waited for
                await self.task
        with suppress(tornado.web.HTTPError):  # it has ended already
            await self.kernel_manager.goodbye(kernel_id)
        self.kernel_manager.forget(kernel_id)

    async def _seat(self, visitor: str) -> bool:
        """Take a seat. In a full house a reload may be quicker than the goodbye of the page before it."""
        kernels = self.kernel_manager
        ticket = self.get_query_argument("seat", "")
        kernels.doubt(visitor)
        if kernels.seats.take(visitor, ticket):
            return True
        await kernels.free_deserted()
        for _ in range(MOMENTS):
            if kernels.seats.take(visitor, ticket):
                return True
            if not (kernels.has_page(visitor) or kernels.seats.soon):
                return False
            await asyncio.sleep(MOMENT)
        return bool(kernels.seats.take(visitor, ticket))

    def _ask_to_wait(self, visitor: str) -> None:
        seats = self.kernel_manager.seats
        ticket = seats.wait(visitor, self.get_query_argument("seat", ""))
        place, of = seats.place(ticket)
        self.set_status(503)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Retry-After", "20")
        self.finish(self.render_template("waiting.html", ticket=ticket, place=place, of=of, cap=seats.cap))

    async def _renderer(self, path: str) -> Renderer:
        """Voilà's renderer of the notebook at `path`. Raises HTTPError 404 if there is none."""
        if not path.endswith(".ipynb") or not path.isprintable():
            raise tornado.web.HTTPError(404)
        page: dict[str, Any] = {
            "base_url": self.base_url,
            "settings": self.settings,
            "log": self.log,
            "voila_configuration": self.voila_configuration,
        }
        config = self.voila_configuration.page_config_hook(get_page_config(**page), **page, notebook_path=path)
        renderer = Renderer(
            request_handler=self,
            voila_configuration=self.voila_configuration,
            traitlet_config=self.traitlet_config,
            notebook_path=path,
            template_paths=self.template_paths,
            config_manager=self.config_manager,
            contents_manager=self.contents_manager,
            base_url=self.base_url,
            kernel_spec_manager=self.kernel_spec_manager,
            prelaunch_hook=None,
            page_config=config,
            mathjax_config=self.settings.get("mathjax_config"),
            mathjax_url=self.settings.get("mathjax_url"),
        )
        await renderer.initialize(template=None, theme=None)
        renderer.exporter.language_code = self.language
        renderer.exporter.environment.bytecode_cache = COMPILED
        renderer.exporter.environment.globals.update(tr=tr, speech=speech)
        if title := str(renderer.notebook.metadata.get("title", "")):
            with speaking(self.language):
                renderer.notebook.metadata["title"] = tr(title)
        return renderer

    async def _start(self, notebook: Any, path: str) -> None:
        request = self.request
        env = {
            **os.environ,
            "SCRIPT_NAME": request.path,
            "PATH_INFO": "",
            "QUERY_STRING": request.query,
            "HTTP_ACCEPT_LANGUAGE": request.headers.get("Accept-Language", ""),
            "SERVER_SOFTWARE": f"voila/{voila.__version__}",  # notebooks ask for it: nobody saves this page
            "SERVER_PROTOCOL": request.version,
            "SERVER_NAME": request.host_name,
            "VOILA_PREHEAT": "False",
            "VOILA_BASE_URL": self.base_url,
            "VOILA_SERVER_URL": self.base_url,
            "VOILA_REQUEST_URL": request.full_url(),
        }
        name = notebook.metadata.kernelspec.name
        await self.kernel_manager.start_kernel(
            kernel_name=name, path=os.path.dirname(path), env=env, kernel_id=self.kernel_id
        )

    async def _kernel(self) -> Any:
        """The manager of the page's kernel, as soon as it runs."""
        assert self.task is not None
        await self.task
        return self.kernel_manager.get_kernel(self.kernel_id)

    async def _pieces(self, renderer: NotebookRenderer) -> AsyncGenerator[str, None]:
        """The page in pieces as they are made, and a sign of life after `HEARTBEAT` seconds without one."""
        kernel = asyncio.ensure_future(self._kernel())
        kernel.add_done_callback(lambda done: done.cancelled() or done.exception())  # raised where it is awaited
        pieces = renderer.generate_content_generator(self.kernel_id, kernel)
        piece = asyncio.ensure_future(anext(pieces, None))
        try:
            while True:
                done, _ = await asyncio.wait({piece}, timeout=HEARTBEAT)
                if not done:
                    yield "<script>window.voila_heartbeat()</script>\n"
                    continue
                found = piece.result()
                if found is None:
                    return
                yield found[0]
                piece = asyncio.ensure_future(anext(pieces, None))
        finally:
            piece.cancel()


def _let_go_of_kernel(renderer: NotebookRenderer) -> None:
    """Close what ran the page's cells.

    Voilà does so after the last one. A page that is given up before would leave a thread for ever, which connects anew
    each second, two threads of libzmq, and some ten files.
    """
    client = getattr(getattr(renderer, "executor", None), "kc", None)
    if client is not None and client.channels_running:
        client.stop_channels()


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
