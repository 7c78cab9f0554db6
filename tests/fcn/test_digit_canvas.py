"""Scenes with known places, and digits found on hand-made maps."""

import numpy as np
import pytest

from wsl_core import networks
from wsl_core.datasets.digits import Digits
from wsl_core.errors import ParameterError
from wsl_core.fcn import digit_canvas
from wsl_core.fcn.digit_canvas import Digit
from wsl_core.fcn.strokes import drawn
from wsl_core.images import Photo
from wsl_core.networks import Geometry, Network, Placement

LENET = Geometry(jump=4, receptive_field=32, first_centre=15.5)


@pytest.fixture(scope="module")
def sixty() -> Digits:
    return digit_canvas.shipped()


def on_canvas(height: int, width: int) -> tuple[np.ndarray, Placement]:
    """Maps without any digit, and how they lie."""
    cells = ((height - 32) // 4 + 1, (width - 32) // 4 + 1)
    size = (height, width)
    return np.full((10, *cells), -6, np.float32), Placement.of(LENET, cells, size, size)


def test_six_digits_of_each_class_are_shipped(sixty: Digits) -> None:
    assert sixty.pictures.shape == (60, 28, 28)
    assert np.bincount(sixty.labels).tolist() == [6] * 10
    assert sixty.pictures[:, 0].max() == 0  # bare paper is 0
    assert sixty.pictures.reshape(60, -1).max(axis=1).min() > 200


@pytest.mark.data
def test_the_shipped_digits_are_the_first_of_each_class_of_the_test_half(data, sixty) -> None:
    from wsl_core.datasets.digits import mnist

    test = mnist(data / "mnist", "test")
    for label in range(10):
        own = sixty.pictures[sixty.labels == label]
        assert np.array_equal(own, test.pictures[test.labels == label][:6])


def test_paper_is_white_and_ink_is_black() -> None:
    picture = digit_canvas.paper(np.array([[0, 255, 100]], np.uint8))
    assert picture.tolist() == [[[255] * 3, [0] * 3, [155] * 3]]
    assert picture.dtype == np.uint8


def test_a_seed_gives_one_scene(sixty: Digits) -> None:
    first, again, other = (digit_canvas.compose(sixty, seed) for seed in (4, 4, 5))
    assert np.array_equal(first.ink, again.ink)
    assert first.digits == again.digits
    assert not np.array_equal(first.ink, other.ink)


@pytest.mark.parametrize("seed", range(20))
def test_digits_lie_apart_where_the_scene_says(sixty: Digits, seed: int) -> None:
    scene = digit_canvas.compose(sixty, seed)
    assert 3 <= len(scene.digits) <= 6
    assert scene.ink.shape == (160, 320)
    bare = scene.ink.copy()
    for digit in scene.digits:
        top, left = round(digit.y - 13.5), round(digit.x - 13.5)
        part = scene.ink[top : top + 28, left : left + 28]
        same = (sixty.pictures == part).all(axis=(1, 2))
        assert sixty.labels[same].tolist() == [digit.label]
        bare[top : top + 28, left : left + 28] = 0
    assert bare.max() == 0


def test_scenes_differ_in_how_many_digits_they_hold(sixty: Digits) -> None:
    counts = {len(digit_canvas.compose(sixty, seed).digits) for seed in range(40)}
    assert counts == {3, 4, 5, 6}


@pytest.mark.parametrize(
    ("height", "width", "count", "sentence"),
    [
        (28, 56, 9, "no room for more than [12] digits"),
        (20, 300, 1, "no room for more than 0 digits"),
        (160, 320, 0, "accepted are 1 to 40"),
        (1600, 3200, 41, "accepted are 1 to 40"),
    ],
)
def test_a_scene_that_cannot_be_is_refused(
    sixty: Digits, height: int, width: int, count: int, sentence: str
) -> None:
    with pytest.raises(ParameterError, match=sentence):
        digit_canvas.compose(sixty, 0, height, width, count)


def test_probabilities_are_the_sigmoid() -> None:
    logits = np.array([-1000, -2, 0, 1.5, 1000], np.float32)
    with np.errstate(over="ignore"):
        expected = 1 / (1 + np.exp(-logits.astype(float)))
    assert digit_canvas.probabilities(logits) == pytest.approx(expected, abs=1e-6)


def test_a_digit_is_found_where_its_map_has_its_summit() -> None:
    logits, placement = on_canvas(160, 320)
    logits[7, 10, 20], logits[7, 10, 21], logits[1, 10, 20] = 4, 4, 2
    logits[3, 25, 50] = 1
    seven, three = digit_canvas.found(logits, placement)
    assert (seven.label, three.label) == (7, 3)
    assert (seven.x, seven.y) == pytest.approx((15.5 + 4 * 20.5, 15.5 + 40), abs=0.1)
    assert seven.score == pytest.approx(1 / (1 + np.exp(-4)))
    assert (three.x, three.y) == pytest.approx((15.5 + 200, 15.5 + 100), abs=0.1)


def test_blank_maps_hold_nothing_and_the_threshold_decides() -> None:
    logits, placement = on_canvas(64, 64)
    assert digit_canvas.found(logits, placement) == []
    logits[2, 4, 4] = 1  # a probability of .731
    assert len(digit_canvas.found(logits, placement, threshold=0.73)) == 1
    assert digit_canvas.found(logits, placement, threshold=0.74) == []


def test_two_digits_are_told_apart_from_fourteen_pixels_on() -> None:
    logits, placement = on_canvas(160, 320)
    logits[1, 5, 5] = logits[2, 5, 8] = 5  # 12 pixels
    assert len(digit_canvas.found(logits, placement)) == 1
    logits[2, 5, 8], logits[2, 5, 9] = -6, 5  # 16 pixels
    assert [digit.label for digit in digit_canvas.found(logits, placement)] == [1, 2]


def test_places_are_those_of_the_picture_that_was_resized() -> None:
    logits, _ = on_canvas(160, 320)
    placement = Placement.of(LENET, logits.shape[1:], (160, 320), (320, 640))
    logits[5, 10, 20] = 5
    (five,) = digit_canvas.found(logits, placement)
    assert (five.x, five.y) == pytest.approx((2 * 96 - 0.5, 2 * 56 - 0.5), abs=0.1)


def test_each_true_digit_takes_the_nearest_of_its_class_once() -> None:
    true = [Digit(4, 50, 50), Digit(4, 58, 50), Digit(9, 90, 90)]
    detected = [Digit(4, 54.5, 50), Digit(9, 90, 96.5), Digit(4, 51, 50)]
    assert digit_canvas.matched(detected, true) == [detected[2], detected[0], None]
    assert digit_canvas.matched(detected[:1], true) == [detected[0], None, None]
    assert digit_canvas.matched([], true) == [None] * 3


def test_the_sentence_reads_from_left_to_right() -> None:
    three, one, four = Digit(3, 10, 90), Digit(1, 60, 5), Digit(4, 200, 50)
    assert digit_canvas.sentence([]) == "No digit was found."
    assert digit_canvas.sentence([three]) == "One digit was found: 3."
    read = digit_canvas.sentence([four, three, one])
    assert read == "3 digits were found, from left to right: 3, 1 and 4."


@pytest.fixture(scope="module")
def lenet() -> Network:
    return networks.load("lenet", runtime="torch")


def seen(lenet: Network, ink: np.ndarray) -> list[Digit]:
    """What LeNet finds on a canvas."""
    maps = lenet.class_maps(Photo.from_array(digit_canvas.paper(ink), "canvas"), "full")
    return digit_canvas.found(maps.logits, maps.placement)


def test_lenet_finds_the_digits_of_scenes(lenet: Network, sixty: Digits) -> None:
    hits = alarms = 0
    scenes = [digit_canvas.compose(sixty, seed) for seed in range(100, 115)]
    for scene in scenes:
        detected = seen(lenet, scene.ink)
        matches = sum(match is not None for match in digit_canvas.matched(detected, scene.digits))
        hits, alarms = hits + matches, alarms + len(detected) - matches
    assert hits >= 0.9 * sum(len(scene.digits) for scene in scenes)
    assert alarms <= 0.3 * len(scenes)


def test_lenet_is_quiet_where_there_is_no_digit(lenet: Network) -> None:
    assert seen(lenet, np.zeros((160, 320), np.uint8)) == []
    lines = [[(-5, y), (330, y + 30)] for y in (20, 60, 100)]
    assert seen(lenet, drawn(lines, 160, 320, digit_canvas.PEN)) == []


def test_lenet_finds_digits_drawn_with_the_pen(lenet: Network) -> None:
    turn = np.linspace(0, 2 * np.pi, 40)
    zero = np.stack([60 + 6 * np.cos(turn), 80 + 9 * np.sin(turn)], axis=1)
    one = np.array([(150, 70), (148, 90)])
    seven = np.array([(240, 71), (252, 71), (245, 90)])
    ink = drawn([zero, one, seven], 160, 320, digit_canvas.PEN)
    detected = sorted(seen(lenet, ink), key=lambda digit: digit.x)
    assert [digit.label for digit in detected] == [0, 1, 7]
    assert [digit.x for digit in detected] == pytest.approx([60, 149, 246], abs=6)
    assert [digit.y for digit in detected] == pytest.approx([80, 80, 80], abs=6)
