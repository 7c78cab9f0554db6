"""Digits of many shapes as fields of distance, from which any size, slant and weight can be drawn.

A field (SIDE, SIDE) holds for each of its pixels the distance to the outline of a digit that is HEIGHT
pixels high, in pixels, positive within the ink. Sampled through an affine map it stays such a field up
to the scale, and `distance + weight` makes every stroke thicker or thinner (Green, Improved
alpha-tested magnification, 2007).
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from wsl_core.datasets.domains.generators.digit_strokes import VARIANTS, Stroke
from wsl_core.errors import DatasetError

HEIGHT = 40
"""Height of a digit in its field, in pixels."""

SIDE = 72
"""Height and width of a field, in pixels; the digit is in its middle."""

FINE = 4
"""How much finer outlines are drawn than fields."""

PEN = 0.13
"""Width of the pen of stroked digits, as a part of their height."""

FONTS = {
    "DejaVuSans": 2, "DejaVuSans-Bold": 3, "DejaVuSans-Oblique": 1, "DejaVuSans-BoldOblique": 1,
    "DejaVuSerif": 1, "DejaVuSerif-Bold": 2, "DejaVuSerif-BoldItalic": 1, "STIXGeneral": 2,
    "STIXGeneralBol": 3, "STIXGeneralItalic": 1, "STIXGeneralBolIta": 2, "cmr10": 1, "cmb10": 2,
    "cmss10": 4, "cmti10": 1, "cmtt10": 2,
}  # fmt: skip
"""Fonts that come with matplotlib, under licences that allow every use (Bitstream Vera, STIX, BaKoMa),
and how often each is drawn from."""

AILERON = 7
"""How often Pillow's own font, Aileron (CC0), is drawn from."""

STROKED = 14
"""How often digits drawn by a pen are drawn from."""


@dataclass(frozen=True, eq=False)
class Glyphs:
    """Digits of many shapes.

    Attributes:
        fields: (shapes, SIDE, SIDE) float32, distances as the module says.
        widths: (shapes,) float32, of the ink, as parts of the height.
        labels: (shapes,) int64, 0 to 9.
        families: (shapes,) int64; digits of one family go together in a number.
        shares: (families,) float64, how often each family is drawn from; they sum to 1.
    """

    fields: NDArray[np.float32]
    widths: NDArray[np.float32]
    labels: NDArray[np.int64]
    families: NDArray[np.int64]
    shares: NDArray[np.float64]

    def choose(
        self, random: np.random.Generator, families: NDArray[np.int64], labels: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """For each pair of a family and a label a shape, at random where there are several."""
        key = self.families * 10 + self.labels
        order = np.argsort(key, kind="stable")
        wanted = families * 10 + labels
        first = np.searchsorted(key[order], wanted)
        count = np.searchsorted(key[order], wanted, side="right") - first
        return order[first + (random.random(wanted.shape) * count).astype(np.int64)]


@cache
def glyphs() -> Glyphs:
    """All shapes of digits, drawn once a process (half a second).

    Raises:
        DatasetError: matplotlib's fonts are not there.
    """
    inks, labels, families = [], [], []
    fonts = [*_fonts(), ImageFont.load_default(HEIGHT * FINE)]
    for family, font in enumerate(fonts):
        for digit in range(10):
            inks.append(_printed(font, digit))
            labels.append(digit)
            families.append(family)
    for digit, ways in enumerate(VARIANTS):
        for way in ways:
            inks.append(_stroked(way))
            labels.append(digit)
            families.append(len(fonts))
    shares = np.array([*FONTS.values(), AILERON, STROKED], float)
    return Glyphs(
        np.stack([_field(ink) for ink in inks]),
        np.array([_extent(ink) for ink in inks], np.float32),
        np.array(labels),
        np.array(families),
        shares / shares.sum(),
    )


def _fonts() -> list[ImageFont.FreeTypeFont]:
    """matplotlib's fonts, read where they lie; matplotlib is not imported (that takes a second)."""
    spec = find_spec("matplotlib")
    places = list(spec.submodule_search_locations or ()) if spec else []
    folder = Path(places[0] if places else "", "mpl-data", "fonts", "ttf")
    try:
        return [ImageFont.truetype(str(folder / f"{name}.ttf"), HEIGHT * FINE) for name in FONTS]
    except OSError:
        raise DatasetError(
            "Digits are rendered with the fonts that come with matplotlib, and these are not in "
            f"{folder}. Install matplotlib anew: python -m pip install --force-reinstall matplotlib."
        ) from None


def _printed(font: ImageFont.FreeTypeFont | ImageFont.ImageFont, digit: int) -> NDArray[np.uint8]:
    """The ink of a font's digit, scaled to the common height, in the middle of a fine field."""
    sheet = Image.new("L", (8 * HEIGHT * FINE // 2, 8 * HEIGHT * FINE // 2))
    ImageDraw.Draw(sheet).text((HEIGHT * FINE,) * 2, str(digit), font=font, fill=255)
    ink = sheet.crop(sheet.getbbox())
    scale = HEIGHT * FINE / ink.height
    ink = ink.resize((max(1, round(ink.width * scale)), HEIGHT * FINE), Image.Resampling.BICUBIC)
    field = Image.new("L", (SIDE * FINE, SIDE * FINE))
    field.paste(ink, ((field.width - ink.width) // 2, (field.height - ink.height) // 2))
    return np.asarray(field)


def _stroked(strokes: tuple[Stroke, ...]) -> NDArray[np.uint8]:
    """The ink of a digit drawn by a pen, in the middle of a fine field."""
    pen, fixed = PEN * HEIGHT * FINE, 8  # OpenCV takes fixed-point coordinates: 8 binary places
    points = np.concatenate(strokes)
    middle = (points.min(0) + points.max(0)) / 2
    scale = HEIGHT * FINE - pen
    field = np.zeros((SIDE * FINE, SIDE * FINE), np.uint8)
    for stroke in strokes:
        places = (stroke - middle) * scale + SIDE * FINE / 2
        whole = np.round(places * 2**fixed).astype(np.int32)
        cv2.polylines(field, [whole], False, 255, round(pen), cv2.LINE_AA, fixed)
    return field


def _field(ink: NDArray[np.uint8]) -> NDArray[np.float32]:
    within = (ink > 127).astype(np.uint8)
    distance = cv2.distanceTransform(within, cv2.DIST_L2, 5)
    distance = distance - cv2.distanceTransform(1 - within, cv2.DIST_L2, 5)
    # From the middles of pixels to the line between the last within and the first without.
    distance -= np.where(within == 1, 0.5, -0.5).astype(np.float32)
    coarse = cv2.resize(distance, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(coarse / FINE, np.float32)


def _extent(ink: NDArray[np.uint8]) -> float:
    columns = np.flatnonzero((ink > 127).any(axis=0))
    return float(columns[-1] - columns[0] + 1) / (HEIGHT * FINE)
