"""House numbers, signs and printed digits: seeded, balanced, and showing what their labels say."""

from dataclasses import replace

import numpy as np
import pytest

from wsl_core.datasets.domains.generators import glyphs as shapes
from wsl_core.datasets.domains.generators import syn_numbers as numbers
from wsl_core.datasets.domains.generators import syn_signs as signs
from wsl_core.datasets.domains.generators.printed_digits import printed_digits
from wsl_core.datasets.domains.generators.sign_canvas import COLOURS, Canvas
from wsl_core.datasets.domains.generators.sign_templates import CLASSES, templates
from wsl_core.errors import DatasetError

PLAIN_NUMBERS = replace(
    numbers.RANGES, height=(24, 24), aspect=(0.9, 0.9), position=0.3, rotation=0.02, slant=0.02,
    neighbour=0.0, brightness=(20, 30), contrast=(200, 210), plate=0.0, relief=0.0, outline=0.0,
    light=(0, 0), texture=(0, 0), blur=(0, 0), small=(32, 33), motion=(0, 0), noise=(0, 0),
)  # fmt: skip
PLAIN_SIGNS = replace(
    signs.RANGES, width=(0.8, 0.8), position=0.0, aspect=0.0, rotation=0.0, perspective=0.0, paint=0.0,
    bleached=(0, 0), company=0.0, exposure=(0, 0), gamma=0.0, tint=0.0, haze=0.1, light=(0, 0),
    shade=0.0, fringe=0.0, sharpened=(-1, -1), blur=(0, 0), small=(32, 33), motion=(0, 0), noise=(0, 0),
)  # fmt: skip


