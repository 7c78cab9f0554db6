"""A classifier slid over a picture, and the convolution that says the same in one pass.

Naive: a window as large as the pictures that the network was trained on is cut out of the resized
picture, classified, and moved by the distance between two cells. Dense: the whole picture goes through
the network once; a window's score is then the mean of the class map over the window's cells, or the one
cell where the first fully connected layer became a convolution (Sermanet et al., OverFeat, ICLR 2014;
Long et al., Fully convolutional networks, CVPR 2015). Without padding both are equal. With padding a
crop sees zeros where the whole picture goes on: `unconverted.difference` measures that.
"""

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wsl_core import networks
from wsl_core.errors import ParameterError
from wsl_core.fcn.window_lattice import SlidingWindow
from wsl_core.images import Photo
from wsl_core.jobs import Event, Progress, Result, Task
from wsl_core.jobs.configuration import configured
from wsl_core.networks import DEFAULT, ClassMaps, Network
from wsl_core.networks.layers import multiply_accumulates
from wsl_core.networks.network import BATCH, resized

__all__ = [
    "JOB", "Costs", "RaceParameters", "SlidingWindow",
    "caution", "costs", "dense", "naive", "own_scores", "race",
]  # fmt: skip

Float32 = NDArray[np.float32]
JOB = "wsl_core.fcn.sliding_window:race"


def dense(maps: ClassMaps, window: SlidingWindow, which: str | int | None = None) -> Float32:
    """What the classifier says of every window, from one pass over the whole picture.

    Args:
        maps: of the picture; those of `shift_and_stitch` for `window.finer(factor)`.
        window: on the same picture at the same size.
        which: one class; None for all.

    Returns:
        scores in logits: (K, rows, columns), or (rows, columns) of one class: the mean of the class
        map over each window's cells.

    Raises:
        ParameterError: the windows are those of another picture, size or network.
        ClassNameError: no class, or more than one, is named so.
    """
    expected = (window.rows + window.reach, window.columns + window.reach)
    if maps.input_size != window.input_size or maps.cells != expected:
        raise ParameterError(
            f"The windows do not belong to these class maps, which are of an input of "
            f"{maps.input_size[1]} x {maps.input_size[0]} px with {maps.cells[1]} x {maps.cells[0]} "
            f"cells; the windows lie on {window.input_size[1]} x {window.input_size[0]} px and need "
            f"{expected[1]} x {expected[0]} cells. Take both at the same size."
        )
    values = maps.logits if which is None else maps.map(which)
    return _moving_mean(_moving_mean(values, window, -2), window, -1)


def _moving_mean(values: Float32, window: SlidingWindow, axis: int) -> Float32:
    """Means of a window's cells along an axis. Few are added, so nothing is lost in float32."""
    if window.cells == 1:
        return values
    places = values.shape[axis] - window.reach
    total = np.zeros_like(values[_along(axis, 0, places)])
    for i in range(0, window.reach + 1, window.factor):
        total += values[_along(axis, i, i + places)]
    return np.asarray(total / np.float32(window.cells), dtype=np.float32)


def _along(axis: int, start: int, stop: int) -> tuple[Any, ...]:
    return (..., slice(start, stop), slice(None)) if axis == -2 else (..., slice(start, stop))


def caution(network: Network) -> str:
    """What parts dense scores from the network's own besides padding, in words; "" for nothing."""
    head = ""
    if network.card.head == "cells":
        head = (
            f"The head of {network.card.title} is not linear, so the mean over a window's cells only "
            f"approximates the network's own score."
        )
    return " ".join(filter(None, (head, network.card.caution)))


def own_scores(
    network: Network, crops: Sequence[NDArray[np.uint8]], which: int | None = None
) -> Float32:
    """The network's own scores of pictures, as it was before it was made fully convolutional.

    Args:
        network: that classifies.
        crops: (height, width, 3) uint8 each, all of one size that the network accepts.
        which: index of one class; None for all.

    Returns:
        (N, K) logits, or (N,) of one class.
    """
    pooled = network.pooled(np.stack(crops))
    weight, bias = network.runtime.weight, network.runtime.bias
    if which is None:
        return pooled @ weight.T + bias
    return np.asarray(pooled @ weight[which] + bias[which], dtype=np.float32)


def naive(
    network: Network,
    photo: Photo,
    window: SlidingWindow,
    which: str | int | None = None,
    *,
    batch: int = 16,
) -> Iterator[tuple[int, Float32]]:
    """Crop, classify, move: the reference that `dense` is held against; a few windows a pass.

    The picture is resized once, as for the class maps; windows are cut out of that, row by row.

    Args:
        network: that classifies.
        photo: the picture.
        window: where it is cut.
        which: one class; None for all.
        batch: windows between two yields; closing the generator there ends the work.

    Yields:
        how many windows are classified, and the scores so far, shaped as those of `dense`, not a
        number where no window was classified yet. It is one array, which goes on being filled.

    Raises:
        ParameterError: a batch below 1.
        ClassNameError: no class, or more than one, is named so.
    """
    if batch < 1:
        raise ParameterError(
            f"A batch of {batch} windows makes no progress. Accepted is 1 or more."
        )
    index = None if which is None else network.classes.find(which)
    pixels = resized(photo.pixels, *window.input_size)
    classes = () if index is not None else (len(network.runtime.bias),)
    scores = np.full((*classes, window.count), np.nan, np.float32)
    shaped = scores.reshape(*classes, window.rows, window.columns)
    for done in range(0, window.count, batch):
        places = range(done, min(done + batch, window.count))
        crops = [pixels[window.pixels_of(*divmod(i, window.columns))] for i in places]
        scores[..., places.start : places.stop] = own_scores(network, crops, index).T
        yield places.stop, shaped


