"""Heads made by hand for the tests: their weights are drawn, never trained."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from wsl_core.fcn.heads import Head, HeadCard, TrainingData
from wsl_core.fcn.pooling import SCHEMES, SPLeaPWeights

PARTS = 6


def head(
    scheme: str,
    classes: tuple[str, ...],
    channels: int,
    *,
    network: str = "hand-made",
    features: str = "features",
    seed: int = 0,
) -> Head:
    """A head of a scheme for these classes."""
    found, draw = SCHEMES[scheme], np.random.default_rng(seed)
    parts = scheme == "spleap"
    parameters = found.read({"parts": PARTS} if parts else {})
    rows = PARTS if parts else len(classes) * found.maps_a_class(parameters)

    def normal(*shape: int) -> np.ndarray:
        return draw.normal(0, 0.5, shape).astype(np.float16).astype(np.float32)

    card = HeadCard(
        name=scheme,
        title=found.title,
        network=network,
        features=features,
        classes=classes,
        scheme=scheme,
        parameters=parameters.model_dump(mode="json"),
        data=TrainingData(title="drawn", split="none", pictures=1, subset=True),
    )
    learned = None
    if parts:
        learned = SPLeaPWeights(
            np.abs(normal(rows)), normal(len(classes), rows), normal(len(classes))
        )
    return Head(card, normal(rows, channels), normal(rows), learned)


def save_all(folder: Path, schemes: Iterable[str], **about: object) -> Path:
    """Heads of several schemes in a folder, as they are shipped."""
    for scheme in schemes:
        head(scheme, **about).save(folder / f"voc-{scheme}")
    return folder
