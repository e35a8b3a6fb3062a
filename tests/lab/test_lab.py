"""The lab by code: data of one's own, saving, and opening what was saved."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from regviz import Config
from regviz.data.drawn import copied
from regviz.errors import FileError
from regviz.lab import Lab, Lane

SMALL = Config(n_train=50, hidden=(8,), batch_size=25, l1=1e-3, l2=1e-3, dropout=0.5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("run.png", b"\x89PNG"),
        ("run.svg", b"<?xml"),
        ("run.pdf", b"%PDF"),
        ("run.csv", b""),
        ("run.py", b""),
        ("run.torch.py", b""),
    ],
)
def test_the_end_of_a_name_says_what_is_saved(tmp_path: Path, name: str, start: bytes) -> None:
    lab = Lab(SMALL)
    lab.session.epoch()
    assert lab.save(tmp_path / name) == [tmp_path / name]
    content = (tmp_path / name).read_bytes()
    assert content.startswith(start)
    assert len(content) > 200


@pytest.mark.slow
def test_a_film_of_the_next_epochs_trains_them(tmp_path: Path) -> None:
    lab = Lab(SMALL, panels=["loss", "weights"])
    lab.save(tmp_path / "run.webp", epochs=6, size=(420, 260), seconds=1, fps=6)
    assert lab.session.trainer.epochs == [6, 6, 6, 6]
    with Image.open(tmp_path / "run.webp") as film:
        assert film.n_frames >= 3  # type: ignore[attr-defined]


def test_another_end_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"\.png"):
        Lab(SMALL).save(tmp_path / "run.bmp")
    assert list(tmp_path.iterdir()) == []


def test_an_experiment_opens_again_as_it_was(tmp_path: Path) -> None:
    lanes = (Lane("none"), Lane("big", ("l2",), {"batchnorm": True}, "#123456"))
    lab = Lab(SMALL.replace(seed=7), lanes=lanes, panels=["loss", "network"])
    lab.session.set_speed("4×")
    lab.save(tmp_path / "run.json")
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    other = Lab()
    other.open_experiment(tmp_path / "run.json")
    assert other.session.base == lab.session.base
    assert other.session.lanes == lanes
    assert other.session.speed == "4×"
    assert [panel.name for panel in other.player.stage.panels] == ["loss", "network"]


def test_an_experiment_has_the_pictures_that_a_projector_leaves_out() -> None:
    lab = Lab(SMALL)
    every = lab.shown().experiment.panels
    lab.player.set_projector(True)
    assert lab.shown().experiment.panels == every
    assert len(every) > len(lab.player.stage.shown)


def test_an_experiment_that_is_opened_waits_for_no_drawn_points(tmp_path: Path) -> None:
    lab = Lab(SMALL)
    lab.save(tmp_path / "run.json")
    lab.session.wait_for(copied(lab.session.snapshot().models[0].split).emptied())
    lab.open_experiment(tmp_path / "run.json")
    lab.session.play()
    assert lab.session.playing


def test_a_lab_starts_with_data_of_ones_own() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 3))
    lab = Lab(SMALL, data=(X, (X[:, 0] > 0).astype(int)))
    split = lab.session.snapshot().models[0].split
    assert split.n_features == 3
    assert lab.controls.widgets["data"].value == lab.session.base.data
    lab.session.change(data="wine")
    lab.controls.show()
    assert lab.controls.widgets["data"].value == "wine"


def test_data_that_cannot_be_used_are_refused_with_a_way_out() -> None:
    X = np.zeros((40, 2))
    X[3, 1] = np.nan
    with pytest.raises(ValueError, match=r"no column left for the inputs\. Take one back"):
        Lab(SMALL, data=(X, np.arange(40) % 2))
