"""What is drawn, tabled and taken away of an attribution, beside the class map of the same class."""

import hashlib
import io
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wsl_core import figures
from wsl_core.fcn.attributions import Attribution, Method
from wsl_core.figures import Scale
from wsl_core.images import Photo
from wsl_core.images.photo import fit
from wsl_core.networks import ClassMaps, Placement
from wsl_core.networks.network import resized
from wsl_core.settings import settings
from wsl_core.web.activation_maps.attributions import Asked
from wsl_core.web.activation_maps.shown import ActivationMapView, alternative_text
from wsl_core.web.store import Store

DRAWN_SIDE = 900  # longer side of a picture on the page, in pixels
ROWS, COLUMNS = ("upper", "middle", "lower"), ("left", "middle", "right")
CENTRE = "middle"
BINARY = "application/octet-stream"

_drawn: Store[bytes] = Store(settings().cache_megabytes / 4, len)


@dataclass(frozen=True, eq=False)
class Drawing:
    """One picture of the comparison.

    Attributes:
        title: above it.
        png: the file.
        alt: what it shows, from its numbers.
        scale: of its colours.
        signed: whether values below zero can be there.
        unit: of the values.
        reach: what the scale holds, in words.
        pale: whether the photograph below the colours is a pale backdrop.
    """

    title: str
    png: bytes
    alt: str
    scale: Scale
    signed: bool
    unit: str
    reach: str = "a scale of its own"
    pale: bool = False


def drawings(
    found: Attribution, maps: ClassMaps, asked: Asked, scale: Scale, view: ActivationMapView
) -> list[Drawing]:
    """The class map, the attribution and, where weights were randomised, the one with random weights.

    Args:
        found: the attribution.
        maps: of the same picture.
        asked: what the attribution answers.
        scale: of the class map.
        view: what the page shows.
    """
    chosen, method, index = asked.chosen, found.method, found.index
    photo, opacity = chosen.photo, view.opacity
    class_map = Drawing(
        "Class activation map",
        _png(photo, maps.map(index), maps.placement, scale, opacity, pale=False),
        alternative_text(maps, index, chosen, view.threshold),
        scale,
        signed=True,
        unit="logits",
        reach="a scale of its own" if scale.own else "one scale for all likely classes",
    )
    pale = method.level == "pixels"
    versions = [(method.title, found.values)]
    if found.randomised is not None:
        versions[0] = (f"{method.title}, learned weights", found.values)
        versions.append((f"{method.title}, random weights", found.randomised.values))
    shown = [class_map]
    for title, values in versions:
        own = scale_of(method, values)
        png = _png(photo, values, found.placement, own, opacity, pale=pale)
        alt = words_for(f"{chosen.title} with {title} of {found.name}", values, found)
        shown.append(Drawing(title, png, alt, own, method.signed, method.unit, pale=pale))
    return shown


def scale_of(method: Method, values: NDArray[np.float32]) -> Scale:
    """The scale of an attribution, its own: units differ from method to method."""
    return Scale.of_pixels([values]) if method.level == "pixels" else Scale.of([values])


def _png(
    photo: Photo,
    values: NDArray[np.float32],
    placement: Placement,
    scale: Scale,
    opacity: float,
    *,
    pale: bool,
) -> bytes:
    """Values over the photograph, in as many pixels as the page shows, drawn once for all visitors."""
    digest = hashlib.sha256(values.tobytes()).digest()
    key = (photo.digest, photo.pixels.shape, digest, placement, scale, opacity, pale)
    data = _drawn.get(key)
    if data is None:
        rows, columns = photo.pixels.shape[:2]
        width, height = fit((columns, rows), DRAWN_SIDE)
        small = replace(photo, pixels=resized(photo.pixels, height, width))
        backdrop = figures.faded(small) if pale else small
        data = figures.png(
            figures.overlay(backdrop, values, placement, scale=scale, opacity=opacity)
        )
        _drawn.put(key, data)
    return data


def words_for(what: str, values: NDArray[np.float32], found: Attribution) -> str:
    """An attribution in words and figures, for those who do not see it."""
    row, column = np.unravel_index(int(np.argmax(values)), values.shape)
    x, y = found.placement.centre(int(row), int(column))
    height, width = found.placement.down.picture_side, found.placement.across.picture_side
    shares = ninths(values, found.placement)[0]
    most = int(np.argmax(shares))
    return (
        f"{what}: highest {values.max():.2g} {found.method.unit} at {x:.0f} across, {y:.0f} down of "
        f"{width} by {height} pixels, lowest {values.min():.2g}. The {place(most)} ninth of the picture "
        f"holds the largest share, {shares[most]:.0%}."
    )


def place(ninth: int) -> str:
    """The name of one of nine places, counted row by row from 0."""
    row, column = divmod(ninth, 3)
    if ROWS[row] == COLUMNS[column] == CENTRE:
        return CENTRE
    return f"{ROWS[row]} {COLUMNS[column]}"


def ninths(
    values: NDArray[np.float32], placement: Placement
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The picture in nine places, row by row.

    Returns:
        (9,) each: shares of the absolute values; means of the values, not a number where no cell has
        its centre; and their sums.
    """
    down, across = (
        np.clip((3 * (axis.centres() + 0.5) / axis.picture_side).astype(int), 0, 2)
        for axis in (placement.down, placement.across)
    )
    parts = [
        values[np.ix_(down == row, across == column)].astype(np.float64)
        for row in range(3)
        for column in range(3)
    ]
    sizes = np.array([np.abs(part).sum() for part in parts])
    means = np.array([part.mean() if part.size else np.nan for part in parts])
    sums = np.array([part.sum() for part in parts])
    return sizes / (sizes.sum() or 1), means, sums


def table(found: Attribution, maps: ClassMaps) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the picture's nine places; the head is short, so that it fits on a phone."""
    head = ["place", "share"]
    shares, means, sums = ninths(found.values, found.placement)
    columns = [_written(shares, ".0%")]
    if found.randomised is not None:
        by_chance = _written(ninths(found.randomised.values, found.placement)[0], ".0%")
        columns = [[f"{one}, {other}" for one, other in zip(*columns, by_chance, strict=True)]]
    if found.completeness is not None:
        head.append("sum")
        columns.append(_written(sums, ".2f"))
    elif found.method.signed:
        head.append("mean")
        columns.append(_written(means, ".3f"))
    head.append("class map")
    columns.append(_written(ninths(maps.map(found.index), maps.placement)[1], ".2f"))
    return head, [list(row) for row in zip(map(place, range(9)), *columns, strict=True)]


def _written(numbers: NDArray[np.float64], form: str) -> list[str]:
    return [
        "no cell" if np.isnan(one) else f"{one:{form}}".replace("-", "−")
        for one in numbers.tolist()
    ]


def as_png(found: Attribution, asked: Asked, opacity: float) -> bytes:
    """The attribution over its photograph, in all pixels that are there."""
    photo = asked.chosen.photo
    backdrop = figures.faded(photo) if found.method.level == "pixels" else photo
    scale = scale_of(found.method, found.values)
    return figures.png(
        figures.overlay(backdrop, found.values, found.placement, scale=scale, opacity=opacity)
    )


def as_npy(values: NDArray[np.float32]) -> bytes:
    """(rows, columns) of cells or (height, width) of pixels as fed, float32."""
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()
