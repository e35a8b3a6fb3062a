"""While training stands still, whatever a person changes, a picture shows what a new one would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from regviz import Config
from regviz.lab.compare.lanes import Lane
from regviz.lab.compare.session import Session
from regviz.lab.compare.sketch import Sketch
from regviz.lab.panels import PANELS, Panel

BASE = Config(n_train=40, label_noise=0.1, hidden=(6,), lr=0.03, l1=1e-3, l2=1e-3, dropout=0.3, seed=2)
LANES = [
    Lane("plain"),
    Lane("early stopping", fixed={"patience": 2}),
    Lane("dropout", ("dropout",)),
    Lane("L1", ("l1",)),
    Lane("BatchNorm", ("l2",), {"batchnorm": True}),
]
EPOCHS = 9
REMEMBERS = {"modes"}
"""Pictures of what they have seen so far: a new one has seen less."""
KEEPS_ITS_SCALE: dict[str, Callable[[Any], Any]] = {
    "ablation": lambda panel: panel.found,
    "diamond": lambda panel: [(plot.shown.model.moment, plot.sum.get_text()) for plot in panel.plots],
    "gradients": lambda panel: [text.get_text() for text in panel.norms],
    "loss": lambda panel: [line.get_data() for line in (*panel.validation, *panel.training)],
    "scoreboard": lambda panel: [text.get_text() for text in (*panel.names, *panel.losses, *panel.bests)],
    "shrink": lambda panel: [plot.eta for plot in panel.plots],
}
"""Pictures whose axes move in steps from where they were, or whose rows change places late: their numbers must be a
new one's, not every pixel."""


def drawn_on() -> tuple[Session, Sketch]:
    """A run on drawn points, in which early stopping has gone back to its best weights."""
    session = Session(BASE, LANES)
    sketch = Sketch(session)
    sketch.add(2**20, 0.1, 0.2, 0)
    for _ in range(EPOCHS):
        session.epoch()
        session.snapshot()
    assert session.snapshot().models[1].restored
    return session, sketch


def settled(panel: Panel, session: Session) -> Any:
    """The panel after it has shown all that there is to show."""
    panel.scene, snapshot = session.scene(), session.snapshot()
    for _ in range(3):
        panel.draw(snapshot)
    for _ in range(1000):
        if not panel.behind:
            return panel
        panel.draw(snapshot)
    raise AssertionError(f"{panel.name} never comes to its end")


def put_up(kind: Any, session: Session, stand: Any) -> Any:
    """A new panel that has shown all."""

    def begun() -> Panel:
        panel: Panel = kind()
        panel.scene = session.scene()
        return panel

    return settled(stand(begun, session.snapshot(), LANES), session)


def seen_of(panel: Any) -> Any:
    """All that can be seen, pixel by pixel."""
    canvas = FigureCanvasAgg(panel.place.figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).copy()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for name, kind in PANELS.items() if name not in REMEMBERS])
def test_a_picture_that_stands_shows_what_a_new_one_would(kind: Any, stand: Any) -> None:
    session, sketch = drawn_on()
    shown = KEEPS_ITS_SCALE.get(kind.name, seen_of)

    panel = put_up(kind, session, stand)
    changes = {
        "a point more": lambda: sketch.add(2**21, 0.4, -0.3, 1),
        "another class": lambda: sketch.flip(int(sketch.drawing.ids[3])),
        "a point less": lambda: sketch.erase(int(sketch.drawing.ids[0])),
        "other strengths": lambda: session.change(l1=1e-2, l2=1e-2, dropout=0.1),
    }
    for name, change in changes.items():
        change()
        new = put_up(kind, session, stand)
        np.testing.assert_equal(shown(settled(panel, session)), shown(new), name)


@pytest.mark.slow
@pytest.mark.parametrize("kind", PANELS.values(), ids=PANELS)
def test_a_picture_follows_weights_that_come_back_without_a_step(kind: Any, stand: Any) -> None:
    session, _ = drawn_on()
    shown = KEEPS_ITS_SCALE.get(kind.name, seen_of)

    panel = put_up(kind, session, stand)
    session.change(restore_best=False)
    assert not session.snapshot().models[1].restored
    new = put_up(kind, session, stand)
    np.testing.assert_equal(shown(settled(panel, session)), shown(new))
