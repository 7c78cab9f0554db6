"""What a network makes of pictures as they are, whole; imported in workers only."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from wsl_core.transfer.finetuning.torch_blocks import Blocks
from wsl_core.transfer.finetuning.torch_inputs import FrozenOutputs


@dataclass(frozen=True, eq=False)
class Evaluated:
    """What a network makes of pictures.

    Attributes:
        loss: cross-entropy, a mean over pictures.
        class_accuracies: (K,) of each class.
        predictions: (N,) the class with the highest score.
    """

    loss: float
    class_accuracies: list[float]
    predictions: NDArray[np.int64]

    @property
    def accuracy(self) -> float:
        """Mean over the classes."""
        return float(np.mean(self.class_accuracies))


def evaluated(blocks: Blocks, outputs: FrozenOutputs) -> Evaluated:
    """Test on pictures as they are, whole."""
    samples = outputs.samples
    found = torch.zeros(len(samples), blocks.classes)
    with torch.no_grad():
        for part in outputs.alike([(i, 0) for i in range(len(samples))]):
            found[[i for i, _ in part]] = blocks.above(outputs.of(blocks, part), blocks.depth)
    labels = torch.from_numpy(samples.labels)
    predictions = found.argmax(1)
    right = (predictions == labels).double()
    classes = [float(right[labels == k].mean()) for k in labels.unique()]
    return Evaluated(float(functional.cross_entropy(found, labels)), classes, predictions.numpy())
