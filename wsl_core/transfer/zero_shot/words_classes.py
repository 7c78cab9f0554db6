"""Vectors of ImageNet's 1,000 classes, by their names, definitions and, with taxonomy, their ancestors."""

from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wsl_core.transfer.zero_shot import vectors
from wsl_core.transfer.zero_shot.vectors import shipped

Float32 = NDArray[np.float32]
By = Literal["names", "definitions"]
# Chosen on VOC train pictures and on AwA's seen classes: what the ancestors count together, and each of them
# beside the one before.
ANCESTORS, FARTHER = 0.5, 0.7


def class_vectors(
    source: str, *, taxonomy: bool = False, by: By = "definitions", without: Float32 | None = None
) -> Float32:
    """(1000, D), each of length 1.

    Args:
        source: of the vectors.
        taxonomy: add the names of a class's ancestors in WordNet (retriever, dog, animal), nearer ones more.
        by: what stands for the class itself, its first name, or all its names and its definition.
        without: (names, D) vectors of names that may not be ancestors: those of the classes that are asked
            for. "horse" is an ancestor of sorrel, and would give a horse away.
    """
    base = _named(source) if by == "names" else vectors.load(source).classes
    if not taxonomy:
        return base
    names, shares = _ancestors(source)
    if without is not None:
        given = (names @ shipped.unit(without).T).max(axis=1, initial=-1) > 0.999
        shares = np.where(given, np.float32(0), shares)
    return shipped.unit(base + np.float32(ANCESTORS) * shipped.unit(shares @ names))


@cache
def _named(source: str) -> Float32:
    """By the first name; where that has no vector, by all names and the definition."""
    from wsl_core.networks import imagenet

    known = vectors.load(source)
    found = known.of_known([name.split(",")[0] for name in imagenet.classes().names])
    return np.where(np.any(found, axis=1, keepdims=True), found, known.classes)


@cache
def _ancestors(source: str) -> tuple[Float32, Float32]:
    """(names, D) vectors of all ancestors, zeros where none is known, and (1000, names) how they count."""
    every = shipped.ancestors()
    names = sorted({name for one in every for name in one})
    number = {name: i for i, name in enumerate(names)}
    shares = np.zeros((len(every), len(names)), np.float32)
    for row, chain in zip(shares, every, strict=True):
        for step, name in enumerate(chain):
            row[number[name]] += FARTHER**step
    return vectors.load(source).of_known(names), shares
