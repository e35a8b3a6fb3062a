"""What every picture promises the stage, whatever it shows."""

from __future__ import annotations

import ast
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.image import AxesImage
from matplotlib.text import Text

import regviz.lab.panels as panels
from regviz import Config
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.look.theme import Mode
from regviz.lab.panels import PANELS

CONFIGS = {
    "plane": Config(hidden=(16, 16), l1=1e-3, l2=1e-3, dropout=0.5),
    "by layer": Config(hidden=(16, 16), l1=(0.0, 1e-3, 1e-3), l2=(1e-3, 0.0, 0.1), dropout=0.5),
    "image": Config(data="digits", n_train=300, hidden=(16,), dropout=0.5),
    "table": Config(data="wine", n_train=60, hidden=(16,), dropout=0.5),
    "regression": Config(data="diabetes", n_train=150, hidden=(16,), dropout=0.5),
}
SOME_LANES = {"mask", "gradients", "shrink", "diamond", "parts", "network", "modes", "scaling", "u_curve", "path"}
SOME_LANES |= {"blocks"}
"""Pictures of one lane, of those with a penalty, or of a sweep."""
every_panel = pytest.mark.parametrize("kind", PANELS.values(), ids=PANELS)
every_data = pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)


def all_artists(panel: Any) -> list[Artist]:
    """Everything a panel can make; ticks are Matplotlib's own and change with the limits."""
    figure = panel.place.figure
    kinds = ("lines", "patches", "images", "collections", "texts", "artists")
    return [
        *figure.texts,
        *figure.axes,
        *(artist for axes in figure.axes for k in kinds for artist in getattr(axes, k)),
    ]


@every_panel
@every_data
def test_draw_makes_no_artists(kind: Any, config: Config, snapshot: Any, stand: Any) -> None:
    panel = stand(kind, snapshot(config))
    live, before = list(panel.artists), all_artists(panel)
    for epoch in range(13, 17):
        panel.draw(snapshot(config, seed=epoch, epochs=epoch, step=epoch * 4))
    assert all_artists(panel) == before
    assert panel.artists == live


@every_panel
@every_data
def test_drawing_leaves_the_snapshot_as_it_was(kind: Any, config: Config, snapshot: Any, stand: Any) -> None:
    shown = snapshot(config)
    arrays = [a for m in shown.models for a in (*m.weights, *m.biases, *m.masks, *m.history.values())]
    assert not any(array.flags.writeable for array in arrays)  # writing to one would raise
    before = [array.copy() for array in arrays]
    panel = stand(kind, shown)
    panel.draw(shown)
    assert all(np.array_equal(a, b) for a, b in zip(arrays, before, strict=True))


@every_panel
@every_data
def test_a_snapshot_that_is_shown_already_costs_no_drawing(
    kind: Any, config: Config, snapshot: Any, stand: Any
) -> None:
    shown = snapshot(config)
    panel = stand(kind, shown)
    for artist in panel.artists:
        artist.stale = False
    panel.draw(shown)
    assert not any(artist.stale for artist in panel.artists)
    assert not panel.behind


@every_panel
@every_data
def test_it_renders_as_png_and_as_svg(kind: Any, config: Config, snapshot: Any, stand: Any) -> None:
    mode: Mode = "dark" if config.data in ("digits", "diabetes") else "light"
    panel = stand(kind, snapshot(config), mode=mode)
    for suffix, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        file = io.BytesIO()
        panel.place.figure.savefig(file, format=suffix)
        assert file.getvalue().startswith(start)
        assert len(file.getvalue()) > 3000


@every_panel
@every_data
@pytest.mark.parametrize(("width", "height", "scale"), [(540, 320, 1), (390, 330, 1), (540, 320, 1.6)])
def test_text_stands_inside_its_place_and_is_large_enough(
    kind: Any, config: Config, width: float, height: float, scale: float, snapshot: Any, stand: Any
) -> None:
    panel = stand(kind, snapshot(config), width=width, height=height, scale=scale)
    panel.place.figure.draw_without_rendering()
    for text in panel.place.figure.findobj(Text):
        if not (text.get_text() and text.get_visible()):
            continue
        x, y = text.get_transform().transform(text.get_position())
        assert -1 <= x <= width + 1, text
        assert -1 <= y <= height + 1, text
        assert text.get_size() >= panel.look.small_size
        assert "\n" not in text.get_text()
        assert "$" not in text.get_text()


@every_panel
@every_data
def test_a_place_that_is_far_too_narrow_stops_nothing(kind: Any, config: Config, snapshot: Any, stand: Any) -> None:
    panel = stand(kind, snapshot(config), width=130, height=330, scale=1.6)  # a phone's notebook in JupyterLab
    panel.draw(snapshot(config, seed=9, epochs=13, step=52))
    panel.place.figure.draw_without_rendering()


@every_panel
def test_live_images_have_indices_or_a_linear_norm_and_256_colours(kind: Any, snapshot: Any, stand: Any) -> None:
    for config in CONFIGS.values():
        panel = stand(kind, snapshot(config))
        for image in panel.artists:
            if isinstance(image, AxesImage):
                assert image.get_array().ndim == 2
                assert (image.norm.vmin, image.norm.vmax) == (0, 255)
                assert image.get_cmap().N == 256


@every_panel
@pytest.mark.parametrize("count", [1, 2, 6, 8])
def test_one_to_eight_lanes_have_their_own_colours(kind: Any, count: int, snapshot: Any, stand: Any) -> None:
    lanes = [*DEFAULT_LANES, *(Lane(f"L1 {i}", ("l1",)) for i in range(4))][:count]
    panel = stand(kind, snapshot(CONFIGS["plane"], lanes), lanes)
    panel.draw(snapshot(CONFIGS["plane"], lanes, seed=9, epochs=13, step=50))
    if kind.name not in SOME_LANES:
        colors = {text.get_color() for text in panel.place.figure.findobj(Text)}
        assert set(panel.look.lanes[:count]) <= colors


def test_panels_know_matplotlib_and_a_snapshot_and_nothing_else() -> None:
    allowed = {
        "__future__",
        "collections",
        "copy",
        "dataclasses",
        "functools",
        "importlib",
        "pkgutil",
        "typing",
        "numpy",
        "matplotlib",
        "contourpy",
        "regviz",
    }
    for path in Path(panels.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            for name in names:
                assert name.split(".")[0] in allowed, (path.name, name)
                assert not name.startswith("matplotlib.pyplot"), path.name
                if name.startswith("regviz"):
                    assert name in {"regviz.training.snapshot", "regviz.data", "regviz.probes"}, (path.name, name)
