"""Small live pictures of the stations, made from the visitor's own picture."""

from collections.abc import Callable
from dataclasses import replace

from wsl_core.figures import Scale, overlay
from wsl_core.images import Photo
from wsl_core.networks.network import resized
from wsl_core.web import forward
from wsl_core.web.activation_maps import ActivationMapView, alternative_text, shown_classes
from wsl_core.web.pictures import Chosen
from wsl_core.web.stations import Station

SIDE = 480


def activation_map(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: the most likely class's map over the picture."""
    view, photo = ActivationMapView(), chosen.photo
    maps = forward.class_maps(photo, view)
    index, _ = shown_classes(maps, view)
    share = SIDE / max(photo.width, photo.height)
    small = resized(photo.pixels, round(photo.height * share), round(photo.width * share))
    painted = overlay(
        replace(photo, pixels=small),
        maps.map(index),
        maps.placement,
        scale=Scale.of_picture(maps),
        opacity=view.opacity,
    )
    text = alternative_text(maps, index, chosen, view.threshold)
    return Photo.from_array(painted).jpeg(SIDE), text


THUMBNAILS: dict[str, Callable[[Chosen], tuple[bytes, str]]] = {"activation_maps": activation_map}


def of(station: Station, chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text of a station's thumbnail."""
    return THUMBNAILS[station.url](chosen)
