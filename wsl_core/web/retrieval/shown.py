"""What the Retrieval page shows, computed: collections, what asks, neighbours, cells that match.

Looks at pictures are kept for all visitors, in a bounded store. The network without training is loaded
when it is first needed, which the page waits for with a bar.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wsl_core import images, networks
from wsl_core.errors import ImageError
from wsl_core.figures import Scale
from wsl_core.images import Photo
from wsl_core.networks import Network
from wsl_core.settings import settings
from wsl_core.transfer.retrieval import (
    PIXELS,
    Descriptor,
    Heat,
    Index,
    Look,
    Neighbour,
    Pair,
    ask,
    examples,
    heat,
    pairs,
    vector,
)
from wsl_core.transfer.retrieval.comparison import LEARNED, Comparison
from wsl_core.transfer.retrieval.descriptor import Box, Float32
from wsl_core.transfer.retrieval.projection import compared
from wsl_core.transfer.retrieval.ranking import vote
from wsl_core.web import forward
from wsl_core.web.patience import Report, awaited
from wsl_core.web.retrieval.view import SHOWN
from wsl_core.web.store import Store

VOTERS = 5
MOST_CELLS = 2000  # of a map whose cells are paired
PAIRS = 5  # that are drawn
THOUSANDTHS = 1000.0


@dataclass(frozen=True, eq=False)
class Shown:
    """A collection as the page shows it.

    Attributes:
        key: names it, its layer included.
        title: of the collection.
        comparison: its three indexes.
        names: of the pictures, for people.
        photo: a picture by its number; raises ImageError.
    """

    key: str
    title: str
    comparison: Comparison
    names: tuple[str, ...]
    photo: Callable[[int], Photo]

    @property
    def labels(self) -> tuple[str | None, ...]:
        """The class of each picture."""
        return self.comparison.learned.labels

    @property
    def tap(self) -> str:
        """The layer."""
        return self.comparison.learned.card.descriptor.tap


@dataclass(frozen=True, eq=False)
class Asked:
    """What asks.

    Attributes:
        photo: the picture.
        title: of it.
        label: its class, where that is known and the collection has it.
        region: left, top, width, height in its pixels; None for all of it.
        number: in the collection, where it is one of it.
        key: of the gallery, where it is from there.
    """

    photo: Photo
    title: str
    label: str | None = None
    region: Box | None = None
    number: int | None = None
    key: str | None = None

    @property
    def token(self) -> str:
        """Names it, for caches."""
        return f"{self.photo.digest} {self.photo.pixels.shape} {self.region} {self.number}"


_looks: Store[Look] = Store(
    settings().cache_megabytes / 2, lambda look: sum(one.nbytes for one in look.maps)
)
_random: list[Network] = []


def of_example(name: str, tap: str) -> Shown:
    """A collection that comes with the program.

    Raises:
        DatasetError: it is missing or damaged.
    """
    example = examples.EXAMPLES[name]
    found = examples.load(name, tap)
    return Shown(f"{name} {tap}", example.title, found, example.names, example.photo)


def class_of_gallery(name: str, key: str | None) -> str | None:
    """The class of a gallery picture in an example that shows the same thing."""
    known = name == "things" and key in examples.THINGS
    return images.gallery.GALLERY[str(key)].title.lower() if known else None


def untrained() -> Network:
    """The default network without training; the page shows how far its first loading is.

    Raises:
        NetworkError: it cannot be loaded here.
    """

    def make(report: Report) -> Network:
        if not _random:
            _random.append(networks.load(networks.DEFAULT, weights="random", report=report))
        return _random[0]

    return _random[0] if _random else awaited("untrained", "The network without training", make)


def descriptor(index: Index) -> Descriptor:
    """The one that an index was made with.

    Raises:
        WslError: its network cannot be had.
    """
    how = index.card.descriptor
    if how.network == PIXELS:
        return Descriptor(how)
    return Descriptor(how, untrained() if how.weights == "random" else forward.loaded(how.network))


def look(index: Index, photo: Photo) -> Look:
    """A layer of a picture, kept."""
    how = index.card.descriptor
    key = (photo.digest, photo.pixels.shape, how.model_dump_json())
    found = _looks.get(key)
    if found is None:
        found = descriptor(index).look(photo)
        _looks.put(key, found)
    return found


def vector_of(shown: Shown, kind: str, asked: Asked) -> Float32:
    """(d,) what asks, as it is compared with an index.

    Raises:
        WslError: no network, or a region that is not inside the picture.
    """
    index = shown.comparison.indexes[kind]
    if asked.region is None and asked.number is not None:
        found: Float32 = index.vectors[asked.number]
        return found
    if asked.region is None and asked.key is not None:
        made = examples.gallery_vector(asked.key, shown.tap, kind)
        if made is not None:
            return compared(made, index.projection)
    return vector(index, descriptor(index), look(index, asked.photo), asked.region)


def neighbours(shown: Shown, kind: str, asked: Asked, top: int = SHOWN) -> list[Neighbour]:
    """The nearest pictures, itself left out.

    Raises:
        WslError: as `vector_of` says.
    """
    key = ("neighbours", shown.key, kind, asked.token, top)
    index = shown.comparison.indexes[kind]
    without = () if asked.number is None else (asked.number,)
    return forward.derived(key, lambda: ask(index, vector_of(shown, kind, asked), top, without))


@dataclass(frozen=True)
class Vote:
    """The class that the nearest pictures say, how many of them, of how many."""

    label: str
    votes: int
    voters: int


def voted(found: list[Neighbour]) -> Vote | None:
    """The class by vote; None where the collection has no classes."""
    near = found[:VOTERS]
    if not near or any(one.label is None for one in near):
        return None
    names = [str(one.label) for one in near]
    known = sorted(set(names))
    numbers = np.array([known.index(name) for name in names])
    similarities = np.array([one.similarity for one in near], np.float32)
    label = known[vote(numbers, similarities)]
    return Vote(label, names.count(label), len(near))


def in_common(first: list[Neighbour], second: list[Neighbour]) -> int:
    """How many pictures are among both."""
    return len({one.number for one in first} & {one.number for one in second})


@dataclass(frozen=True, eq=False)
class Matching:
    """Two pictures and which of their cells make them alike.

    Attributes:
        asked: what each cell of the picture that asks adds to the cosine.
        found: what each cell of the neighbour adds.
        pairs: cells most alike to each other; None where there are too many cells to compare all.
        cosine: of both vectors.
    """

    asked: Heat
    found: Heat
    pairs: list[Pair] | None
    cosine: float

    @property
    def scale(self) -> Scale:
        """One scale for both pictures, in thousandths of the cosine."""
        return Scale.of([self.panel(self.asked), self.panel(self.found)])

    @staticmethod
    def panel(one: Heat) -> Float32:
        """The map of the largest size, in thousandths of the cosine."""
        return np.asarray(one.maps[-1] * THOUSANDTHS, np.float32)


def matching(shown: Shown, asked: Asked, number: int) -> Matching:
    """Which cells of what asks and of a picture of the collection match.

    Raises:
        WslError: no network, or a picture that cannot be read.
    """
    index = shown.comparison.indexes[LEARNED]
    maker = descriptor(index)
    one, other = look(index, asked.photo), look(index, shown.photo(number))

    def make() -> Matching:
        mine = vector(index, maker, one, asked.region)
        theirs = vector(index, maker, other)
        here = heat(maker, index.projection, one, theirs, asked.region)
        there = heat(maker, index.projection, other, mine)
        return Matching(
            here, there, _pairs(one, other, asked.region, here, there), float(mine @ theirs)
        )

    return forward.derived(("matching", shown.key, asked.token, number), make)


def _pairs(
    one: Look, other: Look, region: Box | None, here: Heat, there: Heat
) -> list[Pair] | None:
    """Of the cells that are most alike to each other, those that add most to the cosine.

    By their likeness alone the corners would come first: cells that see the padding look alike anywhere.
    """
    if max(maps[-1].shape[1] * maps[-1].shape[2] for maps in (one.maps, other.maps)) > MOST_CELLS:
        return None
    found = pairs(one, other, MOST_CELLS, region)
    added = [here.maps[-1][each.asked] + there.maps[-1][each.found] for each in found]
    best = sorted(range(len(found)), key=lambda k: -float(added[k]))
    return [found[k] for k in best[:PAIRS]]


def thumbnail(shown: Shown, number: int, side: int = 176) -> bytes | None:
    """JPEG of a picture of the collection; None where it cannot be had any more."""

    def make() -> bytes | None:
        try:
            return shown.photo(number).jpeg(side, 80)
        except ImageError:
            return None

    place = shown.key.partition(" ")[0]
    return forward.derived(("thumbnail", place, number, side), make)
