import io
import pickle
import random
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from PIL import Image

from wsl_core.errors import ImageError, ParameterError
from wsl_core.images import Photo
from wsl_core.images.photo import fit


def ramp(height: int, width: int) -> np.ndarray:
    row = np.linspace(0, 255, width).astype(np.uint8)
    return np.repeat(np.repeat(row[None, :, None], height, axis=0), 3, axis=2)


def test_from_array_copies_and_is_read_only() -> None:
    array = ramp(4, 6)
    photo = Photo.from_array(array, name="ramp")
    expected = array.copy()
    array[:] = 0
    assert np.array_equal(photo.pixels, expected)
    assert (photo.width, photo.height, photo.name) == (6, 4, "ramp")
    assert photo.pixels.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        photo.pixels[0, 0, 0] = 1
    with pytest.raises(FrozenInstanceError):
        photo.width = 3  # type: ignore[misc]


def test_grey_becomes_three_equal_channels() -> None:
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4)
    pixels = Photo.from_array(grey).pixels
    assert pixels.shape == (3, 4, 3)
    assert all(np.array_equal(pixels[..., channel], grey) for channel in range(3))


def test_strided_arrays_become_contiguous() -> None:
    array = ramp(8, 8)[::2, ::-1]
    photo = Photo.from_array(array)
    assert photo.pixels.flags.c_contiguous
    assert np.array_equal(photo.pixels, array)


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.zeros((4, 6, 3)), "float64"),
        (np.zeros((4, 6, 4), np.uint8), "(4, 6, 4)"),
        (np.zeros((0, 6, 3), np.uint8), "(0, 6, 3)"),
        (np.zeros(5, np.uint8), "(5,)"),
        (np.zeros((4, 6), bool), "bool"),
    ],
)
def test_other_arrays_are_refused(array: np.ndarray, found: str) -> None:
    with pytest.raises(ImageError) as caught:
        Photo.from_array(array, name="mine")
    sentence = str(caught.value)
    assert found in sentence
    assert "The array mine" in sentence
    assert "uint8" in sentence


def test_equality_and_hash_follow_content_and_shape() -> None:
    one, same = Photo.from_array(ramp(4, 6), name="a"), Photo.from_array(ramp(4, 6), name="b")
    assert one == same
    assert hash(one) == hash(same)
    assert one != Photo.from_array(ramp(4, 7))
    reduced = Photo(one.pixels[:2], 6, 4, "a", one.digest)
    assert reduced != one
    assert one != "a"
    flat = np.zeros((2, 8), np.uint8)
    assert Photo.from_array(flat) != Photo.from_array(flat.reshape(4, 4))
    assert Photo.from_array(flat).digest != Photo.from_array(flat.reshape(4, 4)).digest


def test_a_pickled_photo_is_the_same_and_read_only() -> None:
    photo = Photo.from_array(ramp(4, 6))
    again = pickle.loads(pickle.dumps(photo))
    assert again == photo
    assert np.array_equal(again.pixels, photo.pixels)
    assert not again.pixels.flags.writeable


def test_jpeg_reduces_and_never_enlarges() -> None:
    photo = Photo.from_array(ramp(60, 120))
    small = Image.open(io.BytesIO(photo.jpeg(40)))
    assert small.size == (40, 20)
    columns = ramp(20, 40).astype(int)
    assert np.abs(np.asarray(small).astype(int) - columns).mean() < 3
    assert Image.open(io.BytesIO(photo.jpeg(4000))).size == (120, 60)
    assert len(photo.jpeg(120, quality=20)) < len(photo.jpeg(120, quality=95))


@pytest.mark.parametrize(
    ("side", "quality", "found"), [(0, 85, "0 px"), (10, 0, "0"), (10, 101, "101")]
)
def test_jpeg_refuses_what_makes_no_picture(side: int, quality: int, found: str) -> None:
    with pytest.raises(ParameterError, match=found):
        Photo.from_array(ramp(4, 6)).jpeg(side, quality)


def test_fit_keeps_proportions_and_never_enlarges() -> None:
    chance = random.Random(0)
    for _ in range(500):
        width, height = chance.randint(1, 9000), chance.randint(1, 9000)
        side = chance.randint(1, 9000)
        w, h = fit((width, height), side)
        assert max(w, h) == min(side, max(width, height))
        assert w <= width
        assert h <= height
        # Half a pixel of rounding, except where a side would vanish.
        assert min(w, h) == 1 or abs(w * height - h * width) <= 0.5 * max(width, height) + 1e-6
    assert fit((30, 20), None) == (30, 20)
