"""Two small collections with classes that need no data, and their vectors at every layer, made before.

    from wsl_core.transfer.retrieval import examples
    compared = examples.load("things", tap="head")

Pictures are composed anew wherever they are shown; only their vectors come with the program, so that a page
can compare layers at once. `python -m wsl_core.transfer.retrieval.shipping` makes them again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core import networks
from wsl_core.datasets.domains.readers import handwritten
from wsl_core.errors import DatasetError
from wsl_core.images import Photo, gallery, scenes
from wsl_core.transfer.retrieval.card import IndexCard, Indexed
from wsl_core.transfer.retrieval.comparison import KINDS, Comparison, descriptors, ranked
from wsl_core.transfer.retrieval.descriptor import Float32
from wsl_core.transfer.retrieval.index import Index
from wsl_core.transfer.retrieval.measurement import measure
from wsl_core.transfer.retrieval.parameters import PIXELS, DescriptorParameters
from wsl_core.transfer.retrieval.projection import Projection

HERE = Path(__file__).parent / "shipped"
TAPS = networks.CARDS[networks.DEFAULT].taps
SIZE = (320, 240)  # of a view, px
WALLS = {
    "a red wall": ((168, 74, 58), (120, 48, 40)),
    "a blue wall": ((92, 132, 178), (52, 84, 130)),
    "a green wall": ((122, 152, 96), (78, 106, 60)),
    "a white wall": ((240, 238, 232), (208, 206, 200)),
}
VIEWS = 3  # of a thing before each wall
DIGITS = 12  # of each class
ZOOM = 8  # screen pixels of a digit's pixel


@dataclass(frozen=True)
class Example:
    """A collection.

    Attributes:
        name: of its files.
        title: for a menu.
        sentence: what it shows, and what it teaches.
        names: of the pictures, for alternative text.
        labels: the class of each.
        photo: a picture by its number.
    """

    name: str
    title: str
    sentence: str
    names: tuple[str, ...] = field(repr=False)
    labels: tuple[str, ...] = field(repr=False)
    photo: Callable[[int], Photo] = field(repr=False)

    def __len__(self) -> int:
        return len(self.labels)


THINGS = tuple(scenes.CUTS)


@lru_cache(maxsize=128)
def _view(number: int) -> Photo:
    """A thing before a wall: a part of it, mirrored or not, in grey or not, somewhere, at some size."""
    random = np.random.default_rng(number)
    key = THINGS[number // (VIEWS * len(WALLS))]
    wall = tuple(WALLS.values())[number // VIEWS % len(WALLS)]
    left, top, right, bottom = scenes.CUTS[key]
    share = random.uniform(0.75, 1.0, 2)
    wide, high = (int(n) for n in share * (right - left, bottom - top))
    x, y = (int(n) for n in random.uniform(0, 1, 2) * (right - left - wide, bottom - top - high))
    part = scenes.cut(
        gallery.load(key), (left + x, top + y, left + x + wide, top + y + high)
    ).pixels
    if random.random() < 0.5:
        part = part[:, ::-1]
    if random.random() < 0.25:
        part = np.repeat(part.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    scale = random.uniform(0.45, 0.85) * min(SIZE[0] / wide, SIZE[1] / high)
    width, height = int(scale * wide), int(scale * high)
    at = random.uniform(0.05, 0.95, 2) * (SIZE[0] - width, SIZE[1] - height)
    box = int(at[0]), int(at[1]), int(at[0]) + width, int(at[1]) + height
    placed = Photo.from_array(np.ascontiguousarray(part))
    return scenes.compose(SIZE, [(placed, box)], wall, name=f"{key}-{number}")


@lru_cache(maxsize=256)
def _digit(number: int) -> Photo:
    """A shipped digit of MNIST, each of its pixels as a square."""
    pictures, _ = _digits()
    tile = pictures[number].repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)
    return Photo.from_array(tile, name=f"digit-{number}")


@cache
def _digits() -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """The first few of each class of the test half, in the order of the classes."""
    _, test = handwritten.shipped()
    which = np.concatenate([np.flatnonzero(test.labels == k)[:DIGITS] for k in range(10)])
    return test.pictures[which], tuple(str(k) for k in test.labels[which])


def _things() -> Example:
    titles = {key: gallery.GALLERY[key].title.lower() for key in THINGS}
    labels = tuple(titles[key] for key in THINGS for _ in range(VIEWS * len(WALLS)))
    walls = tuple(wall for wall in WALLS for _ in range(VIEWS)) * len(THINGS)
    names = tuple(f"{label} before {wall}" for label, wall in zip(labels, walls, strict=True))
    return Example(
        "things",
        "Things before walls",
        "Seven things from the gallery's photographs, each twelve times: before one of four walls, "
        "somewhere, at some size, some mirrored, some in grey. Every thing stands before every wall. All "
        "views of a thing are of one photograph, which makes this easy for features; photographs of many "
        "things of a kind are harder (see the part “table”).",
        names,
        labels,
        _view,
    )


def _handwriting() -> Example:
    labels = tuple(str(k) for k in range(10) for _ in range(DIGITS))
    return Example(
        "digits",
        "Handwritten digits",
        "Twelve digits of each kind from MNIST, all of one size and in the middle of their picture: pixels "
        "lie where they can be compared, and the network has never been taught to read.",
        tuple(f"a handwritten {label}" for label in labels),
        labels,
        _digit,
    )


EXAMPLES: dict[str, Example] = {one.name: one for one in (_things(), _handwriting())}
"""By name."""


def load(name: str, tap: str = "") -> Comparison:
    """A collection's three indexes at a layer of the default network, with what was measured on them.

    Args:
        name: of an example.
        tap: of the network; left out, the one that its classes read.

    Raises:
        DatasetError: its file is missing or damaged, or there is no such layer.
    """
    tap = tap or TAPS[-1]
    if tap not in TAPS:
        raise DatasetError(f"The example {name} has no layer {tap}. There are: {', '.join(TAPS)}.")
    made = {kind: _made(name, kind, "" if kind == PIXELS else tap) for kind in KINDS}
    return Comparison(
        {kind: index for kind, (index, _) in made.items()},
        {kind: figures for kind, (_, figures) in made.items()},
    )


@lru_cache(maxsize=64)
def _made(name: str, kind: str, tap: str) -> tuple[Index, dict[str, Any]]:
    """One index of an example, and what every picture finds that asks all others."""
    facts, arrays = shipped(name)
    example = EXAMPLES[name]
    features = arrays[f"{kind}/{tap}" if tap else kind]
    how = descriptors(DescriptorParameters(tap=tap))[kind]
    known = zip(example.labels, facts["sizes"], facts["sha256"], strict=True)
    card = IndexCard(
        title=example.title,
        descriptor=how,
        identity=facts["identities"][kind],
        root=None,
        pictures=tuple(
            Indexed(name=f"{n}", label=label, width=width, height=height, sha256=sha256)
            for n, (label, (width, height), sha256) in enumerate(known)
        ),
    )
    index = Index(card, features, Projection.fit(features.astype(np.float32), how.components))
    whole = ranked(index)
    return index, measure(whole, whole).to_json()


def gallery_vector(key: str, tap: str, kind: str) -> Float32 | None:
    """(D,) of a whole picture of the gallery, made before; None where it was not.

    Args:
        key: of the picture.
        tap: of the network.
        kind: of `KINDS`.
    """
    facts, arrays = shipped("things")
    stored = f"gallery/{kind}/{tap}"
    if key not in facts["gallery"] or stored not in arrays:
        return None
    return arrays[stored][facts["gallery"].index(key)].astype(np.float32)


@cache
def shipped(name: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Facts and arrays of an example.

    Raises:
        DatasetError: they are missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load as unpacked

    try:
        facts = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
        arrays = unpacked((HERE / f"{name}.safetensors").read_bytes())
        whole = all(len(arrays[f"learned/{tap}"]) == len(EXAMPLES[name]) for tap in TAPS)
        if not whole or len(facts["sizes"]) != len(EXAMPLES[name]):
            raise ValueError(name)
    except (OSError, ValueError, KeyError, SafetensorError):
        raise DatasetError(
            f"The vectors of the example {name} are missing from this installation, or damaged. Install it "
            f"anew, or make them: python -m wsl_core.transfer.retrieval.shipping."
        ) from None
    return facts, arrays
