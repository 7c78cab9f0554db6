"""Small live pictures of the stations, made from the visitor's own picture."""

from collections.abc import Callable
from dataclasses import replace

from wsl_core import figures
from wsl_core.errors import ParameterError
from wsl_core.fcn import comparison
from wsl_core.fcn.sliding_window import SlidingWindow
from wsl_core.figures import Scale, overlay
from wsl_core.figures.marks import marked
from wsl_core.figures.selection import outlined
from wsl_core.images import Photo
from wsl_core.networks.network import resized
from wsl_core.web import forward
from wsl_core.web.activation_maps.shown import ActivationMapView, alternative_text, shown_classes
from wsl_core.web.adaptation import thumbnail as adaptation_thumbnail
from wsl_core.web.few_shot import thumbnail as few_shot_thumbnail
from wsl_core.web.finetuning import thumbnail as finetuning_thumbnail
from wsl_core.web.framework import thumbnail as framework_thumbnail
from wsl_core.web.localization import looked as localized
from wsl_core.web.localization import sentences as localized_words
from wsl_core.web.localization.looked import LocalizationView
from wsl_core.web.localization.pictures import of_visitor
from wsl_core.web.multitask import thumbnail as multitask_thumbnail
from wsl_core.web.pictures import Chosen
from wsl_core.web.pooling.panels import words as panel_words
from wsl_core.web.pooling.view import PoolingView
from wsl_core.web.probes import thumbnail as probes_thumbnail
from wsl_core.web.retrieval import thumbnail as retrieval_thumbnail
from wsl_core.web.segmentation import thumbnail as segmentation_thumbnail
from wsl_core.web.sliding_window.panels import window_words
from wsl_core.web.sliding_window.shown import SlidingWindowView, highest_window, slid
from wsl_core.web.stations import Station
from wsl_core.web.zero_shot import thumbnail as zero_shot_thumbnail

SIDE = 480


def activation_map(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: the most likely class's map over the picture."""
    view, photo = ActivationMapView(), chosen.photo
    maps = forward.glance(photo, view)
    index, _ = shown_classes(maps, view)
    painted = overlay(
        _small(photo),
        maps.map(index),
        maps.placement,
        scale=Scale.of_picture(maps),
        opacity=view.opacity,
    )
    text = alternative_text(maps, index, chosen, view.threshold)
    return Photo.from_array(painted).jpeg(SIDE), text


def sliding_window(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: the window with the highest score, framed in the picture."""
    view, photo = SlidingWindowView(size=ActivationMapView().size), chosen.photo
    maps = forward.glance(photo, view.looked())
    small = _small(photo)
    try:
        window = SlidingWindow.of(forward.loaded(view.network), photo, view.size)
    except ParameterError as error:  # a panorama, lower than the window
        return small.jpeg(SIDE), f"{chosen.title}. {error}"
    one = slid(maps, window, view)
    framed = figures.framed(small, window.placement.window(*highest_window(one)))
    return Photo.from_array(framed).jpeg(SIDE), window_words(one, chosen)


def pooling(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: the regions for and against the likeliest class, as WELDON selects them."""
    maps = forward.glance(chosen.photo, PoolingView().looked())
    small = _small(chosen.photo)
    index = maps.top(1)[0].index
    weldon = comparison.of_class(maps, index, "weldon")
    scale = Scale.of_picture(maps)
    painted = overlay(small, weldon.class_map, maps.placement, scale=scale)
    picture = outlined(painted, small, maps.placement, weldon.positive, weldon.negative)
    text = panel_words("WELDON", weldon, maps.classes.titles[index], "class map", maps.placement)
    return Photo.from_array(picture).jpeg(SIDE), f"{chosen.title}. {text}"


def localization(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: point and largest box of the likeliest class of VOC."""
    view, shown = LocalizationView(beam=False), of_visitor(chosen)
    looked = localized.glance(shown, view)
    scheme, index = looked.scheme(view), looked.index(view)
    found = looked.located(scheme, index, view.threshold)
    small = _small(chosen.photo)
    drawn = marked(small.pixels, small, localized.marks(found, view))
    text = localized_words.alternative_text(looked, scheme, index, found)
    return Photo.from_array(drawn).jpeg(SIDE), text


def segmentation(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: the picture with a label for every pixel."""
    return segmentation_thumbnail.labelled(chosen, _small(chosen.photo))


def retrieval(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: the picture and its three nearest among things before walls."""
    return retrieval_thumbnail.beside(chosen, SIDE)


def framework(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: the picture and a drawing of it, labelled and not."""
    return framework_thumbnail.quarters(chosen, _small(chosen.photo), SIDE)


def probes(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: what three layers make of the picture."""
    return probes_thumbnail.tapped(chosen, _small(chosen.photo), SIDE)


def few_shot(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: what in the picture speaks for one of three classes of one example each."""
    return few_shot_thumbnail.asked(chosen, _small(chosen.photo), SIDE)


def finetuning(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: the picture as it is seen in training."""
    return finetuning_thumbnail.seen(chosen, SIDE)


def multitask(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: the picture in four turns, for two questions."""
    return multitask_thumbnail.turned(chosen, SIDE)


def adaptation(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: a digit blended into the picture, as in MNIST-M."""
    return adaptation_thumbnail.blended(chosen, SIDE)


def zero_shot(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text: the picture, and the attributes that it seems to have."""
    return zero_shot_thumbnail.described(chosen, _small(chosen.photo), SIDE)


def _small(photo: Photo) -> Photo:
    """Its pixels reduced to the thumbnail's size."""
    share = SIDE / max(photo.width, photo.height)
    height, width = (max(1, round(side * share)) for side in (photo.height, photo.width))
    return replace(photo, pixels=resized(photo.pixels, height, width))


THUMBNAILS: dict[str, Callable[[Chosen], tuple[bytes, str]]] = {
    "sliding_window": sliding_window,
    "activation_maps": activation_map,
    "localization": localization,
    "segmentation": segmentation,
    "pooling": pooling,
    "retrieval": retrieval,
    "framework": framework,
    "probes": probes,
    "few_shot": few_shot,
    "finetuning": finetuning,
    "multitask": multitask,
    "adaptation": adaptation,
    "zero_shot": zero_shot,
}


def of(station: Station, chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text of a station's thumbnail.

    Raises:
        WslError: why there is none; `plain` gives the picture by itself.
    """
    return THUMBNAILS[station.url](chosen)


def plain(chosen: Chosen) -> tuple[bytes, str]:
    """JPEG and alternative text of the visitor's picture, nothing painted over it."""
    return _small(chosen.photo).jpeg(SIDE), chosen.title
