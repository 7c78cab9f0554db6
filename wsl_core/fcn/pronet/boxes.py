"""The boxes of ProNet: every cell at every scale is one, on exact geometry; and the choice of the best."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.boxes import intersection_over_union
from wsl_core.fcn.pronet.parameters import ProNetParameters
from wsl_core.images import Photo
from wsl_core.networks import Network, Placement
from wsl_core.networks.network import resized

Floats = NDArray[np.float64]
Float32 = NDArray[np.float32]


def cell_boxes(placement: Placement, side: float) -> Floats:
    """The box of every cell: a square of the network's input around its centre, laid on the picture.

    Args:
        placement: of the cells.
        side: of the square, in pixels of the input.

    Returns:
        (rows * columns, 4) in reading order: left, top, right, bottom edges in picture pixels, cut at the
        picture's border.
    """
    across, down = (
        replace(axis, geometry=replace(axis.geometry, receptive_field=side))
        for axis in (placement.across, placement.down)
    )
    x = np.array([across.window(column) for column in range(across.cells)])
    y = np.array([down.window(row) for row in range(down.cells)])
    rows, columns = len(y), len(x)
    edges = np.empty((rows, columns, 4))
    edges[..., 0::2], edges[..., 1::2] = x[None], y[:, None]
    return edges.reshape(-1, 4)


def best(edges: Floats, confidence: Float32, count: int, overlap: float) -> list[int]:
    """The most confident boxes that do not overlap, best first; the first of several alike.

    Args:
        edges: (N, 4) of all boxes.
        confidence: (N,) of one class.
        count: how many at most.
        overlap: largest intersection over union of two of them.
    """
    left, found = np.asarray(confidence, float).copy(), list[int]()
    while len(found) < count and np.isfinite(left).any():
        top = int(left.argmax())
        found.append(top)
        left[intersection_over_union(edges[top], edges)[0] > overlap] = -np.inf
        left[top] = -np.inf
    return found


def proposed(
    edges: Floats,
    confidence: Float32,
    scores: Float32,
    how: ProNetParameters,
    also: Iterable[int] = (),
) -> dict[int, list[int]]:
    """By class, the boxes that go to the second stage: those of the classes that score highest.

    Args:
        edges: (N, 4) of all boxes.
        confidence: (K, N) logits.
        scores: (K,) of the first stage.
        how: how many classes and boxes.
        also: classes that are among them whatever they score.
    """
    highest = np.argsort(-np.asarray(scores), kind="stable")[: how.boxed_classes].tolist()
    chosen = sorted({*highest, *also})
    return {k: best(edges, confidence[k], how.boxes, how.overlap) for k in chosen}


def crops_of(proposals: Mapping[int, Sequence[int]]) -> list[int]:
    """Every proposed box once: classes share what they both propose."""
    return sorted({one for boxes in proposals.values() for one in boxes})


def crop_features(network: Network, photo: Photo, boxes: Floats, side: int) -> Float32:
    """Mean features of crops: whole pixels around each box, stretched to a square and fed.

    Args:
        network: whose features.
        photo: the picture.
        boxes: (n, 4) edges in picture pixels; n is at least 1.
        side: that is fed.

    Returns:
        (n, C).
    """
    batch = []
    for box in boxes:
        left, top = np.floor(box[:2] + 1e-6).astype(int)
        right, bottom = np.ceil(box[2:] - 1e-6).astype(int)
        cut = photo.pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
        batch.append(resized(np.ascontiguousarray(cut), side, side))
    tap = network.card.features
    return network.features(np.stack(batch), (tap,))[tap].mean(axis=(2, 3))
