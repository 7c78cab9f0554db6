"""The epochs of a head on a frozen network: every picture once an epoch, in one of its views at random.

Imported in workers only.
"""

from collections.abc import Generator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.fcn.heads.features import Features, View
from wsl_core.fcn.heads.parameters import TrainingParameters
from wsl_core.fcn.heads.torch_head import TrainableHead, loss
from wsl_core.jobs import Checkpoint, Progress
from wsl_core.networks.torch_optimisers import Adam


def head_epochs(
    head: TrainableHead,
    features: Features,
    views: Sequence[View],
    tap: str,
    pictures: LabelledPictures,
    how: TrainingParameters,
    checkpoint: Checkpoint | None,
) -> Generator[Progress | Checkpoint, None, None]:
    """Train the head alone, from the checkpoint on where there is one.

    Args:
        head: changed in place.
        features: of the pictures.
        views: of every picture.
        tap: whose cells the head reads.
        pictures: with their labels.
        how: settled.
        checkpoint: of these epochs.

    Yields:
        progress from 0 to 1, and a checkpoint after every epoch but one that ends the training.
    """
    targets = torch.tensor(pictures.targets)
    batches = -(-len(targets) // how.batch)
    optimiser = Adam(trained_in(head))
    began = checkpoint.step if checkpoint else 0
    if checkpoint:
        optimiser.restore(checkpoint.arrays, checkpoint.state["updates"])
    for epoch in range(began, how.epochs):
        # A generator for each epoch: what it sees does not depend on where the run was resumed.
        random = np.random.default_rng([how.seed, 2, epoch])
        order = random.permutation(len(targets))
        seen = random.integers(len(views), size=len(targets))
        for batch in range(batches):
            step = epoch * batches + batch
            now = float(how.rate or 0) * falling(step / (how.epochs * batches))
            chosen = order[batch * how.batch : (batch + 1) * how.batch].tolist()
            cells, counts = _batch(features, chosen, [views[seen[i]] for i in chosen], tap)
            value = loss(head(cells, counts), targets[torch.tensor(chosen)], pictures.single)
            value.backward()
            optimiser.step(now)
            head.decay(now * float(how.decay or 0))
            done = step + 1
            share = done / (how.epochs * batches)
            yield Progress(share, "training the head", done, {"loss": value.item()})
        if epoch + 1 < how.epochs or how.finetune:
            yield Checkpoint(epoch + 1, optimiser.arrays(), {"updates": optimiser.steps})


def falling(share: float) -> float:
    """1 to 0 along half a cosine, for the share 0 to 1 of the updates that are done."""
    return 0.5 * (1 + float(np.cos(np.pi * share)))


def trained_in(head: TrainableHead) -> dict[str, nn.Parameter]:
    """What is trained of a head, by name."""
    return {f"head.{name}": value for name, value in head.named_parameters()}


def cells_of(features: Features, picture: int, view: View, tap: str) -> NDArray[np.float16]:
    """(cells, C) of a picture."""
    value = features.read(picture, view, tap)
    return value.reshape(-1, value.shape[-1])


def _batch(
    features: Features, chosen: Sequence[int], views: Sequence[View], tap: str
) -> tuple[Tensor, list[int]]:
    """The cells (all, C) of some pictures, one picture after the other, and how many each has."""
    parts = [cells_of(features, i, view, tap) for i, view in zip(chosen, views, strict=True)]
    return torch.from_numpy(np.concatenate(parts)).float(), [len(part) for part in parts]
