"""Pictures with several labels each, in arrays: a training part, to be drawn from, and a held-out one."""

import importlib
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import DatasetError
from wsl_core.jobs import Progress
from wsl_core.transfer.multitask.task_sets import ONE, TaskSetCard

IGNORED = -1
"""Label of a class of which nobody can say whether it is there."""
LEAST = 2  # pictures that are learned from


@dataclass(frozen=True, eq=False)
class Labelled:
    """Values with a label a task.

    Attributes:
        values: (N, *shape) uint8 pictures, or float16 or float32 features.
        labels: by task: (N,) int64 of the one answer, or (N, classes) int8 of 0, 1 and `IGNORED`.
    """

    values: NDArray[Any]
    labels: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, which: NDArray[np.integer]) -> "Labelled":
        """Those that an array of indices names."""
        return Labelled(self.values[which], {name: one[which] for name, one in self.labels.items()})


@dataclass(frozen=True, eq=False)
class TaskData:
    """A task set, read.

    Attributes:
        card: of the set.
        train: learned from.
        held_out: what rates are measured on; no picture of `train` is among them.
        said: what was there of the published data, in words.
    """

    card: TaskSetCard
    train: Labelled
    held_out: Labelled
    said: str

    def __post_init__(self) -> None:
        """Refuse what does not fit the card."""
        for part in (self.train, self.held_out):
            if part.values.shape[1:] != self.card.shape:
                raise DatasetError(
                    f"The values of {self.card.title} have shape {part.values.shape[1:]}; its card says "
                    f"{self.card.shape}."
                )
            for task in self.card.tasks:
                labels = part.labels[task.name]
                expected = (len(part),) if task.kind == ONE else (len(part), len(task.classes))
                if labels.shape != expected:
                    raise DatasetError(
                        f"The labels of the task {task.name} have shape {labels.shape}; {expected} is needed."
                    )

    def drawn(self, fraction: float, seed: int) -> Labelled:
        """A share of the training part; a smaller share of the same seed lies within a larger one."""
        count = max(LEAST, round(fraction * len(self.train)))
        if count >= len(self.train):
            return self.train
        order = np.random.default_rng((seed, 0)).permutation(len(self.train))
        return self.train[np.sort(order[:count])]


def load(card: TaskSetCard) -> Generator[Progress, None, TaskData]:
    """Read a task set.

    Raises:
        DatasetError: its pictures are not there or cannot be read.
    """
    if sentence := card.missing():
        raise DatasetError(sentence)
    module, _, name = card.loader.partition(":")
    found: TaskData = yield from getattr(importlib.import_module(module), name)(card)
    return found
