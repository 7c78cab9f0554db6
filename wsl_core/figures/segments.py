"""Segments over a picture: colours of the labels, painted labels, shares of a label, the legend."""

import html
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wsl_core.figures.ink import percent

Labels = NDArray[np.uint8]
OPACITY = 0.6
GREY = "#8a8f98"  # the background's
PAINT = (
    "#bd1f01", "#a96b59", "#92dadb", "#e76300", "#b9ac70", "#3f90da", "#ffa90e", "#832db6",
)  # fmt: skip
"""Of the classes: those of `ink.CLASSES` that are no greys, as most of what is not painted is grey."""


def colours(classes: Sequence[int]) -> list[str]:
    """A colour for each class, the same whatever else is there unless two would share one.

    Args:
        classes: places in the list of all classes, in order.
    """
    taken: list[int] = []
    for one in classes:
        free = [k for k in range(len(PAINT)) if (one + k) % len(PAINT) not in taken]
        taken.append((one + (free or [0])[0]) % len(PAINT))
    return [PAINT[k] for k in taken]


def _rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def painted(
    pixels: NDArray[np.uint8], labels: Labels, paint: dict[int, str], opacity: float = OPACITY
) -> NDArray[np.uint8]:
    """Labels over a picture: areas half covered, their edges full.

    Args:
        pixels: (height, width, 3) RGB.
        labels: (height, width); those that have no paint leave the picture as it is.
        paint: colour by label.
        opacity: of the areas, 0 to 1.

    Returns:
        (height, width, 3) uint8.
    """
    out = pixels.astype(np.float32)
    edge = edges(labels)
    for number, colour in paint.items():
        inside = labels == number
        strength = np.where(edge, 1.0, opacity)[inside, None]
        out[inside] += strength * (np.array(_rgb(colour)) - out[inside])
    return np.rint(out).astype(np.uint8)


def edges(labels: Labels) -> NDArray[np.bool_]:
    """(height, width) whether the pixel to the right, or the one below, has another label."""
    found = np.zeros(labels.shape, bool)
    found[:, :-1] |= labels[:, 1:] != labels[:, :-1]
    found[:-1] |= labels[1:] != labels[:-1]
    return found


def shares(values: NDArray[np.float32], colour: str) -> NDArray[np.uint8]:
    """(height, width) of 0 to 1 -> (height, width, 3): from white to the label's colour."""
    full = np.array(_rgb(colour), np.float32) - 255
    return np.rint(255 + np.clip(values, 0, 1)[..., None] * full).astype(np.uint8)


def legend(names: Sequence[str], paint: Sequence[str], areas: Sequence[float]) -> str:
    """HTML that names each label beside its colour, with its share of the picture.

    Args:
        names: the background first.
        paint: colours of all but the background, which is not painted.
        areas: 0 to 1, of each label.
    """
    swatch = "width:1.1rem;height:.8rem;border-radius:2px;border:1px solid currentColor;"
    one = (
        '<span style="display:inline-flex;align-items:center;gap:.4rem">'
        '<span style="{}" aria-hidden="true"></span>{}</span>'
    )
    fills = ["", *(f"background:{colour}" for colour in paint)]
    items = [
        one.format(swatch + fill, f"{html.escape(name)} {percent(area)}")
        for name, fill, area in zip(names, fills, areas, strict=True)
    ]
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;font-size:.9rem">'
        f"{''.join(items)}</div>"
    )
