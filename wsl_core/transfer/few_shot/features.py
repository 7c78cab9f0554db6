"""A picture as one row: the generalised mean of the cells that the network's own classes read, frozen.

Rows of both sizes, upright and mirrored, are each brought to length 1 and added, and the sum is brought to
length 1 (see `retrieval.descriptor`). Rows are kept in WSL_CACHE by the digest of the picture's file, so that
a set is looked at once, whatever is asked of it.
"""

import contextlib
import hashlib
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core import whole_files
from wsl_core.datasets.collection import Collection, Entry, printable
from wsl_core.errors import DatasetError, ImageError
from wsl_core.images import Photo
from wsl_core.jobs import Progress
from wsl_core.jobs.parts import completed
from wsl_core.networks import Network
from wsl_core.settings import settings
from wsl_core.transfer.few_shot.parameters import FeatureParameters
from wsl_core.transfer.few_shot.softmax import Float32
from wsl_core.transfer.retrieval import identity
from wsl_core.transfer.retrieval.descriptor import Descriptor, Fed, Look, unit
from wsl_core.transfer.retrieval.parameters import DescriptorParameters

GROUP = 16  # pictures from one report to the next
KEPT_EVERY = 512  # new rows from one writing to the next
SHARE = 0.1  # of what may be kept of features in WSL_CACHE


def descriptor_of(how: FeatureParameters, network: Network | None = None) -> Descriptor:
    """What looks at pictures; the layer that the network's own classes read.

    Args:
        how: network, sizes, power.
        network: one that is loaded already, of the name and weights of `how`.

    Raises:
        NetworkError: no such network, or its weights are not there.
    """
    return Descriptor(described(how), network)


def described(how: FeatureParameters) -> DescriptorParameters:
    """The part of it that retrieval knows, too."""
    return DescriptorParameters(
        network=how.network, weights=how.weights, sizes=how.sizes, power=how.power, components=0
    )


def looks(descriptor: Descriptor, mirrored: bool, photos: Sequence[Photo]) -> list[list[Look]]:
    """Of each picture the upright look and, where asked for, the mirrored one.

    Raises:
        ParameterError: a size outside the network's limits.
    """
    upright = [descriptor.fed(one) for one in photos]
    turned = [_turned(one) for one in upright] if mirrored else []
    found = completed(descriptor.looking([*upright, *turned]))
    return [found[i :: len(photos)] for i in range(len(photos))]


def _turned(one: Fed) -> Fed:
    """The same picture left to right."""
    inputs = tuple(np.ascontiguousarray(each[:, ::-1]) for each in one.inputs)
    return replace(one, inputs=inputs)


def rows_of(descriptor: Descriptor, mirrored: bool, photos: Sequence[Photo]) -> Float32:
    """(N, D) of length 1.

    Raises:
        ParameterError: a size outside the network's limits.
    """
    seen = looks(descriptor, mirrored, photos)
    return unit(np.stack([np.sum([descriptor.vector(one) for one in each], 0) for each in seen]))


@dataclass(frozen=True, eq=False)
class Rows:
    """The pictures of a set that could be read.

    Attributes:
        features: (N, D) float32 of length 1.
        entries: name, class and split of each.
        digests: SHA-256 of each picture's file; exact copies share it.
        skipped: by the name of a picture, why it could not be read.
    """

    features: Float32
    entries: tuple[Entry, ...]
    digests: tuple[str, ...]
    skipped: dict[str, str] = field(default_factory=dict)


def kept_rows(how: FeatureParameters) -> "Kept":
    """The rows that are kept for a network and way of looking.

    Raises:
        NetworkError: no such network, or its weights are not there.
    """
    return Kept(f"{identity.of(described(how))} {how.sizes} {how.power:g} {how.mirrored}")


