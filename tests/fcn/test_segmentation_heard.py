"""A pixel's first update as a sum, and thin parts, against loops and known cases."""

import numpy as np
import pytest

from wsl_core.fcn.segmentation.crf_parameters import PRESETS, CrfParameters
from wsl_core.fcn.segmentation.heard import hear
from wsl_core.fcn.segmentation.on_picture import Segmentation
from wsl_core.fcn.segmentation.thin import found_of_thin, thin_parts


def drawing(seed: int = 0, height: int = 12, width: int = 16) -> Segmentation:
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (height, width, 3), np.uint8)
    pixels[:, width // 2 :] = 200
    shares = random.dirichlet((4, 2, 2), (height, width)).transpose(2, 0, 1).astype(np.float32)
    return Segmentation(("a", "b"), (0, 1), (1, 2), pixels, 1.0, shares[1:], shares)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_parts_add_up_to_the_first_update(preset: str) -> None:
    found, how = drawing(), PRESETS[preset]
    heard = hear(found, how)
    _, first, *_ = found.updates(how)
    at = np.s_[:, heard.row, heard.column]
    assert heard.after == pytest.approx(first.shares[at], abs=1e-4)
    assert heard.before == pytest.approx(found.probabilities[at], abs=1e-5)
    total = np.exp(np.float64(heard.maps) + heard.smoothness + heard.appearance)
    assert heard.after == pytest.approx(total / total.sum(), abs=1e-4)


def test_near_pixels_are_heard_as_a_loop_hears_them() -> None:
    """Smoothness alone, neither normalised nor with the pixel itself."""
    found = drawing(1)
    how = CrfParameters(appearance_weight=0, smoothness_width=2, normalised=False, itself=False)
    heard = hear(found, how, (5, 6))
    expected = np.zeros(3)
    for row in range(12):
        for column in range(16):
            if (row, column) != (5, 6):
                square = (row - 5) ** 2 + (column - 6) ** 2
                expected += 3 * np.exp(-square / 8) * found.probabilities[:, row, column]
    assert heard.smoothness == pytest.approx(expected, rel=2e-3)
    assert np.abs(heard.appearance).max() == 0


def test_the_pixel_is_one_that_changes_its_label() -> None:
    found = drawing(2)
    heard = hear(found, PRESETS["weak-cam"])
    assert heard.before.argmax() != heard.after.argmax()
    _, first, *_ = found.updates(PRESETS["weak-cam"])
    gain = heard.after.max() - heard.before[heard.after.argmax()]
    changed = found.before != first.labels
    best = (first.shares.max(0) - np.take_along_axis(
        found.probabilities, first.shares.argmax(0)[None], 0)[0])[changed].max()  # fmt: skip
    assert gain == pytest.approx(best, abs=1e-3)


def test_where_nothing_changes_there_is_a_pixel_all_the_same() -> None:
    found = drawing()
    heard = hear(found, CrfParameters(appearance_weight=0, smoothness_weight=0))
    assert heard.after == pytest.approx(heard.before, abs=1e-6)


def test_a_bar_is_thin_and_a_disc_is_not() -> None:
    down, across = np.mgrid[:200, :400]
    mask = (((down - 100) ** 2 + (across - 100) ** 2) < 60**2).astype(np.uint8) * 5
    bar = np.zeros_like(mask, bool)
    bar[98:102, 200:380] = True
    mask[bar] = 5
    thin = thin_parts(mask, 5)
    assert thin[bar].all()
    assert thin[~bar].sum() < 0.01 * (mask == 5).sum()
    labels = mask.copy()
    labels[:, 290:] = 0
    found = found_of_thin(labels, mask, 5)
    assert found.share == pytest.approx(0.5, abs=0.03)
    assert found_of_thin(labels[::2, ::2], mask, 5).share == pytest.approx(0.5, abs=0.05)


def test_nothing_thin_has_no_share() -> None:
    assert (
        found_of_thin(np.zeros((50, 50), np.uint8), np.zeros((50, 50), np.uint8), 3).share is None
    )
