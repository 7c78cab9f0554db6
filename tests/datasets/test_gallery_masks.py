import numpy as np
import pytest

from wsl_core.datasets import gallery_masks, gallery_objects, voc
from wsl_core.images import gallery
from wsl_core.images.cutouts import COLLAGES, OUTLINED
from wsl_core.images.scenes import SCENES

KNOWN = [*OUTLINED, *SCENES, *COLLAGES]


@pytest.mark.parametrize("key", KNOWN)
def test_a_mask_is_of_its_pictures_size_and_in_its_objects_boxes(key: str) -> None:
    mask, known = gallery_masks.mask(key)
    assert mask.shape == gallery.load(key).pixels.shape[:2]
    assert mask.dtype == np.uint8
    assert (known == gallery_masks.EXACT) == (key in SCENES or key in COLLAGES)
    boxes = gallery_objects.objects(key)
    if key in OUTLINED and not boxes:  # the whole of the astronaut
        return
    outside = mask.astype(int)
    for one in boxes:
        left, top, right, bottom = map(int, one.box)
        part = mask[top:bottom, left:right]
        assert (part == 1 + one.index).mean() > 0.2
        if key not in OUTLINED:
            outside[top:bottom, left:right] = 0
    if key not in OUTLINED:
        assert outside.sum() == 0


def test_pictures_without_an_outline_have_no_mask() -> None:
    assert [gallery_masks.mask(key) for key in ("coffee", "temple", "photographer")] == [None] * 3


def test_labels_are_vocs_numbers() -> None:
    assert [gallery_masks.label(key) for key in ("cat", "motorcycle", "astronaut", "flower")] == [
        1 + voc.CLASSES.index("cat"), 1 + voc.CLASSES.index("motorbike"),
        1 + voc.CLASSES.index("person"), 0,
    ]  # fmt: skip
