"""A network ready to look at pictures, on either runtime."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wsl_core.errors import NetworkError, ParameterError
from wsl_core.images import Photo
from wsl_core.networks import class_names, imagenet
from wsl_core.networks.cards import Card
from wsl_core.networks.class_maps import ClassMaps
from wsl_core.networks.class_names import ClassNames
from wsl_core.networks.geometry import Geometry, Placement
from wsl_core.networks.kept import Report
from wsl_core.networks.layers import Layers
from wsl_core.networks.recipe import PUBLISHED, Recipe
from wsl_core.networks.zoo import DEFAULT, card

RUNTIMES = ("openvino", "torch")
PRECISIONS = ("float32", "bfloat16")


class Runtime(Protocol):
    """What runs the layers of a network."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    geometries: dict[str, Geometry]
    channels: dict[str, int]
    layers: Layers

    def run(self, pictures: NDArray[np.uint8], taps: tuple[str, ...]) -> list[NDArray[np.float32]]:
        """Pictures (N, h, w, 3) uint8, in one pass -> each tap (N, channels, rows, columns) float32."""


# One forward pass at a time in this process, whichever network: two at once are slower than one
# after the other, and a class of thirty would stack up their memory.
_forward = threading.Lock()
BATCH = (
    4  # pictures a pass, where there are several; more are no faster (`benchmarks.sliding_window`)
)


