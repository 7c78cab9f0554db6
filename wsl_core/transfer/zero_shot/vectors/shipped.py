"""The words that come with the program, with their vectors and the ancestors of ImageNet's classes.

Written by `python -m wsl_core.transfer.zero_shot.vectors.shipping`; `assets/words/README.md` says whence.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
HERE = files("wsl_core.transfer.zero_shot.vectors") / "shipped"


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts and their vectors.

    Attributes:
        numbers: the row of every text.
        vectors: (texts, D), of length 1.
    """

    numbers: dict[str, int]
    vectors: Float32


@dataclass(frozen=True, eq=False)
class Words:
    """Words, their vectors and how frequent they are.

    Attributes:
        numbers: the row of every word.
        vectors: (words, D), as published.
        ranks: (words,) place among all published words, 0 for the most frequent.
    """

    numbers: dict[str, int]
    vectors: Float32
    ranks: NDArray[np.int32]


@cache
def texts() -> Texts:
    """Names of classes and things, by MiniLM."""
    stored = _arrays("minilm.safetensors")["texts"]
    return Texts({text: i for i, text in enumerate(_lines("texts.txt"))}, unit(stored))


@cache
def described_classes() -> Float32:
    """(1000, 384) ImageNet's classes, each by its names and its definition, by MiniLM."""
    return unit(_arrays("minilm.safetensors")["classes"])


@cache
def words() -> Words:
    """The single words of all these texts and definitions, by GloVe."""
    stored = _arrays("glove.safetensors")
    numbers = {word: i for i, word in enumerate(_lines("words.txt"))}
    return Words(numbers, stored["vectors"].astype(np.float32), stored["ranks"].astype(np.int32))


@cache
def ancestors() -> tuple[tuple[str, ...], ...]:
    """For each of ImageNet's classes the names of its ancestors in WordNet, nearest first, in lower case."""
    stored = json.loads((HERE / "ancestors.json").read_text(encoding="utf-8"))
    names: list[str] = stored["names"]
    return tuple(tuple(names[i] for i in one) for one in stored["classes"])


def unit(vectors: Sequence[float] | NDArray[np.generic]) -> Float32:
    """(..., D) -> the same, of length 1; a vector of zeros stays."""
    found = np.asarray(vectors, np.float32)
    length = np.linalg.norm(found, axis=-1, keepdims=True)
    scaled = found / np.where(length > 0, length, 1)
    return np.asarray(scaled, np.float32)


def _lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def _arrays(name: str) -> dict[str, NDArray[np.generic]]:
    from safetensors.numpy import load

    return load((HERE / name).read_bytes())
