"""The pipeline as one living strip: from features to a score, every stage with its shape and its tensor.

transfer -> classification layer -> class-wise pooling -> pooling -> score
"""

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from wsl_core.fcn.activation_maps import channel_shares
from wsl_core.fcn.comparison import PooledClass
from wsl_core.fcn.heads import HeadMaps
from wsl_core.fcn.pooling import Scheme
from wsl_core.figures import Scale, png
from wsl_core.figures.tensors import cells, mosaic
from wsl_core.networks import ClassMaps
from wsl_core.networks.recipe import PUBLISHED
from wsl_core.web.activation_maps.shown import signed

SHOWN = 9  # channels and maps of a thumbnail
STRIP = "display:flex;flex-wrap:wrap;gap:.4rem .7rem;align-items:stretch;margin:0;padding:0;list-style:none"
STAGE = "flex:1 1 9rem;max-width:15rem;min-width:0"
IMAGE = (
    "display:block;width:100%;height:7rem;object-fit:contain;object-position:left;"
    "image-rendering:pixelated"
)


NUMBER = "font-size:1.6rem;height:7rem;display:flex;align-items:center"
SHAPE = "font-variant-numeric:tabular-nums;font-size:.9rem"


@dataclass(frozen=True)
class Stage:
    """One stage.

    Attributes:
        title: what it does.
        shape: of its tensor.
        about: what it does here, in a few words.
        picture: PNG, a pixel a cell; none for the score.
        alt: what the picture shows, from its numbers.
        number: in the place of the picture.
    """

    title: str
    shape: str
    about: str
    picture: bytes | None = None
    alt: str = ""
    number: str = ""


def show(maps: ClassMaps | HeadMaps, index: int, scheme: Scheme, pooled: PooledClass) -> None:
    """Draw the strip.

    Args:
        maps: of the picture; a head's own maps where one is trained.
        index: of the class.
        scheme: that pools them.
        pooled: the class under the scheme.
    """
    draw(stages(maps, index, scheme, pooled))


def draw(found: Sequence[Stage]) -> None:
    """Draw stages that a page has made itself."""
    items = "".join(_item(stage, i) for i, stage in enumerate(found))
    st.html(f'<ol class="pipeline" style="{STRIP}">{items}</ol>')


def stages(
    maps: ClassMaps | HeadMaps, index: int, scheme: Scheme, pooled: PooledClass
) -> list[Stage]:
    """The five stages; arguments as for `show`."""
    channels, rows, columns = maps.features.shape
    place, name, count = f"{rows} × {columns}", maps.classes.titles[index], len(maps.classes)
    found, what = _maps(maps, index)
    per_class = len(found) if _several(maps) else 1
    total = len(maps.part_maps) if isinstance(maps, HeadMaps) else count
    scale = Scale.of([pooled.class_map])
    contribution = pooled.in_shares[1]
    selected = f"{int(pooled.positive.sum())} cells h⁺, {int(pooled.negative.sum())} h⁻"
    features = strongest(maps, index)
    return [
        Stage(
            "Transfer",
            f"{channels} × {place}",
            _learned(maps),
            png(mosaic(features, Scale.of(features))),
            f"The {len(features)} channels of {channels} that count most for {name}, on one scale.",
        ),
        Stage(
            "Classification layer",
            f"{total} × {place}",
            "a 1 × 1 convolution: " + what,
            png(mosaic(found, Scale.of(found))),
            f"{len(found)} of {total} maps, from {found.min():.2f} to {found.max():.2f} logits.",
        ),
        Stage(
            "Class-wise pooling",
            f"{count} × {place}",
            _class_wise(maps, per_class),
            png(cells(pooled.class_map, scale)),
            f"The map of {name}, from {pooled.class_map.min():.2f} to {pooled.class_map.max():.2f} logits.",
        ),
        Stage(
            "Pooling",
            selected if pooled.selects else f"all {rows * columns} cells",
            f"{scheme.title}: what every place adds",
            png(cells(contribution, Scale.of([contribution]))),
            f"Contributions under {scheme.title}: {effective(pooled)}.",
        ),
        Stage("Score", f"{count}", f"logits for {name}", number=signed(pooled.score)),
    ]


def effective(pooled: PooledClass) -> str:
    """How many cells carry the score, in words."""
    return f"{pooled.effective_cells:.1f} of {pooled.weight.size} cells carry the score"


def strongest(maps: ClassMaps, index: int) -> NDArray[np.float32]:
    """The channels with the largest share in a class's map, either way, (n, rows, columns)."""
    shares = np.abs(channel_shares(maps, index).mean(axis=(1, 2)))
    return maps.features[np.argsort(-shares, kind="stable")[:SHOWN]]


def _learned(maps: ClassMaps) -> str:
    own = maps.trained != PUBLISHED
    return "features of the network" + (
        ", its last stages retrained" if own else ", learned on ImageNet"
    )


def _several(maps: ClassMaps) -> bool:
    return isinstance(maps, HeadMaps) and maps.head.learned is None


def _maps(maps: ClassMaps, index: int) -> tuple[NDArray[np.float32], str]:
    """Maps that are shown of the classification layer, and what they are."""
    if isinstance(maps, HeadMaps) and maps.head.learned is not None:
        combined = np.abs(np.asarray(maps.head.learned.combination)[index])
        return maps.part_maps[np.argsort(-combined)[:SHOWN]], "parts that all classes share"
    if isinstance(maps, HeadMaps) and (many := len(maps.part_maps) // len(maps.classes)) > 1:
        return maps.part_maps[index * many : (index + 1) * many], f"{many} maps a class"
    others = [one.index for one in maps.top(SHOWN) if one.index != index]
    return np.stack([maps.map(i) for i in [index, *others][:SHOWN]]), "one map a class"


def _class_wise(maps: ClassMaps, per_class: int) -> str:
    if isinstance(maps, HeadMaps) and maps.head.learned is not None:
        return "parts combined with the weights of the class"
    if isinstance(maps, HeadMaps) and len(maps.part_maps) > len(maps.classes):
        return f"the mean of {per_class} maps is the map of the class"
    return "nothing to do with one map a class"


def _item(stage: Stage, place: int) -> str:
    arrow = '<span aria-hidden="true">→ </span>' if place else ""
    if stage.picture:
        source = "data:image/png;base64," + base64.b64encode(stage.picture).decode()
        shown = f'<img style="{IMAGE}" alt="{html.escape(stage.alt)}" src="{source}">'
    else:
        shown = f'<div style="{NUMBER}">{html.escape(stage.number)}</div>'
    return (
        f'<li style="{STAGE}"><div><strong>{arrow}{html.escape(stage.title)}</strong></div>'
        f'<div style="{SHAPE}">{html.escape(stage.shape)}</div>{shown}'
        f'<div style="font-size:.85rem">{html.escape(stage.about)}</div></li>'
    )
