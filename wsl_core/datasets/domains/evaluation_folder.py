"""Pictures of one's own to test a model on: a sheet `test.webp` with `test.npz`, or class folders."""

from pathlib import Path

import cv2
import numpy as np

from wsl_core.datasets.domains.pair import Labelled, refuse_other_labels
from wsl_core.datasets.domains.readers import sheets
from wsl_core.datasets.domains.readers.picture_files import class_folders, pictures
from wsl_core.errors import DatasetError

SPLIT = "test"


def read(folder: Path | str, classes: tuple[str, ...], side: int) -> Labelled:
    """The pictures of a folder with their labels, brought to one size.

    Class folders are named by a class, or by its number (3, or 00003).

    Args:
        folder: with `test.webp` and `test.npz`, or with one folder a class.
        classes: of the pair that a model was trained on.
        side: height and width of its pictures, in pixels.

    Raises:
        DatasetError: the folder holds neither, files are damaged, or labels are none of the classes.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DatasetError(
            f"The folder {folder} is not there. Give one with {SPLIT}.webp and {SPLIT}.npz, or with one "
            "folder a class."
        )
    title = f"the pictures in {folder}"
    if (folder / f"{SPLIT}.webp").exists() or (folder / f"{SPLIT}.npz").exists():
        sheet = sheets.read(folder, SPLIT)
        values, labels = sheet.pictures, sheet.labels
        if values.shape[1] != side:
            way = cv2.INTER_AREA if values.shape[1] > side else cv2.INTER_LINEAR
            values = np.stack([cv2.resize(one, (side, side), interpolation=way) for one in values])
    else:
        found = class_folders(folder)
        places = {name: _label(name, classes, folder) for name in found}
        values = pictures([path for paths in found.values() for path in paths], side)
        labels = np.array([places[name] for name, paths in found.items() for _ in paths], np.int64)
    labelled = Labelled(values, labels, title)
    refuse_other_labels(classes, labelled)
    return labelled


def _label(name: str, classes: tuple[str, ...], folder: Path) -> int:
    if name in classes:
        return classes.index(name)
    if name.isdecimal() and int(name) < len(classes):
        return int(name)
    shown = ", ".join(classes[:5]) + (" ..." if len(classes) > 5 else "")
    raise DatasetError(
        f"The label sets differ: {folder} has the class folder {name}, which is none of the {len(classes)} "
        f"classes ({shown}). Name folders by class, or by number from 0 to {len(classes) - 1}."
    )
