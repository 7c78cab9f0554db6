"""Attributions: which cells, or which pixels, one class's score rests on.

A class activation map answers for cells and comes with the forward pass. The other methods ask the
network itself, by its gradient or by covering parts of the picture; they run in a worker
(`torch_attributions`). What they explain is the network's own score of one class, in logits.

A picture of what a network looks at is worth what it depends on: `randomise` computes the same
attribution once more with weights left to chance, and the rank correlation of the two (Adebayo et al.,
NeurIPS 2018). Where it stays near 1, the attribution shows the picture, not what was learned.
"""

import contextlib
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from wsl_core import jobs, networks
from wsl_core.fcn.attribution_methods import (
    METHODS,
    AttributionParameters,
    Method,
    check,
    find,
    looks,
)
from wsl_core.images import Photo
from wsl_core.networks import Geometry, Placement
from wsl_core.networks.kept import Report
from wsl_core.networks.network import classes_of, resized

__all__ = [
    "METHODS",
    "Attribution",
    "AttributionParameters",
    "Completeness",
    "Method",
    "Randomised",
    "attribute",
    "fed",
    "find",
    "looks",
    "rank_correlation",
    "read",
    "request",
]

Float32 = NDArray[np.float32]
Events = Generator[jobs.Progress | jobs.Result, None, None]

JOB = "wsl_core.fcn.torch_attributions:attribute"


@dataclass(frozen=True)
class Completeness:
    """How far integrated gradients are from adding up to what they share out, in logits.

    Attributes:
        total: sum of all values.
        difference: score of the picture minus score of the baseline.
    """

    total: float
    difference: float

    @property
    def residual(self) -> float:
        """Sum minus difference: 0 with infinitely many steps."""
        return self.total - self.difference

    @property
    def relative(self) -> float | None:
        """The residual's size as a share of the difference; None where there is no difference."""
        return abs(self.residual / self.difference) if self.difference else None


@dataclass(frozen=True, eq=False)
class Randomised:
    """The same attribution with random weights.

    Attributes:
        values: shaped as the attribution's own.
        score: of the class with these weights, in logits.
        sizes: Spearman's rank correlation of the two attributions' absolute values; None where one
            of them is the same everywhere.
        signs: the same of the signed values; None also where the method has no sign.
    """

    values: Float32 = field(repr=False)
    score: float
    sizes: float | None
    signs: float | None


@dataclass(frozen=True, eq=False)
class Attribution:
    """An attribution of one class's score on one picture.

    Attributes:
        network: its name.
        parameters: as asked for.
        index: of the class.
        name: of the class.
        score: the network's own, in logits, at the size that was fed.
        values: float32, (rows, columns) of cells or (height, width) of pixels as fed, in `method.unit`.
        placement: how the values lie on the picture.
        seconds: that it took, without building the network.
        completeness: of integrated gradients, else None.
        randomised: with random weights, where asked for.
    """

    network: str
    parameters: AttributionParameters
    index: int
    name: str
    score: float
    values: Float32 = field(repr=False)
    placement: Placement
    seconds: float
    completeness: Completeness | None = None
    randomised: Randomised | None = None

    @property
    def method(self) -> Method:
        """How it was made."""
        return METHODS[self.parameters.method]

    def peak(self) -> tuple[float, float]:
        """(x, y) in picture pixels: the centre of the highest value, the first of several."""
        row, column = np.unravel_index(int(np.argmax(self.values)), self.values.shape)
        return self.placement.centre(int(row), int(column))


def attribute(
    network: str,
    photo: Photo,
    which: str | int | None,
    parameters: AttributionParameters,
    size: int | str = 449,
    report: Report | None = None,
) -> Attribution:
    """The attribution of one class's score, computed in a worker where the method needs gradients.

    Args:
        network: its name.
        photo: the picture.
        which: the class; None for the likeliest.
        parameters: the method and what it uses.
        size: longer side of the picture when fed, in pixels, or "full" for its own.
        report: called with the share done (0 .. 1) and what is being done; an exception that it
            raises cancels the work.

    Raises:
        ParameterError: an unknown method, or a parameter that does not fit this picture.
        ClassNameError: no class, or more than one, is named so.
        NetworkError: an unknown network, or one that does not work here.
    """
    method = find(parameters.method)
    if not method.work:
        return _class_activation_map(network, photo, which, parameters, size, report)
    index = None if which is None else classes_of(networks.card(network)).find(which)
    config, arrays = request(network, photo, index, parameters, size)
    events = cast(Events, jobs.run(JOB, config, arrays))
    with contextlib.closing(events):  # so that an exception of `report` ends the work at once
        result = _result(events, report)
    return read(result, network, photo, parameters, size)


