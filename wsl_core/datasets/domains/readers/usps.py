"""USPS, from the two files that torchvision fetches: LIBSVM's text, packed by bzip2.

A line is a label, 1 to 10, and 256 pairs "place:value" from -1 (paper) to 1 (ink).
"""

import bz2
import io
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import DatasetError

SIDE = 16
"""Height and width of a digit's picture, in pixels; the ink fills it."""

FILES = {"train": "usps.bz2", "test": "usps.t.bz2"}
COUNTS = {"train": 7291, "test": 2007}
"""Digits in the published files."""

MOST_BYTES = 100_000_000
"""Largest text that is unpacked; USPS has 14 million bytes."""

_AGAIN = "Get the file again, for example through torchvision.datasets.USPS."


def usps(
    folder: Path, split: Literal["train", "test"], side: int = 28
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """One half of USPS: digits (N, side, side) uint8, 0 for paper and 255 for ink, and labels (N,) int64.

    Digits are enlarged from 16 to `side` by bilinear interpolation, so that they fill the frame: MNIST's
    have a margin of 4 of 28 pixels on each side.

    Raises:
        DatasetError: the file is missing, damaged, or not what its name says.
    """
    path = folder / FILES[split]
    labels, pictures = _read(path)
    if side != SIDE:
        pictures = np.stack(
            [cv2.resize(one, (side, side), interpolation=cv2.INTER_LINEAR) for one in pictures]
        )
    return pictures, labels


def _read(path: Path) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    try:
        with bz2.open(path) as file:
            text = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise DatasetError(f"USPS's file {path} is not there. {_AGAIN}") from None
    except (OSError, EOFError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read ({error}): it is damaged. {_AGAIN}") from None
    if len(text) > MOST_BYTES:
        raise DatasetError(f"{path} unpacks to more than {MOST_BYTES} bytes. {_AGAIN}")
    try:
        lines = io.BytesIO(text.replace(b":", b" "))
        table = np.loadtxt(lines, np.float32, ndmin=2) if text.strip() else np.empty((0, 1))
    except ValueError:
        table = np.empty((0, 1), np.float32)
    whole = table.shape[1] == 1 + 2 * SIDE * SIDE and len(table)
    if not whole or (table[:, 1::2] != np.arange(1, SIDE * SIDE + 1)).any():
        raise DatasetError(
            f"{path} is not USPS in LIBSVM's layout: expected are lines of a label and {SIDE * SIDE} pairs "
            f"place:value. {_AGAIN}"
        )
    labels, values = table[:, 0].astype(np.int64) - 1, table[:, 2::2]
    if not (0 <= labels.min() <= labels.max() <= 9 and np.abs(values).max() <= 1):
        raise DatasetError(
            f"{path} has labels outside 1 to 10 or values outside -1 to 1, so it is not USPS. {_AGAIN}"
        )
    pictures = np.round((values + 1) * 127.5).astype(np.uint8)
    return labels, pictures.reshape(-1, SIDE, SIDE)
