"""Heads made by hand for the tests: their weights are drawn, never trained."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from wsl_core import networks
from wsl_core.datasets import voc
from wsl_core.fcn.heads import Head, HeadCard, TrainingData
from wsl_core.fcn.pooling import SCHEMES, SPLeaPWeights
from wsl_core.fcn.pronet import ProNet

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


def finetuned(classes: tuple[str, ...], network: str, scheme: str = "weldon") -> Head:
    """A head for an EfficientNet-Lite0 one of whose convolutions, retrained, sees its own place alone."""
    alone = np.zeros((1152, 1, 3, 3), np.float16)
    alone[:, :, 1, 1] = 1
    drawn = head(scheme, classes, 1280, network=network, features="head", seed=1)
    card = HeadCard.model_validate(
        drawn.card.model_dump() | {"name": "finetuned", "finetuned": ("stage7", "head")}
    )
    return replace(drawn, card=card, retrained={"stage7.0.depthwise.0.weight": alone})


def ship(folder: Path, names: Iterable[str]) -> Path:
    """Heads of these names for VOC's classes and the default network in a folder, as they are shipped."""
    for name in names:
        if name == "pronet":
            made: Head | ProNet = ProNet.random(networks.load(), voc.CLASSES)
        elif name == "finetuned":
            made = finetuned(voc.CLASSES, networks.DEFAULT)
        else:
            made = head(name, voc.CLASSES, 1280, network=networks.DEFAULT)
        made.save(folder / f"voc-{name}")
    return folder
