"""Small examples for the tests of fine-tuning: digits for LeNet, and textures for a large network."""

from pathlib import Path

import numpy as np

from tests.fcn import toy_set
from wsl_core.transfer.finetuning import FineTuneParameters
from wsl_core.transfer.finetuning.examples import Examples

LENET = {"network": "lenet", "size": 32, "views": 2, "mirror": False, "batch": 4, "factor": 1.0}
LITE = {"size": 33, "views": 2, "batch": 6, "epochs": 2}


def bars(how: FineTuneParameters, each: int = 5, classes: int = 3) -> Examples:
    """Dark bars on white paper, of as many directions as there are classes."""
    random = np.random.default_rng(3)
    y, x = np.mgrid[: how.size, : how.size] - how.size / 2

    def made(count: int) -> tuple[np.ndarray, np.ndarray]:
        labels = np.arange(count * classes) % classes
        pictures = []
        for label in labels:
            angle = np.pi * label / classes + random.normal(0, 0.05)
            away = np.abs(x * np.sin(angle) - y * np.cos(angle) + random.normal(0, 1.5))
            grey = np.where(away < 3, 0, 255).astype(np.uint8)
            pictures.append(np.repeat(grey[..., None], 3, axis=2))
        return np.stack(pictures), labels

    names = [f"direction {k}" for k in range(classes)]
    return Examples.of_arrays("bars", names, made(each), made(6), how)


def folders(root: Path, each: int = 5, seed: int = 7) -> Path:
    """`ROOT/CLASS/picture.png` of textures, upright and lying ones by turns."""
    random = np.random.default_rng(seed)
    for name in toy_set.CLASSES:
        (root / name).mkdir(parents=True)
        for i in range(each):
            size = ((75, 55), (55, 75))[i % 2]
            toy_set.picture([name], random, size).save(root / name / f"{i}.png")
    return root