def nearest_mean(train: np.ndarray, labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Labels of test pictures, by the mean picture of a class that is least far away."""
    means = np.stack([train[labels == k].mean(0) for k in range(labels.max() + 1)]).astype(float)
    flat = test.reshape(len(test), -1).astype(float)
    means = means.reshape(len(means), -1)
    return ((flat**2).sum(1)[:, None] - 2 * flat @ means.T + (means**2).sum(1)).argmin(1)


@pytest.mark.parametrize("count", [1, 7, 300])
def test_house_numbers_are_seeded_and_balanced(count: int) -> None:
    pictures, labels = numbers.syn_numbers(count, seed=3)
    again, same = numbers.syn_numbers(count, seed=3)
    other, _ = numbers.syn_numbers(count, seed=4)
    assert (pictures.shape, pictures.dtype) == ((count, 32, 32, 3), np.uint8)
    assert labels.dtype == np.int64
    assert np.array_equal(pictures, again)
    assert np.array_equal(labels, same)
    assert not np.array_equal(pictures, other)
    assert np.ptp(np.bincount(labels, minlength=10)) <= 1


def test_house_numbers_show_their_label_in_the_middle() -> None:
    train, labels = numbers.syn_numbers(1500, 1, PLAIN_NUMBERS)
    test, truth = numbers.syn_numbers(500, 2, PLAIN_NUMBERS)
    assert (nearest_mean(train, labels, test) == truth).mean() > 0.75


def test_house_numbers_have_neighbours_at_both_sides_when_asked() -> None:
    alone, _ = numbers.syn_numbers(300, 1, PLAIN_NUMBERS)
    beside, _ = numbers.syn_numbers(300, 1, replace(PLAIN_NUMBERS, neighbour=1.0, gap=(0, 0.05)))
    for side in (slice(0, 4), slice(-4, None)):
        assert (alone[:, :, side].max((1, 2, 3)) > 150).mean() < 0.1
        assert (beside[:, :, side].max((1, 2, 3)) > 150).mean() > 0.9


def test_house_numbers_vary_as_the_ranges_say() -> None:
    pictures, _ = numbers.syn_numbers(600, 5)
    spread = pictures.std((1, 2)).max(1)
    assert np.percentile(spread, 5) > 5  # even the faintest can be seen
    grey = (np.ptp(pictures.mean((1, 2)), axis=1) < 2).mean()
    assert grey == pytest.approx(numbers.RANGES.grey, abs=0.12)
    assert (
        np.percentile(pictures.mean((1, 2, 3)), 90) - np.percentile(pictures.mean((1, 2, 3)), 10)
        > 100
    )


def test_fields_of_glyphs_are_distances() -> None:
    found = shapes.glyphs()
    assert set(found.labels.tolist()) == set(range(10))
    assert found.shares.sum() == pytest.approx(1)
    slope = np.hypot(*np.gradient(found.fields, axis=(1, 2)))
    assert np.median(slope) == pytest.approx(1, abs=0.05)
    rows = (found.fields > 0).any(2)
    height = rows.sum(1)
    assert height.min() >= shapes.HEIGHT - 2
    assert height.max() <= shapes.HEIGHT + 2


def test_each_family_has_every_digit() -> None:
    found = shapes.glyphs()
    families = np.repeat(np.arange(len(found.shares)), 10)
    labels = np.tile(np.arange(10), len(found.shares))
    chosen = found.choose(np.random.default_rng(0), families, labels)
    assert np.array_equal(found.families[chosen], families)
    assert np.array_equal(found.labels[chosen], labels)


def test_missing_fonts_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "find_spec", lambda _: None)
    with pytest.raises(DatasetError, match="fonts that come with matplotlib"):
        shapes._fonts()


def test_printed_digits_are_framed_like_mnist() -> None:
    pictures, labels = printed_digits(500, seed=1)
    assert np.array_equal(pictures, printed_digits(500, seed=1)[0])
    assert np.ptp(np.bincount(labels)) == 0
    mass = pictures.sum((1, 2)).astype(float)
    for axis in (1, 2):
        middle = (pictures.sum(axis) @ np.arange(28)) / mass
        assert np.abs(middle - 13.5).max() < 1.1
    tall = (pictures.max(2) > 127).sum(1)
    assert 15 <= np.percentile(tall, 2) <= np.percentile(tall, 98) <= 24
    test, truth = printed_digits(300, seed=2)
    assert (nearest_mean(pictures, labels, test) == truth).mean() > 0.7


def colours_of(label: int) -> dict[str, float]:
    """Which share of a sign has which colour."""
    shares = templates()[label].sum((0, 1))[1:]
    return dict(zip(COLOURS[1:], shares / shares.sum(), strict=True))


def test_every_sign_has_the_colours_of_its_kind() -> None:
    assert len(CLASSES) == len(set(CLASSES)) == len(templates()) == 43
    assert np.allclose(templates().sum(3), 1, atol=1e-5)
    for label in (*range(6), 7, 8, 9, 10, 15, 16):
        assert 0.3 < colours_of(label)["red"] < 0.6, CLASSES[label]
        assert colours_of(label)["white"] > 0.25, CLASSES[label]
    for label in (11, *range(18, 32)):
        assert 0.3 < colours_of(label)["red"] < 0.6, CLASSES[label]
        assert colours_of(label)["black"] > 0.03, CLASSES[label]
    for label in range(33, 41):
        assert colours_of(label)["blue"] > 0.55, CLASSES[label]
        assert colours_of(label)["white"] > 0.15, CLASSES[label]
    for label in (6, 32, 41, 42):
        assert colours_of(label)["red"] == colours_of(label)["blue"] == 0, CLASSES[label]
    assert colours_of(12)["yellow"] > 0.35
    assert min(colours_of(14)["red"], colours_of(17)["red"]) > 0.6
    assert colours_of(26)["green"] > 0.02


@pytest.mark.parametrize(("one", "other"), [(19, 20), (33, 34), (36, 37), (38, 39)])
def test_signs_that_mirror_each_other(one: int, other: int) -> None:
    assert np.allclose(templates()[one], templates()[other][:, ::-1], atol=1e-6)
    assert not np.allclose(templates()[one], templates()[other], atol=0.3)


def test_triangles_point_up_and_only_one_down() -> None:
    there = 1 - templates()[..., 0]
    upper, lower = there[:, :30].sum((1, 2)), there[:, -30:].sum((1, 2))
    for label in (11, *range(18, 32)):
        assert upper[label] < 0.8 * lower[label]
    assert lower[13] < 0.8 * upper[13]
    for label in (0, 12, 14, 32, 40):
        assert upper[label] == pytest.approx(lower[label], rel=0.02)


def test_arrows_point_where_their_names_say() -> None:
    places = np.arange(80) - 39.5
    within = np.hypot(places, places[:, None]) < 33  # without the rim

    def reaches(label: int) -> dict[str, float]:
        white = (templates()[label, ..., COLOURS.index("white")] > 0.5) & within
        rows, columns = places[white.any(1)], places[white.any(0)]
        return {"up": -rows[0], "down": rows[-1], "left": -columns[0], "right": columns[-1]}

    for label, way, other in [
        (33, "right", "left"),
        (34, "left", "right"),
        (36, "right", "left"),
        (37, "left", "right"),
    ]:
        assert reaches(label)[way] > reaches(label)[other] + 2, CLASSES[label]
    for label in (35, 36, 37):
        assert reaches(label)["up"] > 25, CLASSES[label]
    assert reaches(35)["left"] == reaches(35)["right"]
    # The head of a slanting arrow is its heavier end.
    for label, sign in ((38, 1), (39, -1)):
        white = templates()[label, ..., COLOURS.index("white")] * within
        assert (white.sum(0) @ places) * sign > 2 * white.sum(), CLASSES[label]
        assert white.sum(1) @ places > 2 * white.sum(), CLASSES[label]


def test_no_two_signs_look_the_same() -> None:
    small = templates().reshape(43, 20, 4, 20, 4, 8).mean((2, 4)).reshape(43, -1)
    distance = np.abs(small[:, None] - small).sum(2)
    np.fill_diagonal(distance, np.inf)
    assert distance.min() > 10


def test_signs_are_seeded_and_balanced(photographs: list[np.ndarray]) -> None:
    pictures, labels = signs.syn_signs(130, photographs, seed=3)
    again, same = signs.syn_signs(130, photographs, seed=3)
    assert (pictures.shape, pictures.dtype, labels.dtype) == ((130, 32, 32, 3), np.uint8, np.int64)
    assert np.array_equal(pictures, again)
    assert np.array_equal(labels, same)
    assert not np.array_equal(pictures, signs.syn_signs(130, photographs, seed=4)[0])
    assert np.ptp(np.bincount(labels, minlength=43)) <= 1


def test_signs_show_their_label(photographs: list[np.ndarray]) -> None:
    plain = replace(PLAIN_SIGNS, sky=0.0, behind=0.0, post=0.0, plate=0.0)
    train, labels = signs.syn_signs(43 * 8, photographs[:1], 1, plain)
    test, truth = signs.syn_signs(43 * 3, photographs[:1], 2, plain)
    middle = (slice(None), slice(6, 26), slice(6, 26))
    assert (nearest_mean(train[middle], labels, test[middle]) == truth).mean() > 0.95


def test_the_background_of_signs_is_the_photographs(photographs: list[np.ndarray]) -> None:
    plain = replace(PLAIN_SIGNS, sky=0.0, behind=0.0, post=0.0, plate=0.0)
    dark, _ = signs.syn_signs(60, photographs[:1], 1, plain)
    bright, _ = signs.syn_signs(60, photographs[1:], 1, plain)
    assert dark[:, :2, :2].mean() < 60
    assert bright[:, :2, :2].mean() > 100


def test_a_canvas_can_be_mirrored_and_shrunk() -> None:
    canvas = Canvas()
    canvas.box("red", -1, -1, 0, 1)
    red = COLOURS.index("red")
    assert canvas.cut()[40, 10, red] == 1
    assert canvas.mirrored().cut()[40, 10, red] == 0
    assert canvas.mirrored().cut()[40, 70, red] == 1
    smaller = Canvas()
    smaller.shrink(0.5, 0, 0)
    smaller.disc("red", 0, 0, 1)
    assert smaller.cut()[..., red].sum() == pytest.approx(np.pi * 19**2, rel=0.03)
