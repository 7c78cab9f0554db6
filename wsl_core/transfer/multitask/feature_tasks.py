"""VOC and PACS as frozen features of the default network, with two labels each; imported in workers only.

Features are kept in WSL_CACHE, in `multitask`, under a digest of the pictures and the network.
"""

import contextlib
import hashlib
import io
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core import networks, whole_files
from wsl_core.datasets import voc
from wsl_core.datasets.domains.readers.picture_files import class_folders, pictures
from wsl_core.errors import DatasetError
from wsl_core.jobs import Progress
from wsl_core.settings import settings
from wsl_core.transfer.multitask.task_data import IGNORED, Labelled, TaskData
from wsl_core.transfer.multitask.task_sets import PACS_CLASSES, PACS_DOMAINS, TaskSetCard

SIDE = 225  # px, at which pictures are fed; proportions are not kept
TOGETHER = 16  # pictures in a forward pass
CELLS = 3  # a side of the grid of positions
HELD_OUT = 0.3  # of PACS, of each class and domain
VOC_PICTURES, PACS_PICTURES = 11_540, 9_991
"""Pictures of the published sets: VOC 2012 train and val, and PACS."""


def voc_tasks(card: TaskSetCard) -> Generator[Progress, None, TaskData]:
    """VOC 2012: learned from `train`, measured on `val`.

    Raises:
        DatasetError: a picture or annotation is missing or damaged.
        NetworkError: the default network cannot be loaded.
    """
    root = settings().data
    assert root is not None  # the card has looked
    parts = []
    for split in ("train", "val"):
        found = [one for one in voc.pictures(root / "voc", split) if _largest(one)]
        values = yield from _features([one.path for one in found], grid=True)
        labels: dict[str, NDArray[Any]] = {
            "objects": np.stack([presence(one) for one in found]),
            "position": np.array([cell(one) for one in found], np.int64),
        }
        parts.append(Labelled(values, labels))
    return TaskData(card, parts[0], parts[1], _said("VOC 2012", parts, VOC_PICTURES))


def presence(picture: voc.VOCPicture) -> NDArray[np.int8]:
    """(20,): 1 for a class that is there, 0 for one that is not; with difficult objects only, `IGNORED`."""
    found = np.zeros(len(voc.CLASSES), np.int8)
    for difficult in (True, False):
        for one in picture.objects:
            if one.difficult == difficult and one.name in voc.CLASSES:
                found[voc.CLASSES.index(one.name)] = IGNORED if difficult else 1
    return found


def cell(picture: voc.VOCPicture) -> int:
    """Which cell of the grid holds the middle of the largest object, row by row from the upper left."""
    largest = _largest(picture)
    assert largest is not None
    left, top, right, bottom = largest.box
    across = min(CELLS - 1, int(CELLS * (left + right) / 2 / picture.width))
    down = min(CELLS - 1, int(CELLS * (top + bottom) / 2 / picture.height))
    return CELLS * down + across


def _largest(picture: voc.VOCPicture) -> voc.VOCObject | None:
    """The object whose box has the largest area; difficult ones do not count."""
    counted = [one for one in picture.objects if not one.difficult]
    return max(counted, key=lambda one: _area(one.box), default=None)


def _area(box: tuple[float, float, float, float]) -> float:
    left, top, right, bottom = box
    return (right - left) * (bottom - top)


def pacs_tasks(card: TaskSetCard) -> Generator[Progress, None, TaskData]:
    """PACS: of each class in each domain a fixed share is held out.

    Raises:
        DatasetError: a picture is damaged, or a class folder is missing.
        NetworkError: the default network cannot be loaded.
    """
    root = settings().data
    assert root is not None  # the card has looked
    places = [root / "pacs" / one for one in PACS_DOMAINS]
    paths: list[Path] = []
    labels: dict[str, list[int]] = {"object": [], "domain": []}
    held: list[bool] = []
    draw = np.random.default_rng(0)
    for domain, place in enumerate(places):
        folder = place if place.is_dir() else root / "pacs" / "kfold" / place.name
        found = class_folders(folder)
        lacking = [name for name in PACS_CLASSES if name not in found]
        if lacking:
            raise DatasetError(
                f"The folder {folder} has no class folder {', '.join(lacking)}. Get the set again."
            )
        for label, name in enumerate(PACS_CLASSES):
            own = found[name]
            paths += own
            labels["object"] += [label] * len(own)
            labels["domain"] += [domain] * len(own)
            order = draw.permutation(len(own))
            held += (order < max(1, round(HELD_OUT * len(own)))).tolist()
    values = yield from _features(paths, grid=False)
    whole = Labelled(values, {name: np.array(one, np.int64) for name, one in labels.items()})
    kept = np.array(held)
    parts = [whole[np.flatnonzero(~kept)], whole[np.flatnonzero(kept)]]
    return TaskData(card, parts[0], parts[1], _said("PACS", parts, PACS_PICTURES))


def _said(title: str, parts: Sequence[Labelled], published: int) -> str:
    train, held_out = map(len, parts)
    subset = "" if train + held_out >= 0.99 * published else ", a subset"
    return f"{title}{subset}: {train:,} pictures to learn from, {held_out:,} held out"


def _features(
    paths: Sequence[Path], *, grid: bool
) -> Generator[Progress, None, NDArray[np.float16]]:
    """(N, channels), or (N, channels, 3, 3) of means over parts of the map."""
    yield Progress(0.0, f"reading {len(paths):,} pictures")
    network = networks.load()
    digest = hashlib.sha256(f"{network.card.name} {network.trained} {SIDE} {grid}".encode())
    for path in paths:
        try:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError as error:
            raise DatasetError(
                f"The picture {path} cannot be read ({(error.strerror or 'unknown').lower()}). Get the set "
                f"again."
            ) from None
    place = settings().cache / "multitask" / f"{digest.hexdigest()[:24]}.npy"
    with contextlib.suppress(OSError, ValueError, EOFError):
        kept: NDArray[np.float16] = np.load(place, allow_pickle=False)
        if len(kept) == len(paths):
            return kept
    rows = []
    for start in range(0, len(paths), TOGETHER):
        yield Progress(0.0, f"features of {start:,} of {len(paths):,} pictures")
        batch = pictures(paths[start : start + TOGETHER], SIDE)
        tap = network.card.features
        maps = network.features(batch, (tap,))[tap]
        rows.append(binned(maps, CELLS) if grid else maps.mean((2, 3)))
    found = np.concatenate(rows).astype(np.float16)
    data = io.BytesIO()
    np.save(data, found)
    with contextlib.suppress(OSError):  # without room they are computed again another time
        place.parent.mkdir(parents=True, exist_ok=True)
        whole_files.write(place, data.getvalue())
    return found


def binned(maps: NDArray[np.float32], parts: int) -> NDArray[np.float32]:
    """(N, C, rows, columns) -> (N, C, parts, parts): means over parts that overlap where they must."""
    found = np.empty((*maps.shape[:2], parts, parts), np.float32)
    spans = [
        [slice(i * side // parts, -(-(i + 1) * side // parts)) for i in range(parts)]
        for side in maps.shape[2:]
    ]
    for i, rows in enumerate(spans[0]):
        for j, columns in enumerate(spans[1]):
            found[:, :, i, j] = maps[:, :, rows, columns].mean((2, 3))
    return found
