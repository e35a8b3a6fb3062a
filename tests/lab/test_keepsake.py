"""What a saved notebook keeps of a lab: a sentence and a small picture."""

from __future__ import annotations

import asyncio
import io
from base64 import b64decode
from collections.abc import Generator
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image

from fake_page import SMALL, Page, on_a_page
from regviz.lab import Lab
from regviz.lab.controls import keepsake
from regviz.lab.controls.keepsake import SENTENCE
from regviz.lab.export.poster import LARGEST, poster, posting
from regviz.lab.panels import PANELS

WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """The outputs that were displayed, and the updates of them: their display ids and bundles."""
    shown: list[tuple[str, dict[str, Any]]] = []

    def display(bundle: dict[str, Any], *, raw: bool, display_id: str = "") -> None:
        assert raw
        shown.append((display_id, bundle))

    monkeypatch.setattr(keepsake, "display", display)
    monkeypatch.setattr(keepsake, "update_display", display)
    monkeypatch.setenv("SERVER_SOFTWARE", "")
    return shown


def opened(bundle: dict[str, Any]) -> Image.Image:
    return Image.open(io.BytesIO(b64decode(bundle["image/png"])))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, len(PANELS), 6))
def test_a_poster_of_any_pictures_is_small_enough_for_a_repository(first: int) -> None:
    lab = Lab(SMALL, panels=list(PANELS)[first : first + 6])
    lab.session.epoch()
    shown = lab.shown()
    content = poster(shown.snapshot, shown.view)
    assert len(content) * 4 / 3 <= LARGEST
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.format == "PNG"
        assert picture.width == 1100
        colors = picture.convert("RGB").getcolors(10**6)
        assert colors is not None
        assert len(colors) > 20


@pytest.mark.slow
def test_a_poster_that_would_be_too_large_becomes_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regviz.lab.export.poster.LARGEST", 20_000)
    shown = Lab(SMALL).shown()
    content = poster(shown.snapshot, shown.view)
    assert len(content) * 4 / 3 <= 20_000


def test_a_program_that_executes_a_notebook_gets_widget_picture_and_sentence(
    outputs: list[tuple[str, dict[str, Any]]],
) -> None:
    lab = Lab(SMALL)
    lab._ipython_display_()
    (_, widget), (name, picture) = outputs
    assert widget[WIDGET]["model_id"] == lab.model_id
    assert widget["text/plain"] == picture["text/plain"] == SENTENCE
    assert "image/png" not in widget  # a host shows the best of a bundle: live, only the widget
    assert name
    assert opened(picture).width == 1100


def test_voila_gets_the_widget_alone(
    outputs: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    Lab(SMALL)._ipython_display_()
    ((_, widget),) = outputs
    assert WIDGET in widget


@pytest.mark.slow
def test_the_picture_follows_when_the_lab_rests(
    outputs: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(page: Page) -> None:
        lab = page.lab
        lab._ipython_display_()
        page.arrive()
        await page.until(lambda: lab.session.trained > 50)
        page.say("key", command="nonsense")
        await asyncio.sleep(3)
        assert len(outputs) == 2
        page.say("key", command="play")
        await page.until(lambda: len(outputs) == 3)
        assert {name for name, _ in outputs[1:]} == {outputs[1][0]}
        assert outputs[2][1]["image/png"] != outputs[1][1]["image/png"]
        page.say("key", command="nonsense")
        await asyncio.sleep(3)
        assert len(outputs) == 3  # nothing new
        page.say("key", command="play")
        await page.until(lambda: lab.session.trained > 200)
        page.say("visible", on=False)  # whoever closes a page has mostly hidden it before
        await page.until(lambda: len(outputs) == 4)
        assert opened(outputs[3][1]).width == 1100

    on_a_page(scene)


@pytest.mark.slow
def test_while_the_lab_plays_the_picture_follows_seldom_and_frames_go_on_between_its_pieces(
    outputs: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    frames: list[int] = []

    def counted(*shown: Any) -> Generator[None, None, bytes]:
        work = posting(*shown)
        while True:
            try:
                next(work)
            except StopIteration as done:
                return bytes(done.value)
            frames.append(len(page_of[0].frames))
            yield

    monkeypatch.setattr(keepsake, "posting", counted)
    page_of: list[Page] = []

    async def scene(page: Page) -> None:
        page_of.append(page)
        lab = page.lab
        lab._ipython_display_()
        page.arrive()

        async def play(seconds: float) -> None:
            for _ in range(round(seconds)):
                await asyncio.sleep(1)
                page.say("alive")

        await play(4)
        assert len(outputs) == 2
        await play(6)
        assert len(outputs) == 3
        assert outputs[2][1]["image/png"] != outputs[1][1]["image/png"]
        assert all(earlier < later for earlier, later in pairwise(frames))
        await play(20)
        assert len(outputs) == 3
        await play(15)
        assert len(outputs) == 4
        assert outputs[3][1]["image/png"] != outputs[2][1]["image/png"]
        page.say("key", command="play")
        await play(3)
        assert len(outputs) == 5  # it rests: the last picture
        await play(60)
        assert len(outputs) == 5

    on_a_page(scene, panels=["loss", "weights"])  # two instead of four: 48 seconds of fifty frames each


def test_a_closed_lab_says_that_it_was_closed(capsys: pytest.CaptureFixture[str]) -> None:
    lab = Lab(SMALL)
    lab.close()
    lab._ipython_display_()
    assert "closed" in capsys.readouterr().out
