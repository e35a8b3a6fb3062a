"""The README's programs run as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

README = Path(__file__).resolve().parents[2] / "README.md"
PROGRAMS = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("program", PROGRAMS, ids=["code", "extend"])
def test_a_program_of_the_readme_runs(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    exec(program, names)
    if "run" in names:
        assert len(names["run"].history["val_loss"]) == 301
        assert str(names["run"].zero_fraction) in capsys.readouterr().out
    if "NormPanel" in names:
        import numpy as np
        from matplotlib.figure import Figure

        from regviz.lab.lanes import DEFAULT_LANES
        from regviz.lab.layout import arrange
        from regviz.lab.panels.base import Place
        from regviz.lab.session import Session
        from regviz.lab.theme import look

        session, panel = Session(), names["NormPanel"]()
        place = Place(Figure(figsize=(8, 5), dpi=72), *arrange(1, 576, 360)[0])
        panel.stand(place, look("light"), DEFAULT_LANES, session.snapshot())
        session.epoch()
        panel.draw(session.snapshot())
        for line, model in zip(panel.lines, session.snapshot().models, strict=True):
            np.testing.assert_allclose(line.get_ydata(), [np.abs(weights).mean() for weights in model.weights])


def test_the_readme_shows_what_it_says_it_shows() -> None:
    assert len(PROGRAMS) == 2
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README.read_text(encoding="utf-8")):
        assert (README.parent / picture).stat().st_size > 10_000
