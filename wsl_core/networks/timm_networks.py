"""Networks of timm's: what a card says of them, and their layers; imported in workers only.

Accepted is what keeps a map of places up to a global average and ends in a linear layer. Vision
transformers and their kin give tokens instead, and are refused.
"""

import difflib
import re
import sys
from collections.abc import Iterator
from itertools import count
from typing import Any

import torch
from torch import Tensor, nn

from wsl_core.errors import NetworkError
from wsl_core.jobs import Event, Progress, Result, Task
from wsl_core.networks import receptive_field
from wsl_core.networks.cards import Card, DownloadedWeights, OwnWeights, Sides, Weights
from wsl_core.networks.convolutionalization import FullyConvolutional, convolutionalize
from wsl_core.networks.timm_cards import PREFIX
from wsl_core.networks.tracing import trace

LARGEST = 1024  # no network needs a larger side for its first cell
_DIGEST = re.compile(r"[-_]([0-9a-f]{8,64})\.(?:pth|safetensors)$")


def build(card: Card, weights: dict[str, Tensor] | None) -> nn.Module:
    """The classifier of `card`, in evaluation mode.

    Args:
        card: of one of timm's.
        weights: tensors by timm's names; None leaves the random initialisation.

    Raises:
        WeightsError: a tensor is missing, left over or of another shape.
    """
    from wsl_core.networks.weights import assign

    network = _created(card.name.removeprefix(PREFIX))
    if weights is not None:
        # Files that were published elsewhere have other names; timm knows which.
        renamed = getattr(sys.modules[type(network).__module__], "checkpoint_filter_fn", None)
        if renamed is not None:
            weights = renamed(weights, network)
        assign(network, weights, {name: name for name in network.state_dict()}, card.title)
    return network.eval().requires_grad_(requires_grad=False)


def describe(task: Task) -> Iterator[Event]:
    """Job: the card of timm's network `config["name"]`.

    Raises:
        NetworkError: timm has no such network, or it cannot be used here; the sentence says why.
    """
    name = task.config["name"]
    yield Progress(0.3, "looking at timm's layers")
    with torch.device("meta"):
        card = described(name)
    yield Result({"value": card.model_dump(mode="json")})


def described(name: str) -> Card:
    """The card of a network of timm's; computed on the meta device, so nothing is calculated."""
    network = _created(name)
    published = network.pretrained_cfg
    side = int(published.get("input_size", (3, 224, 224))[-1])
    _check_places(name, network, side)
    taps, features = _taps(network)
    converted = convolutionalize(network, taps={tap: tap for tap in taps}, features=features)
    geometry = receptive_field.geometries(converted)[features]
    context = receptive_field.with_whole_picture(converted)
    number = sum(value.numel() for value in network.parameters())
    step = int(geometry.jump)
    offset = int(2 * geometry.first_centre + 1) % step
    return Card(
        name=PREFIX + name,
        title=f"timm's {name}",
        build="wsl_core.networks.timm_networks:build",
        weights=_weights(published, number),
        parameters=number,
        classes=converted.classifier.out_features,
        class_names="imagenet" if converted.classifier.out_features == 1000 else "numbers",
        mean=tuple(255 * value for value in published["mean"]),
        std=tuple(255 * value for value in published["std"]),
        sides=Sides(step=step, offset=offset, smallest=_smallest(converted, step, offset)),
        training_side=side,
        features=features,
        taps=(*(tap for tap in taps if tap != features), features),
        head="cells" if converted.kind == "cells" else "linear",
        caution=f"The layer {context[0]} joins every cell with the whole picture, so a cell depends on "
        f"more than its window."
        if context
        else "",
    )


def _created(name: str) -> nn.Module:
    import timm

    architecture = name.split(".", maxsplit=1)[0]
    if not timm.is_model(architecture):
        near = difflib.get_close_matches(architecture, timm.list_models(), n=4, cutoff=0.6)
        meant = f" Close to it are: {', '.join(near)}." if near else ""
        raise NetworkError(
            f"timm has no network named {name!r}.{meant} Its list is at "
            f'https://huggingface.co/docs/timm, or: python -c "import timm; print(timm.list_models())"'
        )
    try:
        network: nn.Module = timm.create_model(name, pretrained=False, exportable=True).eval()
    except (RuntimeError, ValueError, TypeError, KeyError) as error:
        raise NetworkError(
            f"timm cannot make the network {name!r}: {str(error).splitlines()[0]}"
        ) from None
    _with_numbered_padding(network)
    return network


