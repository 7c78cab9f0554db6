"""Where the features of a look lie in the plane: PCA, which the run has kept, or t-SNE, made on demand."""

import numpy as np
from numpy.typing import NDArray

from wsl_core import jobs
from wsl_core.errors import ParameterError
from wsl_core.figures.scatter import Limits, limits_of
from wsl_core.jobs import Result
from wsl_core.transfer.adaptation.contract import SOURCE, TARGET
from wsl_core.transfer.adaptation.projection import TSNE
from wsl_core.web.adaptation.runs import Seen
from wsl_core.web.patience import Report, awaited
from wsl_core.web.store import Store

Points = NDArray[np.float32]
NO_FEATURES = (
    "A run that comes with the program has kept the points of its PCA and no features, from which t-SNE "
    "would be made. Train this pair with this method, and t-SNE is there."
)
_laid_out: Store[Points] = Store(8, lambda points: points.nbytes + 100)


def pca(seen: Seen, look: int) -> tuple[Points, Limits] | None:
    """(P, 2) of a look, and the limits that all looks share; None where there is no snapshot."""
    at = seen.snapshot(look)
    return None if at is None else (seen.run.points[at], limits_of(seen.run.points))


def tsne(seen: Seen, look: int) -> tuple[Points, Limits] | None:
    """(P, 2) of a look and its own limits; the page waits with a bar, the work is done in a worker.

    Raises:
        ParameterError: the run has kept no features.
        WslError: the worker refused or failed.
    """
    at, features = seen.snapshot(look), seen.run.features
    if at is None:
        return None
    if features is None:
        raise ParameterError(NO_FEATURES)
    key = (seen.key, int(seen.run.steps[at]))
    points = _laid_out.get(key)
    if points is None:
        chosen = features[at].astype(np.float32)

        def make(report: Report) -> Points:
            for event in jobs.run(TSNE, {}, {"features": chosen}):
                if isinstance(event, Result):
                    return event.arrays["points"]
                report(event.share, event.doing or "starting a worker")
            raise AssertionError("a job ends with a result")

        points = awaited(("tsne", *key), "t-SNE", make)
        _laid_out.put(key, points)
    return points, limits_of(points)


def apart(points: Points, domains: NDArray[np.int8]) -> float:
    """How far the domains' means lie from each other, in spreads of a domain; 0 where one is missing."""
    parts = [points[domains == number] for number in (SOURCE, TARGET)]
    if not all(len(one) for one in parts):
        return 0.0
    spread = np.mean([np.sqrt(one.var(0).sum()) for one in parts])
    distance = np.linalg.norm(parts[0].mean(0) - parts[1].mean(0))
    return float(distance / spread) if spread else 0.0
