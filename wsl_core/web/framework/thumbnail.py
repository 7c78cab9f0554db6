"""The thumbnail of the Framework map: the visitor's picture and a drawing of it, labelled and not."""

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from wsl_core.images import Photo
from wsl_core.web.pictures import Chosen

LABEL, EDGE = (47, 143, 107), 6  # colour of a labelled tile's bar; px between tiles
PAPER = 245


def quarters(chosen: Chosen, small: Photo, side: int) -> tuple[bytes, str]:
    """JPEG and alternative text.

    Args:
        chosen: the picture.
        small: the same with fewer pixels.
        side: longer side of the JPEG.
    """
    picture = Image.fromarray(small.pixels)
    width, height = picture.width // 2, picture.height // 2
    tile = picture.resize((width, height), Image.Resampling.LANCZOS)
    edges = tile.convert("L").filter(ImageFilter.GaussianBlur(1)).filter(ImageFilter.FIND_EDGES)
    drawing = ImageOps.invert(ImageOps.autocontrast(edges, cutoff=1)).convert("RGB")
    sheet = np.full((2 * height + EDGE, 2 * width + EDGE, 3), PAPER, np.uint8)
    for row in range(2):
        for column, one in enumerate((tile, drawing)):
            top, left = row * (height + EDGE), column * (width + EDGE)
            sheet[top : top + height, left : left + width] = np.asarray(one)
            if row == 0:
                sheet[top + height - 3 * EDGE : top + height, left : left + width] = LABEL
    text = (
        f"A table of two by two: {chosen.title} as a photograph and as a drawing, with a label above and "
        f"without one below."
    )
    return Photo.from_array(sheet).jpeg(side), text
