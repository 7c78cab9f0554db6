"""An index: the vectors of a collection, and where its pictures lie; a directory of two files.

`index.safetensors` holds the pooled vectors (float16), and the mean and principal components (float32);
`index.json` says which network made them, how, and of which pictures. Tensors are written first, the card
last with their SHA-256, each beside its place and then renamed: a half-written index is never taken for one.
Pictures of a zip file lie in `pictures`, under numbers.
"""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from wsl_core import images, whole_files
from wsl_core.datasets.collection import Collection, Entry
from wsl_core.errors import DatasetError, ImageError, NetworkError
from wsl_core.images import Photo
from wsl_core.transfer.retrieval.card import VERSION, IndexCard
from wsl_core.transfer.retrieval.descriptor import Descriptor, Float32
from wsl_core.transfer.retrieval.projection import Projection, compared

TENSORS, CARD, PICTURES = "index.safetensors", "index.json", "pictures"
AGAIN = "Make the index again."


@dataclass(frozen=True, eq=False)
class Index:
    """A collection ready to be asked.

    Attributes:
        card: what it is of.
        features: (N, D) float16, the pooled vectors, of length 1 but for rounding.
        projection: how they are compared; None for as they are.
        place: its directory, where it has one.
    """

    card: IndexCard
    features: NDArray[np.float16] = field(repr=False)
    projection: Projection | None = field(default=None, repr=False)
    place: Path | None = None

    def __len__(self) -> int:
        return len(self.card.pictures)

    @cached_property
    def vectors(self) -> Float32:
        """(N, d) float32 of length 1: their products are the similarities."""
        return compared(self.features.astype(np.float32), self.projection)

    @cached_property
    def labels(self) -> tuple[str | None, ...]:
        """The class of every picture, where its folder says one."""
        return tuple(one.label for one in self.card.pictures)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The pictures as a collection names them."""
        return tuple(Entry(one.name, one.label, one.split) for one in self.card.pictures)

    def facts(self) -> dict[str, Any]:
        """What there is to say of it, as plain JSON values."""
        how = self.card.descriptor
        return {
            "pictures": len(self),
            "classes": len({one for one in self.labels if one is not None}),
            "skipped": self.card.skipped,
            "skipped_count": len(self.card.skipped),
            "network": how.network,
            "weights": how.weights,
            "identity": self.card.identity,
            "tap": how.tap,
            "sizes": list(how.sizes),
            "dimensions": int(self.features.shape[1]),
            "components": 0 if self.projection is None else int(self.projection.basis.shape[1]),
        }

    def check(self, descriptor: Descriptor) -> None:
        """Refuse vectors of another network, or of the same with other weights or choices.

        Raises:
            NetworkError: they would be compared with what they have nothing in common with.
        """
        own, theirs = self.card.descriptor, descriptor.how
        if descriptor.identity != self.card.identity:
            raise NetworkError(
                f"This index was made with the network {own.network} ({own.weights} weights, digest "
                f"{self.card.identity}), and {theirs.network} ({theirs.weights} weights, digest "
                f"{descriptor.identity}) is asked. Vectors of different networks cannot be compared: use "
                f"its own network and weights, or make the index again."
            )
        for name, value in own:
            if getattr(theirs, name) != value:
                raise NetworkError(
                    f"This index was made with {name} {value}, and {getattr(theirs, name)} is asked. Use "
                    f"its own, or make the index again."
                )

    def descriptor(self) -> Descriptor:
        """The one that this index was made with, loaded.

        Raises:
            NetworkError: it is not there, or its weights are others by now.
        """
        found = Descriptor(self.card.descriptor)
        self.check(found)
        return found

    def photo(self, number: int) -> Photo:
        """A picture of the index, opened where it lies.

        Raises:
            ImageError: it is not there any more, or has changed since.
        """
        one = self.card.pictures[number]
        if self.card.root is not None:
            path = Path(self.card.root) / one.name
        elif self.place is not None:
            path = self.place / PICTURES / stored_name(number, one.name)
        else:
            raise ImageError(
                f"The picture {one.name} lies in a zip file, and this index is not saved. Save it, with "
                f"the pictures."
            )
        photo = images.read(path, name=one.name)
        if digest(photo) != one.sha256:
            raise ImageError(
                f"The picture {one.name} has changed since the index was made. {AGAIN}"
            )
        return photo

    @classmethod
    def of(cls, facts: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> "Index":
        """From the result of a job.

        Raises:
            DatasetError: card and arrays do not belong together.
        """
        try:
            card = IndexCard.model_validate(facts)
        except ValidationError as error:
            raise _damaged("the result", error) from None
        return _whole(card, arrays, None)

    def save(self, place: Path, collection: Collection | None = None) -> "Index":
        """Write it; the index as it lies there.

        Args:
            place: its directory, made where it is not there.
            collection: whose pictures are put beside it; needed for those of a zip file.

        Raises:
            DatasetError: the directory cannot be written, or holds other things.
        """
        from safetensors.numpy import save

        arrays: dict[str, NDArray[Any]] = {"features": self.features}
        if self.projection is not None:
            arrays |= {"mean": self.projection.mean, "basis": self.projection.basis}
        data = save(arrays)
        card = self.card.model_copy(update={"tensors_sha256": hashlib.sha256(data).hexdigest()})
        check_place(place)
        try:
            place.mkdir(parents=True, exist_ok=True)
            (place / CARD).unlink(missing_ok=True)  # what is there is no index from here on
            if self.card.root is None and collection is not None:
                (place / PICTURES).mkdir(exist_ok=True)
                for number, one in enumerate(self.card.pictures):
                    contents = collection.contents(one.name)
                    assert isinstance(contents, bytes)  # of a zip file
                    whole_files.write(place / PICTURES / stored_name(number, one.name), contents)
            whole_files.write(place / TENSORS, data)
            text = json.dumps(card.model_dump(mode="json"), indent=1, ensure_ascii=False)
            whole_files.write(place / CARD, f"{text}\n".encode())
        except OSError as error:
            raise DatasetError(
                f"The index cannot be written to {place} ({(error.strerror or 'the disk refused').lower()}"
                f"). Choose a folder of yours, with space left."
            ) from None
        return Index(card, self.features, self.projection, place)

    @classmethod
    def load(cls, place: Path) -> "Index":
        """Read an index.

        Raises:
            DatasetError: there is none, it is damaged, or of another version.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load

        if not (place / CARD).is_file():
            raise DatasetError(
                f"There is no index in {place} ({CARD} is missing). Accepted is a folder that "
                f"`wsl index` wrote to its end: check its name, or make the index."
            )
        try:
            text = (place / CARD).read_text(encoding="utf-8")
            found = json.loads(text)
            version = found["version"]
            if version != VERSION:
                raise DatasetError(
                    f"The index in {place} was written by another version of this program (its layout is "
                    f"number {version}, this one reads number {VERSION}). {AGAIN}"
                )
            card = IndexCard.model_validate(found)
        except ValidationError as error:
            raise _damaged(str(place), error) from None
        except (OSError, ValueError, KeyError, TypeError):
            raise DatasetError(
                f"The card of the index in {place} ({CARD}) is damaged. {AGAIN}"
            ) from None
        try:
            data = (place / TENSORS).read_bytes()
            if hashlib.sha256(data).hexdigest() != card.tensors_sha256:
                raise SafetensorError("another digest")
            arrays = load(data)
        except (OSError, SafetensorError):
            raise DatasetError(
                f"The vectors of the index in {place} ({TENSORS}) are missing, damaged, or not those of its "
                f"card. {AGAIN}"
            ) from None
        return _whole(card, arrays, place)


