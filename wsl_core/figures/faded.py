"""A photograph as a backdrop: pale and grey, so that single painted pixels stand out from it."""

from dataclasses import replace

import numpy as np

from wsl_core.images import Photo

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
DARKEST = 140.0  # what black becomes; white stays white


def faded(photo: Photo) -> Photo:
    """The photograph in pale greys, as large as it is; for `overlay` of an attribution of pixels."""
    grey = photo.pixels.astype(np.float32) @ LUMA
    pale = np.rint(DARKEST + grey * ((255 - DARKEST) / 255)).astype(np.uint8)
    grey_pixels = np.repeat(pale[..., None], 3, axis=2)
    return replace(photo, pixels=grey_pixels, digest=f"faded-{photo.digest}")