@dataclass(frozen=True)
class Costs:
    """Multiply-accumulates of both ways; what pools, normalises or adds is not counted.

    Attributes:
        dense: of the whole picture, once.
        one_window: of the network as it was published, on one window.
        windows: how many there are.
    """

    dense: int
    one_window: int
    windows: int

    @property
    def naive(self) -> int:
        """Of all windows, one by one."""
        return self.windows * self.one_window

    @property
    def ratio(self) -> float:
        """How many times more work the naive way is."""
        return self.naive / self.dense


def costs(network: Network, window: SlidingWindow) -> Costs:
    """What both ways cost on the windows of a single pass, in multiply-accumulates."""
    # What was published as a fully connected layer is now applied to every cell; the published network
    # needs it once a window.
    one_window = sum(
        layer.per_cell
        if layer.published_shape is not None
        else layer.multiply_accumulates(window.side, window.side)
        for layer in network.layers
    )
    return Costs(multiply_accumulates(network.layers, *window.input_size), one_window, window.count)


class RaceParameters(BaseModel):
    """What runs against each other in the race between naive and dense."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    network: str = Field(DEFAULT, title="Network", description="The classifier that is slid.")
    weights: Literal["published", "random"] = Field(
        "published", title="Weights", description="Random ones take the same time, and say nothing."
    )
    size: int | str = Field(
        449,
        title="Picture size",
        description="Longer side of the picture as the network sees it, in pixels, or full for its own.",
    )
    which: str | int | None = Field(
        None,
        title="Class",
        description="The class that is scored; all of them where none is given.",
    )


def race(task: Task) -> Iterator[Event]:
    """Job: both ways on one picture, both timed.

    Config: the fields of `RaceParameters`. Arrays: "picture", (height, width, 3) uint8.

    Result, facts: windows, rows, columns, side, naive_s, dense_s (median of five), speedup, mac_ratio,
    largest_difference and mean_difference (logits, absolute). Arrays: naive and dense, shaped as
    `dense` says.

    Raises:
        ParameterError: a config that is none, or a size at which there is no window.
        ClassNameError: no class, or more than one, is named so.
        ImageError: an array that is no picture.
        NetworkError: an unknown network, or one that does not work here.
        WeightsError: published weights that are not on this machine.
    """
    parameters = configured(RaceParameters, task.config, "race")
    if "picture" not in task.arrays:
        raise ParameterError("The race needs a picture: give its pixels as the array picture.")
    photo = Photo.from_array(task.arrays["picture"], "picture")
    yield Progress(0, "loading the network")
    network = networks.load(parameters.network, weights=parameters.weights)
    window = SlidingWindow.of(network, photo, parameters.size)
    which = None if parameters.which is None else network.classes.find(parameters.which)
    yield Progress(0, "looking at the whole picture once", figures={"windows": 0})
    one_pass, dense_s = _timed_dense(network, photo, parameters.size, window, which)
    naive_s, one_by_one = 0.0, np.empty(0, np.float32)
    steps = naive(network, photo, window, which, batch=BATCH)
    while True:
        begun = time.perf_counter()
        step = next(steps, None)
        naive_s += time.perf_counter() - begun
        if step is None:
            break
        done, one_by_one = step
        yield Progress(
            done / window.count,
            f"{done} of {window.count} windows classified",
            figures={"windows": done, "naive_s": naive_s, "dense_s": dense_s},
        )
    difference = np.abs(one_by_one - one_pass)
    yield Result(
        {
            "windows": window.count,
            "rows": window.rows,
            "columns": window.columns,
            "side": window.side,
            "naive_s": naive_s,
            "dense_s": dense_s,
            "speedup": naive_s / dense_s,
            "mac_ratio": costs(network, window).ratio,
            "largest_difference": float(difference.max()),
            "mean_difference": float(difference.mean()),
        },
        {"naive": one_by_one, "dense": one_pass},
    )


def _timed_dense(
    network: Network, photo: Photo, size: int | str, window: SlidingWindow, which: int | None
) -> tuple[Float32, float]:
    """Dense scores, and the median seconds of five after one that does not count."""
    # Warms the naive way up: full passes and what is left over, each compiled at its first use.
    own_scores(network, [resized(photo.pixels, window.side, window.side)] * (BATCH + 1))
    times = []
    for _ in range(6):
        begun = time.perf_counter()
        scores = dense(network.class_maps(photo, size), window, which)
        times.append(time.perf_counter() - begun)
    return scores, statistics.median(times[1:])
