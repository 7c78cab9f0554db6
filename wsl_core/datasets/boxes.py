"""How much boxes cover each other, and how far a point is from a box.

A box is given by its edges (left, top, right, bottom) in pixels, as everywhere in this program, so that
its width is right - left. VOC's own boxes are pixels that are both inside and counted from 1; the "+ 1" of
its overlap is contained in the edges.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def intersection_over_union(boxes: ArrayLike, others: ArrayLike) -> Floats:
    """(N, 4) and (M, 4) edges -> (N, M), 0 .. 1; NaN boxes cover nothing."""
    a = np.nan_to_num(np.asarray(boxes, float).reshape(-1, 4))[:, None]
    b = np.asarray(others, float).reshape(-1, 4)[None]
    shared = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    common = np.prod(np.clip(shared, 0, None), axis=-1)
    total = np.prod(a[..., 2:] - a[..., :2], axis=-1) + np.prod(b[..., 2:] - b[..., :2], axis=-1)
    union = total - common
    return np.divide(common, union, out=np.zeros_like(common), where=union > 0)


def distances(point: ArrayLike, boxes: ArrayLike) -> tuple[Floats, Floats]:
    """How far a point lies outside boxes, in pixels: along the worse axis, and in a straight line.

    Args:
        point: (x, y) in pixels; pixel 0 has its centre at 0.
        boxes: (N, 4) edges. The centres of a box's pixels go from its left edge to its right edge - 1,
            and likewise down.

    Returns:
        two arrays (N,), 0 inside.
    """
    edges = np.asarray(boxes, float).reshape(-1, 4)
    at = np.asarray(point, float)
    outside = np.maximum(np.maximum(edges[:, :2] - at, at - (edges[:, 2:] - 1)), 0)
    return outside.max(axis=1), np.hypot(outside[:, 0], outside[:, 1])
