"""Collages: objects cut out of the gallery's photographs along their outlines, so that their masks are known.

A pixel that was pasted belongs to its object, whatever the outline left out: the mask of a collage is exact.
Of a photograph itself the outline is what was marked by hand or measured, a pixel or two beside the truth.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from wsl_core.errors import ImageError
from wsl_core.images.photo import Photo
from wsl_core.images.photographs import PHOTOGRAPHS, SKIMAGE
from wsl_core.images.scenes import Box, Colour

Mask = NDArray[np.bool_]
Labels = NDArray[np.uint8]

# Corners (x, y) in pixels of the photograph, marked by hand.
OUTLINES: dict[str, tuple[tuple[int, int], ...]] = {
    "cat": (
        (33, 0), (29, 40), (33, 70), (28, 110), (29, 141), (17, 170), (28, 200), (33, 240), (36, 300),
        (310, 300), (320, 285), (336, 265), (338, 225), (350, 205), (360, 170), (366, 130), (358, 95),
        (356, 72), (368, 62), (381, 35), (393, 15), (403, 0),
    ),
    "astronaut": (
        (22, 512), (24, 445), (20, 400), (28, 340), (42, 290), (72, 243), (98, 225), (112, 212), (118, 190),
        (130, 170), (150, 155), (185, 150), (186, 140), (178, 118), (160, 112), (153, 95), (157, 70),
        (174, 44), (192, 27), (222, 17), (255, 22), (285, 42), (300, 70), (298, 98), (282, 122), (270, 135),
        (259, 152), (254, 176), (276, 188), (294, 212), (305, 235), (322, 250), (342, 275), (355, 300),
        (361, 330), (361, 350), (390, 344), (425, 348), (460, 370), (485, 405), (496, 445), (500, 460),
        (510, 480), (512, 512),
    ),
}  # fmt: skip
MEASURED = "motorcycle"  # its disparities come with the photograph
RIM = 3  # px across of what is taken off around a cut, or light of the old background would come along
CLOSED = 5  # px across of the gaps that the measurement leaves where one camera saw nothing
NEAR, ABOVE = 33.0, 2.0  # px of disparity: nearer than the back of the garage, above its floor


@lru_cache(maxsize=4)
def outlined(key: str) -> Mask:
    """(height, width) of a photograph, where its object is.

    Args:
        key: one of `OUTLINED`.

    Raises:
        ImageError: the photograph is not there, or its outline is not known.
    """
    if key not in OUTLINED:
        raise ImageError(
            f"The outline of {key} is not known. Accepted are {', '.join(OUTLINED)}: take one of these."
        )
    if key == MEASURED:
        return _nearer()
    photo = PHOTOGRAPHS[key].loader()
    drawn = Image.new("1", (photo.width, photo.height))
    ImageDraw.Draw(drawn).polygon(list(OUTLINES[key]), fill=1)
    return np.asarray(drawn)


def _nearer() -> Mask:
    """What stands before the garage's back and above its floor, by the stereo pair's disparities.

    The disparity of a plane is linear in the picture: that of the floor is fitted where nothing stands.
    """
    spec = find_spec("skimage")
    places = list(spec.submodule_search_locations or ()) if spec else []
    path = Path(places[0]) / "data" / "motorcycle_disp.npz" if places else None
    if path is None or not path.is_file():
        raise ImageError(
            f"The disparities of the motorcycle come with {SKIMAGE}, which is not installed here: install it "
            f"by python -m pip install {SKIMAGE}, or use a picture of your own."
        )
    disparity = np.load(path)["arr_0"].astype(np.float64)
    known = np.isfinite(disparity)
    down, across = np.indices(disparity.shape)
    bare = (across < 110) | (across > 700) | ((across > 390) & (across < 500) & (down > 420))
    floor = known & (down > 400) & bare
    plane = np.stack([across, down, np.ones_like(down)], axis=-1)
    fitted, *_ = np.linalg.lstsq(plane[floor], disparity[floor], rcond=None)
    near = known & (disparity > plane @ fitted + ABOVE) & (disparity > NEAR)
    whole = Image.fromarray(near.astype(np.uint8))
    closed = whole.filter(ImageFilter.MaxFilter(CLOSED)).filter(ImageFilter.MinFilter(CLOSED))
    return np.asarray(closed, bool)


OUTLINED = (*OUTLINES, MEASURED)


@dataclass(frozen=True)
class Cutout:
    """An object of the gallery photograph `key`, `height` px tall, its left upper corner at `left`, `top`."""

    key: str
    left: int
    top: int
    height: int


@dataclass(frozen=True)
class Collage:
    """Cut-outs on two colours that blend from top to bottom.

    Attributes:
        key: in the gallery.
        title: for headings.
        caption: one sentence.
        size: (width, height) in px.
        ground: the upper and the lower colour.
        parts: the objects, each on those before it.
    """

    key: str
    title: str
    caption: str
    size: tuple[int, int]
    ground: tuple[Colour, Colour]
    parts: tuple[Cutout, ...]

    def photo(self) -> Photo:
        """The picture, composed anew; always the same pixels."""
        canvas = Image.fromarray(self._ground())
        for part in self.parts:
            picture, shape = _cut(part)
            canvas.paste(picture, (part.left, part.top), shape)
        return Photo.from_array(np.asarray(canvas), name=self.key)

    def owners(self) -> Labels:
        """(height, width) whose pixel it is: 0 the ground's, 1 the first part's."""
        canvas = Image.new("L", self.size)
        for place, part in enumerate(self.parts, 1):
            _, shape = _cut(part)
            canvas.paste(place, (part.left, part.top), shape)
        return np.asarray(canvas)

    def boxes(self) -> tuple[Box, ...]:
        """Edges around the pixels of each part that are seen."""
        owners = self.owners()
        found = []
        for place in range(1, 1 + len(self.parts)):
            down, across = np.nonzero(owners == place)
            edges = (across.min(), down.min(), across.max() + 1, down.max() + 1)
            found.append((int(edges[0]), int(edges[1]), int(edges[2]), int(edges[3])))
        return tuple(found)

    def _ground(self) -> Labels:
        width, height = self.size
        blend = np.linspace(0, 1, height)[:, None]
        upper, lower = (np.array(one) for one in self.ground)
        rows = np.rint((1 - blend) * upper + blend * lower).astype(np.uint8)
        return np.repeat(rows[:, None], width, axis=1)


@lru_cache(maxsize=8)
def _cut(part: Cutout) -> tuple[Image.Image, Image.Image]:
    """An object at its size in the collage, and its shape, 0 or 255."""
    photo, mask = PHOTOGRAPHS[part.key].loader(), outlined(part.key)
    size = (round(part.height * photo.width / photo.height), part.height)
    picture = Image.fromarray(photo.pixels).resize(size, Image.Resampling.LANCZOS)
    shape = Image.fromarray(mask.astype(np.uint8) * 255).filter(ImageFilter.MinFilter(RIM))
    return picture, shape.resize(size, Image.Resampling.NEAREST)


COLLAGES: dict[str, Collage] = {
    one.key: one
    for one in (
        Collage(
            "collage-wall",
            "Astronaut and motorcycle",
            "An astronaut and a motorcycle, cut out and pasted side by side on a pale wall.",
            (900, 600),
            ((226, 231, 234), (196, 202, 207)),
            (Cutout("motorcycle", -8, 112, 465), Cutout("astronaut", 450, 120, 480)),
        ),
    )
}
"""By key, which begins with "collage-"."""
