"""Photographs that digits are blended into and signs are put before, in two halves that share none."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.domains.sets import folder_of, is_there, layout_of
from wsl_core.errors import DatasetError
from wsl_core.images import gallery
from wsl_core.images.photographs import PHOTOGRAPHS
from wsl_core.images.reading import read

Half = Literal["train", "test"]

HELD_OUT = ("coffee", "rocket", "temple")
"""Photographs of the gallery that only test pictures are made with."""

Photographs = tuple[list[NDArray[np.uint8]], str]
"""Pictures (height, width, 3) uint8, and a title for them."""


def of_gallery(half: Half) -> Photographs:
    """The gallery's photographs: five for training, three for testing.

    Raises:
        ImageError: a package that brings one is not installed.
    """
    keys = [key for key in PHOTOGRAPHS if (key in HELD_OUT) == (half == "test")]
    return [gallery.load(key).pixels for key in keys], "the gallery's photographs"


def of_bsds(half: Half) -> Photographs:
    """BSDS500's photographs under WSL_DATA: train and val for training, test for testing.

    Raises:
        DatasetError: they are not there, or one is damaged.
    """
    folder = folder_of("bsds")
    wanted = ("test",) if half == "test" else ("train", "val")
    if layout_of("bsds") == "published":
        inner = folder / "BSDS500" / "data" / "images"
        inner = inner if inner.is_dir() else folder / "images"
        paths = [path for one in wanted for path in sorted((inner / one).glob("*.jpg"))]
    else:
        paths = [path for one in wanted for path in sorted(folder.glob(f"{one}_*.jpg"))]
    if not paths:
        raise DatasetError(
            f"There are no photographs of BSDS500 for {half} in {folder}. Expected are JPEG files in the "
            "published folders, or with names that begin with train_, val_ and test_."
        )
    return [read(path).pixels for path in paths], f"{len(paths)} photographs of BSDS500"


def at_hand(half: Half) -> Photographs:
    """BSDS500's where they are there, else the gallery's."""
    return of_bsds(half) if is_there("bsds") else of_gallery(half)
