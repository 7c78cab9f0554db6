"""Digits with a second label that the program gives them: turned by quarters, or shown as negatives.

They are reduced to half their side, so that a training can be watched. Which digit is turned or inverted is
drawn once, the same in every run.
"""

from collections.abc import Callable, Generator

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.digits import Digits
from wsl_core.datasets.domains.readers.handwritten import shipped
from wsl_core.jobs import Progress
from wsl_core.transfer.multitask.task_data import Labelled, TaskData
from wsl_core.transfer.multitask.task_sets import TaskSetCard

Changed = Callable[[NDArray[np.uint8], int], NDArray[np.uint8]]


def turned(card: TaskSetCard) -> Generator[Progress, None, TaskData]:
    """Digits turned counter-clockwise by 0, 90, 180 or 270 degrees."""
    yield Progress(0.0, "turning digits")
    return _data(card, "rotation", 4, np.rot90)


def negatives(card: TaskSetCard) -> Generator[Progress, None, TaskData]:
    """Digits, half of them with black and white exchanged."""
    yield Progress(0.0, "inverting digits")
    return _data(card, "style", 2, lambda picture, label: 255 - picture if label else picture)


def _data(card: TaskSetCard, name: str, kinds: int, changed: Changed) -> TaskData:
    draw = np.random.default_rng(0)

    def part(digits: Digits) -> Labelled:
        labels: NDArray[np.int64] = draw.integers(0, kinds, len(digits))
        pictures = [changed(one, int(k)) for one, k in zip(digits.pictures, labels, strict=True)]
        return Labelled(halved(np.stack(pictures))[:, None], {"digit": digits.labels, name: labels})

    train, test = shipped()
    said = f"MNIST, shipped: {len(train):,} digits to learn from, {len(test):,} held out"
    return TaskData(card, part(train), part(test), said)


def halved(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(N, H, W) -> (N, H / 2, W / 2), each pixel the mean of four."""
    count, height, width = pictures.shape
    fours = pictures.reshape(count, height // 2, 2, width // 2, 2)
    return np.round(fours.mean((2, 4))).astype(np.uint8)
