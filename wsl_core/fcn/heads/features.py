"""Features of training pictures: computed once, kept in half precision in WSL_CACHE.

A file holds one tap of one picture in one view, (rows, columns, channels) float16. Its name is the
digest of the picture, its folder says the network's weights, tap, size and whether the picture was fed
mirrored. Mirrored features are turned back, so that both views lie on one lattice (at the sides that a
card accepts, cells lie symmetrically). A file is written beside and renamed, so that an extraction that
is broken off goes on where it was; a damaged one is computed again.
"""

import hashlib
import io
import os
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wsl_core import images, whole_files
from wsl_core.datasets.labelled import LabelledPicture
from wsl_core.errors import DatasetError, ImageError, ParameterError
from wsl_core.jobs import Progress
from wsl_core.networks import Network
from wsl_core.networks.feature_files import prune
from wsl_core.networks.network import BATCH, resized
from wsl_core.settings import settings

MEGABYTE = 1_000_000
HEADER = 128  # bytes before the numbers of a file


class View(NamedTuple):
    """How a picture is fed: its longer side in pixels, and whether it is flipped left to right."""

    size: int
    mirrored: bool


@dataclass(frozen=True)
class Features:
    """Where the features of some pictures lie.

    Attributes:
        root: folder of the network's features.
        digests: of the pictures, in their order.
    """

    root: Path
    digests: tuple[str, ...]

    def read(self, picture: int, view: View, tap: str) -> NDArray[np.float16]:
        """(rows, columns, channels) float16 of a picture.

        Raises:
            DatasetError: the file is gone or damaged.
        """
        path = self.path(picture, view, tap)
        try:
            return np.load(path)
        except (OSError, ValueError, EOFError):
            raise _gone(path) from None

    def shape(self, picture: int, view: View, tap: str) -> tuple[int, ...]:
        """(rows, columns, channels) of a picture, whose values are not read.

        Raises:
            DatasetError: the file is gone or damaged.
        """
        path = self.path(picture, view, tap)
        try:
            shape: tuple[int, ...] = np.load(path, mmap_mode="r").shape
        except (OSError, ValueError, EOFError):
            raise _gone(path) from None
        return shape

    def path(self, picture: int, view: View, tap: str) -> Path:
        """The file of a picture."""
        flip = "-mirrored" if view.mirrored else ""
        return self.root / f"{tap}-{view.size}{flip}" / f"{self.digests[picture]}.npy"


def _gone(path: Path) -> DatasetError:
    return DatasetError(
        f"The features {path} were removed or damaged during the training. Start it again, and raise "
        f"WSL_FEATURES_MEGABYTES if other trainings need room, too."
    )


class _Missing(NamedTuple):
    """A picture and view whose features are not there, and the (height, width) it is fed at."""

    fed: tuple[int, int]
    picture: int
    view: View


def collect(
    network: Network,
    pictures: Sequence[LabelledPicture],
    views: Sequence[View],
    taps: Sequence[str],
) -> Generator[Progress, None, Features]:
    """Have the features of all pictures in the cache, those that are there already included.

    Args:
        network: whose features.
        pictures: at least one.
        views: how each is fed.
        taps: names from the network's card.

    Yields:
        how far it is.

    Returns:
        where they lie.

    Raises:
        ImageError: a picture cannot be read.
        ParameterError: they take more room than WSL_FEATURES_MEGABYTES, or a size outside the limits.
        DatasetError: the cache cannot be written.
    """
    digests = []
    for i, one in enumerate(pictures):
        digests.append(_digest(one))
        if i % 100 == 0:
            yield Progress(0.0, "looking for features of earlier trainings")
    root = settings().cache / "features" / _key(network)
    found = Features(root, tuple(digests))
    needed = _room(network, pictures, views, taps)
    limit = settings().features_megabytes * MEGABYTE
    if needed > limit:
        raise ParameterError(
            f"The features of {len(pictures)} pictures in {len(views)} views take about "
            f"{needed / MEGABYTE:.0f} MB, more than the limit of {limit / MEGABYTE:.0f} MB. Use fewer or "
            f"smaller sizes, or raise WSL_FEATURES_MEGABYTES."
        )
    missing = [
        _Missing(network.card.sides.fit(one.height, one.width, view.size), i, view)
        for i, one in enumerate(pictures)
        for view in views
        if not all(_whole(found.path(i, view, tap)) for tap in taps)
    ]
    keep = {
        found.path(i, view, tap) for i in range(len(pictures)) for view in views for tap in taps
    }
    prune(settings().cache / "features", limit - needed, keep)
    # Pictures of one shape after the other: each new shape is prepared anew by the runtime.
    done = 0
    for part in _batches(sorted(missing)):
        try:
            _extract(network, pictures, part, found, taps)
        except OSError as error:
            raise DatasetError(
                f"The features cannot be written to {root}: {error.strerror or 'the disk refused'}. Free "
                f"some space there, or set WSL_CACHE to a folder that can be written."
            ) from None
        done += len(part)
        yield Progress(done / len(missing), f"features, {done} of {len(missing)} views")
    return found


