"""The PNG writer, read back by an independent reader."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from regviz.lab.encode import png


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (9, 1), (64, 33)])
def test_png_gives_back_every_pixel(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 4), np.uint8)
    with Image.open(io.BytesIO(png(pixels))) as image:
        assert image.mode == "RGBA"
        np.testing.assert_array_equal(np.asarray(image), pixels)


def test_png_takes_a_cut_out_of_a_larger_picture() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (40, 50, 4), np.uint8)
    cut = pixels[3:17, 5:31]
    with Image.open(io.BytesIO(png(cut))) as image:
        np.testing.assert_array_equal(np.asarray(image), cut)


def test_a_quiet_picture_is_small() -> None:
    assert len(png(np.zeros((650, 1100, 4), np.uint8))) < 0.01 * 650 * 1100 * 4


def test_png_without_transparency_is_refused_with_the_way_out() -> None:
    with pytest.raises(ValueError, match=r"3 channels.*\(height, width, 4\)"):
        png(np.zeros((2, 2, 3), np.uint8))
