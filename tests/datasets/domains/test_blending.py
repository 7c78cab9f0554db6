"""MNIST-M and the shifts of the offline pairs, against their definitions."""

from pathlib import Path

import numpy as np
import pytest

from wsl_core.datasets.digits import mnist
from wsl_core.datasets.domains import photographs as sources
from wsl_core.datasets.domains.generators import blending
from wsl_core.datasets.domains.generators.patches import patches
from wsl_core.datasets.domains.readers import sheets
from wsl_core.errors import ParameterError

DIGITS = np.random.default_rng(2).integers(0, 256, (40, 28, 28), np.uint8)


@pytest.mark.parametrize(
    ("background", "ink", "expected"),
    [(0, 0, 0), (200, 0, 200), (0, 255, 255), (10, 255, 245), (200, 255, 55), (255, 255, 0)],
)
def test_the_difference_does_not_wrap_around(background: int, ink: int, expected: int) -> None:
    digits = np.full((1, 4, 4), ink, np.uint8)
    backgrounds = np.full((1, 4, 4, 3), background, np.uint8)
    assert (blending.differences(digits, backgrounds) == expected).all()


def test_a_difference_keeps_its_channels_apart() -> None:
    backgrounds = np.random.default_rng(3).integers(0, 256, (40, 28, 28, 3), np.uint8)
    found = blending.differences(DIGITS, backgrounds)
    for k, row, column, channel in [(0, 0, 0, 0), (7, 3, 9, 1), (39, 27, 27, 2)]:
        digit, background = int(DIGITS[k, row, column]), int(backgrounds[k, row, column, channel])
        assert found[k, row, column, channel] == abs(background - digit)


def test_around_the_digit_there_is_the_photograph(photographs: list[np.ndarray]) -> None:
    found = blending.mnist_m(DIGITS, photographs, seed=4)
    assert found.shape == (40, 32, 32, 3)
    whole = [one.tobytes() for one in photographs]
    edge = found[:, 0]  # digits are padded by two pixels
    mirrored = edge[:, ::-1]
    for row, other in zip(edge, mirrored, strict=True):
        assert any(
            np.ascontiguousarray(one).tobytes() in place for one in (row, other) for place in whole
        )
    means = edge.mean((1, 2))
    assert 8 < (means > 128).sum() < 32  # both photographs are used


def test_ink_is_solid_as_in_the_published_set_unless_asked(photographs: list[np.ndarray]) -> None:
    faint = np.zeros((30, 28, 28), np.uint8)
    faint[:, 5:20, 5:20] = 1
    plain = blending.mnist_m(np.zeros_like(faint), photographs, seed=4).astype(int)
    solid = blending.mnist_m(faint, photographs, seed=4)
    grey = blending.mnist_m(faint, photographs, seed=4, solid=False)
    inked = np.pad(faint, ((0, 0), (2, 2), (2, 2))) > 0
    assert np.array_equal(solid[inked], 255 - plain[inked])
    assert np.array_equal(grey[inked], np.abs(plain[inked] - 1))
    assert np.array_equal(solid[~inked], plain[~inked])


@pytest.mark.data
def test_the_published_sets_ink_is_solid(data: Path) -> None:
    sheet = sheets.read(data / "mnist_m", "test")
    digits = mnist(data / "mnist", "test").pictures[sheet.columns["index"]]
    ink, seen = blending.padded(digits, 32).astype(int), sheet.pictures.astype(int)
    # Faint ink between bare paper on its left and full ink on its right looks like the latter.
    edge = (ink[:, :, :-2] == 0) & (abs(ink[:, :, 1:-1] - 45) < 40) & (ink[:, :, 2:] > 250)
    paper, faint, full = (seen[:, :, k : k + 30][edge] for k in range(3))
    apart = np.abs(full - paper) > 60
    share = ((faint - paper)[apart] / (full - paper)[apart]).mean()
    assert share == pytest.approx(1, abs=0.03)


def test_the_same_seed_gives_the_same_pictures(photographs: list[np.ndarray]) -> None:
    first, again, other = (blending.mnist_m(DIGITS, photographs, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_without_photographs_nothing_is_cut() -> None:
    random = np.random.default_rng(0)
    with pytest.raises(ParameterError, match="none was given"):
        patches(random, 3, [], 32)
    for small in (np.zeros((47, 99, 3), np.uint8), np.zeros((99, 99), np.uint8)):
        with pytest.raises(ParameterError, match="at least 48 pixels"):
            patches(random, 3, [small], 32)


def test_pieces_are_no_larger_than_their_photograph() -> None:
    ramp = np.repeat(np.arange(60, dtype=np.uint8)[:, None, None], 50, 1).repeat(3, 2)
    found = patches(np.random.default_rng(0), 50, [ramp], 16, (1.0, 9.0))
    span = found.max((1, 2, 3)).astype(int) - found.min((1, 2, 3))
    assert span.min() >= 14  # 16 rows of the photograph at least
    assert span.max() <= 50


def test_halves_of_the_gallery_share_no_photograph() -> None:
    train, _ = sources.of_gallery("train")
    test, _ = sources.of_gallery("test")
    assert (len(train), len(test)) == (5, 3)
    assert {one.tobytes() for one in train}.isdisjoint(one.tobytes() for one in test)


@pytest.mark.data
@pytest.mark.usefixtures("wsl_data")
def test_halves_of_bsds_share_no_photograph() -> None:
    train, title = sources.at_hand("train")
    test, _ = sources.at_hand("test")
    assert title == "31 photographs of BSDS500"
    assert len(train) + len(test) == 60
    assert {one.tobytes() for one in train}.isdisjoint(one.tobytes() for one in test)


def test_dimmed_digits_are_a_ramp_and_a_third_of_the_contrast() -> None:
    blank = np.zeros((200, 32, 32), np.uint8)
    full = blank.copy()
    full[:, 8:24, 8:24] = 255
    paper = blending.dimmed(blank, seed=6)[..., 0].astype(float)
    ink = blending.dimmed(full, seed=6)[..., 0].astype(float)
    contrast = (ink - paper)[:, 10:22, 10:22].mean((1, 2)) / 255
    assert np.median(contrast) == pytest.approx(0.3, abs=0.02)
    smooth = paper.reshape(200, 4, 8, 4, 8).mean((2, 4))
    span = smooth.max((1, 2)) - smooth.min((1, 2))
    assert np.median(span) > 60  # the ramp
    residue = np.diff(paper, n=2, axis=2)[:, :, 8:24].std() / np.sqrt(6)
    assert residue == pytest.approx(8, abs=1)  # the noise


def test_coloured_digits_differ_in_brightness_either_way() -> None:
    digits = np.zeros((300, 32, 32), np.uint8)
    digits[:, 10:20, 10:20] = 255
    found = blending.coloured(digits, seed=7).astype(float) @ [0.299, 0.587, 0.114]
    difference = found[:, 15, 15] - found[:, 0, 0]
    assert np.abs(difference).min() > 58
    assert 90 < (difference > 0).sum() < 210
