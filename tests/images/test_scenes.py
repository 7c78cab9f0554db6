from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from wsl_core.errors import ParameterError
from wsl_core.images import Photo, gallery
from wsl_core.images.scenes import FRAME, SCENES, compose, cut


def noise(height: int, width: int, seed: int = 0) -> Photo:
    levels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return Photo.from_array(levels)


@pytest.mark.parametrize("key", SCENES)
def test_boxes_hold_the_pasted_pictures(key: str) -> None:
    scene, photo = SCENES[key], gallery.load(key)
    assert (photo.width, photo.height) == scene.size
    assert max(scene.size) >= 2000
    for item in scene.objects:
        left, top, right, bottom = item.box
        source = Image.fromarray(gallery.load(item.key).pixels).crop(item.cut)
        expected = source.resize((right - left, bottom - top), Image.Resampling.LANCZOS)
        assert np.array_equal(photo.pixels[top:bottom, left:right], np.asarray(expected))
        # ... in the proportions of the cut, with the frame right outside
        assert abs((right - left) * source.height / source.width - (bottom - top)) <= 0.5
        assert (photo.pixels[top:bottom, left - FRAME : left] == 250).all()
        assert (photo.pixels[bottom : bottom + FRAME, left:right] == 250).all()


@pytest.mark.parametrize("key", SCENES)
def test_objects_do_not_cover_each_other(key: str) -> None:
    scene = SCENES[key]
    covered = np.zeros(scene.size[::-1], int)
    for item in scene.objects:
        left, top, right, bottom = item.box
        covered[top:bottom, left:right] += 1
    assert covered.max() == 1


def test_scenes_show_small_off_centre_and_several_objects() -> None:
    width, height = SCENES["scene-corner"].size
    (small,) = SCENES["scene-corner"].objects
    left, top, right, bottom = small.box
    assert (right - left) * (bottom - top) < 0.03 * width * height
    assert left > 0.75 * width
    assert top > 0.7 * height
    widths = [item.box[2] - item.box[0] for item in SCENES["scene-sizes"].objects]
    assert [b / a for a, b in pairwise(widths)] == [2, 2, 2]
    assert len({item.key for item in SCENES["scene-strip"].objects}) == 5


def test_a_scene_is_the_same_every_time() -> None:
    for scene in SCENES.values():
        assert scene.photo() == scene.photo()
    assert len({gallery.load(key).digest for key in SCENES}) == len(SCENES)


def test_compose_places_and_blends() -> None:
    one, two = noise(40, 30, 1), noise(20, 50, 2)
    photo = compose(
        (400, 300),
        [(one, (20, 30, 50, 70)), (two, (340, 270, 390, 290))],
        [(10, 20, 30), (50, 60, 70)],
        name="mine",
    )
    assert (photo.width, photo.height, photo.name) == (400, 300, "mine")
    assert np.array_equal(photo.pixels[30:70, 20:50], one.pixels)
    assert np.array_equal(photo.pixels[270:290, 340:390], two.pixels)
    assert photo.pixels[0, 399].tolist() == [10, 20, 30]
    assert photo.pixels[299, 0].tolist() == [50, 60, 70]
    assert np.abs(photo.pixels[150, 250].astype(int) - [30, 40, 50]).max() <= 1


def test_a_box_may_fill_the_canvas_and_later_boxes_cover() -> None:
    under, over = noise(60, 80, 1), noise(60, 80, 2)
    photo = compose((80, 60), [(under, (0, 0, 80, 60)), (over, (0, 0, 80, 60))], [(0, 0, 0)])
    assert np.array_equal(photo.pixels, over.pixels)


def test_cut_gives_the_region() -> None:
    photo = noise(40, 30)
    part = cut(photo, (5, 10, 25, 30))
    assert np.array_equal(part.pixels, photo.pixels[10:30, 5:25])
    assert (part.width, part.height) == (20, 20)


@pytest.mark.parametrize(
    "box", [(-1, 0, 10, 10), (0, 0, 41, 10), (10, 0, 10, 10), (0, 20, 10, 10), (0, 0, 10, 31)]
)
def test_boxes_outside_are_refused(box: tuple[int, int, int, int]) -> None:
    with pytest.raises(ParameterError, match="40 x 30 px"):
        compose((40, 30), [(noise(5, 5), box)])
    with pytest.raises(ParameterError, match="40 x 30 px"):
        cut(noise(30, 40), box)


@pytest.mark.parametrize(("size", "background"), [((0, 5), [(0, 0, 0)]), ((5, 5), [])])
def test_canvases_that_cannot_be_made(size: tuple[int, int], background: list) -> None:
    with pytest.raises(ParameterError, match="cannot be made"):
        compose(size, [], background)
