"""The fully connected CRF: published vectors, laws, and the approximate messages against the exact sum."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from wsl_core import images
from wsl_core.errors import ParameterError
from wsl_core.fcn.segmentation import crf, kernels
from wsl_core.fcn.segmentation.crf_parameters import PRESETS, CrfParameters
from wsl_core.fcn.segmentation.permutohedral import Lattice

FOREGROUND = np.array([[0.8, 0.6, 0.4], [0.7, 0.55, 0.3]], np.float32)
TWO = np.stack([1 - FOREGROUND, FOREGROUND])
GREY = np.repeat(np.array([[10, 10, 200], [10, 200, 200]], np.uint8)[..., None], 3, 2)
SMALL = {
    "appearance_weight": 4, "appearance_width": 67, "colour_width": 3, "smoothness_weight": 3,
    "smoothness_width": 1,
}  # fmt: skip


def field(random: np.random.Generator, labels: int, height: int, width: int) -> np.ndarray:
    """(labels, height, width) smooth probabilities."""
    import cv2

    coarse = random.normal(size=(labels, 4, 5)).astype(np.float32)
    scores = [cv2.resize(one, (width, height), interpolation=cv2.INTER_CUBIC) for one in coarse]
    powers = np.exp(2 * np.stack(scores))
    return powers / powers.sum(0)


@pytest.mark.parametrize(
    ("normalised", "itself", "iterations", "expected"),
    [
        (False, False, 1, [0.99190550, 0.99510502, 0.17992952, 0.99517756, 0.19883379, 0.28939391]),
        (
            False,
            False,
            10,
            [0.99998709, 0.99863221, 0.00014559, 0.99990789, 0.00251743, 0.00002250],
        ),
        (True, False, 1, [0.95740007, 0.94354419, 0.26918841, 0.95789400, 0.34276796, 0.29124352]),
        (True, False, 10, [0.99808006, 0.97677310, 0.01085203, 0.99403073, 0.04498536, 0.00392732]),
        (True, True, 1, [0.98158157, 0.92100703, 0.21856380, 0.96505154, 0.46524438, 0.13771842]),
    ],
)
def test_the_exact_sum_gives_known_shares(
    normalised: bool, itself: bool, iterations: int, expected: list[float]
) -> None:
    how = CrfParameters(iterations=iterations, normalised=normalised, itself=itself, **SMALL)
    found = crf.refine(GREY, TWO, how, exact=True)[1].ravel()
    assert_allclose(found, expected, atol=2e-6)


def test_the_lattice_gives_nearly_the_same() -> None:
    how = CrfParameters(iterations=1, **SMALL)
    exact, near = (crf.refine(GREY, TWO, how, exact=one) for one in (True, False))
    assert_allclose(near, exact, atol=2e-3)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_lattice_adds_up_a_gaussian(dimensions: int) -> None:
    random = np.random.default_rng(dimensions)
    points = random.random((3000, dimensions)) * 4
    values = random.random((2, 3000)).astype(np.float32)
    squares = ((points[:, None] - points) ** 2).sum(-1)
    assert_allclose(Lattice(points).filter(values), values @ np.exp(-squares / 2), rtol=0.12)


@pytest.mark.parametrize("name", ["coffee", "astronaut", "temple"])
def test_labels_agree_with_the_exact_sum_on_pieces_of_photographs(name: str) -> None:
    photo = images.gallery.load(name).pixels
    agreed = []
    for seed in range(4):
        random = np.random.default_rng(seed)
        top = random.integers(photo.shape[0] - 40)
        left = random.integers(photo.shape[1] - 52)
        piece = np.ascontiguousarray(photo[top : top + 40, left : left + 52])
        shares = field(random, 3, 40, 52)
        exact, near = (crf.refine(piece, shares, exact=one).argmax(0) for one in (True, False))
        agreed.append((exact == near).mean())
    assert np.mean(agreed) >= 0.99


@pytest.mark.parametrize("exact", [True, False])
def test_without_weights_nothing_changes(exact: bool) -> None:
    how = CrfParameters(appearance_weight=0, smoothness_weight=0)
    assert_allclose(crf.refine(GREY, TWO, how, exact=exact), TWO, rtol=1e-5)


@pytest.mark.parametrize("exact", [True, False])
def test_labels_may_change_places(exact: bool) -> None:
    random = np.random.default_rng(4)
    pixels = random.integers(0, 255, (20, 24, 3)).astype(np.uint8)
    shares, order = field(random, 4, 20, 24), [2, 0, 3, 1]
    found = crf.refine(pixels, shares, exact=exact)
    assert_allclose(crf.refine(pixels, shares[order], exact=exact), found[order], atol=1e-3)


def test_an_edge_of_two_colours_is_found() -> None:
    """A blurred guess whose border lies 5 pixels beside the colours' border moves to it."""
    pixels = np.full((40, 60, 3), 60, np.uint8)
    pixels[:, 30:] = 180
    guess = 1 / (1 + np.exp(-(np.arange(60) - 35) / 4)).astype(np.float32)
    shares = np.stack([1 - guess, guess])[:, None].repeat(40, 1)
    assert (shares[1] > 0.5).sum(1).max() == 24
    found = crf.refine(pixels, shares, PRESETS["weak-cam"])[1] > 0.5
    assert np.array_equal(found, pixels[..., 0] > 100)


def test_every_update_can_be_seen() -> None:
    steps = list(crf.iterate(GREY, TWO, CrfParameters(iterations=3)))
    assert len(steps) == 4
    assert_allclose(steps[0], TWO, rtol=1e-5)
    assert_allclose(crf.refine(GREY, TWO, CrfParameters(iterations=3)), steps[-1])
    assert_allclose([one.sum(0) for one in steps], 1, rtol=1e-5)


def test_a_smaller_drawing_has_narrower_kernels() -> None:
    half = PRESETS["deeplab"].at(0.5)
    assert (half.appearance_width, half.colour_width, half.smoothness_width) == (33.5, 3, 0.5)
    assert PRESETS["deeplab"].at(0.1).smoothness_width == 0.5  # the least that is accepted


def test_what_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(ParameterError, match="at each of the picture's 2 x 3 pixels"):
        crf.refine(GREY, TWO[:, :1])
    with pytest.raises(ParameterError, match="negative or no numbers"):
        crf.refine(GREY, -TWO)
    with pytest.raises(ParameterError, match=r"up to 3,100.*approximate"):
        crf.refine(np.zeros((60, 60, 3), np.uint8), np.ones((2, 60, 60), np.float32), exact=True)
    with pytest.raises(ParameterError, match="three colours"):
        crf.refine(GREY[..., 0], TWO)
    assert kernels.MOST_EXACT < 60 * 60
