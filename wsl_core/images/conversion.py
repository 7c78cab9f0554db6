"""From a decoded Pillow image of any mode to 8-bit sRGB, as a viewer shows it."""

import io

import numpy as np
from PIL import Image, ImageCms

# Modes that can be resized and that a colour profile can be for.
STANDARD_MODES = ("L", "RGB", "CMYK", "LAB")


def standard(image: Image.Image) -> Image.Image:
    """`image` in one of the modes L, RGB, CMYK, LAB and RGBA, which can be resized."""
    if image.mode == "F" or image.mode.startswith("I"):
        image = _eight_bit_grey(image)
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in STANDARD_MODES:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """A `standard` image as RGB: through its ICC profile where usable, alpha over white."""
    if image.mode == "RGBA":
        colours = to_srgb(image.convert("RGB"), profile)
        paper = Image.new("RGB", image.size, "white")
        paper.paste(colours, mask=image.getchannel("A"))
        return paper
    if profile is not None:
        try:
            return _through(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # damaged, or for another colour space: viewers ignore it too
    if image.mode == "LAB":
        return _through(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    return image.convert("RGB")


def _through(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    target = ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    assert converted is not None  # None is for in-place conversions only
    return converted


def _eight_bit_grey(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits, or of real numbers, as L; LA where one level is transparent."""
    values = np.asarray(image)
    grey = Image.fromarray(_levels(values))
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        opaque = np.where(values == transparent, 0, 255).astype(np.uint8)
        grey.putalpha(Image.fromarray(opaque))
    return grey


def _levels(values: np.ndarray) -> np.ndarray:
    """Any numbers as uint8 levels.

    16-bit numbers are divided by 257. 32-bit and real ones do not say what white is: it is the
    first of 1 (real numbers only), 255 and 65535 that no value exceeds, else the largest value,
    and then the lowest value is black.
    """
    if values.dtype.kind == "u" and values.dtype.itemsize == 2:
        return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return np.zeros(values.shape, np.uint8)
    black, white = float(finite.min()), float(finite.max())
    for full in (1, 255, 65535) if values.dtype.kind == "f" else (255, 65535):
        if black >= 0 and white <= full:
            black, white = 0.0, float(full)
            break
    if white == black:
        return np.zeros(values.shape, np.uint8)
    shares = (np.clip(values, black, white).astype(np.float64) - black) / (white - black)
    return np.rint(255 * np.nan_to_num(shares)).astype(np.uint8)
