"""Features in the plane: one plane for all looks at a network, so that its axes stay; NumPy only.

A network's features move and grow while it learns. Each look is therefore centred on the mean of what it
shows and brought to a mean length of 1: what is left is how classes and domains lie to each other. Both
domains share the centre, so that a gap between them stays a gap. The plane of largest variance is that of
all looks together: were it the last look's, the earlier ones would be seen from an angle at which nothing
is known of them.
"""

import numpy as np
from numpy.typing import NDArray

TSNE = "wsl_core.transfer.adaptation.projection_job:tsne"
"""The job that lays features out by t-SNE."""

ROUNDS = 60  # of the iteration, at most
ENOUGH = 1e-4  # of a change in the plane
EXTRA = 6  # directions that are followed beside the two


def principal_plane(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """The first two principal components of all looks together.

    Args:
        features: (L, P, D) of the same P values at every look.

    Returns:
        (L, P, 2). Each axis points to where the direction's largest entry is positive.
    """
    points = np.zeros((*features.shape[:2], 2), np.float32)
    if features.size:
        rows = scaled(features)
        axes = _principal(rows.reshape(-1, rows.shape[-1]))
        axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])
        points[..., : axes.shape[1]] = rows @ axes
    return points


def scaled(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """(..., P, D), centred and brought to a mean length of 1; what is not finite counts as 0."""
    rows = np.where(np.isfinite(features), features, 0).astype(np.float32)
    rows -= rows.mean(-2, keepdims=True)
    length = np.linalg.norm(rows, axis=-1).mean(-1)[..., None, None]
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)


def _principal(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """(D, 2) the directions of largest variance of centred rows, or fewer where D is less.

    Orthogonal iteration from the same start each time: of wide features it takes a hundredth of what a full
    decomposition does.
    """
    width = rows.shape[1]
    start = np.random.default_rng(0).standard_normal((width, min(width, 2 + EXTRA)))
    basis = np.linalg.qr(start.astype(np.float32))[0]
    axes = basis[:, :2]
    for _ in range(ROUNDS):
        seen = rows @ basis
        before, axes = axes, basis @ np.linalg.svd(seen, full_matrices=False)[2][:2].T
        if np.linalg.norm(axes - before @ (before.T @ axes)) < ENOUGH:
            break
        basis = np.linalg.qr(rows.T @ seen)[0]
    return axes
