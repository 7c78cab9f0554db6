"""Rows of small pictures: every pixel where it belongs, and refusals in words."""

import io

import numpy as np
import pytest
from PIL import Image

from wsl_core.errors import ParameterError
from wsl_core.figures.digit_rows import sheet


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_every_picture_comes_back_from_its_place(kind: str) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (2, 3, 5, 4, 3)).astype(np.uint8)
    opened = Image.open(io.BytesIO(sheet(pictures, zoom=3, gap=2, kind=kind)))
    assert opened.format == kind
    found = np.asarray(opened.convert("RGBA"))
    assert found.shape == (3 * (5 + 2 + 5), 3 * (4 + 2 + 4 + 2 + 4), 4)
    for r in range(2):
        for c in range(3):
            y, x = 3 * 7 * r, 3 * 6 * c
            block = found[y : y + 15, x : x + 12]
            assert (block[..., 3] == 255).all()
            assert (block[1::3, 1::3, :3] == pictures[r, c]).all()
            assert (block == block[::3, ::3].repeat(3, 0).repeat(3, 1)).all()
    assert (found[15:21, :, 3] == 0).all()


def test_grey_pictures_are_shown_grey() -> None:
    grey = np.arange(16, dtype=np.uint8).reshape(1, 1, 4, 4)
    found = np.asarray(Image.open(io.BytesIO(sheet(grey, zoom=1))))
    assert (found[..., 0] == found[..., 2]).all()
    assert (found[..., 0] == grey[0, 0]).all()


@pytest.mark.parametrize(
    ("pictures", "options"),
    [
        (np.zeros((2, 3, 5, 4, 3), np.float32), {}), (np.zeros((5, 4, 3), np.uint8), {}),
        (np.zeros((0, 3, 5, 4, 3), np.uint8), {}), (np.zeros((1, 1, 5, 4, 3), np.uint8), {"zoom": 0}),
        (np.zeros((1, 1, 5, 4, 3), np.uint8), {"zoom": 99}),
        (np.zeros((1, 1, 5, 4, 3), np.uint8), {"kind": "GIF"}),
        (np.zeros((1, 1, 5, 4, 3), np.uint8), {"gap": -1}),
    ],
)  # fmt: skip
def test_what_is_no_sheet_is_refused_in_words(pictures: np.ndarray, options: dict) -> None:
    with pytest.raises(ParameterError, match=r"asked for|these are"):
        sheet(pictures, **options)
