"""Schemes in which every cell counts, by a smooth rule: average and log-sum-exp pooling.

    average  s = (1 / n) sum_i z_i                     (global average pooling: Zhou et al., CVPR 2016)
    LSE      s = (1 / beta) log((1 / n) sum_i exp(beta z_i))        (Pinheiro and Collobert, CVPR 2015)

LSE lies between mean and maximum and grows with beta, from the one to the other; it stays above
max - log(n) / beta, so one beta is softer on a map with more cells. Its gradient is soft-max(beta z).

Ours: LSE is computed as m + log1p(mean(expm1(beta (z - m)))) / beta with the maximum m held constant, which
neither overflows nor cancels: the formula as written does the one for large values, the other for small
beta. LSE is not homogeneous, so weight times value does not add up to the score; its contributions are
integrated gradients from the zero map (Sundararajan et al., ICML 2017),

    c_i = z_i * integral from 0 to 1 of soft-max(beta t z)_i dt,

which add up to the score exactly, because the score of the zero map is 0, and keep the sign of z_i. The
integral is taken by Gauss-Legendre quadrature in u, where 1 + r t = (1 + r)^u and r = 1 + beta (max - min):
soft-max changes about evenly in log t, however sharp it is. On a float32 map the sum is off by less than
1e-4 of the range of the map in the hardest case (one high cell among a thousand equal ones), usually 1e-6.
"""

from functools import cache

import array_api_compat
import numpy as np

from wsl_core.fcn.pooling.parameters import AverageParameters, LSEParameters
from wsl_core.fcn.pooling.pooled import Array, Pooled, cells, detached, everywhere

NODES, NODES_DOUBLE = 24, 64  # of the quadrature, in single precision or less and in double


def average_score(maps: Array, parameters: AverageParameters, learned: None = None) -> Array:
    """Scores (..., K) of maps (..., K, h, w): the mean of the cells."""
    rows = cells(maps)
    return array_api_compat.array_namespace(rows).mean(rows, axis=-1)


def average_pool(maps: Array, parameters: AverageParameters, learned: None = None) -> Pooled:
    """Average pooling with its closed forms."""
    scores = average_score(maps, parameters)
    xp, values = array_api_compat.array_namespace(maps), detached(maps)
    share = 1 / (values.shape[-1] * values.shape[-2])
    return every_cell_counts(scores, values, xp.full_like(values, share), values * share)


def lse_score(maps: Array, parameters: LSEParameters, learned: None = None) -> Array:
    """Scores (..., K) of maps (..., K, h, w) by log-sum-exp pooling."""
    rows, beta = cells(maps), parameters.beta
    xp = array_api_compat.array_namespace(rows)
    highest = xp.max(detached(rows), axis=-1, keepdims=True)
    mean = xp.mean(xp.expm1((rows - highest) * beta), axis=-1)
    return highest[..., 0] + xp.log1p(mean) / beta


def lse_pool(maps: Array, parameters: LSEParameters, learned: None = None) -> Pooled:
    """Log-sum-exp pooling with its closed forms; contributions are integrated gradients."""
    scores = lse_score(maps, parameters)
    values = detached(maps)
    xp, rows = array_api_compat.array_namespace(values), cells(values)
    below = (rows - xp.max(rows, axis=-1, keepdims=True)) * parameters.beta
    attention = xp.reshape(soft_max(below), values.shape)
    mean_attention = xp.reshape(_mean_soft_max(below), values.shape)
    return every_cell_counts(scores, values, attention, values * mean_attention)


def soft_max(below: Array) -> Array:
    """Soft-max over the last dimension of values whose maximum, 0, has been taken off.

    It is taken off before values are multiplied by a sharpness: large ones would lose their last digits.
    """
    xp = array_api_compat.array_namespace(below)
    exponentials = xp.exp(below)
    return exponentials / xp.sum(exponentials, axis=-1, keepdims=True)


def _mean_soft_max(below: Array) -> Array:
    """The mean of soft-max(t * below) over t from 0 to 1, (..., K, n)."""
    xp = array_api_compat.array_namespace(below)
    log_end = xp.log(2.0 - xp.min(below, axis=-1, keepdims=True))
    end = xp.expm1(log_end)
    total = xp.zeros_like(below)
    for node, weight in _quadrature(NODES_DOUBLE if below.dtype == xp.float64 else NODES):
        exponentials = xp.exp(below * (xp.expm1(log_end * node) / end))
        step = xp.exp(log_end * node) * log_end * (weight / end)  # dt of this node
        total = total + exponentials * (step / xp.sum(exponentials, axis=-1, keepdims=True))
    return total / xp.sum(total, axis=-1, keepdims=True)


@cache
def _quadrature(count: int) -> list[tuple[float, float]]:
    """Nodes and weights of Gauss-Legendre quadrature from 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return list(zip(((nodes + 1) / 2).tolist(), (weights / 2).tolist(), strict=True))


def every_cell_counts(
    scores: Array, class_maps: Array, weights: Array, contributions: Array
) -> Pooled:
    """What a scheme gives that selects no cells: all of them speak for a class, none against it."""
    return Pooled(
        scores=scores,
        class_maps=class_maps,
        weights=weights,
        contributions=contributions,
        positive=everywhere(class_maps, True),
        negative=everywhere(class_maps, False),
    )
