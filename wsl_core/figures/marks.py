"""Boxes and points over a photograph, told apart by line and word, not by colour alone.

The same styles are drawn here and, sent there, by the canvas in the browser.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wsl_core.images import Photo


@dataclass(frozen=True)
class Style:
    """How a mark is drawn.

    Attributes:
        colour: of the line inside its dark edge.
        dash: lengths of dash and gap in line widths; none for a solid line.
        corner: where the word stands: "top left", "bottom left", "top right", "bottom right".
        words: what it is, for the legend.
    """

    colour: str
    dash: tuple[int, ...]
    corner: str
    words: str


STYLES: dict[str, Style] = {
    "reach": Style("#9ad9c7", (1, 3), "", "true box made larger by 18 px: where a point is right"),
    "truth": Style("#3ddbb0", (), "top left", "true box"),
    "found": Style("#ffffff", (5, 3), "bottom left", "region above the threshold"),
    "beam": Style("#ffd166", (10, 3, 2, 3), "top right", "region of the beam search"),
    "crop": Style(
        "#e0b3ff", (10, 3, 2, 3, 2, 3), "top right", "box that ProNet cropped, with its confidence"
    ),
    "point": Style("#ffffff", (), "", "point: the highest cell"),
    "middle": Style("#ffffff", (), "", "point: the middle of the best box"),
    "stretched": Style("#ff9f6b", (), "", "the same cell if the map is stretched"),
    "guess": Style("#8ecbff", (), "", "your guess"),
    "pair": Style("#ffffff", (), "bottom right", "cells of both pictures that are most alike"),
}
"""By the name that a mark carries; later ones cover earlier ones."""


@dataclass(frozen=True)
class Mark:
    """A box (left, top, right, bottom), or a point (x, y), in picture pixels, and a word beside it."""

    style: str
    at: tuple[float, ...]
    word: str = ""


def marked(pixels: NDArray[np.uint8], photo: Photo, marks: Sequence[Mark]) -> NDArray[np.uint8]:
    """A picture with its marks.

    Args:
        pixels: (height, width, 3) uint8, the photo or an overlay of it, of any size.
        photo: the picture, in whose pixels the marks are given.
        marks: drawn one after the other.

    Returns:
        (height, width, 3) uint8, RGB.
    """
    from PIL import Image, ImageDraw, ImageFont

    height, width = pixels.shape[:2]
    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    line = max(1, round(max(height, width) / 320))
    font = ImageFont.load_default(size=max(10, round(max(height, width) / 45)))
    scale = np.array([width / photo.width, height / photo.height])
    for mark in marks:
        style = STYLES[mark.style]
        at = (np.array(mark.at).reshape(-1, 2) + (0.5 if len(mark.at) == 2 else 0)) * scale
        if len(mark.at) == 2:
            _cross(draw, at[0].tolist(), style, line)
            corners = [at[0] + 4 * line, at[0] + 4 * line]
        else:
            inside = np.clip(at, line, np.array([width, height]) - 1 - line)
            _frame(draw, inside, style, line)
            corners = [inside[0], inside[1]]
        if mark.word and style.corner:
            _word(draw, mark.word, corners, style, font, line, (width, height))
    return np.asarray(image)


def _frame(draw: object, corners: NDArray[np.float64], style: Style, line: int) -> None:
    (left, top), (right, bottom) = corners
    sides = [(left, top, right, top), (right, top, right, bottom), (right, bottom, left, bottom),
             (left, bottom, left, top)]  # fmt: skip
    for wide, colour in ((line + 2, "#000000"), (line, style.colour)):
        for side in sides:
            for start, end in _dashes(side, style.dash, line):
                draw.line((*start, *end), fill=colour, width=wide)  # type: ignore[attr-defined]


def _dashes(
    side: tuple[float, float, float, float], dash: tuple[int, ...], line: int
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The strokes of a dashed line from (x, y) to (x, y)."""
    start, end = np.array(side[:2]), np.array(side[2:])
    length = float(np.hypot(*(end - start)))
    if not dash or not length:
        return [((side[0], side[1]), (side[2], side[3]))]
    strokes, at, turn = [], 0.0, 0
    while at < length:
        step = dash[turn % len(dash)] * line
        if turn % 2 == 0:
            a, b = (start + (end - start) * min(1, t / length) for t in (at, at + step))
            strokes.append(((float(a[0]), float(a[1])), (float(b[0]), float(b[1]))))
        at, turn = at + step, turn + 1
    return strokes


def _cross(draw: object, centre: list[float], style: Style, line: int) -> None:
    x, y = centre
    arm = 6 * line
    for wide, colour in ((line + 3, "#000000"), (line + 1, style.colour)):
        draw.line((x - arm, y, x + arm, y), fill=colour, width=wide)  # type: ignore[attr-defined]
        draw.line((x, y - arm, x, y + arm), fill=colour, width=wide)  # type: ignore[attr-defined]


def _word(
    draw: object,
    word: str,
    corners: Sequence[NDArray[np.float64]],
    style: Style,
    font: object,
    line: int,
    size: tuple[int, int],
) -> None:
    left, top, right, bottom = draw.textbbox((0, 0), word, font=font)  # type: ignore[attr-defined]
    wide, high, pad = right - left, bottom - top, 2 * line
    if wide + 2 * pad > corners[1][0] - corners[0][0]:
        return  # it would hide what is marked
    x = corners[0][0] + line if "left" in style.corner else corners[1][0] - wide - 2 * pad - line
    y = corners[0][1] + line if "top" in style.corner else corners[1][1] - high - 2 * pad - line
    x = float(np.clip(x, 0, max(0, size[0] - wide - 2 * pad)))
    y = float(np.clip(y, 0, max(0, size[1] - high - 2 * pad)))
    draw.rectangle((x, y, x + wide + 2 * pad, y + high + 2 * pad), fill="#000000")  # type: ignore[attr-defined]
    draw.text((x + pad - left, y + pad - top), word, fill=style.colour, font=font)  # type: ignore[attr-defined]
