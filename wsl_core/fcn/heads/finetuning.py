"""The epochs in which a network's last stages are trained further, together with the head.

Small batches of pictures of one shape, a rate for the stages and the scheme's own for the head, a short
warm-up, then half a cosine; what comes out is a moving average of all weights. Imported in workers only.
"""

from collections import defaultdict
from collections.abc import Generator, Sequence

import numpy as np
import torch
from torch import Tensor

from wsl_core.datasets.batches import alike
from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.fcn.heads.averaging import Average
from wsl_core.fcn.heads.epochs import falling, trained_in
from wsl_core.fcn.heads.features import Features, View
from wsl_core.fcn.heads.head import NETWORK
from wsl_core.fcn.heads.parameters import TrainingParameters
from wsl_core.fcn.heads.stages import Stages
from wsl_core.fcn.heads.torch_head import TrainableHead, loss
from wsl_core.jobs import Checkpoint, Progress
from wsl_core.networks.torch_optimisers import Adam

WARM = 0.05  # share of the updates in which the rates rise


def joint_epochs(
    head: TrainableHead,
    stages: Stages,
    features: Features,
    views: Sequence[View],
    pictures: LabelledPictures,
    how: TrainingParameters,
    checkpoint: Checkpoint | None,
) -> Generator[Progress | Checkpoint, None, None]:
    """Train stages and head together, from the checkpoint on where there is one.

    Args:
        head: changed in place.
        stages: changed in place.
        features: of the pictures, with the tap below the stages.
        views: of every picture.
        pictures: with their labels.
        how: settled.
        checkpoint: of these epochs.

    Yields:
        progress from 0 to 1, and a checkpoint after every epoch but the last.
    """
    targets = torch.tensor(pictures.targets)
    tuned = {NETWORK + name: value for name, value in stages.parameters().items()}
    own, others = Adam(trained_in(head)), Adam(tuned)
    average = Average(own.parameters | others.parameters, how.averaging)
    began = 0
    if checkpoint:
        began = checkpoint.step - how.epochs
        for optimiser in (own, others):
            optimiser.restore(checkpoint.arrays, checkpoint.state["updates"])
        average.restore(checkpoint.arrays)
    batches = -(-len(targets) // how.finetune_batch)
    updates = how.finetune_epochs * batches
    for epoch in range(began, how.finetune_epochs):
        # A generator for each epoch: what it sees does not depend on where the run was resumed.
        random = np.random.default_rng([how.seed, 2, how.epochs + epoch])
        seen = [views[i] for i in random.integers(len(views), size=len(targets))]
        shapes = [features.shape(i, view, stages.below) for i, view in enumerate(seen)]
        for batch, chosen in enumerate(alike(shapes, how.finetune_batch, random)):
            step = epoch * batches + batch
            share = _rate(step / updates)
            cells, counts = _through(stages, features, chosen, [seen[i] for i in chosen])
            value = loss(head(cells, counts), targets[torch.tensor(chosen)], pictures.single)
            value.backward()
            now = float(how.rate or 0) * share
            own.step(now)
            head.decay(now * float(how.decay or 0))
            others.step(how.finetune_rate * share)
            average.update(others.steps)
            yield Progress(
                (step + 1) / updates, "training the last stages", step + 1, {"loss": value.item()}
            )
        if epoch + 1 < how.finetune_epochs:
            arrays = own.arrays() | others.arrays() | average.arrays()
            yield Checkpoint(how.epochs + epoch + 1, arrays, {"updates": others.steps})
    average.settle()


def _rate(share: float) -> float:
    """What the largest rates are multiplied by, 0 to 1, at a share 0 to 1 of the updates."""
    return share / WARM if share < WARM else falling((share - WARM) / (1 - WARM))


def _through(
    stages: Stages, features: Features, chosen: Sequence[int], views: Sequence[View]
) -> tuple[Tensor, list[int]]:
    """The cells (all, C) of some pictures above the stages, and how many each has."""
    groups = defaultdict(list)
    for number, (i, view) in enumerate(zip(chosen, views, strict=True)):
        value = features.read(i, view, stages.below)
        # Kept features of mirrored pictures are turned back; the stages see them as they were fed.
        groups[value.shape].append((number, value[:, ::-1] if view.mirrored else value))
    found: dict[int, Tensor] = {}
    for group in groups.values():
        stacked = torch.from_numpy(np.stack([value for _, value in group])).float()
        outputs = stages.layers(stacked.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        for (number, _), output in zip(group, outputs, strict=True):
            found[number] = output.reshape(-1, output.shape[-1])
    cells = [found[number] for number in range(len(chosen))]
    return torch.cat(cells), [len(part) for part in cells]
