"""One training, of a task alone or of several together, as a generator of events; workers only.

All draws depend on the seed and the step alone, so that a training that goes on from a checkpoint is the one
that was not broken.
"""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from wsl_core.errors import ParameterError
from wsl_core.jobs import Checkpoint, Progress
from wsl_core.networks.torch_optimisers import Adam
from wsl_core.transfer.multitask import torch_gradients
from wsl_core.transfer.multitask.parameters import MultitaskParameters
from wsl_core.transfer.multitask.task_data import Labelled, TaskData
from wsl_core.transfer.multitask.torch_measures import loss, rate, tensor
from wsl_core.transfer.multitask.torch_network import MultitaskNetwork
from wsl_core.transfer.multitask.torch_weighting import Weighting

PROBED = 256  # pictures of the training part that losses and gradients are looked at on
EVERY = 20  # steps from one progress to the next
AT_ONCE = 500  # held-out pictures in a pass
NETWORK, UNCERTAINTY = "network.", "uncertainty."
ORDER, SURGERY = 1, 2  # parts that draw from the seed
Figures = dict[str, float]


@dataclass(frozen=True)
class Look:
    """The network at a moment of its training.

    Attributes:
        step: how many steps are done.
        figures: by task `TASK_loss` on some training pictures, `TASK_rate` on the held-out ones, and
            `TASK_weight` of its loss; `cosine` of the tasks' gradients on all shared weights, and `cosine_K`
            on those of block K, counted from 1, means over pairs of tasks.
    """

    step: int
    figures: Figures


Events = Generator[Progress | Look | Checkpoint, None, MultitaskNetwork]


class Learner:
    """A network and what trains it.

    Attributes:
        tasks: names of those that are learned.
        network: that is trained.
        weighting: of the losses.
    """

    def __init__(
        self, data: TaskData, train: Labelled, tasks: Sequence[str], how: MultitaskParameters
    ) -> None:
        """At its start.

        Args:
            data: with the held-out part.
            train: what is learned from.
            tasks: names.
            how: settled.
        """
        self.data, self.how, self.tasks = data, how, tuple(tasks)
        assert how.batch is not None
        assert how.rate is not None
        assert how.steps is not None
        self.batch, self.rate, self.steps = how.batch, how.rate, how.steps
        self.values = torch.from_numpy(train.values)
        self.labels = {name: tensor(train.labels[name]) for name in tasks}
        axes = (0, *range(2, train.values.ndim))
        numbers = train.values.astype(np.float32)
        mean = numbers.mean(axes, keepdims=True)
        spread = numbers.std(axes, keepdims=True) + 1e-3
        self.network = MultitaskNetwork(
            data.card, self.tasks, how, torch.from_numpy(mean), torch.from_numpy(spread)
        )
        self.weighting = Weighting(self.tasks, how)
        # Two groups: what weighs the losses is not pulled towards 0.
        self.optimiser = Adam(dict(self.network.named_parameters()))
        self.second = Adam(dict(self.weighting.named_parameters()))

    def losses(self, which: NDArray[np.integer]) -> dict[str, torch.Tensor]:
        """The loss of each task on some training pictures."""
        scores = self.network(self.values[which])
        card = self.data.card
        return {
            name: loss(card.task(name), scores[name], self.labels[name][which])
            for name in self.tasks
        }

    def advance(self, number: int) -> bool:
        """One update; whether all losses are finite numbers."""
        which = drawn(self.how.seed, number, self.batch, len(self.values))
        losses = self.losses(which)
        parts = self.weighting(losses)
        shared = self.network.shared
        combined = None
        if self.how.surgery and shared and len(self.tasks) > 1:
            rows = list(torch_gradients.of_tasks(parts, shared).values())
            combined = torch_gradients.surgery(rows, orders(self.how.seed, number, len(rows)))
        torch.stack(list(parts.values())).sum().backward()
        if combined is not None:
            sizes = [one.numel() for one in shared.values()]
            for one, row in zip(shared.values(), combined.split(sizes), strict=True):
                one.grad = row.reshape(one.shape)
        rate_now = self.rate * (1 - number / self.steps)
        with torch.no_grad():
            for one in self.network.parameters():
                one.mul_(1 - rate_now * self.how.decay)
        self.optimiser.step(rate_now)
        self.second.step(self.how.uncertainty_rate)
        self.weighting.clamp()
        return all(math.isfinite(one.item()) for one in losses.values())

    def look(self, step: int) -> Look:
        """Measure the network."""
        losses = self.losses(np.arange(min(PROBED, len(self.values))))
        figures = {f"{name}_loss": one.item() for name, one in losses.items()}
        figures |= cosines(losses, self.network)
        figures |= {f"{name}_weight": one for name, one in self.weighting.weights().items()}
        return Look(step, figures | self.rates())

    @torch.no_grad()
    def rates(self) -> Figures:
        """By task, on the held-out pictures."""
        held_out = self.data.held_out
        parts = [
            self.network(torch.from_numpy(held_out.values[start : start + AT_ONCE]))
            for start in range(0, len(held_out), AT_ONCE)
        ]
        return {
            f"{name}_rate": rate(
                self.data.card.task(name),
                torch.cat([part[name] for part in parts]).numpy(),
                held_out.labels[name],
            )
            for name in self.tasks
        }

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All weights, and what the optimisers have gathered."""
        own = {NETWORK + name: value for name, value in self.optimiser.arrays().items()}
        return own | {UNCERTAINTY + name: value for name, value in self.second.arrays().items()}

    def restore(self, arrays: dict[str, NDArray[Any]], steps: int) -> None:
        """The counterpart of `arrays`."""
        for optimiser, prefix in ((self.optimiser, NETWORK), (self.second, UNCERTAINTY)):
            own = {
                name.removeprefix(prefix): value
                for name, value in arrays.items()
                if name.startswith(prefix)
            }
            optimiser.restore(own, steps)


def fitted(
    data: TaskData,
    train: Labelled,
    tasks: Sequence[str],
    how: MultitaskParameters,
    checkpoint: Checkpoint | None = None,
) -> Events:
    """Train a network for some tasks.

    Args:
        data: with the held-out part.
        train: what is learned from.
        tasks: names; one for a task alone.
        how: settled.
        checkpoint: where an earlier attempt stopped.

    Yields:
        progress every twenty steps; a look at the start, every interval and the end, and a checkpoint after
        each but the first and the last.

    Returns:
        the network.

    Raises:
        ParameterError: the training diverged.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums are taken in one order, so that a seed gives one result
    try:
        learner = Learner(data, train, tasks, how)
        if checkpoint is None:
            yield learner.look(0)
        else:
            learner.restore(checkpoint.arrays, checkpoint.step)
        assert how.interval is not None
        for number in range(checkpoint.step if checkpoint else 0, learner.steps):
            done = number + 1
            if not learner.advance(number):
                raise ParameterError(
                    f"The training diverged at step {done}: a loss is no finite number any more. Choose a "
                    f"smaller rate than {learner.rate:g}."
                )
            if done % EVERY == 0:
                yield Progress(done / learner.steps, "training", done)
            if done % how.interval == 0 or done == learner.steps:
                yield learner.look(done)
                if done < learner.steps:
                    yield Checkpoint(done, learner.arrays())
        return learner.network
    finally:
        torch.set_num_threads(threads)


