"""The layers of a network as numbers: shapes, parameters, multiply-accumulates at any input size.

Nothing here needs torch. A record is made from the layers themselves by `counting`, in a worker, and
kept beside the export. `of` gives the record of a network whose weights are not there.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from wsl_core.networks import kept
from wsl_core.networks.kept import Report
from wsl_core.networks.zoo import card

JOB = "wsl_core.networks.counting:job"


@dataclass(frozen=True)
class Step:
    """How a layer changes the number of cells along one axis; kernel 0: the whole map becomes one cell.

    n' = floor((n + 2 padding - dilation (kernel - 1) - 1) / stride) + 1, rounded up instead of down
    where `ceil` is set, except for a window that would begin behind the padded end (as torch does).
    """

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    ceil: bool = False

    @property
    def keeps(self) -> bool:
        """Whether there are as many cells after it as before."""
        return self.stride == 1 and 2 * self.padding == self.dilation * (self.kernel - 1)

    def cells(self, before: int) -> int:
        """Number of cells after this layer; 0 or less where nothing is left."""
        if self.kernel == 0:
            return 1
        room = before + 2 * self.padding - self.dilation * (self.kernel - 1) - 1
        after = (-(-room // self.stride) if self.ceil else room // self.stride) + 1
        if self.ceil and (after - 1) * self.stride >= before + self.padding:
            after -= 1
        return after


@dataclass(frozen=True)
class Layer:
    """One layer of a fully convolutional network.

    Attributes:
        name: its path in the network as published, "features.0".
        kind: "convolution", "linear" (applied cell by cell), "normalisation", "pooling" or "scale".
        shape: of its weights: (outputs, inputs, rows, columns) of a convolution; () without weights.
        parameters: weights and biases.
        per_cell: multiply-accumulates for every cell it gives.
        steps: from the picture to its output, those that change the number of cells.
        published_shape: (outputs, inputs) where it was published as a fully connected layer.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    per_cell: int
    steps: tuple[Step, ...]
    published_shape: tuple[int, ...] | None = None

    def cells(self, side: int) -> int:
        """Cells along one axis for an input of `side` pixels."""
        for step in self.steps:
            side = step.cells(side)
        return max(side, 0)

    def multiply_accumulates(self, height: int, width: int) -> int:
        """For an input of (height, width) pixels."""
        return self.per_cell * self.cells(height) * self.cells(width)


Layers = tuple[Layer, ...]


def multiply_accumulates(layers: Iterable[Layer], height: int, width: int) -> int:
    """Of a whole network, for one input of (height, width) pixels."""
    return sum(layer.multiply_accumulates(height, width) for layer in layers)


def parameters(layers: Iterable[Layer]) -> int:
    """Weights and biases of a whole network."""
    return sum(layer.parameters for layer in layers)


def to_json(layers: Layers) -> list[dict[str, Any]]:
    """Plain values, for a file."""
    return [asdict(layer) for layer in layers]


def from_json(values: list[dict[str, Any]]) -> Layers:
    """What `to_json` wrote; TypeError or KeyError where it did not."""

    def layer(value: dict[str, Any]) -> Layer:
        published = value["published_shape"]
        changed = {
            "shape": tuple(value["shape"]),
            "steps": tuple(Step(**step) for step in value["steps"]),
            "published_shape": None if published is None else tuple(published),
        }
        return Layer(**(value | changed))

    return tuple(layer(value) for value in values)


def of(name: str, report: Report | None = None) -> Layers:
    """The layers of a network, without its weights; counted once, in a worker, and kept in WSL_CACHE.

    Args:
        name: of a card.
        report: called with the share done (0 .. 1) and what is being done.

    Raises:
        NetworkError: an unknown network, or one that cannot be made fully convolutional.
    """
    described = card(name).model_dump(mode="json")
    config = {"card": described}
    return kept.computed(f"layers-{card(name).file_name}", JOB, config, from_json, report)
