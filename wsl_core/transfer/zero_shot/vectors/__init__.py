"""Word vectors: a text becomes a direction, and texts that mean alike point alike.

    known = vectors.load("minilm")
    known.vector("zebra crossing")      # (384,), of length 1

The words that ship are there without any package; every other needs the extra `words` of this project.
"""

import difflib
import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import ParameterError, WordError
from wsl_core.transfer.zero_shot.vectors import shipped
from wsl_core.transfer.zero_shot.vectors.sources import EXTRA, SOURCES, SourceCard, SourceName

__all__ = [
    "LONGEST",
    "SOURCES",
    "SourceCard",
    "SourceName",
    "Vectors",
    "load",
    "package_folder",
    "plain",
]

Float32 = NDArray[np.float32]
LONGEST = 100  # letters of a word or phrase that somebody types


@dataclass(frozen=True, eq=False)
class Vectors:
    """The vectors of one source.

    Attributes:
        card: of the source.
        whole: whether its package is there, so that more is known than ships.
        known: what has a vector.
    """

    card: SourceCard
    whole: bool
    known: Any

    @property
    def classes(self) -> Float32:
        """(1000, D) of ImageNet's classes, each by its names and its definition; of length 1."""
        found: Float32 = self.known.classes
        return found

    def vector(self, text: str) -> Float32:
        """(D,) of length 1.

        Raises:
            WordError: the text is empty or too long, or has no vector; near words are named.
        """
        wanted = _checked(text)
        found: Float32 | None = self.known.vector(wanted)
        if found is None:
            raise self._unknown(text, wanted)
        return found

    def of(self, texts: Sequence[str]) -> Float32:
        """(texts, D), each of length 1; raises as `vector` does."""
        return np.stack([self.vector(one) for one in texts])

    def of_known(self, texts: Sequence[str]) -> Float32:
        """(texts, D), each of length 1, or all zero where a text has no vector."""
        rows = [self.known.vector(plain(one)) for one in texts]
        nothing = np.zeros(self.card.width, np.float32)
        return np.stack([nothing if row is None else row for row in rows])

    def neighbours(self, text: str, count: int = 5) -> list[tuple[str, float]]:
        """The words that ship which are nearest in meaning, with their cosines, best first.

        Raises:
            WordError: as `vector`.
        """
        wanted = self.vector(text)
        words, there = self._shipped
        cosines = there @ wanted
        best = [int(i) for i in np.argsort(-cosines, kind="stable")]
        others = [i for i in best[: count + 1] if words[i] != plain(text)]
        return [(words[i], float(cosines[i])) for i in others[:count]]

    @property
    def _shipped(self) -> tuple[list[str], Float32]:
        if self.card.name == "minilm":
            return list(shipped.texts().numbers), shipped.texts().vectors
        return list(shipped.words().numbers), shipped.unit(shipped.words().vectors)

    def _unknown(self, text: str, wanted: str) -> WordError:
        words = self.known.unknown(wanted)
        near = _near(words[0], self.known.words)
        named = f"Near ones that it knows: {', '.join(near)}." if near else "No known word is near."
        rest = (
            "Type another word"
            if self.whole
            else f"Type {'one of these' if near else 'another word'}, or install all: {EXTRA}"
        )
        what = repr(text) if words == [wanted] else f"{words[0]!r} in {text!r}"
        kind = self.card.title if self.whole else f"{self.card.title}, of which a part ships,"
        return WordError(f"{kind} has no vector for {what}. {named} {rest}.")


def plain(text: str) -> str:
    """Lower case, single spaces, no underscores: how words are looked up."""
    return " ".join(text.replace("_", " ").lower().split())


def load(name: str = "minilm") -> Vectors:
    """The vectors of a source, read once in a process.

    Raises:
        ParameterError: there is no such source.
    """
    if name not in SOURCES:
        raise ParameterError(
            f"There are no word vectors called {name!r}. There are: {', '.join(SOURCES)}."
        )
    return _loaded(name)


@cache
def _loaded(name: str) -> Vectors:
    card = SOURCES[name]
    folder = package_folder(card.module)
    module, _, function = card.maker.partition(":")
    known = getattr(importlib.import_module(module), function)(folder)
    return Vectors(card, folder is not None, known)


def package_folder(module: str) -> Path | None:
    """Where a package lies; it is not imported, since some import much more."""
    spec = importlib.util.find_spec(module)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _checked(text: str) -> str:
    wanted = plain(text)
    if not any(letter.isalnum() for letter in wanted):
        raise WordError("There is no word. Type one or a few, such as zebra crossing.")
    if len(wanted) > LONGEST:
        raise WordError(
            f"The text has {len(wanted)} letters. Accepted are up to {LONGEST}: type a word or a short "
            f"phrase."
        )
    return wanted


def _near(word: str, words: Sequence[str]) -> list[str]:
    """Known words that are spelled alike, at most three."""
    alike = [one for one in words if one[:1] == word[:1] and abs(len(one) - len(word)) <= 2]
    return difflib.get_close_matches(word, alike, 3, 0.6)
