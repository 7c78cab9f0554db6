"""GTSRB, the German signs, as published (torchvision's folders) or as sheets."""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.domains.readers import sheets
from wsl_core.datasets.domains.readers.picture_files import class_folders, pictures
from wsl_core.datasets.domains.sets import folder_of, layout_of
from wsl_core.errors import DatasetError

SIDE = 32
PUBLISHED = {"train": 26_640, "test": 12_630}
"""How many pictures torchvision's folders hold."""


def gtsrb(split: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """One half of GTSRB: whole crops, resized, (N, 32, 32, 3) uint8, and labels (N,) int64, 0 to 42.

    The halves are the benchmark's own, so that no physical sign is in both.

    Raises:
        DatasetError: files are missing or damaged.
    """
    folder = folder_of("gtsrb")
    if layout_of("gtsrb") == "sheets":
        sheet = sheets.read(folder, split)
        return sheet.pictures, sheet.labels
    paths, labels = _training(folder) if split == "train" else _test(folder)
    return pictures(paths, SIDE), np.array(labels, np.int64)


def _training(folder: Path) -> tuple[list[Path], list[int]]:
    found = class_folders(folder / "GTSRB" / "Training")
    strange = [name for name in found if not name.isdecimal()]
    if strange:
        raise DatasetError(
            f"{folder / 'GTSRB' / 'Training'} has the folder {strange[0]}; expected are numbers, 00000 to "
            "00042. Get GTSRB again."
        )
    return (
        [path for paths in found.values() for path in paths],
        [int(name) for name, paths in found.items() for _ in paths],
    )


def _test(folder: Path) -> tuple[list[Path], list[int]]:
    table = folder / "GT-final_test.csv"
    try:
        with table.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        inner = folder / "GTSRB" / "Final_Test" / "Images"
        return [inner / row["Filename"] for row in rows], [int(row["ClassId"]) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        raise DatasetError(
            f"{table} cannot be read as a table with the columns Filename and ClassId. Get GTSRB again."
        ) from None
