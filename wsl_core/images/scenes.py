"""Composed scenes: objects whose boxes are known, small, off-centre, several, at many sizes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from wsl_core.errors import ParameterError
from wsl_core.images.photo import Photo
from wsl_core.images.photographs import PHOTOGRAPHS

Box = tuple[int, int, int, int]
"""(left, top, right, bottom) in px; right and bottom are the first px outside."""

Colour = tuple[int, int, int]
"""sRGB, 0 to 255 each."""

FRAME = 4  # px of light frame around a pasted picture, outside its box
SHADOW = 24  # px by which its shadow is blurred


@dataclass(frozen=True)
class SceneObject:
    """A region `cut` from the gallery photograph `key`, pasted at `box` of the scene."""

    key: str
    title: str
    cut: Box
    box: Box


@dataclass(frozen=True)
class Scene:
    """A picture composed of gallery photographs; its objects' boxes are in px of the scene."""

    key: str
    title: str
    caption: str
    size: tuple[int, int]
    background: tuple[Colour, ...]
    objects: tuple[SceneObject, ...]

    def photo(self) -> Photo:
        """The scene's picture, composed anew; always the same pixels and digest."""
        whole = {item.key: PHOTOGRAPHS[item.key].loader() for item in self.objects}
        placements = [(cut(whole[item.key], item.cut), item.box) for item in self.objects]
        return compose(self.size, placements, self.background, name=self.key)


def cut(photo: Photo, box: Box) -> Photo:
    """The region `box` of `photo`, a picture of its own.

    Raises:
        ParameterError: the box is empty or leaves the picture.
    """
    _check_box(box, (photo.pixels.shape[1], photo.pixels.shape[0]))
    left, top, right, bottom = box
    return Photo.from_array(photo.pixels[top:bottom, left:right], name=photo.name)


def compose(
    size: tuple[int, int],
    placements: Iterable[tuple[Photo, Box]],
    background: Sequence[Colour] = ((236, 236, 232), (206, 208, 212)),
    *,
    name: str = "scene",
) -> Photo:
    """Paste photos on a canvas, each resized to fill its box, framed and with a soft shadow.

    Args:
        size: (width, height) of the canvas in px.
        placements: (photo, box); later ones cover earlier ones. A box of other proportions than
            the photo's stretches it.
        background: one colour, or two that blend from top to bottom.
        name: the name of the photo.

    Raises:
        ParameterError: an empty canvas, a box that is empty or leaves it, or no colour.
    """
    width, height = size
    if min(size) < 1 or len(background) not in (1, 2):
        raise ParameterError(
            f"A canvas of {width} x {height} px in {len(background)} colours cannot be made. "
            "Accepted are sides of 1 px or more, and one colour or two: change them."
        )
    blend = np.linspace(0, 1, height)[:, None]
    column = (1 - blend) * np.array(background[0]) + blend * np.array(background[-1])
    rows = np.repeat(np.rint(column).astype(np.uint8)[:, None], width, axis=1)
    canvas = Image.fromarray(rows)
    for photo, box in placements:
        _check_box(box, size)
        _paste(canvas, photo, box)
    return Photo.from_array(np.asarray(canvas), name=name)


def _paste(canvas: Image.Image, photo: Photo, box: Box) -> None:
    left, top, right, bottom = box
    picture = Image.fromarray(photo.pixels)
    picture = picture.resize((right - left, bottom - top), Image.Resampling.LANCZOS)
    margin = 3 * SHADOW
    shade = Image.new("L", (picture.width + 2 * margin, picture.height + 2 * margin), 0)
    shade.paste(110, (margin, margin, margin + picture.width, margin + picture.height))
    shade = shade.filter(ImageFilter.GaussianBlur(SHADOW))
    canvas.paste((0, 0, 0), (left - margin, top - margin + SHADOW // 2), shade)
    framed = (left - FRAME, top - FRAME, right + FRAME, bottom + FRAME)
    canvas.paste((250, 250, 250), framed)
    canvas.paste(picture, (left, top))


def _check_box(box: Box, size: tuple[int, int]) -> None:
    left, top, right, bottom = box
    if not (0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]):
        raise ParameterError(
            f"The box {box} does not lie in a picture of {size[0]} x {size[1]} px. Accepted is "
            "(left, top, right, bottom) inside the picture, at least 1 px wide and high: move it."
        )


# The regions of the photographs that show the object and little else.
CUTS: dict[str, Box] = {
    "cat": (20, 0, 380, 300),
    "coffee": (70, 10, 490, 390),
    "motorcycle": (110, 60, 695, 475),
    "rocket": (150, 60, 490, 427),
    "astronaut": (0, 0, 512, 512),
    "temple": (60, 10, 350, 427),
    "flower": (160, 70, 460, 380),
}


def _placed(key: str, left: int, top: int, width: int) -> SceneObject:
    """The region of `key`, `width` px wide, in its own proportions."""
    region = CUTS[key]
    height = round(width * (region[3] - region[1]) / (region[2] - region[0]))
    box = (left, top, left + width, top + height)
    return SceneObject(key, PHOTOGRAPHS[key].title, region, box)


SCENES: dict[str, Scene] = {
    scene.key: scene
    for scene in (
        Scene(
            "scene-corner",
            "A small cat in a corner",
            "One small picture of a cat, low on the right of an empty wall.",
            (2400, 1600),
            ((226, 231, 234), (196, 202, 207)),
            (_placed("cat", 1980, 1200, 300),),
        ),
        Scene(
            "scene-strip",
            "Five in a row",
            "A cat, a cup of coffee, a motorcycle, a flower and a rocket side by side, at "
            "different sizes.",
            (3000, 1200),
            ((239, 234, 224), (214, 206, 192)),
            (
                _placed("cat", 120, 180, 560),
                _placed("coffee", 780, 700, 400),
                _placed("motorcycle", 1280, 240, 800),
                _placed("flower", 2180, 130, 300),
                _placed("rocket", 2420, 590, 460),
            ),
        ),
        Scene(
            "scene-tower",
            "Top to bottom",
            "A flower, an astronaut and a temple one below the other, on a tall wall.",
            (1600, 2400),
            ((222, 230, 224), (190, 203, 196)),
            (
                _placed("flower", 1040, 140, 420),
                _placed("astronaut", 160, 620, 560),
                _placed("temple", 740, 1240, 720),
            ),
        ),
        Scene(
            "scene-sizes",
            "One cat, four sizes",
            "The same picture of a cat four times, each twice as wide as the one before.",
            (2400, 1600),
            ((233, 229, 236), (205, 199, 211)),
            (
                _placed("cat", 180, 180, 120),
                _placed("cat", 480, 180, 240),
                _placed("cat", 180, 560, 480),
                _placed("cat", 1200, 560, 960),
            ),
        ),
    )
}
