"""Any word, placed: where a network looks for a word that it was never taught.

    carriers = placed.carriers("zebra crossing")
    word = placed.place(network, photo, carriers)      # word.maps, a ClassMaps of one class

The word is carried by the network's own classes, each weighted by how near its name is:
w = soft-max(cos(word, class) / T), the largest kept. In every cell the classes' probabilities are added with
these weights, and the map is the logarithm of that sum against an even guess among all classes:
map = log(K sum_c w_c p_c). Zero is chance, so that a map that is nowhere positive says: it is not here.

The obvious way round, to add the classes' vectors with their probabilities and compare the sum with the word
(ConSE in every cell), hardly beats the picture's middle.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import ParameterError, WordError
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps, ClassNames, Network, imagenet
from wsl_core.networks.fused import fuse
from wsl_core.transfer.zero_shot import vectors
from wsl_core.transfer.zero_shot.placed_parameters import LEAST, PlacedParameters
from wsl_core.transfer.zero_shot.words_classes import class_vectors

Float32 = NDArray[np.float32]
DEFAULTS = PlacedParameters()


@dataclass(frozen=True)
class Carrier:
    """A class that carries a word.

    Attributes:
        index: of the network's class.
        title: its short name.
        similarity: cosine of word and class, -1 .. 1.
        weight: of the class, 0 .. 1; those of all carriers add up to 1.
    """

    index: int
    title: str
    similarity: float
    weight: float


@dataclass(frozen=True)
class Carriers:
    """The classes that carry a word.

    Attributes:
        word: as it was typed, without spaces around it.
        classes: the nearest first.
        relation: cosine with the nearest class, ancestors left aside, -1 .. 1.
        how: the parameters.
    """

    word: str
    classes: tuple[Carrier, ...]
    relation: float
    how: PlacedParameters

    @property
    def taught(self) -> bool:
        """Whether the network has a class of this very name."""
        names = {vectors.plain(part) for one in imagenet.classes().names for part in one.split(",")}
        return vectors.plain(self.word) in names

    @property
    def verdict(self) -> str | None:
        """Why no map of this word would mean anything, as a sentence; None where one does."""
        least = LEAST[self.how.vectors]
        if self.relation >= least:
            return None
        near = ", ".join(one.title for one in self.classes[:3])
        return (
            f"{self.word!r} has no relative among the network's {len(imagenet.classes()):,} classes, so "
            f"its map would be noise. The nearest are {near}, with a cosine of {self.relation:.2f} at "
            f"most; needed is {least:g}. Choose a word nearer to something that can be photographed."
        )


@dataclass(frozen=True)
class Share:
    """What a class gave to the highest cell of a word's map.

    Attributes:
        carrier: the class.
        probability: of the class in that cell, 0 .. 1.
        share: of the cell's sum, 0 .. 1; those of all carriers add up to 1.
    """

    carrier: Carrier
    probability: float
    share: float


@dataclass(frozen=True, eq=False)
class PlacedWord:
    """A word on a picture.

    Attributes:
        carriers: of the word.
        maps: of one class, the word: its logarithm against chance in every cell, and where cells lie.
        of_classes: the network's own maps, of all its classes.
        shares: what each carrier gave to the highest cell, the largest first.
    """

    carriers: Carriers
    maps: ClassMaps
    of_classes: ClassMaps
    shares: tuple[Share, ...]

    @property
    def values(self) -> Float32:
        """(rows, columns), natural logarithm of the odds against an even guess; 0 is chance."""
        return self.maps.map(0)

    def of_class(self, index: int) -> Float32:
        """(rows, columns) the same of one of the network's classes alone, in the same unit."""
        chances = class_probabilities(self.of_classes, self.carriers.how.evenness)
        return against_chance(chances[index], len(chances))

    @property
    def peak(self) -> tuple[float, float]:
        """(x, y) of the highest cell, in picture pixels."""
        return self.maps.peak(0)

    @property
    def verdict(self) -> str | None:
        """What keeps the map from being read as "it is here", as a sentence; None where nothing does."""
        highest = float(self.values.max())
        if highest > 0:
            return None
        return (
            f"No place of this picture speaks for {self.carriers.word!r}: its classes together are "
            f"nowhere more likely than chance (highest {highest:.1f}, where 0 is an even guess)."
        )


