"""What pooling gives, and how maps come in: arrays of NumPy or of torch, by the array API."""

from dataclasses import dataclass
from typing import Any

import array_api_compat

from wsl_core.errors import ParameterError

Array = Any  # of NumPy or torch: there is no common type to name


@dataclass(frozen=True, eq=False)
class Pooled:
    """Scores and what they are made of, in closed form; arrays of the kind of the maps.

    Class map, weight and contribution are three different things: what a place says of the class, how much
    the score moves with it, and its share in the score.

    Attributes:
        scores: (..., K), in the unit of the maps (logits).
        class_maps: (..., K, h, w), the evidence at every place: the maps themselves; their mean over M for
            WILDCAT; for SPLeaP the map derived from its parts, whose mean is the score without its bias.
        weights: (..., K * M, h, w), gradient of each class's score with respect to its maps; for SPLeaP
            (..., K, P, h, w), since the classes share the parts.
        contributions: (..., K, h, w); their sum is the score, for SPLeaP the score without its bias.
            weight times value, for LSE by integrated gradients.
        positive: (..., K, h, w), truth values: the cells h+ that were selected; all where every cell counts.
        negative: the same for h-; none where every cell counts.
    """

    scores: Array
    class_maps: Array
    weights: Array
    contributions: Array
    positive: Array
    negative: Array


def cells(maps: Array) -> Array:
    """Maps (..., K, h, w) as rows of cells (..., K, h * w), in row-major order.

    Raises:
        ParameterError: not an array of NumPy or torch, not of floating-point numbers, fewer than three
            dimensions, or no cells.
    """
    if not (array_api_compat.is_numpy_array(maps) or array_api_compat.is_torch_array(maps)):
        raise ParameterError(
            f"Pooling takes maps as an array of NumPy or a tensor of torch, not {type(maps).__name__}."
        )
    xp, shape = array_api_compat.array_namespace(maps), tuple(maps.shape)
    if len(shape) < 3 or not shape[-1] * shape[-2]:
        raise ParameterError(
            f"Pooling takes maps of shape (..., K, h, w) with at least one cell; these have shape {shape}."
        )
    if not xp.isdtype(maps.dtype, "real floating"):
        raise ParameterError(
            f"Pooling takes maps of floating-point numbers; these are {maps.dtype}. Convert them first."
        )
    return xp.reshape(maps, (*shape[:-2], shape[-2] * shape[-1]))


def detached(values: Array) -> Array:
    """The values as constants: no gradient flows through them."""
    return values.detach() if array_api_compat.is_torch_array(values) else values


def everywhere(maps: Array, truth: bool) -> Array:
    """One truth value at every cell of maps."""
    xp = array_api_compat.array_namespace(maps)
    return xp.full_like(maps, truth, dtype=xp.bool)
