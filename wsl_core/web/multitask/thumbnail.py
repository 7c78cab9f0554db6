"""The small picture of the Multitask station: the visitor's own, turned four ways, for two questions."""

from dataclasses import replace

import numpy as np

from wsl_core.networks.network import resized
from wsl_core.web.pictures import Chosen


def turned(chosen: Chosen, side: int) -> tuple[bytes, str]:
    """JPEG, `side` pixels square, and alternative text: the middle of the picture in four turns."""
    photo = chosen.photo
    edge = min(photo.width, photo.height)
    top, left = (photo.height - edge) // 2, (photo.width - edge) // 2
    square = photo.pixels[top : top + edge, left : left + edge]
    small = resized(np.ascontiguousarray(square), side // 2, side // 2)
    turns = [np.rot90(small, quarter) for quarter in range(4)]
    sheet = np.concatenate([np.concatenate(turns[:2], 1), np.concatenate(turns[2:], 1)])
    text = (
        f"{chosen.title}, turned by 0, 90, 180 and 270 degrees: one task is to say what is shown, the other "
        f"how it is turned."
    )
    return replace(photo, pixels=np.ascontiguousarray(sheet)).jpeg(side), text
