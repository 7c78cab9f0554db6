"""From class maps to labels, and their measure against a confusion worked out by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from wsl_core.errors import ParameterError
from wsl_core.fcn.segmentation.measure import Confusion
from wsl_core.fcn.segmentation.unary import UnaryParameters, labels, probabilities, strengths

CLASSES = ("background", "cat", "dog")
MASK = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 255, 255]], np.uint8)
PREDICTED = np.array([[0, 1, 1, 1], [0, 0, 1, 0], [2, 0, 2, 1]], np.uint8)


def test_overlaps_come_from_one_confusion() -> None:
    found = Confusion(CLASSES)
    for row in range(3):  # picture by picture
        found.add(MASK[row : row + 1], PREDICTED[row : row + 1])
    assert found.pixels.tolist() == [[3, 1, 0], [1, 3, 0], [1, 0, 1]]
    assert found.overlaps() == {"background": 0.5, "cat": 0.6, "dog": 0.5}
    assert found.miou == pytest.approx(0.5333333333)


def test_a_class_that_occurs_nowhere_has_no_figure() -> None:
    found = Confusion((*CLASSES, "cow"))
    assert found.miou is None
    found.add(MASK, PREDICTED)
    assert found.overlaps()["cow"] is None
    assert found.miou == pytest.approx(0.5333333333)
    found.add(MASK[:1], np.full((1, 4), 3))
    assert found.overlaps()["cow"] == 0


def test_masks_of_other_sizes_and_labels_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"3 x 4 pixels and the prediction of 2 x 4"):
        Confusion(CLASSES).add(MASK, PREDICTED[:2])
    with pytest.raises(ParameterError, match=r"label 7.*0 to 2"):
        Confusion(CLASSES).add(np.full((1, 1), 7, np.uint8), np.zeros((1, 1), np.int64))


def test_a_pixel_at_the_threshold_is_as_likely_background() -> None:
    for threshold in (0.1, 0.15, 0.4):
        at = np.full((1, 1, 1), threshold, np.float32)
        assert_allclose(probabilities(at, UnaryParameters(background=threshold)), 0.5, rtol=1e-5)
        above = probabilities(at + 0.01, UnaryParameters(background=threshold))
        assert labels(above, [9]).item() == 9
        assert labels(probabilities(at - 0.01, UnaryParameters(background=threshold)), [9]) == 0


def test_classes_share_a_pixel_and_the_background_is_what_they_leave() -> None:
    strength = np.array([[[0.2, 1, 0]], [[0.6, 0.5, 0]]], np.float32)
    found = probabilities(strength, UnaryParameters(background=0.15, sharpness=1))
    assert_allclose(found.sum(0), 1, rtol=1e-6)
    assert labels(found, [8, 12]).tolist() == [[12, 8, 0]]
    assert found[0, 0, 2] == 1
    assert_allclose(found[2, 0] / found[1, 0].clip(1e-9), [3, 0.5, 0], rtol=1e-5)


def test_maps_are_drawn_where_their_cells_look(hand_made) -> None:
    values = np.zeros((2, 3, 5), np.float32)
    values[0, 1, 3] = 4
    values[1] = -1
    maps = hand_made(values)
    drawn = strengths(maps.logits, maps.placement, 65, 129)
    assert drawn.shape == (2, 65, 129)
    assert np.unravel_index(drawn[0].argmax(), drawn[0].shape) == (32, 96)  # cell i on pixel 32 i
    assert drawn[0, 32, 96] == 1
    assert drawn[0, 32, 80] == pytest.approx(0.5)
    assert drawn[1].max() == 0  # a map without evidence


def test_no_class_is_all_background() -> None:
    assert (labels(probabilities(np.zeros((0, 4, 6), np.float32)), []) == 0).all()


def test_classes_and_shares_must_fit() -> None:
    with pytest.raises(ParameterError, match="2 maps of shares and 2 classes"):
        labels(np.zeros((2, 3, 3), np.float32), [1, 2])
