"""From bytes to a `Photo`; the gallery that works offline; composed scenes with known boxes."""

from wsl_core.images import gallery, scenes
from wsl_core.images.formats import PICTURE_SUFFIXES, accepted_types
from wsl_core.images.photo import Photo
from wsl_core.images.reading import read

__all__ = ["PICTURE_SUFFIXES", "Photo", "accepted_types", "gallery", "read", "scenes"]
