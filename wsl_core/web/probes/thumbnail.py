"""The small picture of the Layer probes station: what three layers make of the visitor's picture."""

import numpy as np
from numpy.typing import NDArray

from wsl_core import networks
from wsl_core.images import Photo
from wsl_core.networks.network import resized
from wsl_core.web import forward
from wsl_core.web.pictures import Chosen

LAYERS = ("stem", "stage3", "head")


def tapped(chosen: Chosen, small: Photo, side: int) -> tuple[bytes, str]:
    """JPEG and alternative text: the picture, and the activation of three layers, from the input up.

    Args:
        chosen: the visitor's picture.
        small: the same, reduced.
        side: of the thumbnail, px.

    Raises:
        WslError: no network.
    """
    network = forward.loaded(networks.DEFAULT)
    fed = network.card.sides.nearest(network.card.training_side)
    found = network.features(resized(chosen.photo.pixels, fed, fed)[None], LAYERS)
    half = side // 2
    tiles = [resized(small.pixels, half, half), *(_grey(found[name][0], half) for name in LAYERS)]
    rows = [np.concatenate(tiles[:2], axis=1), np.concatenate(tiles[2:], axis=1)]
    words = f"{chosen.title}. Beside it the layers {', '.join(LAYERS)}: coarser and coarser."
    return Photo.from_array(np.concatenate(rows)).jpeg(side), words


def _grey(maps: NDArray[np.float32], side: int) -> NDArray[np.uint8]:
    """Root mean square over the channels, the largest white."""
    size = np.sqrt((maps**2).mean(axis=0))
    grey = (255 * size / max(float(size.max()), 1e-6)).astype(np.uint8)
    near = np.arange(side) * len(grey) // side  # every cell as a square
    return np.repeat(grey[near][:, near, None], 3, axis=2)
