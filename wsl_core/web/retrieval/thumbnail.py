"""The small picture of the Retrieval station: a picture, and the three that lie nearest to it."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wsl_core.images import Photo
from wsl_core.transfer.retrieval import examples
from wsl_core.web.pictures import Chosen
from wsl_core.web.retrieval import shown as page
from wsl_core.web.retrieval.sentences import nearest

SHAPE = (3, 4)  # height and width of a tile, in parts


def beside(chosen: Chosen, side: int) -> tuple[bytes, str]:
    """JPEG and alternative text: the picture on the left, its three neighbours on the right.

    Args:
        chosen: the visitor's picture.
        side: of the thumbnail, px.

    Raises:
        WslError: no network, or no collection.
    """
    shown = page.of_example("things", examples.TAPS[-1])
    asked = page.Asked(chosen.photo, chosen.title, key=chosen.key)
    found = page.neighbours(shown, page.LEARNED, asked, 3)
    width = side // 4
    height = width * SHAPE[0] // SHAPE[1]
    tiles = [_tile(shown.photo(one.number), width, height) for one in found]
    large = _tile(chosen.photo, side - width, 3 * height)
    whole = np.concatenate([large, np.concatenate(tiles)], axis=1)
    return Photo.from_array(whole).jpeg(side), f"{chosen.title}. Nearest: {nearest(found, shown)}."


def _tile(photo: Photo, width: int, height: int) -> NDArray[np.uint8]:
    """The middle of a picture, in the proportions of a tile."""
    picture = Image.fromarray(photo.pixels)
    share = max(width / picture.width, height / picture.height)
    picture = picture.resize(
        (max(width, round(share * picture.width)), max(height, round(share * picture.height))),
        Image.Resampling.BICUBIC,
    )
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return np.asarray(picture.crop((left, top, left + width, top + height)))
