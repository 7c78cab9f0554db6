"""From bytes or a file to a `Photo`, or to a sentence that says why not."""

import hashlib
import io
import math
import os
import re
import stat
from typing import Any, NoReturn

import numpy as np
from PIL import Image

from wsl_core.errors import ImageError
from wsl_core.images.conversion import standard, to_srgb
from wsl_core.images.formats import FORMATS, accepted_sentence, decoders
from wsl_core.images.photo import Photo, fit
from wsl_core.settings import settings, variable

# What decoders raise at damaged files. The last three are not Pillow's intention, but the mutants
# of the tests provoke them: EOFError by HEIC, RuntimeError (whose child is NotImplementedError) by
# HEIC and AVIF, TypeError by TIFF with a fraction where a whole number belongs.
DECODER_ERRORS = (OSError, SyntaxError, ValueError, EOFError, RuntimeError, TypeError)
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

# How to turn a picture upright, by its EXIF orientation.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)

Box = tuple[float, float, float, float]


def read(
    source: bytes | bytearray | memoryview | str | os.PathLike[str],
    *,
    name: str | None = None,
    longest_side: int | None = None,
) -> Photo:
    """Read a picture as a viewer shows it.

    Args:
        source: the file's contents, or its path. Any format of `accepted_types`; of several
            frames, the first.
        name: what to call it; the path's last part, or "the picture", by default.
        longest_side: reduce `pixels` to at most so many px on the longer side, never enlarge.
            `width` and `height` stay the picture's own.

    Raises:
        ImageError: no readable picture, or one above the limits `megabytes` and `megapixels` of
            the settings, which are checked before anything is decoded.
        ParameterError: `longest_side` below 1.
    """
    fit((1, 1), longest_side)  # a bad parameter is reported before the file is touched
    if isinstance(source, bytes | bytearray | memoryview):
        title = _printable(name or "the picture")
        data = bytes(source)
    else:
        path = os.fsdecode(source)
        title = _printable(name or path)
        data = _contents(path, title)
    _check_bytes(len(data), title)
    if not data:
        _refuse(title, f"it is empty (0 bytes). {accepted_sentence()} Choose another file")
    image, form = _opened(data, title)
    _check_pixels(image.size, title)
    try:
        own, part = _load(image, longest_side)
        orientation = _orientation(image)
    except (*DECODER_ERRORS, *BOMBS):
        _refuse(
            title,
            f"its {form} data are cut short, damaged or of a variant that is not supported. "
            "Accepted are complete files: copy or download it again, or save it anew from a "
            "program that opens it",
        )
    _check_pixels(own, title)  # a HEIC container may have promised another size
    pixels = _finished(image, fit(own, longest_side), part, orientation)
    width, height = own[::-1] if orientation in SIDEWAYS else own
    return Photo(pixels, width, height, title, hashlib.sha256(data).hexdigest())


def _refuse(name: str, sentence: str) -> NoReturn:
    raise ImageError(f"Cannot read {name}: {sentence}.") from None


def _printable(name: str) -> str:
    """The last part of a path, fit for a sentence."""
    last = re.split(r"[\\/]", name.rstrip("\\/"))[-1] or "the picture"
    return "".join(sign if sign.isprintable() else "?" for sign in last)


def _check_bytes(count: int, name: str) -> None:
    limit = settings().megabytes
    if count > limit * 10**6:
        _refuse(
            name,
            f"it is of {_rounded_up(count / 10**6)} MB. Accepted are files up to {limit:g} MB: "
            f"save it smaller, or raise the limit by the environment variable "
            f"{variable('megabytes')}",
        )


def _check_pixels(size: tuple[int, int], name: str) -> None:
    limit = settings().megapixels
    width, height = size
    if width * height > limit * 10**6:
        _refuse(
            name,
            f"it is of {width} x {height} px, {_rounded_up(width * height / 10**6)} megapixels. "
            f"{_pixels_accepted()}",
        )


