"""The way from class maps to labels, picture by picture."""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from wsl_core.figures import Scale, overlay, segments
from wsl_core.figures.ink import percent
from wsl_core.figures.segments import GREY
from wsl_core.images import Photo
from wsl_core.networks.network import resized
from wsl_core.web import forward
from wsl_core.web.segmentation import sentences as words
from wsl_core.web.segmentation.looked import Labels, Looked

SIDE = 360  # px of one picture, longer side
COLUMNS = 3
STRONG = 0.9  # opacity: these pictures are small


def small(photo: Photo, side: int = SIDE) -> Photo:
    """The picture with its longer side as long as it is shown."""
    share = min(1.0, side / max(photo.pixels.shape[:2]))
    height, width = (max(1, round(one * share)) for one in photo.pixels.shape[:2])
    return replace(photo, pixels=resized(photo.pixels, height, width))


def show(looked: Looked, *, hidden: bool) -> None:
    """All steps; `hidden` leaves out what the CRF makes."""
    st.header("From map to labels", anchor=False)
    photo = small(looked.subject.chosen.photo)
    steps: list[tuple[bytes, str]] = []
    for place, name in zip(looked.present, looked.found.names, strict=True):
        steps.append(class_map(looked, photo, place, name))
    for place, name in enumerate(looked.names):
        steps.append(share(looked, photo, place, name))
    steps.append(_labels(looked, photo, looked.worked.labels[0], "Labels before the CRF"))
    if not hidden:
        steps.append(_labels(looked, photo, looked.worked.labels[-1], "Labels after the CRF"))
    if looked.subject.mask is not None:
        steps.append(_mask(looked, photo, looked.subject.mask))
    for first in range(0, len(steps), COLUMNS):
        for column, (data, text) in zip(
            st.columns(COLUMNS), steps[first : first + COLUMNS], strict=False
        ):
            column.image(data, alt=text, caption=text, width="stretch")


def class_map(looked: Looked, photo: Photo, place: int, name: str) -> tuple[bytes, str]:
    """The class map over the picture."""
    values = looked.maps.map(place)
    scale = Scale.of([looked.maps.map(one) for one in looked.present])

    def made() -> bytes:
        painted = overlay(photo, values, looked.maps.placement, scale=scale, opacity=STRONG)
        return Photo.from_array(painted).jpeg(SIDE)

    data = forward.derived(("segments map", looked.key, place), made)
    unit = f"{values.min():.1f} to {values.max():.1f} logits"
    return data, f"Class map of {name}: {unit}."


def share(looked: Looked, photo: Photo, place: int, name: str) -> tuple[bytes, str]:
    """The unary of a label: white for 0, its colour for 1."""
    values = looked.found.probabilities[place]
    colour = looked.colours[place - 1] if place else GREY

    def made() -> bytes:
        shares = segments.shares(values, colour)
        return Photo.from_array(_as(shares, photo)).jpeg(SIDE)

    data = forward.derived(("segments share", looked.key, place), made)
    mean = percent(float(values.mean()))
    return data, f"Probability of {name} before the CRF: white 0, full colour 1; mean {mean}."


def _labels(looked: Looked, photo: Photo, labels: Labels, title: str) -> tuple[bytes, str]:
    key = ("segments labels", looked.key, looked.how, title)
    data = forward.derived(key, partial(drawn, photo, labels, looked.paint))
    areas = zip(looked.names, looked.areas(labels), strict=True)
    said = ", ".join(f"{name} {percent(area)}" for name, area in areas)
    mean = ""
    if looked.subject.mask is not None:
        mean = f" Mean intersection over union {words.mean(looked, labels):.2f}."
    return data, f"{title}: {said}.{mean}"


def _mask(looked: Looked, photo: Photo, mask: Labels) -> tuple[bytes, str]:
    missing = [one for one in looked.subject.classes if one not in looked.found.names]
    data = drawn(photo, mask, looked.paint)
    areas = zip(looked.names, looked.areas(mask), strict=True)
    said = ", ".join(f"{name} {percent(area)}" for name, area in areas)
    more = f" Not looked for, and not painted: {', '.join(missing)}." if missing else ""
    return data, f"The mask ({looked.subject.known}): {said}.{more}"


def drawn(photo: Photo, labels: Labels, paint: dict[int, str]) -> bytes:
    """JPEG of labels over a picture, at the picture's size."""
    height, width = photo.pixels.shape[:2]
    fitting = np.asarray(Image.fromarray(labels).resize((width, height), Image.Resampling.NEAREST))
    return Photo.from_array(segments.painted(photo.pixels, fitting, paint)).jpeg(max(height, width))


def _as(pixels: NDArray[np.uint8], photo: Photo) -> NDArray[np.uint8]:
    height, width = photo.pixels.shape[:2]
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR))
