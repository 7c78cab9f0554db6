"""The pipeline of the Localization page: as on the Pooling page, and without training through groups."""

import numpy as np

from wsl_core.datasets import voc
from wsl_core.fcn.pronet import ProNetMaps
from wsl_core.figures import Scale, png
from wsl_core.figures.tensors import mosaic
from wsl_core.web import pipeline, pronet_words
from wsl_core.web.localization.looked import Looked
from wsl_core.web.pipeline import SHOWN, Stage


def show(looked: Looked, scheme: str, index: int) -> None:
    """Draw the strip of one class under one scheme."""
    pipeline.draw(stages(looked, scheme, index))


def stages(looked: Looked, scheme: str, index: int) -> list[Stage]:
    """Its stages; without training, classification by ImageNet's classes and their grouping come first."""
    maps = looked.maps[scheme]
    if isinstance(maps, ProNetMaps):
        return pronet_words.stages(maps, index)
    reading = looked.readings[scheme]
    usual = pipeline.stages(maps, index, reading.scheme, reading.of(index))
    if looked.trained:
        return usual
    own, name = looked.own, looked.classes[index]
    channels, rows, columns = own.features.shape
    likely = [one.index for one in own.top(SHOWN)]
    found = np.stack([own.map(k) for k in likely])
    features = pipeline.strongest(own, likely[0])
    grouped = np.stack([maps.map(one.index) for one in maps.top(SHOWN)])
    place = f"{rows} × {columns}"
    return [
        Stage(
            "Transfer",
            f"{channels} × {place}",
            "features of the network, learned on ImageNet",
            png(mosaic(features, Scale.of(features))),
            f"{len(features)} of {channels} channels, on one scale.",
        ),
        Stage(
            "Classification layer",
            f"{len(own.classes)} × {place}",
            "the network's own, of ImageNet's classes",
            png(mosaic(found, Scale.of(found))),
            f"The maps of the {len(found)} likeliest ImageNet classes, from {found.min():.2f} to "
            f"{found.max():.2f} logits.",
        ),
        Stage(
            "Class-wise pooling",
            f"{len(voc.CLASSES)} × {place}",
            f"at every place the highest of the classes that show a {name}, less the mean of all",
            png(mosaic(grouped, Scale.of(grouped))),
            f"The maps of the {len(grouped)} likeliest of VOC's classes, from {grouped.min():.2f} to "
            f"{grouped.max():.2f} logits.",
        ),
        *usual[3:],
    ]
