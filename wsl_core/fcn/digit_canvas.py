"""A canvas of digits: what is drawn or composed on it, and what ten maps say of it.

A canvas is `ink` (height, width) uint8, 0 for bare paper and 255 for the darkest ink. What a network is
fed is its `paper`: dark on light, whatever the colours of the page that shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from wsl_core import images
from wsl_core.datasets.digits import SIDE, Digits
from wsl_core.errors import ParameterError
from wsl_core.networks.geometry import Placement

HEIGHT, WIDTH = 160, 320
"""Size of the usual canvas, in pixels."""

PEN = 2.4
"""Width of the usual pen, in pixels: about that of MNIST's."""

THRESHOLD = 0.5
"""Least probability with which a digit counts as found."""

APART = 14.0
"""Least distance between two digits that are told apart, in pixels."""

MOST_DIGITS = 40
"""Most digits that are composed on one canvas."""


@dataclass(frozen=True)
class Digit:
    """A digit on a canvas: its class, the middle of it in pixels, and its probability, 0 to 1."""

    label: int
    x: float
    y: float
    score: float = 1.0


@dataclass(frozen=True, eq=False)
class Scene:
    """A composed canvas: `ink` (height, width) uint8, and the true digits in the order of placing."""

    ink: NDArray[np.uint8]
    digits: tuple[Digit, ...]


def paper(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture (height, width, 3) of a canvas, black on white, as a network is fed."""
    return np.repeat((255 - ink)[..., None], 3, axis=2)


def shipped() -> Digits:
    """The sixty digits of MNIST's test half that come with the program, six of each class."""
    sheet = images.read(str(files("wsl_core.datasets") / "shipped" / "mnist.png")).pixels[..., 0]
    rows, columns = sheet.shape[0] // SIDE, sheet.shape[1] // SIDE
    pictures = sheet.reshape(rows, SIDE, columns, SIDE).swapaxes(1, 2).reshape(-1, SIDE, SIDE)
    return Digits(255 - pictures, np.tile(np.arange(columns), rows))


def compose(
    digits: Digits,
    seed: int,
    height: int = HEIGHT,
    width: int = WIDTH,
    count: int | None = None,
) -> Scene:
    """Digits at random places of an empty canvas, their pictures (28 x 28) not overlapping.

    Args:
        digits: to draw from, each at most once.
        seed: the same seed gives the same scene.
        height: of the canvas, in pixels.
        width: of the canvas, in pixels.
        count: how many digits; None draws 3 to 6.

    Raises:
        ParameterError: the canvas has no room for so many digits.
    """
    random = np.random.default_rng(seed)
    wanted = int(random.integers(3, 7)) if count is None else count
    ink = np.zeros((height, width), np.uint8)
    if not 0 < wanted <= min(MOST_DIGITS, len(digits)):
        raise ParameterError(
            f"{wanted} digits were asked for; accepted are 1 to {min(MOST_DIGITS, len(digits))}."
        )
    placed: list[Digit] = []
    for which in random.permutation(len(digits))[:wanted]:
        top, left = _free_corner(random, height, width, placed)
        ink[top : top + SIDE, left : left + SIDE] = digits.pictures[which]
        middle = (SIDE - 1) / 2
        placed.append(Digit(int(digits.labels[which]), left + middle, top + middle))
    return Scene(ink, tuple(placed))


def _free_corner(
    random: np.random.Generator, height: int, width: int, placed: Sequence[Digit]
) -> tuple[int, int]:
    """A random (top, left) at which a digit overlaps no other."""
    middle = (SIDE - 1) / 2
    top, left = np.ogrid[: height - SIDE + 1, : width - SIDE + 1]
    free = np.ones((max(height - SIDE + 1, 0), max(width - SIDE + 1, 0)), bool)
    for digit in placed:
        away = np.maximum(abs(top + middle - digit.y), abs(left + middle - digit.x))
        free &= away >= SIDE
    if not free.any():
        raise ParameterError(
            f"The canvas of {height} x {width} pixels has no room for more than {len(placed)} digits as "
            f"they were drawn. Ask for fewer digits, or for a larger canvas."
        )
    corner = random.choice(np.flatnonzero(free))
    row, column = np.unravel_index(corner, free.shape)
    return int(row), int(column)


def probabilities(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sigmoid of each logit: how likely a digit of that class stands there, whatever the other classes."""
    return (0.5 * (1 + np.tanh(0.5 * logits))).astype(np.float32)


def found(
    logits: NDArray[np.float32], placement: Placement, threshold: float = THRESHOLD
) -> list[Digit]:
    """The digits that ten maps show, by non-maximum suppression over all of them, best first.

    The highest cell of all maps is a digit, and silences every cell nearer than `APART`; then the
    highest of those that remain, as long as they reach the threshold. A digit's place is the mean of
    the cells around its own, weighted by their probability.

    Args:
        logits: (10, rows, columns).
        placement: how the cells lie on the canvas.
        threshold: least probability, above 0.
    """
    maps = probabilities(logits)
    best = maps.max(axis=0)
    y, x = placement.down.centres(), placement.across.centres()
    digits = []
    while best.size and (score := float(best.max())) >= threshold:
        row, column = np.unravel_index(int(best.argmax()), best.shape)
        label = int(maps[:, row, column].argmax())
        down = slice(max(row - 1, 0), row + 2)
        across = slice(max(column - 1, 0), column + 2)
        around = maps[label, down, across]
        digits.append(
            Digit(
                label,
                x=float(around.sum(axis=0) @ x[across] / around.sum()),
                y=float(around.sum(axis=1) @ y[down] / around.sum()),
                score=score,
            )
        )
        best[np.hypot(y[:, None] - y[row], x - x[column]) < APART] = 0
    return digits


def matched(
    detected: Sequence[Digit], true: Sequence[Digit], within: float = 6.0
) -> list[Digit | None]:
    """For every true digit the detected one of its class, not farther than `within` pixels, or None.

    Detected digits that match none are false alarms: `len(detected)` less the matches.
    """
    left, matches = list(detected), []
    for digit in true:
        near = [
            one
            for one in left
            if one.label == digit.label and np.hypot(one.x - digit.x, one.y - digit.y) <= within
        ]
        match = min(near, key=lambda one: np.hypot(one.x - digit.x, one.y - digit.y), default=None)
        if match:
            left.remove(match)
        matches.append(match)
    return matches


def sentence(digits: Sequence[Digit]) -> str:
    """What was found, in words, from left to right."""
    if not digits:
        return "No digit was found."
    labels = [str(digit.label) for digit in sorted(digits, key=lambda digit: digit.x)]
    if len(labels) == 1:
        return f"One digit was found: {labels[0]}."
    return (
        f"{len(labels)} digits were found, from left to right: "
        f"{', '.join(labels[:-1])} and {labels[-1]}."
    )
