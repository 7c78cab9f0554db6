"""The accepted file formats and their decoders."""

import importlib
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any, NamedTuple

from PIL import Image


class Format(NamedTuple):
    """A file format: what people call it, its suffixes, the plugin and what that needs."""

    title: str
    suffixes: tuple[str, ...]
    plugin: str
    needs: str | None = None


# By the name under which Pillow registers the decoder.
FORMATS = {
    "JPEG": Format("JPEG", (".jpg", ".jpeg", ".jfif"), "PIL.JpegImagePlugin"),
    "PNG": Format("PNG", (".png",), "PIL.PngImagePlugin"),
    "WEBP": Format("WebP", (".webp",), "PIL.WebPImagePlugin", "PIL._webp"),
    "BMP": Format("BMP", (".bmp",), "PIL.BmpImagePlugin"),
    "TIFF": Format("TIFF", (".tif", ".tiff"), "PIL.TiffImagePlugin"),
    "GIF": Format("GIF", (".gif",), "PIL.GifImagePlugin"),
    "HEIF": Format("HEIC", (".heic", ".heif", ".hif"), "pillow_heif", "pillow_heif"),
    "AVIF": Format("AVIF", (".avif",), "PIL.AvifImagePlugin", "PIL._avif"),
}

# What this installation can read; looking for a module does not import it.
SUPPORTED = {key: f for key, f in FORMATS.items() if f.needs is None or find_spec(f.needs)}

PICTURE_SUFFIXES = frozenset(suffix for f in SUPPORTED.values() for suffix in f.suffixes)
"""Suffixes of accepted files: lower case, with the dot."""


def accepted_types() -> list[str]:
    """Suffixes without the dot, common ones first, as an upload widget wants them."""
    return [suffix[1:] for f in SUPPORTED.values() for suffix in f.suffixes]


def accepted_sentence() -> str:
    """The accepted formats, as a sentence for people."""
    *titles, last = (f.title for f in SUPPORTED.values())
    return f"Accepted are {', '.join(titles)} and {last} pictures."


class Decoder(NamedTuple):
    """Pillow's decoder of one format."""

    open: Callable[..., Any]
    accepts: Callable[[bytes], Any] | None


@cache
def decoders() -> dict[str, Decoder]:
    """The decoders of the supported formats, their plugins imported on the first call."""
    found = {}
    for key, form in SUPPORTED.items():
        try:
            plugin = importlib.import_module(form.plugin)
        except ImportError:  # installed, but not for this system
            continue
        if key == "HEIF":
            plugin.register_heif_opener()
        found[key] = Decoder(*Image.OPEN[key])
    return found
