"""Fixtures of the browser tests: real servers, a real browser, and pages that are watched.

A test that opens `page` also fails when the page throws, or when it asks anything of another machine.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from browser.chromium import ARGUMENTS, Motion, Watch, headless, leave, told
from browser.chromium import real_tab as open_real_tab
from browser.pages import open_playground, rest, run_again
from browser.servers import NOTEBOOKS, Server

expect.set_options(timeout=30_000)  # milliseconds; what comes on a quiet machine at once may take long on a busy one
PATIENCE = 60_000
"""Milliseconds for an act or for a page to load, on a machine that is slow and busy."""


@pytest.fixture(scope="session")
def voila(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`regviz app` on the project's notebooks."""
    with Server("app", NOTEBOOKS, tmp_path_factory.mktemp("voila")) as server:
        yield server


@pytest.fixture(scope="session")
def voila_url(voila: Server) -> str:
    """The link that `regviz app` printed."""
    return voila.url


@pytest.fixture(scope="session")
def _jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server("lab", NOTEBOOKS, tmp_path_factory.mktemp("jupyterlab")) as server:
        yield server


@pytest.fixture
def jupyterlab(_jupyterlab: Server) -> Iterator[Server]:
    """`regviz lab` on a copy of the project's notebooks; its sessions end with the test."""
    yield _jupyterlab
    _jupyterlab.end_sessions()


@pytest.fixture
def jupyterlab_url(jupyterlab: Server) -> str:
    """The link that `regviz lab` printed, with its token."""
    return jupyterlab.url


@pytest.fixture(scope="module")
def _notebook(browser: Browser, _jupyterlab: Server, motion: Motion) -> Iterator[tuple[Page, Watch]]:
    """The playground's notebook in JupyterLab, open and run once."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, device_scale_factor=1, reduced_motion=motion)
    watch = Watch().over(context)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    open_playground(page, _jupyterlab.url, where="jupyterlab")
    yield page, watch
    context.close()
    _jupyterlab.end_sessions()


@pytest.fixture(params=["voila", "jupyterlab"])
def lab(request: pytest.FixtureRequest) -> Iterator[Page]:
    """The playground, open and moving, in each place.

    In JupyterLab its cell is run again, which makes a new lab and ends the one before: to load JupyterLab and to start
    a kernel takes much longer. A module that asks for it asks for no `jupyterlab`, which would end the kernel.
    """
    if request.param == "voila":
        page: Page = request.getfixturevalue("page")
        open_playground(page, request.getfixturevalue("voila").url)
        yield page
        return
    page, watch = request.getfixturevalue("_notebook")
    run_again(page)
    yield page
    rest(page)
    assert not watch.complaint(), watch.complaint()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright itself."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests."""
    launched = playwright.chromium.launch(executable_path=headless(playwright), args=list(ARGUMENTS))
    yield launched
    launched.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What is seen on this test's pages; a test that expects an error clears it."""
    watch = Watch()
    yield watch
    assert not watch.complaint(), watch.complaint()


@pytest.fixture(scope="session")
def motion() -> Motion:
    """How much the visitor wants to see move: six frames a second. A module about frames says "no-preference" instead.

    Most tests wait for numbers, and fifty frames a second meanwhile take two processors.
    """
    return "reduce"


@pytest.fixture
def context(browser: Browser, watch: Watch, motion: Motion) -> Iterator[BrowserContext]:
    """A fresh visitor with a laptop's screen."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, device_scale_factor=1, reduced_motion=motion)
    watch.over(context)
    context.set_default_timeout(PATIENCE)
    yield context
    for page in context.pages:
        leave(page)
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page of that visitor."""
    return context.new_page()


@pytest.fixture
def real_tab(playwright: Playwright, watch: Watch) -> Iterator[Page]:
    """A page that `hide_tab` can really hide."""
    with open_real_tab(playwright) as page:
        watch.over(page.context)
        yield page


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the servers said and what stood on the pages when a test that used them fails."""
    report = yield
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, Server):
                report.sections.append((f"log of {name}", value.log[-6000:]))
            elif isinstance(value, Page):
                report.sections += [(f"page {page.url}", told(page)) for page in value.context.pages]
    return report
