"""Kept pictures: small PNG files, of a map over its photograph, or of a picture file."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wsl_core.figures.colours import Scale
from wsl_core.figures.marks import Mark, marked
from wsl_core.figures.overlay import overlay
from wsl_core.images import Photo
from wsl_core.networks import Placement

SIDE = 640  # px, the longer one


def painted(
    jpeg: bytes,
    placement: Placement,
    values: NDArray[np.float32],
    scale: Scale,
    opacity: float,
    marks: Sequence[Mark] = (),
) -> bytes:
    """A map over its photograph, as a PNG file.

    Args:
        jpeg: the photograph.
        placement: how the cells lie on it.
        values: (rows, columns), in the unit of the scale; what is not finite is painted as zero.
        scale: of the colours; the map's own where the scale says so.
        opacity: of the paint at the end of the scale, 0 to 1.
        marks: boxes and points over the map.
    """
    with Image.open(io.BytesIO(jpeg)) as image:
        image.thumbnail((SIDE, SIDE))
        pixels = np.asarray(image.convert("RGB"))
    photo = Photo(pixels, placement.across.picture_side, placement.down.picture_side, "", "")
    finite = np.nan_to_num(values, nan=0, posinf=0, neginf=0)
    own = Scale.of([finite]) if scale.own else scale
    drawn = overlay(photo, finite, placement, scale=own, opacity=opacity)
    return _file(Image.fromarray(marked(drawn, photo, marks)))


def smaller(file: bytes) -> bytes:
    """A picture file as a PNG file with no more pixels than a handout needs."""
    with Image.open(io.BytesIO(file)) as image:
        return _file(image.convert("RGB"))


def _file(picture: Image.Image) -> bytes:
    """With a palette of 256 colours, which takes a third of the bytes."""
    picture.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    picture.quantize(256).save(out, "PNG", optimize=True)
    return out.getvalue()
