"""Pictures in files of their own, one size each, read into one array."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wsl_core.errors import DatasetError
from wsl_core.images.formats import PICTURE_SUFFIXES, decoders
from wsl_core.images.reading import BOMBS, DECODER_ERRORS

SUFFIXES = (*PICTURE_SUFFIXES, ".ppm")
"""Names of files that count as pictures; GTSRB's are PPM."""


def pictures(paths: Sequence[Path], side: int) -> NDArray[np.uint8]:
    """Pictures (N, side, side, 3) uint8, in the order of their paths; proportions are not kept.

    Raises:
        DatasetError: a file is missing or no picture; the first is named.
    """
    found = np.empty((len(paths), side, side, 3), np.uint8)
    for k, path in enumerate(paths):
        try:
            with Image.open(path, formats=[*decoders(), "PPM"]) as image:
                colour = image.convert("RGB")
                # Averages where it reduces, interpolates where it enlarges.
                sized = colour.resize((side, side), Image.Resampling.BILINEAR)
                found[k] = np.asarray(sized)
        except (*DECODER_ERRORS, *BOMBS):
            raise DatasetError(
                f"{path} is not readable as a picture: it is missing, damaged, or of another format than "
                "its name says. Get the set again."
            ) from None
    return found


def class_folders(root: Path) -> dict[str, list[Path]]:
    """The pictures of each class folder of a root, both in the order of their names.

    Raises:
        DatasetError: the root is not there, or holds no class folder with a picture.
    """
    if not root.is_dir():
        raise DatasetError(f"The folder {root} is not there. It holds one folder a class.")
    found = {
        folder.name: [one for one in sorted(folder.iterdir()) if one.suffix.lower() in SUFFIXES]
        for folder in sorted(root.iterdir())
        if folder.is_dir() and folder.name[0] not in "._"
    }
    found = {name: paths for name, paths in found.items() if paths}
    if not found:
        raise DatasetError(
            f"There are no class folders with pictures in {root}. It holds one folder a class."
        )
    return found
