"""Handwritten digits that need no file of one's own: those shipped, and scikit-learn's."""

import gzip
import zlib
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wsl_core.datasets.digits import SIDE, Digits
from wsl_core.errors import DatasetError

TRAIN, TEST = 6000, 2000
"""Shipped digits: every tenth of MNIST's training half, every fifth of its test half."""

SHEET = "mnist_digits.webp"
TABLE = "mnist_digits.npz"
LICENCE = "MNIST (Y. LeCun, C. Cortes, C. J. C. Burges), CC BY-SA 3.0"


@cache
def shipped() -> tuple[Digits, Digits]:
    """The digits that come with the program: 6,000 of MNIST's training half, 2,000 of its test half.

    Raises:
        DatasetError: they are missing from this installation, or damaged.
    """
    folder = files("wsl_core.datasets") / "shipped"
    try:
        with (folder / SHEET).open("rb") as file, Image.open(file, formats=["WEBP"]) as image:
            pixels = np.asarray(image.convert("L"))
        with (folder / TABLE).open("rb") as file, np.load(file, allow_pickle=False) as table:
            labels = table["y"].astype(np.int64)
        across = pixels.shape[1] // SIDE
        tiles = pixels.reshape(-1, SIDE, across, SIDE).swapaxes(1, 2).reshape(-1, SIDE, SIDE)
        whole = Digits(tiles, labels)
    except (OSError, ValueError, KeyError, SyntaxError):
        raise DatasetError(
            f"The digits that come with this program ({SHEET}) are missing or damaged. Install it anew."
        ) from None
    return whole[:TRAIN], whole[TRAIN:]


def write_shipped(train: Digits, test: Digits, folder: Path) -> None:
    """Write the shipped digits from all of MNIST's; `python -m wsl_core.datasets.domains.shipping`."""
    chosen = np.concatenate([train.pictures[::10], test.pictures[::5]])
    labels = np.concatenate([train.labels[::10], test.labels[::5]])
    across = 100
    rows = chosen.reshape(-1, across, SIDE, SIDE).swapaxes(1, 2).reshape(-1, across * SIDE)
    grey = Image.fromarray(rows)
    grey.save(folder / SHEET, "WEBP", lossless=True, quality=100, method=6)
    np.savez_compressed(folder / TABLE, y=labels.astype(np.uint8))


@cache
def small_digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """scikit-learn's 1,797 handwritten digits: pictures (N, 28, 28) uint8 and labels (N,) int64.

    The test half of the UCI set "Optical recognition of handwritten digits" (CC BY 4.0), 8 x 8 with
    values to 16, enlarged to 28 x 28 by bicubic interpolation. scikit-learn is not imported.

    Raises:
        DatasetError: scikit-learn is not installed, or its file is damaged.
    """
    spec = find_spec("sklearn")
    places = list(spec.submodule_search_locations or ()) if spec else []
    path = Path(places[0] if places else "", "datasets", "data", "digits.csv.gz")
    again = "Install it anew: python -m pip install --force-reinstall scikit-learn."
    try:
        with gzip.open(path, "rt") as file:
            table = np.loadtxt(file, delimiter=",")
    except FileNotFoundError:
        raise DatasetError(
            f"The handwritten digits come with scikit-learn, and {path} is not there. {again}"
        ) from None
    except (OSError, EOFError, ValueError, zlib.error):
        raise DatasetError(f"scikit-learn's file {path} is damaged. {again}") from None
    if table.ndim != 2 or table.shape[1] != 65:
        raise DatasetError(f"scikit-learn's file {path} does not hold 8 x 8 digits. {again}")
    small = (table[:, :64] * (255 / 16)).reshape(-1, 8, 8).astype(np.float32)
    large = [cv2.resize(one, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) for one in small]
    pictures = np.clip(np.round(np.stack(large)), 0, 255).astype(np.uint8)
    return pictures, table[:, 64].astype(np.int64)
