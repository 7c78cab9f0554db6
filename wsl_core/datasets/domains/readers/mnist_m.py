"""MNIST-M, as published (a picture a file and a text with labels) or as sheets."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.domains.readers import sheets
from wsl_core.datasets.domains.readers.picture_files import pictures
from wsl_core.datasets.domains.sets import folder_of, layout_of
from wsl_core.errors import DatasetError

SIDE = 32
PUBLISHED = {"train": 59_000, "test": 9_000}
"""About how many pictures the published set has."""


def mnist_m(split: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """One half of MNIST-M: pictures (N, 32, 32, 3) uint8 and labels (N,) int64.

    Raises:
        DatasetError: files are missing or damaged.
    """
    folder = folder_of("mnist_m", "mnist-mnistm-shipped")
    if layout_of("mnist_m") == "sheets":
        sheet = sheets.read(folder, split)
        return sheet.pictures, sheet.labels
    table = folder / f"mnist_m_{split}_labels.txt"
    paths, labels = _listed(table, folder / f"mnist_m_{split}")
    return pictures(paths, SIDE), labels


def _listed(table: Path, folder: Path) -> tuple[list[Path], NDArray[np.int64]]:
    try:
        rows = [line.split() for line in table.read_text(encoding="utf-8").splitlines() if line]
        return [folder / name for name, _ in rows], np.array(
            [int(one) for _, one in rows], np.int64
        )
    except (OSError, ValueError):
        raise DatasetError(
            f"{table} cannot be read as lines of a file's name and a label. Get MNIST-M again."
        ) from None
