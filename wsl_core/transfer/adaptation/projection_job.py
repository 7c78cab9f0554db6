"""Features laid out by t-SNE, as a job; imported in workers only.

Distances in such a picture say who is near whom and little else: clusters' sizes, and gaps between them,
mean nothing. Source: van der Maaten and Hinton, JMLR 9, 2008.
"""

from collections.abc import Iterator

import numpy as np
from sklearn.manifold import TSNE

from wsl_core.errors import ParameterError
from wsl_core.jobs import Event, Progress, Result, Task
from wsl_core.transfer.adaptation.projection import scaled

FEWEST = 3
PERPLEXITY = 30  # how many neighbours count, about; of few values a third


def tsne(task: Task) -> Iterator[Event]:
    """Lay `task.arrays["features"]`, (P, D), out in the plane; the result's array `points` is (P, 2).

    It begins with the principal plane, and the same features give the same picture on a machine.

    Raises:
        ParameterError: the features are no table of at least 3 values.
    """
    features = task.arrays.get("features", np.zeros(0))
    if features.ndim != 2 or len(features) < FEWEST or not features.shape[1]:
        raise ParameterError(
            f"Features of shape {features.shape} were given. Accepted is a table (P, D) of at least "
            f"{FEWEST} values."
        )
    yield Progress(0.0, f"laying out {len(features)} values")
    near = min(PERPLEXITY, (len(features) - 1) / 3)
    # One thread: sums are taken in one order.
    layout = TSNE(2, perplexity=near, init="pca", learning_rate="auto", random_state=0, n_jobs=1)
    points = layout.fit_transform(scaled(features))
    yield Result({}, {"points": points.astype(np.float32)})
