"""Known places of the gallery's pictures."""

import pytest

from wsl_core.datasets import gallery_objects, voc
from wsl_core.images import gallery
from wsl_core.images.scenes import SCENES


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("cat", ["cat"]), ("motorcycle", ["motorbike"]), ("coffee", []), ("astronaut", []),
        ("scene-strip", ["cat", "motorbike"]), ("scene-tower", ["person"]), ("scene-sizes", 4 * ["cat"]),
        ("unknown", []),
    ],
)  # fmt: skip
def test_the_classes_that_are_known_to_be_there(key: str, names: list[str]) -> None:
    found = gallery_objects.objects(key)
    assert [voc.CLASSES[one.index] for one in found] == names
    assert not any(one.difficult for one in found)


@pytest.mark.parametrize("key", ["cat", "motorcycle", *SCENES])
def test_boxes_lie_in_their_picture(key: str) -> None:
    photo = gallery.load(key)
    for one in gallery_objects.objects(key):
        left, top, right, bottom = one.box
        assert 0 <= left < right <= photo.width
        assert 0 <= top < bottom <= photo.height


def test_a_scene_has_the_box_that_it_was_composed_with() -> None:
    (small,) = gallery_objects.objects("scene-corner")
    assert small.box == SCENES["scene-corner"].objects[0].box
