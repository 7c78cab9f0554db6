"""Photographs that installed packages bring along, read where they lie."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path, PurePath

from wsl_core.errors import ImageError
from wsl_core.images.photo import Photo
from wsl_core.images.reading import read

SKIMAGE = "scikit-image"
SKLEARN = "scikit-learn"
PACKAGES = {SKIMAGE: ("skimage", "data"), SKLEARN: ("sklearn", "datasets", "images")}


@dataclass(frozen=True)
class Picture:
    """A gallery picture: where it is from, what may be done with it, how it is made or read."""

    key: str
    title: str
    caption: str
    source: str
    licence: str
    credit: str
    loader: Callable[[], Photo]


def _shipped(package: str, file: str, key: str) -> Photo:
    """The picture `file` of an installed package, which is not imported (that takes seconds)."""
    module, *folders = PACKAGES[package]
    spec = find_spec(module)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise ImageError(
            f"The gallery picture {key} comes with {package}, which is not installed here: "
            f"install it by python -m pip install {package}, or use a picture of your own."
        )
    path = Path(places[0]).joinpath(*folders, file)
    return read(path, name=key + PurePath(file).suffix)


def _photograph(
    key: str,
    title: str,
    caption: str,
    *,
    package: str,
    file: str,
    origin: str,
    licence: str,
    credit: str,
) -> Picture:
    source = f"{package} ({file}); {origin}"
    loader = partial(_shipped, package, file, key)
    return Picture(key, title, caption, source, licence, credit, loader)


# Origin, licence and credit are those that the packages state beside the files (docstrings of
# skimage.data, README.txt of sklearn/datasets/images), except where the entry says otherwise.
PHOTOGRAPHS: dict[str, Picture] = {
    picture.key: picture
    for picture in (
        _photograph(
            "cat",
            "Cat",
            "The face of a ginger tabby cat, looking past the camera.",
            package=SKIMAGE,
            file="chelsea.png",
            origin="Chelsea the cat",
            licence="CC0",
            credit="Stéfan van der Walt",
        ),
        _photograph(
            "coffee",
            "Cup of coffee",
            "An espresso in a red-brown cup on its saucer, with a spoon, on a wooden table.",
            package=SKIMAGE,
            file="coffee.png",
            origin="courtesy of Pikolo Espresso Bar",
            licence="CC0",
            credit="Rachel Michetti",
        ),
        _photograph(
            "motorcycle",
            "Motorcycle",
            "A red motorcycle in a garage, in front of shelves with boxes and tools.",
            package=SKIMAGE,
            file="motorcycle_left.png",
            origin="left view of a Middlebury 2014 stereo pair, reduced four times",
            licence=(
                "No licence in the package; the benchmark's data page grants permission to use and "
                "publish its images and asks for a citation"
            ),
            credit=(
                "D. Scharstein, H. Hirschmüller, Y. Kitajima, G. Krathwohl, N. Nešić, X. Wang and "
                "P. Westling, High-resolution stereo datasets with subpixel-accurate ground truth, "
                "GCPR 2014"
            ),
        ),
        _photograph(
            "rocket",
            "Rocket",
            "A rocket lit up on its launch pad at dusk, between lattice towers.",
            package=SKIMAGE,
            file="rocket.jpg",
            origin="Falcon 9 carrying DSCOVR at Cape Canaveral",
            licence="Public domain",
            credit="SpaceX",
        ),
        _photograph(
            "astronaut",
            "Astronaut",
            "An astronaut in an orange suit, her helmet beside her, with a flag and a model of "
            "the Space Shuttle behind.",
            package=SKIMAGE,
            file="astronaut.png",
            origin="Eileen Collins, from the NASA Great Images database",
            licence="Public domain (no known copyright restrictions)",
            credit="NASA",
        ),
        _photograph(
            "photographer",
            "Photographer",
            "A man in a dark coat looks through a camera on a tripod, in black and white.",
            package=SKIMAGE,
            file="camera.png",
            origin="the picture “camera”, as replaced in scikit-image 0.18",
            licence="CC0",
            credit="Lav Varshney",
        ),
        _photograph(
            "temple",
            "Temple",
            "A Chinese tower with tiled roofs one above the other, a hazy lake behind it.",
            package=SKLEARN,
            file="china.jpg",
            origin="Flickr, photograph 6061409035",
            licence="CC BY 2.0",
            credit="danielbuechele",
        ),
        _photograph(
            "flower",
            "Flower",
            "An orange dahlia in full bloom before a dark green background.",
            package=SKLEARN,
            file="flower.jpg",
            origin="Flickr, photograph 6056698931",
            licence="CC BY 2.0",
            credit="vultilion (by the README's links; its text repeats danielbuechele)",
        ),
    )
}
