"""Features of all taps, kept in half precision in WSL_CACHE: a file a picture.

A file's folder says weights and preprocessing, its name is the digest of the picture's file, and in it lies
each layer in each pooling under a name of its own. It is written beside and renamed, so that a pass that is
broken off goes on where it was; one that is damaged is made again. WSL_FEATURES_MEGABYTES bounds the folder.
"""

import contextlib
import hashlib
import os
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core import whole_files
from wsl_core.datasets.collection import Collection, Entry, printable
from wsl_core.errors import DatasetError, ImageError, ParameterError
from wsl_core.jobs import Progress
from wsl_core.networks import feature_files
from wsl_core.networks.network import BATCH
from wsl_core.settings import settings
from wsl_core.transfer.probes.taps import Tapping

MEGABYTE = 1_000_000
PIXELS = "pixels"  # in a file's own words: digest of the upright pixels
TELL_S = 0.5
HEADER = 4096  # bytes of a file that are no values


@dataclass(frozen=True, eq=False)
class Tapped:
    """Pictures whose features are there.

    Attributes:
        folder: where they lie.
        entries: the pictures that could be read, in their order.
        files: of each, the digest of its file.
        pixels: of each, the digest of its upright pixels; equal ones are exact duplicates.
        skipped: by the name of a picture, why it could not be read.
    """

    folder: Path
    entries: tuple[Entry, ...] = field(repr=False)
    files: tuple[str, ...] = field(repr=False)
    pixels: tuple[str, ...] = field(repr=False)
    skipped: dict[str, str]

    def rows(self, name: str, among: NDArray[np.int64]) -> NDArray[np.float16]:
        """(n, values) of some pictures.

        Args:
            name: "TAP.POOLING".
            among: (n,) their numbers.

        Raises:
            DatasetError: a file is gone or damaged.
        """
        from safetensors import SafetensorError, safe_open

        found = []
        for number in among:
            path = self.folder / f"{self.files[number]}.safetensors"
            try:
                with safe_open(path, "numpy") as file:
                    found.append(file.get_tensor(name))
            except (OSError, SafetensorError):
                raise DatasetError(
                    f"The features {path} were removed or damaged meanwhile. Start this again, and raise "
                    f"WSL_FEATURES_MEGABYTES if other work needs room, too."
                ) from None
        return np.stack(found)


def collect(
    tapping: Tapping, identity: str, found: Collection
) -> Generator[Progress, None, Tapped]:
    """Have the features of all pictures in the cache, those that are there already included.

    Args:
        tapping: the network.
        identity: of its weights and normalisation, see `networks.identity`.
        found: the pictures; those that cannot be read are skipped.

    Yields:
        how far it is.

    Raises:
        DatasetError: not one picture can be read, or the cache cannot be written.
        ParameterError: they take more room than WSL_FEATURES_MEGABYTES.
    """
    root = settings().cache / "features"
    grids = [(one.name, one.grid) for one in tapping.taps]
    facts = f"{identity} {tapping.side} {grids} {tapping.network.geometry().jump}"
    key = hashlib.sha256(facts.encode()).hexdigest()[:12]
    folder = root / f"{tapping.network.card.file_name}-probes-{key}" / f"square-{tapping.side}"
    _make_room(tapping, root, folder, len(found.entries))
    count, told = len(found.entries), 0.0
    known: list[tuple[Entry, str, str]] = []
    skipped: dict[str, str] = {}
    waiting: list[tuple[int, Entry, str, str, NDArray[np.uint8]]] = []
    yield Progress(0.0, f"features, 0 of {count:,} pictures")
    for number, one in enumerate(found.entries):
        try:
            digest = _digest(found.contents(one.name))
            pixels = _kept(folder / f"{digest}.safetensors")
            if pixels is None:
                photo = found.read(one.name)
                pixels = _pixels(photo.pixels)
                waiting.append((number, one, digest, pixels, tapping.fed(photo)))
        except ImageError as error:
            skipped[printable(one.name)] = str(error)
        else:
            known.append((one, digest, pixels))
        if len(waiting) == BATCH or (waiting and number == count - 1):
            _extract(tapping, waiting, folder)
            waiting = []
        if time.monotonic() - told > TELL_S:
            told = time.monotonic()
            yield Progress((number + 1) / count, f"features, {number + 1:,} of {count:,} pictures")
    if waiting:
        _extract(tapping, waiting, folder)
    if not known:
        name, sentence = next(iter(skipped.items()))
        raise DatasetError(
            f"None of the {count:,} pictures of {found.title} can be read. The first is {name}: {sentence}"
        )
    entries, files, looks = zip(*known, strict=True)
    yield Progress(1.0, f"features of {len(entries):,} pictures are there")
    return Tapped(folder, entries, files, looks, skipped)


def _make_room(tapping: Tapping, root: Path, folder: Path, count: int) -> None:
    each = HEADER + 2 * sum(one.values * len(one.poolings) for one in tapping.taps)
    limit = settings().features_megabytes * MEGABYTE
    if count * each > limit:
        raise ParameterError(
            f"The features of {count:,} pictures take about {count * each / MEGABYTE:,.0f} MB, more than "
            f"the limit of {limit / MEGABYTE:,.0f} MB. Use fewer pictures, or raise WSL_FEATURES_MEGABYTES."
        )
    feature_files.prune(root, limit - count * each, set(folder.glob("*")))


def _digest(contents: bytes | Path) -> str:
    """SHA-256 of a file.

    Raises:
        ImageError: it cannot be opened.
    """
    if isinstance(contents, bytes):
        return hashlib.sha256(contents).hexdigest()
    try:
        with contents.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "strerror", None) or "it is no file name")
        raise ImageError(
            f"Cannot read {printable(contents.name)}: {reason.lower()}. Put it there again."
        ) from None


def _pixels(pixels: NDArray[np.uint8]) -> str:
    return hashlib.sha256(f"{pixels.shape}".encode() + pixels.tobytes()).hexdigest()


def _kept(path: Path) -> str | None:
    """Digest of the pixels of a picture whose features are there and whole; it counts as used now."""
    from safetensors import SafetensorError, safe_open

    with contextlib.suppress(OSError, SafetensorError, KeyError, TypeError):
        with safe_open(path, "numpy") as file:
            pixels: str = file.metadata()[PIXELS]
        os.utime(path)
        return pixels
    return None


def _extract(
    tapping: Tapping, waiting: Sequence[tuple[int, Entry, str, str, Any]], folder: Path
) -> None:
    """One forward pass, and its files."""
    from safetensors.numpy import save

    values = tapping.values(np.stack([fed for *_, fed in waiting]))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, (_, _, digest, pixels, _) in enumerate(waiting):
            data = save(
                {name: np.ascontiguousarray(rows[number]) for name, rows in values.items()},
                {PIXELS: pixels},
            )
            whole_files.write(folder / f"{digest}.safetensors", data)
    except OSError as error:
        raise DatasetError(
            f"The features cannot be written to {folder}: {error.strerror or 'the disk refused'}. Free "
            f"some space there, or set WSL_CACHE to a folder that can be written."
        ) from None
