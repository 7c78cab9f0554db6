"""Exported networks on disk: found, made in a worker when missing, read without torch.

An export is a folder under `WSL_CACHE`, named after the network and a key over everything it depends
on: package versions, the weights file and the card. It is written beside and renamed when complete, so
a half-written one is never read and several servers may share the folder.
"""

import hashlib
import importlib.metadata
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core import __version__, jobs
from wsl_core.errors import NetworkError
from wsl_core.networks.cards import Card
from wsl_core.networks.geometry import Geometry
from wsl_core.settings import settings

Report = Callable[[float, str], None]
JOB = "wsl_core.networks.export:export"


@dataclass(frozen=True)
class Exported:
    """A network as the runtime needs it.

    Attributes:
        folder: holds network.xml and network.bin (the layers up to the features tap, all taps named).
        weight: (classes, channels) float32, the linear head.
        bias: (classes,) float32.
        geometries: of every tap.
        channels: of every tap.
    """

    folder: Path
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    geometries: dict[str, Geometry]
    channels: dict[str, int]


def key(card: Card) -> str:
    """Twelve hexadecimal digits over everything that an export depends on."""
    path = card.weights_path()
    with path.open("rb") as file:
        weights = hashlib.file_digest(file, "sha256").hexdigest()
    versions = {name: importlib.metadata.version(name) for name in ("openvino", "torch", "onnx")}
    facts = {"wsl_core": __version__, "card": card.model_dump(), "weights": weights} | versions
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:12]


def folder(card: Card) -> Path:
    """Where the export of `card` lies, or will lie.

    Raises:
        WeightsError: the weights are missing.
    """
    return settings().cache / "networks" / f"{card.name}-{key(card)}"


def ready(card: Card) -> bool:
    """Whether an export is there and whole."""
    return (folder(card) / "network.json").is_file()


def ensure(card: Card, report: Report | None = None) -> Exported:
    """The export of `card`, made in a worker if it is not there yet.

    Args:
        card: of the network.
        report: called with the share done (0 .. 1) and what is being done.

    Raises:
        WeightsError: weights missing, damaged or made for another network.
        NetworkError: the network cannot be converted, or the cache folder cannot be written.
    """
    place = folder(card)
    if not ready(card):
        _make(card, place, report)
    try:
        return read(place)
    except (OSError, ValueError, KeyError):
        # Damaged after it was written: it is only a cache, so it is made again, once.
        shutil.rmtree(place, ignore_errors=True)
        _make(card, place, report)
        return read(place)


def _make(card: Card, place: Path, report: Report | None) -> None:
    for event in jobs.run(JOB, {"name": card.name, "folder": str(place)}):
        if report is not None and event["event"] == "progress":
            report(event["share"], event["doing"])


def read(place: Path) -> Exported:
    """Read an export; OSError, ValueError or KeyError where it is damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    facts: dict[str, Any] = json.loads((place / "network.json").read_text(encoding="utf-8"))
    for file, size in facts["files"].items():
        if (place / file).stat().st_size != size:
            raise ValueError(f"{file} is not as long as it was written")
    try:
        head = load_file(place / "head.safetensors")
    except SafetensorError as error:
        raise ValueError("the head is damaged") from error
    return Exported(
        folder=place,
        weight=head["weight"],
        bias=head["bias"],
        geometries={tap: Geometry(**numbers) for tap, numbers in facts["geometries"].items()},
        channels=facts["channels"],
    )


def unwritable(place: Path, error: OSError) -> NetworkError:
    """The sentence for a cache folder that cannot be written."""
    return NetworkError(
        f"The exported network cannot be written to {place}: {error.strerror or 'the disk refused'}. "
        f"Free some space there, or set WSL_CACHE to a folder that can be written."
    )