def fed(network: str, photo: Photo, size: int | str) -> tuple[int, int]:
    """(height, width) at which a picture is fed.

    Raises:
        ParameterError: a size that the network does not take.
        NetworkError: an unknown network.
    """
    rows, columns = photo.pixels.shape[:2]
    height, width = networks.card(network).sides.fit(rows, columns, size)
    return height, width


def request(
    network: str,
    photo: Photo,
    index: int | None,
    parameters: AttributionParameters,
    size: int | str,
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Config and arrays of the job; `index` of the class, None for the likeliest.

    Raises:
        ParameterError: a parameter that does not fit this picture.
        NetworkError: an unknown network.
    """
    height, width = fed(network, photo, size)
    check(parameters, height, width)
    config = {"network": network, "index": index, "parameters": parameters.model_dump()}
    return config, {"picture": resized(photo.pixels, height, width)}


def read(
    result: jobs.Result,
    network: str,
    photo: Photo,
    parameters: AttributionParameters,
    size: int | str,
) -> Attribution:
    """What the job has found for a `request` with these arguments."""
    method, facts, values = find(parameters.method), result.facts, result.arrays["values"]
    geometry, picture = Geometry(**facts["geometry"]), (photo.height, photo.width)
    return Attribution(
        network=network,
        parameters=parameters,
        index=facts["index"],
        name=classes_of(networks.card(network)).titles[facts["index"]],
        score=facts["score"],
        values=values,
        placement=Placement.of(geometry, values.shape, fed(network, photo, size), picture),
        seconds=facts["seconds"],
        completeness=Completeness(**facts["completeness"]) if facts["completeness"] else None,
        randomised=_randomised(method, result) if parameters.randomise != "none" else None,
    )


def rank_correlation(one: NDArray[Any], other: NDArray[Any]) -> float | None:
    """Spearman's rank correlation of two maps of the same shape, equal values sharing their mean rank.

    Returns:
        -1 to 1; None where one of them has the same value everywhere.
    """
    first, second = (_ranks(np.ravel(values)) for values in (one, other))
    spread = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / spread if spread else None


def _ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """Ranks from below, less their mean."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks = np.cumsum(count) - (count - 1) / 2
    centred: NDArray[np.float64] = ranks[place] - (len(values) + 1) / 2
    return centred


def _result(events: Events, report: Report | None) -> Any:
    """What the job ends with; its progress goes to `report`."""
    result = None
    for event in events:
        if isinstance(event, jobs.Progress):
            if report is not None:
                report(event.share, event.doing)
        else:
            result = event
    return result


def _randomised(method: Method, result: Any) -> Randomised:
    before, after = result.arrays["values"], result.arrays["randomised"]
    return Randomised(
        values=after,
        score=result.facts["randomised_score"],
        sizes=rank_correlation(np.abs(before), np.abs(after)),
        signs=rank_correlation(before, after) if method.signed else None,
    )


def _class_activation_map(
    network: str,
    photo: Photo,
    which: str | int | None,
    parameters: AttributionParameters,
    size: int | str,
    report: Report | None,
) -> Attribution:
    """The class map, which the forward pass holds already."""
    loaded = networks.load(network, report=report)
    begun = time.perf_counter()
    maps = loaded.class_maps(photo, size)
    one = maps.top(1)[0] if which is None else maps.score(which)
    return Attribution(
        network=network,
        parameters=parameters,
        index=one.index,
        name=one.name,
        score=one.score,
        values=maps.map(one.index),
        placement=maps.placement,
        seconds=time.perf_counter() - begun,
    )