def _with_numbered_padding(network: nn.Module) -> None:
    """TensorFlow's "same" padding as a number: the same at the sides that the card accepts."""
    for path, layer in list(network.named_modules()):
        if not type(layer).__name__.startswith(("Conv2dSame", "MaxPool2dSame")):
            continue
        kernel, dilation = layer.kernel_size, layer.dilation
        kernel, dilation = (
            value if isinstance(value, tuple) else (value,) for value in (kernel, dilation)
        )
        if any(size % 2 == 0 for size in kernel):
            continue
        padding = tuple(
            (size - 1) * wide // 2 for size, wide in zip(kernel, dilation, strict=False)
        )
        parent, _, child = path.rpartition(".")
        if isinstance(layer, nn.Conv2d):
            plain: nn.Module = nn.Conv2d(
                layer.in_channels, layer.out_channels, layer.kernel_size, layer.stride,
                padding, layer.dilation, layer.groups, layer.bias is not None,
            )  # fmt: skip
            plain.weight, plain.bias = layer.weight, layer.bias
        else:
            plain = nn.MaxPool2d(layer.kernel_size, layer.stride, padding[0])
        setattr(network.get_submodule(parent), child, plain.eval())


def _check_places(name: str, network: nn.Module, side: int) -> None:
    """Refuse what has no map of places before its layers are followed one by one."""
    try:
        with torch.no_grad():
            values = network.forward_features(torch.empty(1, 3, side, side))
    except (AttributeError, RuntimeError, AssertionError) as error:
        raise NetworkError(
            f"timm's {name} cannot be used here: it gives no features "
            f"({str(error).splitlines()[0] if str(error) else type(error).__name__})."
        ) from None
    if not isinstance(values, Tensor) or values.ndim != 4:
        given = f"tokens of shape {tuple(values.shape)}" if isinstance(values, Tensor) else "a list"
        raise NetworkError(
            f"timm's {name} has no map of places: below its head it gives {given}. Accepted are networks "
            f"that keep (channels, rows, columns), such as resnet34."
        )


def _taps(network: nn.Module) -> tuple[tuple[str, ...], str]:
    """Names of the stages that timm lists, and of the features: the last stage where they are the same."""
    listed = [entry["module"] for entry in getattr(network, "feature_info", [])]
    modules = dict(network.named_modules())
    found = tuple(dict.fromkeys(name for name in listed if name in modules))
    traced = trace(network)
    usable = tuple(name for name in found if name in traced.outputs)
    if usable:
        last = convolutionalize(network, taps={usable[-1]: usable[-1]})
        (output,) = (node for node in last.body.graph.nodes if node.op == "output")
        if output.args[0][usable[-1]] is output.args[0]["features"]:
            return usable, usable[-1]
    return (*usable, "features"), "features"


def _smallest(network: FullyConvolutional, step: int, offset: int) -> int:
    """The smallest side of the lattice, of at least one step, from which the network makes a cell."""
    for number in count(1):
        side = offset + step * number - (step if offset else 0)
        if side < min(step, 29):
            continue
        if side > LARGEST:
            raise NetworkError(f"The network makes no cell of a picture of {LARGEST} px.")
        try:
            with torch.no_grad():
                network(torch.empty(1, 3, side, side))
        except RuntimeError:
            continue
        return side
    raise AssertionError("the count ends above")


def _weights(published: dict[str, Any], number: int) -> Weights:
    """How to get them: fetched where the file's name holds its digest, else brought."""
    url = str(published.get("url") or "")
    digest = _DIGEST.search(url)
    facts = {
        "megabytes": round(4 * number / 1e6, 1),
        "origin": str(published.get("origin_url") or published.get("hf_hub_id") or "timm"),
        "licence": str(published.get("license") or "not stated"),
    }
    if digest:
        return DownloadedWeights(url=url, sha256=digest.group(1), **facts)
    return OwnWeights(sha256="", **facts)
