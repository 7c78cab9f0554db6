"""Small sets for the tests of retrieval: textures in class folders, in folders and in zip files."""

import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from tests.fcn import toy_set

CLASSES = toy_set.CLASSES
SMALL = {"sizes": (97,)}  # quick, and the textures are told apart all the same


def class_folders(root: Path, each: int = 4) -> Path:
    """`ROOT/CLASS/picture.png`, `each` a class, upright and lying ones by turns."""
    random = np.random.default_rng(5)
    for name in CLASSES:
        (root / name).mkdir(parents=True)
        for i in range(each):
            size = ((150, 110), (110, 150))[i % 2]
            toy_set.picture([name], random, size).save(root / name / f"{i}.png")
    return root


def quarters(width: int = 240, height: int = 180) -> np.ndarray:
    """(height, width, 3): dots, rings, stripes and grey in the four quarters, from top left."""
    tiles = [*toy_set.textures(max(width, height) // 2).values()]
    half = height // 2, width // 2
    picture = np.full((height, width, 3), 128, np.uint8)
    for k, tile in enumerate(tiles):
        top, left = (k // 2) * half[0], (k % 2) * half[1]
        picture[top : top + half[0], left : left + half[1]] = tile[: half[0], : half[1]]
    return picture


def zipped(root: Path, target: Path, inside: str = "") -> Path:
    """The files of a folder in a zip file, below a folder `inside`."""
    with zipfile.ZipFile(target, "w") as packed:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                packed.write(path, inside + path.relative_to(root).as_posix())
    return target


def one_pixel(path: Path, value: int) -> Path:
    """A picture of its own: the whole of it in one grey."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 30), (value, value, value)).save(path)
    return path