def carriers(word: str, how: PlacedParameters = DEFAULTS) -> Carriers:
    """The classes that carry a word, whether or not they are near enough (`Carriers.verdict`).

    Raises:
        WordError: the word is empty, too long or has no vector.
    """
    wanted = vectors.load(how.vectors).vector(word)
    near = class_vectors(how.vectors, taxonomy=how.taxonomy) @ wanted
    relation = float((class_vectors(how.vectors) @ wanted).max())
    kept = np.argsort(-near, kind="stable")[: how.kept]
    powers = np.exp((near[kept] - near[kept[0]]) / how.temperature)
    weights = powers / powers.sum()
    titles = imagenet.classes().titles
    found = (
        Carrier(int(i), titles[i], float(near[i]), float(weight))
        for i, weight in zip(kept, weights, strict=True)
    )
    return Carriers(" ".join(word.split()), tuple(found), relation, how)


def place(network: Network, photo: Photo, found: Carriers) -> PlacedWord:
    """Look at a picture, and place the word on it.

    Raises:
        WordError: the word has no relative among the classes.
        ParameterError: a size outside the network's limits, or a network of other classes.
    """
    check(network.classes, found)
    return on_maps(look(network, photo, found.how), found)


def look(network: Network, photo: Photo, how: PlacedParameters = DEFAULTS) -> ClassMaps:
    """The network's own maps as words are placed on them; the same for every word.

    Raises:
        ParameterError: a size outside the network's limits.
    """
    flips = (False, True) if how.mirror else (False,)
    return fuse([network.class_maps(photo, how.size, mirrored=flip) for flip in flips])


def on_maps(maps: ClassMaps, found: Carriers) -> PlacedWord:
    """The word on a picture whose class maps are there.

    Raises:
        WordError: the word has no relative among the classes.
        ParameterError: maps of other classes than ImageNet's.
    """
    check(maps.classes, found)
    probabilities = class_probabilities(maps, found.how.evenness)
    values = word_map(probabilities, found)
    one = replace(
        maps,
        classes=ClassNames(("",), (found.word.replace(",", " "),)),
        features=values[None],
        weight=np.ones((1, 1), np.float32),
        bias=np.zeros(1, np.float32),
        pooled=None,
    )
    return PlacedWord(
        found, one, maps, shares(probabilities[(slice(None), *one.peak_cell(0))], found)
    )


def class_probabilities(maps: ClassMaps, evenness: float) -> Float32:
    """(K, rows, columns) soft-max over the classes in every cell, logits divided by `evenness` before."""
    logits = maps.logits / np.float32(evenness)
    powers = np.exp(logits - logits.max(axis=0))
    return powers / powers.sum(axis=0)


def word_map(probabilities: Float32, found: Carriers) -> Float32:
    """(K, rows, columns) probabilities -> (rows, columns): log(K sum_c w_c p_c)."""
    weights = np.array([one.weight for one in found.classes], np.float32)
    carried = probabilities[[one.index for one in found.classes]]
    return against_chance(np.tensordot(weights, carried, axes=1), len(probabilities))


def against_chance(chances: Float32, classes: int) -> Float32:
    """Probabilities -> log(K p), natural logarithm; 0 is an even guess among K classes."""
    values: Float32 = np.log(classes * np.maximum(chances, np.finfo(np.float32).tiny))
    return values


def shares(cell: Float32, found: Carriers) -> tuple[Share, ...]:
    """(K,) probabilities of one cell -> what each carrier gave to the word there, the largest first."""
    given = [one.weight * float(cell[one.index]) for one in found.classes]
    total = sum(given) or 1.0
    made = (
        Share(one, float(cell[one.index]), part / total)
        for one, part in zip(found.classes, given, strict=True)
    )
    return tuple(sorted(made, key=lambda share: -share.share))


def check(classes: ClassNames, found: Carriers) -> None:
    """Refuse a network of other classes, and a word without a relative.

    Raises:
        ParameterError: other classes than ImageNet's.
        WordError: no relative.
    """
    if classes.wnids != imagenet.classes().wnids:
        raise ParameterError(
            f"Words are placed by way of ImageNet's classes, and this network has {len(classes)} others. "
            f"Choose a network that was trained on ImageNet."
        )
    if found.verdict:
        raise WordError(found.verdict)
