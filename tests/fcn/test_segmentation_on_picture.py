"""One picture in segments: which classes, at which size, the CRF step by step, overlaps, label pictures."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

from wsl_core import images
from wsl_core.datasets import voc_labels
from wsl_core.errors import ClassNameError, ParameterError
from wsl_core.fcn.segmentation import masks, palette, unary
from wsl_core.fcn.segmentation.crf_parameters import CrfParameters
from wsl_core.fcn.segmentation.on_picture import at_size, segment
from wsl_core.fcn.segmentation.reading import reader
from wsl_core.fcn.segmentation.unary import UnaryParameters
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps

HandMade = Callable[..., ClassMaps]
SHAPE = (65, 97)
UNSHARED = UnaryParameters(alike=0)  # the features of hand-made maps are the maps themselves


@pytest.fixture
def photo() -> Photo:
    """Grey, with a bright square whose right and lower edges are no multiples of a cell."""
    pixels = np.full((*SHAPE, 3), 60, np.uint8)
    pixels[20:60, 20:55] = (220, 180, 60)
    return Photo.from_array(pixels, name="square.png")


@pytest.fixture
def maps(hand_made: HandMade) -> ClassMaps:
    """Class b lies roughly on the square, class a has weak evidence elsewhere, class c none."""
    values = np.full((3, 3, 4), -2.0)
    values[1, 1, 1], values[1, 1, 2], values[1, 2, 1] = 5, 1, 3
    values[0, 0, 3] = 1
    return hand_made(values)


def test_classes_are_those_given_or_the_probable_ones(maps: ClassMaps, photo: Photo) -> None:
    given = segment(maps, photo, ["class b", 0])
    assert (given.names, given.classes, given.numbers) == (("class b", "class a"), (1, 0), (2, 1))
    assert set(np.unique(given.before)) == {0, 1, 2}
    likely = maps.probabilities
    for threshold in (0.0, 0.3, float(likely.max()), 1.0):
        found = segment(maps, photo, how=UnaryParameters(present=threshold)).classes
        assert found == tuple(np.flatnonzero(likely >= threshold))
    nothing = segment(maps, photo, [])
    assert (nothing.before == 0).all()
    assert nothing.refined().labels.shape == SHAPE
    with pytest.raises(ClassNameError):
        segment(maps, photo, ["unicorn"])
    with pytest.raises(ParameterError, match="2 classes are named, 1 of them different"):
        segment(maps, photo, [1, "class b"])


def test_the_crf_moves_the_border_to_the_colours(maps: ClassMaps, photo: Photo) -> None:
    found = segment(maps, photo, ["class b"], UNSHARED)
    mask = (np.asarray(photo.pixels)[..., 0] > 100).astype(np.uint8) * 2
    before = found.overlaps(found.before, mask)["class b"]
    steps = list(found.updates(CrfParameters(iterations=5)))
    assert len(steps) == 6
    assert np.array_equal(steps[0].labels, found.before)
    after = found.overlaps(steps[-1].labels, mask)
    assert before < 0.8
    assert after["class b"] > 0.97
    assert_allclose(steps[-1].shares.sum(0), 1, rtol=1e-5)


def test_a_smaller_drawing_says_nearly_the_same(hand_made: HandMade) -> None:
    pixels = np.full((130, 194, 3), 60, np.uint8)
    pixels[40:120, 40:110] = (220, 180, 60)
    values = np.full((1, 3, 4), -2.0)
    values[0, 1:, 1:3] = 4
    photo, maps = Photo.from_array(pixels, name="square.png"), hand_made(values, (130, 194))
    whole, half = (segment(maps, photo, [0], UNSHARED, longest=longest) for longest in (None, 97))
    assert (half.scale, half.pixels.shape) == (0.5, (65, 97, 3))
    assert whole.scale == segment(maps, photo, [0], longest=5000).scale == 1
    one, other = (at_size(found.refined().labels, 130, 194) for found in (whole, half))
    assert (one == other).mean() > 0.98
    mask = (pixels[..., 0] > 100).astype(np.uint8)
    large, small = (one.overlaps(one.refined().labels, mask)["class a"] for one in (whole, half))
    assert small == pytest.approx(large, abs=0.02)


def test_overlaps_leave_out_what_is_not_judged_and_refuse_other_sizes(
    maps: ClassMaps, photo: Photo
) -> None:
    found = segment(maps, photo, ["class b"])
    mask = np.zeros(SHAPE, np.uint8)
    mask[:, :30], mask[:, 30:40], mask[:, 90:] = 2, 255, 9
    labels = np.zeros(SHAPE, np.uint8)
    labels[:, :15], labels[:, 85:] = 2, 2
    assert found.overlaps(labels, mask) == {
        "background": pytest.approx(45 / (15 + 50)),
        "class b": pytest.approx(15 / (30 + 12)),
    }
    with pytest.raises(ParameterError, match="90 x 65 pixels and the picture of 97 x 65"):
        found.overlaps(labels, mask[:, :90])


def test_cells_share_their_evidence_with_cells_that_look_alike(
    hand_made: HandMade, photo: Photo
) -> None:
    """One cell of an object is high; the cell of the same features receives half, others nothing."""
    random = np.random.default_rng(3)
    maps = random.normal(size=(2, 3, 4)).astype(np.float32)
    features = random.normal(size=(5, 3, 4)).astype(np.float32)
    cells, evidence = features.reshape(5, -1).T, np.maximum(maps.reshape(2, -1), 0)
    for power in (1, 2.5):
        found = unary.shared(maps, features, power).reshape(2, -1)
        for k in range(12):
            alike = [
                max(cells[k] @ one / np.linalg.norm(cells[k]) / np.linalg.norm(one), 0) ** power
                for one in cells
            ]
            assert_allclose(found[:, k], evidence @ alike / sum(alike), rtol=1e-4)
    assert np.array_equal(unary.shared(maps, features, 0), maps)
    values = np.zeros((2, 3, 4))
    values[0, 1, 1:3], values[1, 0] = 1, 1  # class a is what cells (1, 1) and (1, 2) are made of
    whole = segment(hand_made(values), photo, ["class a"])
    assert whole.strengths[0, 32, 32] == whole.strengths[0, 32, 64] == 1


def test_the_palette_is_that_of_voc() -> None:
    known = {
        0: (0, 0, 0), 1: (128, 0, 0), 2: (0, 128, 0), 8: (64, 0, 0), 15: (192, 128, 128), 20: (0, 64, 128),
        255: (224, 224, 192),
    }  # fmt: skip
    for label, colour in known.items():
        assert tuple(palette.COLOURS[label]) == colour
    assert len(np.unique(palette.COLOURS, axis=0)) == 256
    labels = np.arange(300, dtype=np.int64).reshape(15, 20).clip(0, 255).astype(np.uint8)
    with Image.open(io.BytesIO(palette.png(labels))) as file:
        assert file.mode == "P"
        assert np.array_equal(np.asarray(file), labels)
        assert np.array_equal(np.asarray(file.convert("RGB")), palette.painted(labels))


def test_a_real_picture_from_its_labels(data: Path) -> None:
    """A cat: found from the labels of the picture, and better after the CRF."""
    pictures = voc_labels.read_with_masks(data / "voc", "train")
    picture = next(one for one in pictures.pictures if one.name == "2007_000528")
    photo, mask = images.read(picture.path), masks.read(picture, 20)
    with Image.open(picture.mask) as file:
        assert file.getpalette() == palette.COLOURS.ravel().tolist()
    maps = reader(pictures.classes, head="average", sizes=(321,), mirror=False)(photo)
    present = [k for k, label in enumerate(picture.labels) if label]
    found = segment(maps, photo, present)
    name = pictures.classes[present[0]]
    before, after = (
        found.overlaps(labels, mask)[name] for labels in (found.before, found.refined().labels)
    )
    assert after > before > 0.3
