"""The small picture of the Domain adaptation station: the visitor's own, with a digit blended into it."""

from dataclasses import replace

import numpy as np

from wsl_core.datasets.domains.generators.blending import differences
from wsl_core.datasets.domains.readers.handwritten import shipped
from wsl_core.networks.network import resized
from wsl_core.web.pictures import Chosen

DIGIT = 0  # which of the shipped digits
SHARE = 0.8  # of the picture's shorter side


def blended(chosen: Chosen, side: int) -> tuple[bytes, str]:
    """JPEG, `side` pixels at its longer side, and alternative text: blended as in MNIST-M."""
    photo = chosen.photo
    share = side / max(photo.width, photo.height)
    height, width = (max(1, round(one * share)) for one in (photo.height, photo.width))
    small = resized(photo.pixels, height, width)
    digits = shipped()[0]
    edge = max(1, round(SHARE * min(height, width)))
    ink = resized(np.repeat(digits.pictures[DIGIT][..., None], 3, axis=-1), edge, edge)[..., 0]
    digit = np.zeros((height, width), np.uint8)
    top, left = (height - edge) // 2, (width - edge) // 2
    digit[top : top + edge, left : left + edge] = ink
    picture = differences(digit[None], small[None])[0]
    text = (
        f"{chosen.title}, with a handwritten {digits.labels[DIGIT]} blended into it as in MNIST-M."
    )
    return replace(photo, pixels=picture).jpeg(side), text