def _digest(picture: LabelledPicture) -> str:
    try:
        return hashlib.sha256(picture.path.read_bytes()).hexdigest()
    except OSError as error:
        raise ImageError(
            f"The picture {picture.path} cannot be read ({(error.strerror or 'unknown').lower()}). Get the "
            f"set again."
        ) from None


def _key(network: Network) -> str:
    """Folder name over all that the features of a picture depend on but the tap and the view."""
    card = network.card
    facts = card.model_dump_json(include={"name", "build", "options", "mean", "std", "weights"})
    jump = network.geometry().jump  # another stride is another lattice
    digest = hashlib.sha256(f"{facts} {network.trained} {jump}".encode()).hexdigest()
    return f"{card.file_name}-{digest[:12]}"


def _room(
    network: Network,
    pictures: Sequence[LabelledPicture],
    views: Sequence[View],
    taps: Sequence[str],
) -> float:
    """About how many bytes the features take."""
    total = 0.0
    for tap in taps:
        jump, channels = network.geometry(tap).jump, network.runtime.channels[tap]
        for one in pictures:
            for view in views:
                height, width = network.card.sides.fit(one.height, one.width, view.size)
                total += 2 * channels * np.ceil(height / jump) * np.ceil(width / jump) + HEADER
    return total


def _whole(path: Path) -> bool:
    """Whether a file is there and as long as its head says; it counts as used now."""
    try:
        np.load(path, mmap_mode="r")
        os.utime(path)
    except (OSError, ValueError, EOFError):
        return False
    return True


def _batches(missing: Sequence[_Missing]) -> Iterator[list[_Missing]]:
    """As many as a forward pass takes, all fed at one shape."""
    part: list[_Missing] = []
    for one in missing:
        if part and (len(part) == BATCH or part[0].fed != one.fed):
            yield part
            part = []
        part.append(one)
    if part:
        yield part


def _extract(
    network: Network,
    pictures: Sequence[LabelledPicture],
    part: Sequence[_Missing],
    found: Features,
    taps: Sequence[str],
) -> None:
    """One forward pass, and its files."""
    fed = {
        (i, size): resized(images.read(pictures[i].path).pixels, *part[0].fed)
        for i, size in dict.fromkeys((one.picture, one.view.size) for one in part)
    }
    pixels = [fed[one.picture, one.view.size] for one in part]
    batch = [
        value[:, ::-1] if one.view.mirrored else value
        for value, one in zip(pixels, part, strict=True)
    ]
    outputs = network.features(np.stack(batch), taps)
    for n, one in enumerate(part):
        for tap in taps:
            value = outputs[tap][n].transpose(1, 2, 0)
            if one.view.mirrored:
                value = value[:, ::-1]
            path = found.path(one.picture, one.view, tap)
            path.parent.mkdir(parents=True, exist_ok=True)
            data = io.BytesIO()
            np.save(data, np.ascontiguousarray(value, np.float16))
            whole_files.write(path, data.getvalue())