def check_place(place: Path) -> None:
    """Refuse a folder that holds anything but an index, since that would be written over or mixed in.

    Raises:
        DatasetError: it is a file, or holds other things.
    """
    ours = {TENSORS, CARD, PICTURES}
    try:
        others = (
            [one.name for one in place.iterdir() if one.name not in ours] if place.exists() else []
        )
    except OSError as error:
        raise DatasetError(
            f"The folder {place} cannot be used for an index ({(error.strerror or '').lower()}). Choose "
            f"another one."
        ) from None
    others = [name for name in others if not name.startswith(".writing-")]
    if others:
        raise DatasetError(
            f"The folder {place} holds other things, such as {sorted(others)[0]}. Accepted is a new folder, "
            f"an empty one, or that of an earlier index: choose another one."
        )


def digest(photo: Photo) -> str:
    """SHA-256 of upright pixels and their shape."""
    found = hashlib.sha256(repr(photo.pixels.shape).encode())
    found.update(photo.pixels.data)
    return found.hexdigest()


def stored_name(number: int, name: str) -> str:
    """The file name under which a picture of a zip file lies in its index."""
    return f"{number:06}{PurePosixPath(name).suffix.lower()}"


def _whole(card: IndexCard, arrays: dict[str, NDArray[Any]], place: Path | None) -> Index:
    """Card and arrays, checked against each other."""
    features = arrays.get("features", np.empty((0, 0), np.float16))
    mean, basis = arrays.get("mean"), arrays.get("basis")
    right = features.dtype == np.float16 and features.ndim == 2
    right = right and len(features) == len(card.pictures) > 0 and (mean is None) == (basis is None)
    projection = None
    if right and mean is not None and basis is not None:
        width = features.shape[1]
        right = mean.shape == (width,) and basis.ndim == 2 and len(basis) == width
        projection = Projection(mean, basis)
    if not right or not all(np.isfinite(one).all() for one in arrays.values()):
        raise DatasetError(
            f"The vectors of the index in {place or 'memory'} are not those of its {len(card.pictures):,} "
            f"pictures. {AGAIN}"
        )
    return Index(card, features, projection, place)


def _damaged(place: str, error: ValidationError) -> DatasetError:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"])) or CARD
    return DatasetError(
        f"The card of the index in {place} is damaged at {where}: {first['msg'].lower()}. {AGAIN}"
    )
