"""The gallery: photographs, composed scenes and collages that are there without a network."""

from functools import lru_cache

from wsl_core.errors import ImageError
from wsl_core.images.cutouts import COLLAGES, Collage
from wsl_core.images.photo import Photo
from wsl_core.images.photographs import PHOTOGRAPHS, Picture
from wsl_core.images.scenes import SCENES, Scene


def _composed(scene: Scene | Collage) -> Picture:
    items = scene.objects if isinstance(scene, Scene) else scene.parts
    parts = [PHOTOGRAPHS[key] for key in dict.fromkeys(item.key for item in items)]
    return Picture(
        scene.key,
        scene.title,
        scene.caption,
        f"Composed by this program from the gallery pictures {', '.join(p.key for p in parts)}",
        "; ".join(f"{p.key}: {p.licence}" for p in parts),
        "; ".join(f"{p.key}: {p.credit}" for p in parts),
        scene.photo,
    )


GALLERY: dict[str, Picture] = PHOTOGRAPHS | {
    key: _composed(one) for key, one in (SCENES | COLLAGES).items()
}
"""Every gallery picture by its key, photographs first; "scene-" begins a scene's, "collage-" a collage's."""


def names() -> tuple[str, ...]:
    """The keys of the gallery, in its order."""
    return tuple(GALLERY)


@lru_cache(maxsize=len(GALLERY))
def load(key: str) -> Photo:
    """The gallery picture `key`, read or composed once per process.

    Raises:
        ImageError: no such key, or the package that brings the picture is not installed.
    """
    if key not in GALLERY:
        raise ImageError(
            f"The gallery has no picture {key}. It has {', '.join(GALLERY)}: choose one of these."
        )
    return GALLERY[key].loader()
