"""What methods of adaptation are given and what they give back; NumPy only.

Source domain: pictures or features with labels. Target domain: the same without labels, which no method
ever sees: a set that has labels is read by its `values` alone.
"""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import DatasetError

Float32 = NDArray[np.float32]
SOURCE, TARGET = 0, 1
"""The domains, as batch normalisation numbers its statistics."""
MODEL, SNAPSHOT, PROBE = "model/", "snapshot/", "probe/"
"""Before the names of a run's arrays: its network's, what was kept at every look, what was looked at."""
SEEN = "evaluation_"
"""Before the names of figures that only the evaluation may see."""


class Unlabelled(Protocol):
    """A domain without labels."""

    @property
    def values(self) -> NDArray[Any]:
        """(N, H, W, 3) uint8 pictures, or (N, D) float32 features."""


class Labelled(Unlabelled, Protocol):
    """A domain with labels."""

    @property
    def labels(self) -> NDArray[np.int64]:
        """(N,) from 0 on."""


class Adapted(Protocol):
    """A classifier for the target domain; one for the source domain is `on_source`."""

    def scores(self, values: NDArray[Any]) -> Float32:
        """(N, K) logits."""

    def predict(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """(N,) the class with the highest score."""

    def features(self, values: NDArray[Any]) -> Float32:
        """(N, D) what the last layer of the classifier reads."""

    def scores_of(self, features: Float32) -> Float32:
        """(N, D) features -> (N, K) logits: with `features`, both from one pass."""

    @property
    def on_source(self) -> "Adapted":
        """The same with the statistics of the source domain."""


def check(source: Labelled, target: Unlabelled) -> None:
    """Refuse domains that no method could be trained on.

    Raises:
        DatasetError: names what does not fit.
    """
    for name, values in (("source", source.values), ("target", target.values)):
        _check_values(name, values)
    one, other = source.values.shape[1:], target.values.shape[1:]
    if one != other:
        what = "Pictures" if len(one) == 3 else "Features"
        raise DatasetError(
            f"{what} of the source are {_size(one)}, those of the target {_size(other)}. Both domains must "
            f"have the same size and channels: resize one of them."
        )
    labels = np.asarray(source.labels)
    if labels.shape != (len(source.values),) or not np.issubdtype(labels.dtype, np.integer):
        raise DatasetError(
            f"The source has {len(source.values)} values and labels of shape {labels.shape} and type "
            f"{labels.dtype}. Accepted is one whole number for each value."
        )
    if labels.min() < 0 or len(np.unique(labels)) < 2:
        raise DatasetError(
            "The source's labels must be whole numbers from 0 on, of two classes or more."
        )


def _check_values(name: str, values: NDArray[Any]) -> None:
    pictures = values.ndim == 4 and values.shape[3] == 3 and values.dtype == np.uint8
    if not pictures and not (values.ndim == 2 and values.dtype == np.float32):
        raise DatasetError(
            f"The {name} has values of shape {values.shape} and type {values.dtype}. Accepted are pictures "
            f"(N, H, W, 3) of type uint8, from 0 to 255, or features (N, D) of type float32."
        )
    if len(values) < 2:
        raise DatasetError(f"The {name} has {len(values)} values; at least 2 are needed.")
    if pictures and values.max() <= 1:
        raise DatasetError(
            f"The pictures of the {name} reach only {values.max()}. Accepted are values from 0 to 255: "
            f"multiply them by 255 if they were scaled to 0..1."
        )
    if not pictures and not np.isfinite(values).all():
        raise DatasetError(f"The features of the {name} hold values that are not finite.")


def _size(shape: tuple[int, ...]) -> str:
    if len(shape) == 3:
        return f"{shape[0]} x {shape[1]} pixels with {shape[2]} channels"
    return f"{shape[0]} numbers long" if len(shape) == 1 else str(shape)
