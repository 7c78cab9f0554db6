"""SPLeaP: learned parts, each pooled by its own learned soft-max, combined linearly for every class.

    f_q = sum_i pi_qi h_q(i),   pi_q = soft-max(lambda_q h_q),   s^c = sum_q w_cq f_q + b_c

From the paper (Kulkarni et al., SPLeaP: soft pooling of learned parts for image classification, ECCV 2016):
non-linear part classifiers h_q, a parametric soft-max pooling whose sharpness lambda_q is learned for every
part, and the image classifier trained jointly with both. The exact form above is ours, after its abstract,
and so are the closed forms below. The paper boosts its part classifiers; here the part maps are taken as
they are given, so whoever makes them applies a non-linearity, or leaves the pooling as the only one.

It differs from log-sum-exp pooling although the lecture gives both one formula: this is the soft-max weighted
mean, its sharpness is learned for every part, and classes share the parts. lambda = 0 is the mean, lambda
towards infinity the maximum, a negative one leans towards the minimum. A cell below the mean has a negative
gradient where lambda is large: making it higher takes attention from the cells that count.

    weight        ds^c / dh_q(i) = w_cq pi_qi (1 + lambda_q (h_q(i) - f_q))
    contribution  sum_q w_cq pi_qi h_q(i): the sum over cells is s^c - b_c
    class map     n times the contribution: its mean is s^c - b_c, as for a class activation map
"""

from dataclasses import dataclass

import array_api_compat

from wsl_core.errors import ParameterError
from wsl_core.fcn.pooling.parameters import SPLeaPParameters
from wsl_core.fcn.pooling.pooled import Array, Pooled, cells, detached
from wsl_core.fcn.pooling.smooth import every_cell_counts, soft_max


@dataclass(frozen=True, eq=False)
class SPLeaPWeights:
    """What SPLeaP learns; arrays of the kind of the maps.

    Attributes:
        sharpness: lambda, (P,).
        combination: w, (K, P).
        bias: b, (K,), in logits.

    Raises:
        ParameterError: shapes that do not fit each other.
    """

    sharpness: Array
    combination: Array
    bias: Array

    def __post_init__(self) -> None:
        shapes = [tuple(a.shape) for a in (self.sharpness, self.combination, self.bias)]
        if len(shapes[1]) != 2 or shapes[0] != shapes[1][1:] or shapes[2] != shapes[1][:1]:
            raise ParameterError(
                f"SPLeaP's learned values do not fit each other: sharpness {shapes[0]}, combination "
                f"{shapes[1]}, bias {shapes[2]}. For K classes and P parts they are (P,), (K, P) and (K,)."
            )


def spleap_score(
    maps: Array, parameters: SPLeaPParameters, learned: SPLeaPWeights | None = None
) -> Array:
    """Scores (..., K) of part maps (..., P, h, w) by SPLeaP; differentiable in maps and learned values.

    Raises:
        ParameterError: no learned values, or maps of another number of parts.
    """
    learned = _learned(maps, learned)
    rows = cells(maps)
    return _combined(learned, soft_max(_below(rows, learned.sharpness)) * rows)


def spleap_pool(
    maps: Array, parameters: SPLeaPParameters, learned: SPLeaPWeights | None = None
) -> Pooled:
    """SPLeaP with its closed forms; contributions add up to the score without its bias."""
    learned = _learned(maps, learned)
    scores = spleap_score(maps, parameters, learned)
    xp, rows = array_api_compat.array_namespace(maps), detached(cells(maps))
    sharpness, combination = detached(learned.sharpness), detached(learned.combination)
    below = _below(rows, sharpness)
    attention = soft_max(below)  # (..., P, n)
    slopes = attention * (1 + below - xp.sum(attention * below, axis=-1, keepdims=True))
    *batch, _, height, width = maps.shape
    classes, parts = combination.shape
    contributions = xp.reshape(combination @ (attention * rows), (*batch, classes, height, width))
    weights = combination[..., None] * slopes[..., None, :, :]
    return every_cell_counts(
        scores=scores,
        class_maps=contributions * (height * width),
        weights=xp.reshape(weights, (*batch, classes, parts, height, width)),
        contributions=contributions,
    )


def _below(rows: Array, sharpness: Array) -> Array:
    """lambda (h - h of the cell that counts most), so at most 0 and exact near it."""
    xp, values, lam = array_api_compat.array_namespace(rows), detached(rows), sharpness[:, None]
    highest, lowest = (end(values, axis=-1, keepdims=True) for end in (xp.max, xp.min))
    return (rows - xp.where(lam >= 0, highest, lowest)) * lam


def _combined(learned: SPLeaPWeights, shares: Array) -> Array:
    pooled = array_api_compat.array_namespace(shares).sum(shares, axis=-1)  # (..., P)
    return (learned.combination @ pooled[..., None])[..., 0] + learned.bias


def _learned(maps: Array, learned: SPLeaPWeights | None) -> SPLeaPWeights:
    if not isinstance(learned, SPLeaPWeights):
        raise ParameterError(
            "SPLeaP pools with values that are learned, and there are none. Give SPLeaPWeights, or take "
            "a trained head."
        )
    parts = learned.sharpness.shape[0]
    if cells(maps).shape[-2] != parts:
        raise ParameterError(
            f"SPLeaP has learned {parts} parts, and these are the maps of {maps.shape[-3]}. Give one map for "
            f"every part."
        )
    return learned
