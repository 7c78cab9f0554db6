"""A pair of pictures as a pair of features: what the default network's classifier reads, once a picture.

Features are kept in WSL_CACHE, in `adaptation`, under a digest of pictures and network. Imported in workers
only.
"""

import contextlib
import hashlib
import os
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from wsl_core import networks
from wsl_core.datasets.domains import DomainPair, Labelled, Unlabelled
from wsl_core.jobs import Progress
from wsl_core.networks import Network
from wsl_core.settings import settings

TOGETHER = 16  # pictures in a forward pass
PARTS = (
    "source",
    "target",
    "evaluation",
    "source_evaluation",
    "target_labelled",
    "ceiling_evaluation",
)
Domain = TypeVar("Domain", Labelled, Unlabelled)


def on_features(pair: DomainPair) -> Generator[Progress, None, DomainPair]:
    """The same pair with (N, D) float32 features in the place of pictures.

    Raises:
        NetworkError: the default network cannot be loaded.
    """
    network, found = networks.load(), {}
    known: dict[str, NDArray[np.float32]] = {}
    for number, name in enumerate(PARTS):
        part = getattr(pair, name)
        if part is not None:
            yield Progress(0.0, f"computing features, part {number + 1} of {len(PARTS)}")
            found[name] = replace(part, values=_read(network, part.values, known))
    return replace(pair, **found)


def _read(
    network: Network, pictures: NDArray[np.uint8], known: dict[str, NDArray[np.float32]]
) -> NDArray[np.float32]:
    """(N, D), from this call's own, from the cache, or computed."""
    digest = hashlib.sha256(f"{network.card.name} {pictures.shape}".encode())
    digest.update(np.ascontiguousarray(pictures).data)
    key = digest.hexdigest()[:24]
    if key not in known:
        place = settings().cache / "adaptation" / f"{key}.npy"
        known[key] = _kept(place, len(pictures))
        if not len(known[key]):
            batches = range(0, len(pictures), TOGETHER)
            rows = [network.pooled(pictures[start : start + TOGETHER]) for start in batches]
            known[key] = np.concatenate(rows).astype(np.float32)
            _keep(place, known[key])
    return known[key]


def _kept(place: Path, count: int) -> NDArray[np.float32]:
    """What is in the cache; nothing where it is not there or damaged."""
    with contextlib.suppress(OSError, ValueError, EOFError):
        found = np.load(place, allow_pickle=False)
        if found.dtype == np.float32 and found.ndim == 2 and len(found) == count:
            return np.asarray(found, np.float32)
    return np.empty((0, 0), np.float32)


def _keep(place: Path, features: NDArray[np.float32]) -> None:
    """Write beside the place and rename; without room it is computed again another time."""
    beside = place.with_name(f".{place.stem}-{os.getpid()}.npy")
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        np.save(beside, features)
        os.replace(beside, place)
