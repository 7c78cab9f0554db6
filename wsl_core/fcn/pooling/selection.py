"""Schemes that select regions: max pooling, WELDON and WILDCAT.

    max      s = max_i z_i
    WELDON   s = mean of the k+ highest z_i + mean of the k- lowest z_i
    WILDCAT  s = mean of the k+ highest + alpha * mean of the k- lowest of z = (1 / M) sum_m z_m

All are sums of z_i times a weight g_i that depends on the order of the cells only: 1 / k+ on the selected
h+, alpha / k- on the selected h-, both where a cell is in both. So g is the gradient, and the contributions
g_i z_i add up to the score exactly. A map that holds a value which is not finite has the score NaN.

Max pooling is that of Oquab et al. (CVPR 2015); WELDON is Durand et al. (CVPR 2016), WILDCAT Durand et al.
(CVPR 2017). WILDCAT with M = 1 and alpha = 1 is WELDON; WELDON with k+ = n, k- = 0 is average pooling.

The scale: the papers' score is the sum, which is the default here; the authors' released code halves it
wherever there are negative regions, at every alpha, which is "half" here. The order of pictures by a class's
score is the same, sigmoids are not. A shift of all cells by c, so the bias of the maps as well, moves the sum
of WELDON by 2 c and that of WILDCAT by (1 + alpha) c; it changes no order either. The score is continuous in
alpha at 0, under both scales.

Ours: cells of equal value are selected by their first index in row-major order, by NumPy and torch alike
(torch's own `topk` leaves it open); with M maps, every map gets its true gradient g / M, where the backward
pass of the released code does not divide by M.
"""

from dataclasses import dataclass

import array_api_compat

from wsl_core.errors import ParameterError
from wsl_core.fcn.pooling.parameters import (
    MaxParameters,
    SelectionParameters,
    WELDONParameters,
    WILDCATParameters,
)
from wsl_core.fcn.pooling.pooled import Array, Pooled, cells, detached, everywhere
from wsl_core.fcn.pooling.regions import number


@dataclass(frozen=True, eq=False)
class _Selected:
    """Rows of cells (..., K, n), their weights, and which were selected."""

    rows: Array
    weights: Array
    highest: Array
    lowest: Array

    def scores(self) -> Array:
        """Differentiable: the weights are constants wherever the order of the cells stays."""
        xp = array_api_compat.array_namespace(self.rows)
        return xp.sum(self.rows * self.weights, axis=-1)


def max_score(maps: Array, parameters: MaxParameters, learned: None = None) -> Array:
    """Scores (..., K) of maps (..., K, h, w) by max pooling; the gradient goes to one cell."""
    return _highest_cell(cells(maps)).scores()


def max_pool(maps: Array, parameters: MaxParameters, learned: None = None) -> Pooled:
    """Max pooling with its closed forms."""
    return _pooled(maps, _highest_cell(cells(maps)))


def weldon_score(maps: Array, parameters: WELDONParameters, learned: None = None) -> Array:
    """Scores (..., K) of maps (..., K, h, w) by WELDON."""
    return _select(cells(maps), parameters, alpha=1.0).scores()


def weldon_pool(maps: Array, parameters: WELDONParameters, learned: None = None) -> Pooled:
    """WELDON with its closed forms."""
    return _pooled(maps, _select(cells(maps), parameters, alpha=1.0))


def wildcat_score(maps: Array, parameters: WILDCATParameters, learned: None = None) -> Array:
    """Scores (..., K) of maps (..., K * M, h, w), those of one class side by side, by WILDCAT."""
    mean = class_wise_mean(maps, parameters.maps)
    return _select(cells(mean), parameters, parameters.alpha).scores()


def wildcat_pool(maps: Array, parameters: WILDCATParameters, learned: None = None) -> Pooled:
    """WILDCAT with its closed forms; the weights are those of every one of the K * M maps."""
    mean = class_wise_mean(maps, parameters.maps)
    return _pooled(mean, _select(cells(mean), parameters, parameters.alpha), parameters.maps)


def class_wise_mean(maps: Array, maps_a_class: int) -> Array:
    """Class-wise pooling: maps (..., K * M, h, w), those of one class side by side -> (..., K, h, w).

    Raises:
        ParameterError: a number of maps that M does not divide.
    """
    cells(maps)  # refuses what is no map
    *batch, channels, height, width = maps.shape
    if channels % maps_a_class:
        raise ParameterError(
            f"{channels} maps cannot be shared out to classes with {maps_a_class} maps each: WILDCAT takes "
            f"M maps for every class. Give K x {maps_a_class} maps, or change M."
        )
    if maps_a_class == 1:
        return maps
    xp = array_api_compat.array_namespace(maps)
    shape = (*batch, channels // maps_a_class, maps_a_class, height, width)
    return xp.mean(xp.reshape(maps, shape), axis=-3)


def _highest_cell(rows: Array) -> _Selected:
    values = detached(rows)
    xp = array_api_compat.array_namespace(values)
    places = xp.arange(values.shape[-1], device=array_api_compat.device(values))
    highest = places == xp.argmax(values, axis=-1, keepdims=True)
    return _Selected(rows, xp.astype(highest, values.dtype), highest, everywhere(values, False))


def _select(rows: Array, parameters: SelectionParameters, alpha: float) -> _Selected:
    values = detached(rows)
    xp = array_api_compat.array_namespace(values)
    n = values.shape[-1]
    most, least = number(parameters.positive, n), number(parameters.negative, n)
    half = 0.5 if parameters.scale == "half" and least else 1.0
    ordered = xp.sort(values, axis=-1, stable=False)
    highest = _lowest(-values, -ordered[..., n - most : n - most + 1], most)
    weights = xp.astype(highest, values.dtype) * (half / most)
    if not least:
        return _Selected(rows, weights, highest, everywhere(values, False))
    lowest = _lowest(values, ordered[..., least - 1 : least], least)
    weights = weights + xp.astype(lowest, values.dtype) * (half * alpha / least)
    return _Selected(rows, weights, highest, lowest)


def _lowest(values: Array, threshold: Array, count: int) -> Array:
    """Which are the `count` lowest of a row, by first index among those equal to the threshold."""
    xp = array_api_compat.array_namespace(values)
    below, equal = values < threshold, values == threshold
    room = count - xp.sum(below, axis=-1, keepdims=True, dtype=xp.int32)
    return below | (equal & (xp.cumulative_sum(equal, axis=-1, dtype=xp.int32) <= room))


def _pooled(class_maps: Array, selected: _Selected, maps_a_class: int = 1) -> Pooled:
    xp = array_api_compat.array_namespace(class_maps)
    shape, values = tuple(class_maps.shape), detached(class_maps)
    weights = xp.reshape(selected.weights, shape)
    every = weights
    if maps_a_class > 1:
        every = xp.repeat(weights / maps_a_class, maps_a_class, axis=-3)
    return Pooled(
        scores=selected.scores(),
        class_maps=values,
        weights=every,
        contributions=values * weights,
        positive=xp.reshape(selected.highest, shape),
        negative=xp.reshape(selected.lowest, shape),
    )