class Network:
    """Class maps and features of pictures of any size; safe to use from several threads."""

    def __init__(self, card: Card, runtime: Runtime, trained: str = PUBLISHED) -> None:
        """Use `load` instead."""
        self.card, self.runtime, self.trained = card, runtime, trained
        self.classes: ClassNames = classes_of(card)

    @property
    def layers(self) -> Layers:
        """Every layer, for its shape and its cost."""
        return self.runtime.layers

    def geometry(self, tap: str | None = None) -> Geometry:
        """Where the cells of a tap look; of the class maps by default."""
        return self.runtime.geometries[self._known(tap or self.card.features)]

    def class_maps(
        self, photo: Photo, size: int | str = 449, *, mirrored: bool = False
    ) -> ClassMaps:
        """Maps of all classes at once, in one forward pass, nothing cropped.

        Args:
            photo: the picture.
            size: its longer side when fed, in pixels, or "full" for its own. Each side is rounded to
                the nearest that the network accepts, so x and y have scales of their own.
            mirrored: feed the picture flipped left to right; the maps know and lie right all the same.

        Raises:
            ParameterError: a size outside the limits.
        """
        rows, columns = photo.pixels.shape[:2]
        height, width = self.card.sides.fit(rows, columns, size)
        pixels = resized(photo.pixels, height, width)
        if mirrored:
            pixels = np.ascontiguousarray(pixels[:, ::-1])
        outputs = (self.card.features, *(("pooled",) if self.card.head == "cells" else ()))
        features, *pooled = (value[0] for value in self._run(pixels[None], outputs))
        placement = Placement.of(
            self.geometry(),
            features.shape[1:],
            (height, width),
            (photo.height, photo.width),
            mirrored,
        )
        return ClassMaps(
            network=self.card.name,
            classes=self.classes,
            features=features,
            weight=self.runtime.weight,
            bias=self.runtime.bias,
            placement=placement,
            digest=photo.digest,
            pooled=pooled[0][:, 0, 0] if pooled else None,
            trained=self.trained,
        )

    def features(
        self, batch: NDArray[np.uint8], taps: Sequence[str]
    ) -> dict[str, NDArray[np.float32]]:
        """Named layers of several pictures, a few of them a pass.

        Args:
            batch: (N, h, w, 3) uint8, RGB; sides that the card accepts.
            taps: names from the card.

        Returns:
            for every tap (N, channels, rows, columns) float32.

        Raises:
            NetworkError: a tap that the network does not have.
            ParameterError: a batch of another shape, kind or side.
        """
        names = tuple(dict.fromkeys(self._known(tap) for tap in taps))  # OpenVINO dies of doubles
        self._check(batch)
        return dict(zip(names, self._run(batch, names), strict=True))

    def reduced(
        self,
        batch: NDArray[np.uint8],
        taps: Sequence[str],
        reduce: Callable[[dict[str, NDArray[np.float32]]], dict[str, NDArray[Any]]],
    ) -> dict[str, NDArray[Any]]:
        """Named layers of several pictures, made smaller pass by pass before anything is copied.

        Args:
            batch: (N, h, w, 3) uint8, RGB; sides that the card accepts.
            taps: names from the card.
            reduce: from the layers of a pass, as `features` gives them, to arrays with a row a picture; it
                keeps nothing of what it is given, which the next pass writes over.

        Returns:
            those arrays, of all pictures.

        Raises:
            NetworkError: a tap that the network does not have.
            ParameterError: a batch of another shape, kind or side.
        """
        names = tuple(dict.fromkeys(self._known(tap) for tap in taps))
        self._check(batch)
        look = getattr(self.runtime, "look", self.runtime.run)
        found = []
        for part in _passes(batch):
            with _forward:
                maps = look(np.ascontiguousarray(part), names)
                found.append(reduce(dict(zip(names, maps, strict=True))))
        if len(found) == 1:
            return found[0]
        return {name: np.concatenate([one[name] for one in found]) for name in found[0]}

    def pooled(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The features that the network's own scores are made of, for several pictures.

        Args:
            batch: (N, h, w, 3) uint8, RGB; sides that the card accepts.

        Returns:
            (N, channels) float32: scores = weight @ pooled + bias.

        Raises:
            ParameterError: a batch of another shape, kind or side.
        """
        self._check(batch)
        if self.card.head == "cells":
            return self._run(batch, ("pooled",))[0][:, :, 0, 0]
        return self._run(batch, (self.card.features,))[0].mean(axis=(2, 3))

    def _run(self, batch: NDArray[np.uint8], outputs: tuple[str, ...]) -> list[NDArray[np.float32]]:
        """All pictures, `BATCH` a pass; what is left over one by one, since each number is compiled."""
        with _forward:
            runs = [
                self.runtime.run(np.ascontiguousarray(part), outputs) for part in _passes(batch)
            ]
        if len(runs) == 1:
            return runs[0]  # not copied: the way of every class map
        return [np.concatenate([run[i] for run in runs]) for i in range(len(outputs))]

    def _check(self, batch: NDArray[np.uint8]) -> None:
        if batch.ndim != 4 or batch.shape[-1] != 3 or batch.dtype != np.uint8 or not len(batch):
            raise ParameterError(
                f"The batch has shape {batch.shape} and type {batch.dtype}; needed is (pictures, height, "
                f"width, 3) of uint8."
            )
        for side in batch.shape[1:3]:
            if self.card.sides.nearest(side) != side:
                raise ParameterError(
                    f"{self.card.title} does not accept a side of {side} px; the nearest it accepts is "
                    f"{self.card.sides.nearest(side)}."
                )

    def _known(self, tap: str) -> str:
        if tap not in self.card.taps:
            raise NetworkError(
                f"{self.card.title} has no tap named {tap!r}. There are: {', '.join(self.card.taps)}."
            )
        return tap


def _passes(batch: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    whole = len(batch) - len(batch) % BATCH
    parts = [batch[i : i + BATCH] for i in range(0, whole, BATCH)]
    return parts + [batch[i : i + 1] for i in range(whole, len(batch))]


def classes_of(card: Card) -> ClassNames:
    """The names of a card's classes, in the order of its outputs."""
    if card.class_names == "imagenet":
        return imagenet.classes()
    return (
        class_names.DIGITS if card.class_names == "digits" else class_names.numbered(card.classes)
    )


def resized(pixels: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Pixels (H, W, 3) -> (height, width, 3), bicubic, averaged where they shrink (as in training)."""
    if pixels.shape[:2] == (height, width):
        return pixels
    picture = Image.fromarray(pixels).resize(
        (width, height), Image.Resampling.BICUBIC, reducing_gap=3.0
    )
    return np.asarray(picture)


def load(
    name: str = DEFAULT,
    *,
    runtime: str = "openvino",
    precision: str = "float32",
    weights: str = PUBLISHED,
    stride: int | None = None,
    report: Report | None = None,
) -> Network:
    """A network, ready to look at pictures. Nothing is fetched: see `download` for that.

    Args:
        name: of a card, or "timm:NAME".
        runtime: "openvino", exported in a worker on first use, or "torch".
        precision: "float32", or "bfloat16" where the processor has it.
        weights: "published", "random" (the same every time), or the path of a .safetensors or .pth file.
        stride: pixels between the cells of the class maps, by dilation; None for the network's own.
        report: called during the export with the share done (0 .. 1) and what is being done.

    Raises:
        NetworkError: an unknown network, runtime or precision, or one that does not work here.
        WeightsError: weights missing (the sentence says how to get them), damaged or made for another
            network.
    """
    recipe = Recipe.of(card(name), weights, stride)
    for value, accepted, what in (
        (runtime, RUNTIMES, "runtime"),
        (precision, PRECISIONS, "precision"),
    ):
        if value not in accepted:
            raise NetworkError(f"There is no {what} {value!r}. There are: {', '.join(accepted)}.")
    if runtime == "torch":
        from wsl_core.networks.torch_runtime import TorchRuntime

        return Network(recipe.card, TorchRuntime(recipe, precision), recipe.trained)
    from wsl_core.networks.openvino_runtime import OpenVINORuntime

    return Network(recipe.card, OpenVINORuntime(recipe, precision, report), recipe.trained)
