"""Two domains: labelled pictures of one, unlabelled ones of the other, and what is measured on.

Methods are given `source` and `target` and nothing else. `target` has no place for labels, so that none
can reach them; those of `evaluation` are for the evaluation, those of `target_labelled` for the ceiling.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import DatasetError

Values = NDArray[np.uint8] | NDArray[np.float32]
NAMED = 5
"""Most classes that a sentence names."""


@dataclass(frozen=True, eq=False)
class Unlabelled:
    """Pictures or features of a domain without labels.

    Attributes:
        values: uint8 (N, H, W, 3) pictures, or float32 (N, D) features.
        title: what they are, for people.

    Raises:
        DatasetError: they are none of both, or there is none.
    """

    values: Values
    title: str

    def __post_init__(self) -> None:
        values = self.values
        pictures = values.ndim == 4 and values.shape[3] == 3 and values.dtype == np.uint8
        features = values.ndim == 2 and values.dtype == np.float32
        if not (pictures or features):
            raise DatasetError(
                f"{self.title}: values of shape {values.shape} and type {values.dtype} were given. "
                "Accepted are pictures, uint8 (N, H, W, 3), or features, float32 (N, D)."
            )
        if not len(values):
            raise DatasetError(f"{self.title} holds nothing. At least one picture is needed.")

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Labelled:
    """Pictures or features of a domain with their labels.

    Attributes:
        values: uint8 (N, H, W, 3) pictures, or float32 (N, D) features.
        labels: int64 (N,), places in the pair's `classes`.
        title: what they are, for people.

    Raises:
        DatasetError: values as in `Unlabelled`, or labels that do not belong to them.
    """

    values: Values
    labels: NDArray[np.int64]
    title: str

    def __post_init__(self) -> None:
        Unlabelled(self.values, self.title)
        if self.labels.shape != (len(self.values),) or self.labels.dtype != np.int64:
            raise DatasetError(
                f"{self.title}: there are {len(self.values)} pictures, but labels of shape "
                f"{self.labels.shape} and type {self.labels.dtype}. Accepted is one int64 a picture."
            )

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, which: slice | NDArray[np.integer] | NDArray[np.bool_]) -> "Labelled":
        """Those that a slice, an array of places, or a mask names."""
        return Labelled(self.values[which], self.labels[which], self.title)

    def without_labels(self) -> Unlabelled:
        """The values alone."""
        return Unlabelled(self.values, self.title)


@dataclass(frozen=True, eq=False)
class DomainPair:
    """A source and a target with the same classes.

    Attributes:
        name: in the registry.
        title: for people.
        classes: names, in the order of the labels.
        source: what is learned from.
        target: what is adapted to.
        evaluation: labelled pictures of the target domain; for the evaluation only.
        source_evaluation: labelled pictures of the source domain that are not in `source`, or None.
        target_labelled: what the ceiling `target` is trained on, or None where there is no such half.
        data: "full", "subset", "generated", "shipped", or two of them joined by " and ".
        notes: sentences to be shown beside every figure.
        licence: of the pictures.
        ceiling_evaluation: what the ceiling is measured on where `target_labelled` shares pictures
            with `evaluation`; None: on `evaluation`.
        parts: masks (N,) over `evaluation` by the title of a part that is reported apart.

    Raises:
        DatasetError: sizes, channels or label sets differ.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    source: Labelled
    target: Unlabelled
    evaluation: Labelled
    source_evaluation: Labelled | None
    target_labelled: Labelled | None
    data: str
    notes: tuple[str, ...]
    licence: str
    ceiling_evaluation: Labelled | None = None
    parts: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        optional = (self.source_evaluation, self.target_labelled, self.ceiling_evaluation)
        labelled = [self.source, self.evaluation, *(one for one in optional if one)]
        refuse_other_size(self.source, self.target)
        for one in labelled:
            refuse_other_size(self.source, one)
            refuse_other_labels(self.classes, one)
        self._refuse_unlearned()

    def _refuse_unlearned(self) -> None:
        """Refuse an evaluation on classes that the source never shows."""
        unseen = np.setdiff1d(self.evaluation.labels, self.source.labels)
        if len(unseen):
            raise DatasetError(
                f"The label sets differ: {self.evaluation.title} shows {_named(self.classes, unseen)}, "
                f"which {self.source.title} never does. Both need the same classes: take more of the "
                "source, or leave these classes out."
            )


def refuse_other_size(first: Labelled | Unlabelled, second: Labelled | Unlabelled) -> None:
    """Refuse two sets whose pictures differ in height, width or channels.

    Raises:
        DatasetError: names both.
    """
    if first.values.shape[1:] != second.values.shape[1:]:
        raise DatasetError(
            f"{second.title} has {_shape(second)}, but {first.title} {_shape(first)}. Both domains need "
            "one size and three channels: bring the pictures of one to the size of the other."
        )


def refuse_other_labels(classes: tuple[str, ...], labelled: Labelled) -> None:
    """Refuse labels that are no places in the list of classes.

    Raises:
        DatasetError: names the first of them.
    """
    wrong = (labelled.labels < 0) | (labelled.labels >= len(classes))
    if wrong.any():
        raise DatasetError(
            f"The label sets differ: {labelled.title} has the label {labelled.labels[wrong][0]}, but there "
            f"are {len(classes)} classes, 0 to {len(classes) - 1}. Correct the labels, or choose "
            "another pair."
        )


def _named(classes: tuple[str, ...], labels: NDArray[np.int64]) -> str:
    names = ", ".join(f"“{classes[label]}”" for label in labels[:NAMED])
    return names if len(labels) <= NAMED else f"{names} and {len(labels) - NAMED} more"


def _shape(one: Labelled | Unlabelled) -> str:
    if one.values.ndim == 2:
        return f"{one.values.shape[1]} features"
    return "pictures of " + " x ".join(map(str, one.values.shape[1:]))
