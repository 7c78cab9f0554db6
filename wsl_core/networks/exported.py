"""Exported networks on disk: found, made in a worker when missing, read without torch.

An export is a folder under `WSL_CACHE`, named after the network and a key over everything it depends
on: package versions, the weights file and the card. It is written beside and renamed when complete, so
a half-written one is never read and several servers may share the folder.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core import jobs
from wsl_core.errors import NetworkError
from wsl_core.networks import kept, layers
from wsl_core.networks.geometry import Geometry
from wsl_core.networks.kept import Report
from wsl_core.networks.layers import Layers
from wsl_core.networks.recipe import Recipe
from wsl_core.settings import settings

JOB = "wsl_core.networks.export:export"
FACTS = "network.json"  # written last: where it is, the export is whole


@dataclass(frozen=True)
class Exported:
    """A network as the runtime needs it.

    Attributes:
        folder: holds network.xml and network.bin (the layers up to the features tap, all taps named).
        weight: (classes, channels) float32, the linear head.
        bias: (classes,) float32.
        geometries: of every tap.
        channels: of every tap.
        layers: every layer, for its shape and its cost.
    """

    folder: Path
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    geometries: dict[str, Geometry]
    channels: dict[str, int]
    layers: Layers


def key(recipe: Recipe) -> str:
    """Twelve hexadecimal digits over everything that an export depends on.

    Raises:
        WeightsError: the weights are missing.
    """
    path, weights = recipe.weights_path(), "random"
    if path is not None:
        with path.open("rb") as file:
            weights = hashlib.file_digest(file, "sha256").hexdigest()
    facts = recipe.model_dump(mode="json", exclude={"path"}) | {"weights": weights}
    return kept.key(facts, ("openvino", "torch", "onnx"))


def folder(recipe: Recipe) -> Path:
    """Where the export of a network lies, or will lie.

    Raises:
        WeightsError: the weights are missing.
    """
    return settings().cache / "networks" / f"{recipe.card.file_name}-{key(recipe)}"


def ready(recipe: Recipe) -> bool:
    """Whether an export is there and whole."""
    return (folder(recipe) / FACTS).is_file()


def ensure(recipe: Recipe, report: Report | None = None) -> Exported:
    """The export of a network, made in a worker if it is not there yet.

    Args:
        recipe: of the network.
        report: called with the share done (0 .. 1) and what is being done.

    Raises:
        WeightsError: weights missing, damaged or made for another network.
        NetworkError: the network cannot be converted, or the cache folder cannot be written.
    """
    place = folder(recipe)  # reads the weights for its key, so it is asked for once
    if not (place / FACTS).is_file():
        _make(recipe, place, report)
    try:
        return read(place)
    except (OSError, ValueError, KeyError, TypeError):
        # Damaged after it was written: it is only a cache, so it is made again, once.
        shutil.rmtree(place, ignore_errors=True)
        _make(recipe, place, report)
        return read(place)


def _make(recipe: Recipe, place: Path, report: Report | None) -> None:
    # What was found here is what the worker is to read, whatever its own environment says.
    if recipe.card.brought_weights() is not None and not recipe.random and recipe.path is None:
        recipe = recipe.model_copy(update={"path": recipe.weights_path()})
    config = {"recipe": recipe.model_dump(mode="json"), "folder": str(place)}
    for event in jobs.run(JOB, config):
        if report is not None and isinstance(event, jobs.Progress):
            report(event.share, event.doing)


def read(place: Path) -> Exported:
    """Read an export; OSError, ValueError, KeyError or TypeError where it is damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    facts: dict[str, Any] = json.loads((place / FACTS).read_text(encoding="utf-8"))
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
        layers=layers.from_json(facts["layers"]),
    )


def unwritable(place: Path, error: OSError) -> NetworkError:
    """The sentence for a cache folder that cannot be written."""
    return NetworkError(
        f"The exported network cannot be written to {place}: {error.strerror or 'the disk refused'}. "
        f"Free some space there, or set WSL_CACHE to a folder that can be written."
    )