def _pixels_accepted() -> str:
    return (
        f"Accepted are pictures up to {settings().megapixels:g} megapixels: reduce it, or raise "
        f"the limit by the environment variable {variable('megapixels')}"
    )


def _rounded_up(value: float) -> str:
    # Up, so that what exceeds a limit never reads as the limit itself.
    return f"{math.ceil(value * 10) / 10:.1f}".removesuffix(".0")


def _contents(path: str, name: str) -> bytes:
    try:
        found = os.stat(path)
        if stat.S_ISDIR(found.st_mode):
            _refuse(name, f"it is a folder. {accepted_sentence()} Choose a file in it")
        if not stat.S_ISREG(found.st_mode):
            _refuse(name, f"it is no ordinary file. {accepted_sentence()} Choose another file")
        _check_bytes(found.st_size, name)
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        _refuse(name, "there is no such file. Check its name and folder")
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "its name is not a file name").lower()
        _refuse(name, f"the system does not open it ({reason}). Check the file and its permissions")


def _opened(data: bytes, name: str) -> tuple[Any, str]:
    """The picture with its header read, and its format.

    Like `Image.open`, which would warn of large pictures, or refuse them without their size.
    """
    if Image.MAX_IMAGE_PIXELS is not None:
        # Decoders warn of more than this, and refuse twice as much. Ours is the limit that counts.
        ours = math.ceil(settings().megapixels * 10**6)
        Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS, ours)
    tried = []
    for key, decoder in decoders().items():
        if decoder.accepts is not None and not decoder.accepts(data[:16]):
            continue
        tried.append(FORMATS[key].title)
        try:
            return decoder.open(io.BytesIO(data), ""), FORMATS[key].title
        except BOMBS:
            # WebP, and GIF whose frame leaves its canvas, before they tell their size
            known = (Image.MAX_IMAGE_PIXELS or 0) // 10**6
            found = f"it or its first frame is of more than {known} megapixels"
            _refuse(name, f"{found}. {_pixels_accepted()}")
        except DECODER_ERRORS:
            continue
    if not tried:
        _refuse(
            name,
            f"what it holds is not a picture of an accepted format, whatever its name says. "
            f"{accepted_sentence()} Choose another file or save it as one of these",
        )
    _refuse(
        name,
        f"it begins like {' or '.join(tried)}, but its header is damaged, of a variant that is not "
        "supported, or describes a picture without pixels (0 px wide or high). Accepted are "
        "complete files of at least one pixel: copy or download it again, or choose another file",
    )


def _load(image: Any, longest_side: int | None) -> tuple[tuple[int, int], Box | None]:
    """Decode `image`; return its own (width, height) and which part of the pixels shows it.

    The part is None for all of them. A JPEG decoded at a reduced scale may end in the middle of
    its last pixels.
    """
    own = image.size
    reduced = fit(own, longest_side)
    drafted = None
    if reduced != own and image.format in ("JPEG", "MPO"):
        # Twice the size asked for, so that the filter of the reduction has something to average.
        drafted = image.draft(None, (2 * reduced[0], 2 * reduced[1]))
    image.load()
    return (own, drafted[1]) if drafted else (image.size, None)


def _orientation(image: Any) -> int:
    """EXIF orientation, 1 to 8; 1 where the metadata do not say or cannot be read."""
    try:
        return image.getexif().get(0x0112, 1)
    except DECODER_ERRORS:
        return 1


def _finished(
    image: Image.Image, reduced: tuple[int, int], part: Box | None, orientation: int
) -> np.ndarray:
    """The pixels of a decoded image: of the size asked for, sRGB, upright."""
    profile = image.info.get("icc_profile")
    image = standard(image)
    if reduced != image.size:
        image = image.resize(reduced, Image.Resampling.LANCZOS, box=part, reducing_gap=3.0)
    image = to_srgb(image, profile)
    if orientation in TURNS:
        image = image.transpose(TURNS[orientation])
    return np.asarray(image)
