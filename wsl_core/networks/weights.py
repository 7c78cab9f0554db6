"""Weights files, read without running what is in them, and fitted tensor by tensor."""

import hashlib
import pickle
from pathlib import Path

import torch
from torch import Tensor, nn

from wsl_core.errors import WeightsError
from wsl_core.networks.cards import Card


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(card: Card, path: Path | None = None) -> dict[str, Tensor]:
    """The tensors of a weights file, by the names they have there.

    Args:
        card: of the network.
        path: of the file; None for one brought in WSL_WEIGHTS, else the published one.

    Raises:
        WeightsError: the file is missing, damaged, not the published one, or holds more than tensors.
    """
    own = path or card.brought_weights()
    path = own or card.weights_path()
    if not own and not digest(path).startswith(card.weights.sha256):
        raise WeightsError(
            f"The weights file {path.name} of {card.name} is damaged or has been changed: its SHA-256 "
            f"is not the published one. {card.weights.again}"
        )
    advice = "Accepted is a .safetensors file, or a .pth file that holds only tensors."
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(path)
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise WeightsError(
            f"The weights file {path.name} was refused: it is damaged, or holds Python objects that "
            f"could run code when it is read. {advice}"
        ) from None
    except Exception as error:  # torch and safetensors document no closed set for damaged files
        raise WeightsError(
            f"The weights file {path.name} cannot be read; it is damaged or not a weights file "
            f"({type(error).__name__}). {advice}"
        ) from None
    if not isinstance(tensors, dict) or not all(isinstance(t, Tensor) for t in tensors.values()):
        raise WeightsError(f"The weights file {path.name} is not a table of tensors. {advice}")
    return tensors


def assign(
    network: nn.Module, weights: dict[str, Tensor], names: dict[str, str], title: str
) -> None:
    """Copy `weights` into `network`, each tensor by its name in the file.

    Args:
        network: the module to fill.
        weights: tensors by their names in the file.
        names: for every tensor of the module, its name in the file.
        title: of the network, for the sentence.

    Raises:
        WeightsError: names the first tensor that is missing, of another shape, not finite, or left over.
    """
    own = network.state_dict()
    counters = {name for name in names if name.endswith("num_batches_tracked")}
    for name, theirs in names.items():
        if name in counters:
            continue
        if theirs not in weights:
            raise WeightsError(
                f"These weights are not those of {title}: the tensor {theirs} is missing."
            )
        found, wanted = tuple(weights[theirs].shape), tuple(own[name].shape)
        if found != wanted:
            raise WeightsError(
                f"These weights are not those of {title}: the tensor {theirs} has shape {found}, "
                f"the network needs {wanted}."
            )
        if not torch.isfinite(weights[theirs]).all():
            raise WeightsError(
                f"The weights of {title} are damaged: the tensor {theirs} holds values that are not finite."
            )
    if extra := set(weights) - set(names.values()):
        raise WeightsError(
            f"These weights are not those of {title}: the network has no tensor "
            f"{min(map(str, extra))}."
        )
    fitting = {name: weights[theirs] for name, theirs in names.items() if theirs in weights}
    uncounted = {name: torch.zeros_like(own[name]) for name in counters - set(fitting)}
    network.load_state_dict(fitting | uncounted)
