"""Draw the gallery's stills: of each notebook one of its own pictures, as its networks stand at the verdict.

    python tests/stills.py [NAME …]

They land in `notebooks/stills/`, in light and in dark; a test holds them to 40 kB each. No browser is needed.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any, Literal

from matplotlib.figure import Figure
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent))

from lessons import FOLDER, NOTEBOOKS, open_lab
from regviz.lab.lessons.evidence import OfSets
from regviz.lab.look.theme import look
from regviz.lab.panels import Place, panel_class

STILLS = FOLDER / "stills"

PICTURES = {
    "01_overfitting": ("loss", 150),
    "01b_loss_or_mistakes": ("reliability", 150),
    "01c_larger_networks": ("loss", 200),
    "02_dropout": ("mask", 60),
    "03_l1_l2": ("weights", 100),
    "03b_pruning": ("pruning", 60),
    "03c_twins": ("features", 200),
    "04_lambda": ("fit", 150),
    "04b_bias_and_variance": ("bias_variance", 1),
    "05_early_stopping": ("loss", 150),
    "05b_choosing": ("choosing", 60),
    "05c_stopping_and_l2": ("features", 100),
    "06_batchnorm_and_order": ("activations", 30),
    "07_initialization": ("initialization", 10),
    "08_when_to_use": ("scoreboard", 100),
    "playground": ("fit", 100),
}
"""The picture that stands for each notebook, and after how many epochs it is drawn."""

WIDTH, HEIGHT, MARGIN = 384, 228, 14
"""CSS pixels of a picture, drawn as if on a small desk, and the air around it."""

PIXELS = 640, 380
COLORS = 48


def still(lab: Any, name: str, epochs: int, mode: Literal["light", "dark"]) -> bytes:
    """A PNG of the lab's picture called `name` after so many epochs, the lab's networks trained as far as needed.

    A question of many training sets has these trained as well.
    """
    trainer = lab.session.trainer
    if lab.guide is not None and isinstance(lab.guide.question.observe, OfSets) and lab.session.chance is None:
        lab.guide.ask_seeds()
        while lab.session.work_sweep(1.0):
            pass
    if epochs > max(trainer.epochs):
        trainer.advance(epochs=epochs - max(trainer.epochs))
    snapshot, its = trainer.snapshot(), look(mode)
    figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72 * PIXELS[0] / WIDTH)
    figure.set_facecolor(its.background)
    place = Place(figure, MARGIN, MARGIN, WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN)
    panel = panel_class(name)()
    panel.scene = lab.session.scene()
    panel.stand(place, its, lab.session.lanes, snapshot)
    while panel.behind:
        panel.draw(snapshot)
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png")
    picture = Image.open(drawn).convert("RGB").resize(PIXELS).quantize(COLORS, dither=Image.Dither.NONE)
    picture.save(small, format="png", optimize=True)
    return small.getvalue()


def main() -> None:
    """Draw the stills of the notebooks named on the command line, of all if there are none."""
    STILLS.mkdir(exist_ok=True)
    for path in NOTEBOOKS:
        if sys.argv[1:] and path.stem not in sys.argv[1:]:
            continue
        lab, (name, epochs) = open_lab(path), PICTURES[path.stem]
        for mode in ("light", "dark"):
            data = still(lab, name, epochs, mode)  # type: ignore[arg-type]
            (STILLS / f"{path.stem}-{mode}.png").write_bytes(data)
            print(f"{path.stem}-{mode}.png: {len(data) / 1000:.1f} kB")


if __name__ == "__main__":
    main()
