"""Cut-outs and collages: outlines lie on their objects, masks say whose each pixel is."""

import numpy as np
import pytest
from PIL import Image

from wsl_core.errors import ImageError
from wsl_core.images import cutouts, gallery
from wsl_core.images.cutouts import COLLAGES, OUTLINED, outlined
from wsl_core.images.photographs import PHOTOGRAPHS

# (x, y) in the photograph: on the object, and beside it.
ON = {
    "cat": [(180, 60), (260, 250), (385, 10)],
    "astronaut": [(225, 60), (150, 400), (400, 450), (205, 240)],
    "motorcycle": [(425, 205), (200, 385), (350, 125), (332, 415), (508, 40)],
}
BESIDE = {
    "cat": [(10, 40), (430, 150), (10, 280)],
    "astronaut": [(60, 100), (420, 120), (440, 320)],
    "motorcycle": [(580, 210), (100, 450), (600, 460), (80, 150), (715, 430)],
}


@pytest.mark.parametrize("key", OUTLINED)
def test_outlines_hold_the_object_and_nothing_else(key: str) -> None:
    mask = outlined(key)
    assert mask.shape == gallery.load(key).pixels.shape[:2]
    assert [mask[y, x] for x, y in ON[key]] == [True] * len(ON[key])
    assert [mask[y, x] for x, y in BESIDE[key]] == [False] * len(BESIDE[key])


def test_what_has_no_outline_is_refused() -> None:
    with pytest.raises(ImageError, match=r"coffee is not known.*cat, astronaut, motorcycle"):
        outlined("coffee")


def test_the_missing_depth_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutouts, "find_spec", lambda name: None)
    outlined.cache_clear()
    with pytest.raises(ImageError, match="pip install scikit-image"):
        outlined("motorcycle")


@pytest.mark.parametrize("key", COLLAGES)
def test_every_pixel_is_its_owners(key: str) -> None:
    """What belongs to nobody has the ground's colour; what belongs to a part, the photograph's."""
    collage, photo = COLLAGES[key], gallery.load(key)
    owners = collage.owners()
    assert (photo.width, photo.height) == collage.size
    upper, lower = (np.array(one, float) for one in collage.ground)
    share = np.linspace(0, 1, photo.height)[:, None]
    rows = np.rint((1 - share) * upper + share * lower)
    away = np.abs(photo.pixels - rows[:, None]).max(2)
    assert away[owners == 0].max() <= 1
    for place, part in enumerate(collage.parts, 1):
        whole = Image.fromarray(PHOTOGRAPHS[part.key].loader().pixels)
        width = round(part.height * whole.width / whole.height)
        pasted = np.asarray(whole.resize((width, part.height), Image.Resampling.LANCZOS))
        down, across = np.nonzero(owners == place)
        seen = pasted[down - part.top, across - part.left]
        assert np.array_equal(photo.pixels[down, across], seen)
        assert len(down) > 0.05 * owners.size


@pytest.mark.parametrize("key", COLLAGES)
def test_boxes_touch_the_pixels_of_their_part(key: str) -> None:
    collage = COLLAGES[key]
    owners = collage.owners()
    for place, (left, top, right, bottom) in enumerate(collage.boxes(), 1):
        inside = owners[top:bottom, left:right] == place
        assert inside.sum() == (owners == place).sum()
        assert all(edge.any() for edge in (inside[0], inside[-1], inside[:, 0], inside[:, -1]))
