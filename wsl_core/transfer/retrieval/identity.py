"""Which network made an index: its card, and a digest of the weights that were used."""

import hashlib
from functools import lru_cache
from pathlib import Path

from wsl_core import networks
from wsl_core.networks.recipe import Recipe
from wsl_core.transfer.retrieval.parameters import PIXELS, DescriptorParameters


def of(how: DescriptorParameters) -> str:
    """Sixteen hexadecimal digits over a network's architecture, normalisation and weights.

    Raises:
        NetworkError: there is no such network, or its weights are not there.
    """
    if how.network == PIXELS:
        return hashlib.sha256(PIXELS.encode()).hexdigest()[:16]
    recipe = Recipe.of(networks.card(how.network), how.weights)
    card = recipe.card
    facts = card.model_dump_json(include={"name", "build", "options", "mean", "std", "tap_layers"})
    path = recipe.weights_path()
    if path is None:
        weights = f"random {recipe.seed}"
    else:
        stat = path.stat()
        weights = _digest(path, stat.st_mtime_ns, stat.st_size)
    return hashlib.sha256(f"{facts} {weights}".encode()).hexdigest()[:16]


@lru_cache(maxsize=32)
def _digest(path: Path, changed: int, size: int) -> str:
    """SHA-256 of a file, computed once as long as it is not written."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
