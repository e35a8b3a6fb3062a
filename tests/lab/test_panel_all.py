"""What every picture promises the stage, whatever it shows."""

from __future__ import annotations

import ast
import io
from collections.abc import Callable, Sequence
from functools import cache
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
from regviz.lab.panels import PANELS
from regviz.training.snapshot import Snapshot

CONFIGS = {
    "plane": Config(hidden=(16, 16), l1=1e-3, l2=1e-3, dropout=0.5),
    "by layer": Config(hidden=(16, 16), l1=(0.0, 1e-3, 1e-3), l2=(1e-3, 0.0, 0.1), dropout=0.5),
    "image": Config(data="digits", n_train=300, hidden=(16,), dropout=0.5),
    "table": Config(data="wine", n_train=60, hidden=(16,), dropout=0.5),
    "curve": Config(data="sine", n_train=50, label_noise=0.1, hidden=(16,), dropout=0.5),
    "field": Config(data="hills", n_train=50, hidden=(16,), dropout=0.5),
    "regression": Config(data="diabetes", n_train=150, hidden=(16,), dropout=0.5),
}
LINEAR = Config(data="diabetes", n_train=50, hidden=(), l1=1e-3, l2=1e-3)
"""For the picture that needs linear models, and says of any other data no more than that."""
SOME_LANES = {"mask", "gradients", "shrink", "diamond", "parts", "network", "modes", "scaling", "u_curve", "path"}
SOME_LANES |= {"blocks", "sweep_map", "choosing", "luck", "labels", "ridge"}
"""Pictures of one lane, of those with a penalty, of a sweep, of linear models, or of all lanes together."""
ENGINE = {
    "regviz.training.snapshot",
    "regviz.training.turns",
    "regviz.data",
    "regviz.data.drawing",
    "regviz.probes",
    "regviz.config",
    "regviz.fields",
}
ENGINE |= {
    "regviz.arrays",
    "regviz.errors",
    "regviz.language",
    "regviz.optim.penalties",
    "regviz.optim.optimizers",
    "regviz.nn.activations",
}
"""What a picture may know of the engine: snapshots, questions to them, registries, fields, errors, words and types."""
every_panel = pytest.mark.parametrize("kind", PANELS.values(), ids=PANELS)
AT_ONCE = {"plane"}
"""Kinds of data on which `make quick` tests every picture."""
every_data = pytest.mark.parametrize(
    "data", [pytest.param(data, marks=() if data in AT_ONCE else pytest.mark.slow) for data in CONFIGS]
)


def all_artists(panel: Any) -> list[Artist]:
    """Everything a panel can make; ticks are Matplotlib's own and change with the limits."""
    figure = panel.place.figure
    kinds = ("lines", "patches", "images", "collections", "texts", "artists")
    return [
        *figure.texts,
        *figure.axes,
        *(artist for axes in figure.axes for k in kinds for artist in getattr(axes, k)),
    ]


def arrays_of(snapshot: Snapshot) -> list[Any]:
    return [a for m in snapshot.models for a in (*m.weights, *m.biases, *m.masks, *m.history.values())]


@pytest.fixture(scope="module")
def shown(snapshot: Callable[..., Snapshot]) -> Callable[..., Snapshot]:
    """A snapshot of each kind of data, made once; `later` numbers the older ones that follow it."""

    @cache
    def made(data: str, later: int = 0) -> Snapshot:
        age = {"seed": 12 + later, "epochs": 12 + later, "step": 4 * (12 + later)} if later else {}
        return snapshot((CONFIGS | {"linear": LINEAR})[data], **age)

    return made


@every_panel
@every_data
def test_a_picture_of_any_data_keeps_its_promises(kind: Any, data: str, shown: Any, stand: Any) -> None:
    """All that can be asked of one picture, built once: building is what takes the time."""
    first = shown(data)
    assert not any(array.flags.writeable for array in arrays_of(first))  # writing to one would raise
    before = [array.copy() for array in arrays_of(first)]
    panel = stand(kind, first, mode="dark" if data in ("image", "regression") else "light")
    a_snapshot_that_is_shown_already_costs_no_drawing(panel, first)
    live_images_have_indices_or_a_linear_norm_and_256_colours(panel)
    text_stands_inside_its_place_and_is_large_enough(panel)
    it_renders_as_png_and_as_svg(panel)
    draw_makes_no_artists(panel, [shown(data, later) for later in range(1, 5)])
    assert all(map(np.array_equal, arrays_of(first), before))


def a_snapshot_that_is_shown_already_costs_no_drawing(panel: Any, first: Snapshot) -> None:
    for artist in panel.artists:
        artist.stale = False
    panel.draw(first)
    assert not any(artist.stale for artist in panel.artists)
    assert not panel.behind


def live_images_have_indices_or_a_linear_norm_and_256_colours(panel: Any) -> None:
    for image in panel.artists:
        if isinstance(image, AxesImage):
            assert image.get_array().ndim == 2
            assert (image.norm.vmin, image.norm.vmax) == (0, 255)
            assert image.get_cmap().N == 256


def text_stands_inside_its_place_and_is_large_enough(panel: Any) -> None:
    panel.place.figure.draw_without_rendering()
    for text in panel.place.figure.findobj(Text):
        if not (text.get_text() and text.get_visible()):
            continue
        x, y = text.get_transform().transform(text.get_position())
        assert -1 <= x <= panel.place.width + 1, text
        assert -1 <= y <= panel.place.height + 1, text
        assert text.get_size() >= panel.look.small_size
        assert "\n" not in text.get_text()
        assert "$" not in text.get_text()


def it_renders_as_png_and_as_svg(panel: Any) -> None:
    for suffix, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        file = io.BytesIO()
        panel.place.figure.savefig(file, format=suffix)
        assert file.getvalue().startswith(start)
        assert len(file.getvalue()) > 3000


def draw_makes_no_artists(panel: Any, snapshots: Sequence[Snapshot]) -> None:
    live, before = list(panel.artists), all_artists(panel)
    for snapshot in snapshots:
        panel.draw(snapshot)
    assert all_artists(panel) == before
    assert panel.artists == live


@pytest.mark.slow
@every_panel
@every_data
def test_a_picture_fits_a_phone_a_projector_and_a_place_far_too_narrow(
    kind: Any, data: str, shown: Any, stand: Any
) -> None:
    for width, height, scale in ((390, 330, 1), (540, 320, 1.6)):
        panel = stand(kind, shown(data), width=width, height=height, scale=scale)
        text_stands_inside_its_place_and_is_large_enough(panel)
    panel = stand(kind, shown(data), width=130, height=330, scale=1.6)  # a phone's notebook in JupyterLab
    panel.draw(shown(data, 1))
    panel.place.figure.draw_without_rendering()


def test_the_picture_of_linear_models_keeps_its_promises_where_it_has_something_to_show(shown: Any, stand: Any) -> None:
    kind = PANELS["ridge"]
    test_a_picture_of_any_data_keeps_its_promises(kind, "linear", shown, stand)
    test_a_picture_fits_a_phone_a_projector_and_a_place_far_too_narrow(kind, "linear", shown, stand)


@every_panel
@pytest.mark.parametrize("count", [1, *(pytest.param(count, marks=pytest.mark.slow) for count in (2, 6)), 8])
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
        "abc",
        "collections",
        "copy",
        "dataclasses",
        "functools",
        "importlib",
        "itertools",
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
                    assert name in ENGINE, (path.name, name)