class Kept:
    """Rows by the digest of a picture's file, for one network and way of looking; the newest stay."""

    def __init__(self, facts: str) -> None:
        """Read what is there.

        Args:
            facts: whatever rows depend on besides the picture.
        """
        name = hashlib.sha256(facts.encode()).hexdigest()[:16]
        self._place = settings().cache / "few_shot" / f"{name}.safetensors"
        self._rows = _read(self._place)
        self._new = 0

    def get(self, digest: str) -> NDArray[np.float16] | None:
        """The row of a picture, where there is one."""
        return self._rows.get(digest)

    def add(self, digest: str, row: NDArray[np.float16]) -> None:
        """Keep a row; now and then all are written."""
        self._rows[digest] = row
        self._new += 1
        if self._new >= KEPT_EVERY:
            self.write()

    def write(self) -> None:
        """Write what is new; without room it is computed again another time."""
        from safetensors.numpy import save

        if not self._new:
            return
        size = next(iter(self._rows.values())).nbytes
        most = int(SHARE * settings().features_megabytes * 1e6 / size)
        newest = list(self._rows.items())[-most:]
        digests = np.array([list(bytes.fromhex(digest)) for digest, _ in newest], np.uint8)
        tensors: dict[str, NDArray[Any]] = {
            "digests": digests,
            "rows": np.stack([row for _, row in newest]),
        }
        with contextlib.suppress(OSError):
            self._place.parent.mkdir(parents=True, exist_ok=True)
            whole_files.write(self._place, save(tensors))
            self._new = 0


def _read(place: Path) -> dict[str, NDArray[np.float16]]:
    """What is kept; nothing where it is not there or damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    with contextlib.suppress(OSError, SafetensorError, KeyError, ValueError):
        found: Mapping[str, NDArray[np.float16]] = load(place.read_bytes())
        digests = [bytes(one).hex() for one in found["digests"].astype(np.uint8)]
        return dict(zip(digests, found["rows"], strict=True))
    return {}


def read(found: Collection, how: FeatureParameters) -> Generator[Progress, None, Rows]:
    """The rows of a set's pictures, from what is kept or from the network.

    Args:
        found: the pictures.
        how: network, sizes, mirroring.

    Yields:
        how far it is.

    Raises:
        DatasetError: not one picture can be read.
        NetworkError: no such network, or its weights are not there.
        ParameterError: a size outside the network's limits.
    """
    kept = kept_rows(how)
    descriptor: Descriptor | None = None
    rows: list[NDArray[np.float16]] = []
    entries: list[Entry] = []
    digests: list[str] = []
    skipped: dict[str, str] = {}
    count = len(found.entries)
    for start in range(0, count, GROUP):
        yield Progress(start / count, f"features, {start:,} of {count:,} pictures")
        fresh: list[tuple[int, Photo]] = []
        for one in found.entries[start : start + GROUP]:
            try:
                digest = digest_of(found, one)
                row = kept.get(digest)
                if row is None:
                    photo = found.read(one.name)
                    digest = photo.digest
                    fresh.append((len(rows), photo))
            except ImageError as error:
                skipped[printable(one.name)] = str(error)
                continue
            entries.append(one)
            digests.append(digest)
            rows.append(np.empty(0, np.float16) if row is None else row)
        if fresh:
            descriptor = descriptor or descriptor_of(how)
            photos = [photo for _, photo in fresh]
            made = rows_of(descriptor, how.mirrored, photos).astype(np.float16)
            for (place, photo), row in zip(fresh, made, strict=True):
                rows[place] = row
                kept.add(photo.digest, row)
    kept.write()
    if not rows:
        name, sentence = next(iter(skipped.items()))
        raise DatasetError(
            f"None of the {count:,} pictures of {found.title} can be read. The first is {name}: {sentence}"
        )
    yield Progress(1.0, f"features, {count:,} of {count:,} pictures")
    return Rows(unit(np.stack(rows).astype(np.float32)), tuple(entries), tuple(digests), skipped)


def digest_of(found: Collection, one: Entry) -> str:
    """SHA-256 of a picture's file, as `Photo.digest`; nothing is decoded.

    Raises:
        ImageError: the file cannot be read, or is larger than is accepted.
    """
    contents = found.contents(one.name)
    if isinstance(contents, bytes):
        return hashlib.sha256(contents).hexdigest()
    try:
        if contents.stat().st_size > settings().megabytes * 1e6:
            return ""  # nothing is kept of it; reading says why it is refused
        with contents.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