def cosines(losses: dict[str, torch.Tensor], network: MultitaskNetwork) -> Figures:
    """Means over pairs of tasks of the cosine of their gradients, on all shared blocks and on each."""
    if len(losses) < 2 or not len(network.trunk):
        return {}
    found: Figures = {}
    blocks = {"cosine": network.shared}
    for place, block in enumerate(network.trunk, 1):
        blocks[f"cosine_{place}"] = dict(block.named_parameters())
    for name, weights in blocks.items():
        rows = torch_gradients.of_tasks(losses, weights)
        pairs = [torch_gradients.cosine(a, b) for a, b in combinations(rows.values(), 2)]
        found[name] = float(np.mean(pairs))
    return found


def drawn(seed: int, number: int, batch: int, count: int) -> NDArray[np.int64]:
    """Which of `count` pictures are in an update: all of them once in every epoch, in an order of its own."""
    places = np.arange(number * batch, (number + 1) * batch)
    epochs = places // count
    found = np.empty(batch, np.int64)
    for epoch in np.unique(epochs):
        own = epochs == epoch
        found[own] = _epoch(seed, int(epoch), count)[places[own] % count]
    return found


@lru_cache(maxsize=8)
def _epoch(seed: int, epoch: int, count: int) -> NDArray[np.int64]:
    return np.random.default_rng((seed, ORDER, epoch)).permutation(count)


def orders(seed: int, number: int, tasks: int) -> list[list[int]]:
    """For each task, in which order gradient surgery looks at the others."""
    draw = np.random.default_rng((seed, SURGERY, number))
    return [[one for one in draw.permutation(tasks).tolist() if one != own] for own in range(tasks)]
