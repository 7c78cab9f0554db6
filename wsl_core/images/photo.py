"""The photograph that the rest of the program works on."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from PIL import Image

from wsl_core.errors import ImageError, ParameterError


def fit(size: tuple[int, int], longest_side: int | None) -> tuple[int, int]:
    """The size whose longer side is at most `longest_side` px, in the proportions of `size`.

    Sizes are (width, height) in px, at least 1 x 1; nothing is enlarged; None keeps `size`.

    Raises:
        ParameterError: `longest_side` is below 1.
    """
    if longest_side is None:
        return size
    if longest_side < 1:
        raise ParameterError(
            f"A longest side of {longest_side} px makes no picture. Accepted is 1 px or more: "
            "choose a larger one."
        )
    width, height = size
    scale = min(1.0, longest_side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture as a viewer shows it: upright, sRGB, without transparency or metadata.

    Attributes:
        pixels: (rows, columns, 3) uint8, C-contiguous, read-only. May be a reduced decoding.
        width: the picture's own width in px after its EXIF orientation.
        height: its own height. Every coordinate in the program is in px of this size, even
            where `pixels` are fewer.
        name: the file name, for people.
        digest: SHA-256 of the file's bytes, in hexadecimal.

    Photos are equal when digest and shape of the pixels are.
    """

    pixels: np.ndarray
    width: int
    height: int
    name: str
    digest: str

    def __post_init__(self) -> None:
        """Make the pixels contiguous and read-only."""
        pixels = np.ascontiguousarray(self.pixels).view()
        pixels.flags.writeable = False
        object.__setattr__(self, "pixels", pixels)

    @classmethod
    def from_array(cls, array: np.ndarray, name: str = "array") -> Self:
        """A photo of a copy of `array`: (H, W, 3) sRGB or (H, W) grey, uint8 in 0..255.

        The digest is of the pixels and their shape.

        Raises:
            ImageError: another shape or type of number, or no pixels at all.
        """
        array = np.asarray(array)
        shaped = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)
        if not shaped or array.size == 0 or array.dtype != np.uint8:
            raise ImageError(
                f"The array {name} is of shape {array.shape} and type {array.dtype}. Accepted is "
                "(height, width, 3) or (height, width), not empty, of type uint8: convert it, for "
                "example by (255 * array).astype(np.uint8) when its values lie in 0..1."
            )
        pixels = np.repeat(array[:, :, None], 3, axis=2) if array.ndim == 2 else array.copy("C")
        digest = hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()
        return cls(pixels, pixels.shape[1], pixels.shape[0], name, digest)

    def jpeg(self, longest_side: int, quality: int = 85) -> bytes:
        """A JPEG file of the pixels for display, `longest_side` px or fewer on the longer side.

        Raises:
            ParameterError: `longest_side` below 1, or `quality` outside 1..100.
        """
        if not 1 <= quality <= 100:
            raise ParameterError(
                f"A JPEG quality of {quality} does not exist. Accepted is 1 to 100: choose one."
            )
        image = Image.fromarray(self.pixels)
        size = fit(image.size, longest_side)
        if size != image.size:
            image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        return file.getvalue()

    def __eq__(self, other: object) -> bool:
        """Whether digest and shape of the pixels are the same."""
        if not isinstance(other, Photo):
            return NotImplemented
        return self.digest == other.digest and self.pixels.shape == other.pixels.shape

    def __hash__(self) -> int:
        """Of digest and shape of the pixels."""
        return hash((self.digest, self.pixels.shape))

    def __reduce__(self) -> tuple[Any, ...]:
        """Through the constructor, so that unpickled pixels are read-only too."""
        return type(self), (self.pixels, self.width, self.height, self.name, self.digest)
