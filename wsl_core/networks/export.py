"""Writes a torch network for the runtime, once; runs in a worker (see `exported`).

The way: torch -> ONNX -> OpenVINO's own format. `openvino.convert_model` would do it in one step, but
reports its use to its maker; `Core.read_model` reads ONNX and reports nothing (nor does the import, by
way of `quiet_openvino`). Batch and channels are
static, height and width dynamic; pictures enter as uint8 (1, height, width, 3), the normalisation is
part of the graph.
"""

import contextlib
import io
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn

from wsl_core.errors import NetworkError
from wsl_core.jobs import Event, Progress, Result, Task
from wsl_core.networks import exported, layers, torch_runtime
from wsl_core.networks.cards import Card
from wsl_core.networks.convolutionalization import POOLED, FullyConvolutional
from wsl_core.networks.openvino_runtime import quiet_openvino
from wsl_core.networks.recipe import Recipe


class _Taps(nn.Module):
    """ONNX knows a sequence of outputs, not a dictionary."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.network(x).values())


def export(task: Task) -> Iterator[Event]:
    """Job: export the network of `config["recipe"]` into `config["folder"]`.

    Raises:
        WeightsError: weights missing, damaged or made for another network.
        NetworkError: a layer cannot be converted, or the folder cannot be written.
    """
    recipe, place = Recipe.model_validate(task.config["recipe"]), Path(task.config["folder"])
    yield Progress(0.4, "reading the weights")
    built = torch_runtime.of_recipe(recipe)
    yield Progress(0.5, "converting the layers")
    onnx = to_onnx(recipe.card, built.network)
    yield Progress(0.8, "writing the network")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".writing-", dir=place.parent))
    except OSError as error:
        raise exported.unwritable(place.parent, error) from None
    try:
        write(recipe, built, onnx, beside)
        shutil.copymode(place.parent, beside)  # mkdtemp lets nobody else in
        with contextlib.suppress(OSError):  # another server was quicker: its export is as good
            os.rename(beside, place)
    except OSError as error:
        raise exported.unwritable(place.parent, error) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    yield Result({"folder": str(place)})


def to_onnx(card: Card, network: FullyConvolutional) -> bytes:
    """The layers up to the last tap as ONNX, every tap an output of its name.

    Raises:
        NetworkError: names the layer that has no counterpart.
    """
    side = card.sides.nearest(card.training_side)
    file = io.BytesIO()
    try:
        with warnings.catch_warnings():
            # The newer exporter takes twenty times as long and writes the same layers.
            warnings.simplefilter("ignore", DeprecationWarning)
            torch.onnx.export(
                _Taps(network).eval(),
                (torch.zeros(1, 3, side, side),),
                file,
                input_names=["picture"],
                output_names=[*card.taps, *([POOLED] if network.kind == "cells" else [])],
                dynamic_axes={"picture": {2: "height", 3: "width"}},
                dynamo=False,
            )
    except Exception as error:
        raise NetworkError(
            f"The network {card.name} cannot be converted for OpenVINO: {str(error).splitlines()[0]} "
            f"Use it with the torch runtime."
        ) from error
    return file.getvalue()


def write(recipe: Recipe, built: "torch_runtime.Built", onnx: bytes, folder: Path) -> None:
    """Everything that `exported.read` expects, network.json last."""
    from safetensors.torch import save_file

    card = recipe.card
    openvino = quiet_openvino()
    core = openvino.Core()
    model = core.read_model(model=onnx, weights=b"")
    steps = openvino.preprocess.PrePostProcessor(model)
    picture = steps.input()
    picture.tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
    picture.model().set_layout(openvino.Layout("NCHW"))
    picture.preprocess().convert_element_type(openvino.Type.f32).mean(list(card.mean)).scale(
        list(card.std)
    )
    openvino.save_model(steps.build(), folder / "network.xml", compress_to_fp16=False)
    save_file({"weight": built.weight, "bias": built.bias}, folder / "head.safetensors")
    facts = {
        "recipe": recipe.model_dump(mode="json"),
        "geometries": {tap: asdict(geometry) for tap, geometry in built.geometries.items()},
        "channels": built.channels,
        "layers": layers.to_json(built.layers),
        "files": {file.name: file.stat().st_size for file in sorted(folder.iterdir())},
    }
    (folder / exported.FACTS).write_text(json.dumps(facts), encoding="utf-8")
