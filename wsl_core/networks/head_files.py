"""A trained head on disk: a folder with head.safetensors and card.json.

Tensors are written first, the card last with their SHA-256, each beside its place and then renamed. Whoever
trains a head for a network writes it so; `wsl_core.fcn.heads` reads it.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from wsl_core import whole_files
from wsl_core.errors import HeadError

TENSORS, CARD = "head.safetensors", "card.json"


def contents(
    card: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]
) -> tuple[dict[str, bytes], str]:
    """What is in both files, by name, and the digest of the tensors, which the card then has.

    Args:
        card: plain JSON values.
        tensors: by name.
    """
    from safetensors.numpy import save

    data = save(dict(tensors))
    digest = hashlib.sha256(data).hexdigest()
    return {TENSORS: data, CARD: text({**card, "tensors_sha256": digest})}, digest


def write(place: Path, card: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> str:
    """Write a head; the SHA-256 of its tensors.

    Raises:
        HeadError: the folder cannot be written.
    """
    files, digest = contents(card, tensors)
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            whole_files.write(place / name, data)
    except OSError as error:
        raise unwritable(place, error) from None
    return digest


def text(card: Mapping[str, Any]) -> bytes:
    """The file of a card."""
    return f"{json.dumps(card, indent=1, ensure_ascii=False)}\n".encode()


def unwritable(place: Path, error: OSError) -> HeadError:
    """The sentence for a folder that cannot be written."""
    return HeadError(
        f"The head cannot be written to {place} ({(error.strerror or 'the disk refused').lower()}). "
        f"Choose a folder of yours, with space left."
    )
