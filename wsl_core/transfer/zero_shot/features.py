"""What methods read of pictures: rows of features as few-shot learning has them, or the network's own
guesses.

Both are kept in WSL_CACHE by the digest of the picture's file; the rows are shared with few-shot learning.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wsl_core import networks
from wsl_core.datasets.attributes.labelled import TEST
from wsl_core.datasets.attributes.table import AttributeTable
from wsl_core.datasets.collection import Collection, Entry, printable
from wsl_core.errors import DatasetError, ImageError
from wsl_core.jobs import Progress
from wsl_core.transfer.few_shot import features as few_shot
from wsl_core.transfer.few_shot.features import Kept, described, digest_of
from wsl_core.transfer.retrieval import identity
from wsl_core.transfer.zero_shot.parameters import ZeroShotFeatures
from wsl_core.transfer.zero_shot.scaling import Float, Labels

GUESS_SIZE = 257  # longer side at which the network guesses its own classes


@dataclass(frozen=True, eq=False)
class Pictures:
    """The pictures of a set that could be read.

    Attributes:
        rows: (N, D), what a method reads of each.
        labels: (N,) numbers of their classes in the table.
        test: (N,) which the set itself keeps aside; None where it says nothing.
        skipped: by the name of a picture, why it could not be read.
    """

    rows: Float = field(repr=False)
    labels: Labels = field(repr=False)
    test: NDArray[np.bool_] | None = field(repr=False)
    skipped: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, rows: Float, entries: Sequence[Entry], table: AttributeTable, skipped: dict[str, str]
    ) -> "Pictures":
        """From what was read, with classes as the table numbers them."""
        labels = np.array([table.index(str(one.label)) for one in entries])
        splits = [one.split for one in entries]
        test = np.array([one == TEST for one in splits]) if TEST in splits else None
        return cls(rows, labels, test, skipped)


def read(
    found: Collection,
    table: AttributeTable,
    how: ZeroShotFeatures,
    reads: Literal["features", "probabilities"],
) -> Generator[Progress, None, Pictures]:
    """The rows of a set's pictures, from what is kept or from the network.

    Args:
        found: the pictures.
        table: names the classes.
        how: network, sizes, mirroring.
        reads: features, (N, D) of length 1, or probabilities of the network's own classes, (N, 1000).

    Yields:
        how far it is.

    Raises:
        DatasetError: not one picture can be read.
        NetworkError: no such network, or its weights are not there.
        ParameterError: a size outside the network's limits.
    """
    if reads == "features":
        seen = yield from few_shot.read(found, how.features)
        return Pictures.of(seen.features, seen.entries, table, seen.skipped)
    kept = Kept(f"probabilities {identity.of(described(how.features))} {GUESS_SIZE}")
    network = None
    rows: list[NDArray[np.float16]] = []
    entries: list[Entry] = []
    skipped: dict[str, str] = {}
    for number, one in enumerate(found.entries):
        yield Progress(number / len(found.entries), "the network's own guesses")
        try:
            digest = digest_of(found, one)
            row = kept.get(digest)
            if row is None:
                photo = found.read(one.name)
                network = network or networks.load(how.network)
                guess = network.class_maps(photo, GUESS_SIZE).probabilities
                row = guess.astype(np.float16)
                kept.add(photo.digest, row)
        except ImageError as error:
            skipped[printable(one.name)] = str(error)
            continue
        rows.append(row)
        entries.append(one)
    kept.write()
    if not rows:
        name, sentence = next(iter(skipped.items()))
        raise DatasetError(
            f"None of the {len(found.entries):,} pictures of {found.title} can be read. The first is {name}: "
            f"{sentence}"
        )
    return Pictures.of(np.stack(rows).astype(np.float32), entries, table, skipped)
