"""One strategy, trained: a generator of progress and checkpoints; imported in workers only.

What is frozen is computed once for every view of every picture. Each epoch has a random generator of its
own, so that a run that goes on from a checkpoint ends where an unbroken one does.
"""

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from wsl_core import networks
from wsl_core.datasets.batches import alike
from wsl_core.jobs import Checkpoint, Progress
from wsl_core.jobs.parts import within
from wsl_core.networks import Card
from wsl_core.transfer.finetuning import plan as plans
from wsl_core.transfer.finetuning import torch_svm
from wsl_core.transfer.finetuning.examples import Examples
from wsl_core.transfer.finetuning.parameters import FineTuneParameters
from wsl_core.transfer.finetuning.strategies import StrategyCard, strategy
from wsl_core.transfer.finetuning.torch_blocks import Blocks
from wsl_core.transfer.finetuning.torch_evaluation import evaluated
from wsl_core.transfer.finetuning.torch_inputs import FrozenOutputs

Arrays = dict[str, NDArray[Any]]
Events = Generator[Progress | Checkpoint, None, None]
BEST, NOW = "best.", "now."
NOTHING = (-1.0, 0.0)
FILLED, PROBED = 0.3, 0.3  # shares of the work: features of what is frozen, and the probe before
FEW = 8  # pictures of one shape at least by whose statistics batch normalisation is moved
CURVE = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")


@dataclass(eq=False)
class Inputs:
    """Everything that the strategies of a race share.

    Attributes:
        card: of the network.
        examples: the pictures.
        how: the parameters.
    """

    card: Card
    examples: Examples
    how: FineTuneParameters
    train: FrozenOutputs = field(init=False)
    validation: FrozenOutputs = field(init=False)
    test: FrozenOutputs = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is computed yet."""
        for name in ("train", "validation", "test"):
            samples = getattr(self.examples, name)
            setattr(self, name, FrozenOutputs(self.card, samples, self.how))

    @classmethod
    def of(cls, examples: Examples, how: FineTuneParameters) -> "Inputs":
        """For these pictures."""
        return cls(networks.card(how.network), examples, how)

    def weights(self) -> Tensor:
        """(K,) how much each class counts in the loss."""
        count = torch.bincount(
            torch.from_numpy(self.examples.train.labels), minlength=len(self.examples.classes)
        ).float()
        even = count.sum() / (len(count) * count.clamp(min=1))
        return even if self.how.balance else torch.ones(len(count))


@dataclass(frozen=True, eq=False)
class Fitted:
    """A trained strategy.

    Attributes:
        facts: what is told of it; plain JSON values.
        tensors: what is delivered, as `Blocks.rounded` says.
        blocks: the trained network.
    """

    facts: dict[str, Any]
    tensors: Arrays
    blocks: Blocks = field(repr=False)


@dataclass
class Course:
    """How a training goes: its curve, its best epoch, and what it has cost.

    Attributes:
        curve: figures of every epoch, `CURVE` and what the epoch was part of.
        best: the epoch with the highest validation accuracy, of several the one with the lowest loss, from
            1; 0 before the first.
        reached: accuracy and minus loss of that epoch.
        tensors: of the best epoch.
        cpu_s: processor time of earlier attempts, in s.
    """

    curve: list[dict[str, Any]] = field(default_factory=list)
    best: int = 0
    reached: tuple[float, float] = NOTHING
    tensors: dict[str, Tensor] = field(default_factory=dict)
    cpu_s: float = 0.0
    began: float = field(default_factory=time.process_time)

    def spent(self) -> float:
        """Processor time so far, in s."""
        return self.cpu_s + time.process_time() - self.began


def fitted(
    name: str, inputs: Inputs, checkpoint: Checkpoint | None = None
) -> Generator[Progress | Checkpoint, None, Fitted]:
    """Train one strategy.

    Args:
        name: of the strategy.
        inputs: the pictures, shared by all strategies of a race.
        checkpoint: of this strategy, where an earlier attempt stopped.

    Yields:
        progress from 0 to 1 with the figures of every epoch, and checkpoints.

    Raises:
        ParameterError: no such strategy, block or state; a network that is no chain of blocks.
    """
    card, how, examples = strategy(name), inputs.how, inputs.examples
    names = plans.blocks_of(inputs.card)
    plan = card.plan(how, names)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums are taken in one order, so that a seed gives one result
    try:
        course = Course()
        blocks = Blocks(inputs.card, len(examples.classes), plan, card.classifier, how.seed)
        if card.classifier == "svm":
            yield from torch_svm.fit(blocks, inputs, course)
        else:
            if card.probe and checkpoint is None:
                probe = Blocks(
                    inputs.card, len(examples.classes), plans.frozen(names), "linear", how.seed
                )
                yield from within(
                    0.0, PROBED, _epochs(probe, inputs, _probing(card), course, None, "probe")
                )
                blocks.classifier.load_state_dict(probe.classifier.state_dict())
                course = replace(course, best=0, reached=NOTHING, tensors={})
            start = PROBED if card.probe else 0.0
            yield from within(start, 1.0, _epochs(blocks, inputs, card, course, checkpoint, "tune"))
        tensors = blocks.rounded()
        yield from within(1.0, 1.0, inputs.test.fill(blocks, (0,)))
        found = evaluated(blocks, inputs.test)
        facts = {
            "name": name,
            "title": card.title,
            "accuracy": found.accuracy,
            "class_accuracies": found.class_accuracies,
            "predictions": found.predictions.tolist(),
            "best": course.best,
            "curve": course.curve,
            "blocks": {one.block: one.state for one in plan},
            "factors": {one.block: one.factor for one in plan},
            "trained": sum(v.numel() for v in blocks.parameters() if v.requires_grad),
            "delivered": "weight" in tensors,
            "cpu_s": course.spent(),
        }
        return Fitted(facts, tensors, blocks)
    finally:
        torch.set_num_threads(threads)


def _probing(card: StrategyCard) -> StrategyCard:
    return replace(card, epochs=card.probe, rate=1e-3, patience=card.probe)


def _epochs(
    blocks: Blocks,
    inputs: Inputs,
    card: StrategyCard,
    course: Course,
    checkpoint: Checkpoint | None,
    part: str,
) -> Events:
    """The epochs of a strategy, or of the probe before it; the blocks are then those of the best epoch."""
    how, examples = inputs.how, inputs.examples
    probing = part == "probe"
    most = card.epochs if probing else how.epochs or card.epochs
    rate = card.rate if probing else how.rate or card.rate
    patience = card.patience if probing else how.patience or card.patience
    optimisers = blocks.optimisers()
    yield from within(0.0, FILLED, inputs.train.fill(blocks, range(how.views)))
    yield from within(FILLED, FILLED, inputs.validation.fill(blocks, (0,)))
    batches = -(-len(examples.train) // how.batch)
    labels, weights = torch.from_numpy(examples.train.labels), inputs.weights()
    began = 0
    if checkpoint is not None:
        began = _resumed(blocks, optimisers, course, checkpoint)
    first = len(course.curve) - began  # epochs of the probe
    for epoch in range(began, most):
        if epoch and len(course.curve) - max(course.best, first) >= patience:
            break
        random = np.random.default_rng([how.seed, 3, int(probing), epoch])
        numbers = random.integers(how.views, size=len(labels)).tolist()
        total, right = 0.0, 0
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(random.integers(2**31)))  # of dropout
            for place, chosen in enumerate(alike(examples.train.fed, how.batch, random)):
                scores, order = _scores(blocks, inputs.train, [(i, numbers[i]) for i in chosen])
                wanted = labels[chosen][order]
                loss = functional.cross_entropy(scores, wanted, weights)
                loss.backward()
                now = rate * falling((epoch * batches + place) / (most * batches))
                for optimiser, factor in optimisers.values():
                    optimiser.step(now * factor)
                total += loss.item() * len(chosen)
                right += int((scores.argmax(1) == wanted).sum())
                done = (epoch + (place + 1) / batches) / most
                yield Progress(FILLED + (1 - FILLED) * done, _doing(card, part))
        blocks.eval()
        figures = {"train_loss": total / len(labels), "train_accuracy": right / len(labels)}
        if len(examples.validation):
            kept = evaluated(blocks, inputs.validation)
            figures |= {"validation_loss": kept.loss, "validation_accuracy": kept.accuracy}
        course.curve.append({"epoch": len(course.curve) + 1, "part": part, **figures})
        reached = figures.get("validation_accuracy", 0.0), -figures.get("validation_loss", 0.0)
        if reached > course.reached or not len(examples.validation):  # without validation: the last
            course.best, course.reached = len(course.curve), reached
            course.tensors = {name: value.clone() for name, value in blocks.moved().items()}
        done = (epoch + 1) / most
        yield Progress(FILLED + (1 - FILLED) * done, _doing(card, part), len(course.curve), figures)
        if not probing and blocks.depth < len(blocks.chain) and epoch + 1 < most:
            yield _checkpoint(blocks, optimisers, course, epoch + 1)
    blocks.restore(course.tensors)
    blocks.eval()


def _doing(card: StrategyCard, part: str) -> str:
    return f"{card.title.lower()}, the classifier alone" if part == "probe" else card.title.lower()


def falling(share: float) -> float:
    """1 to 0 along half a cosine, for the share 0 to 1 of the updates that are done."""
    return 0.5 * (1 + float(np.cos(np.pi * share)))


def _scores(
    blocks: Blocks, outputs: FrozenOutputs, seen: Sequence[tuple[int, int]]
) -> tuple[Tensor, Tensor]:
    """Scores of pictures in training, and which of them each row is.

    Statistics of a few pictures are no statistics: so many of one shape take those that are there.
    """
    place = {one: number for number, one in enumerate(seen)}
    parts = list(outputs.alike(seen, len(seen)))
    scores = []
    for part in parts:
        blocks.train(mode=len(part) >= FEW or len(parts) == 1)
        scores.append(blocks.above(outputs.of(blocks, part), blocks.depth))
    return torch.cat(scores), torch.tensor([place[one] for part in parts for one in part])


def _checkpoint(
    blocks: Blocks, optimisers: Mapping[str, Any], course: Course, epoch: int
) -> Checkpoint:
    arrays: Arrays = {}
    for optimiser, _ in optimisers.values():
        arrays |= optimiser.arrays()
    arrays |= {NOW + name: _array(value) for name, value in blocks.moved().items()}
    arrays |= {BEST + name: _array(value) for name, value in course.tensors.items()}
    state = {
        "epoch": epoch, "curve": list(course.curve), "best": course.best, "reached": course.reached,
        "cpu_s": course.spent(), "updates": {n: o.steps for n, (o, _) in optimisers.items()},
    }  # fmt: skip
    return Checkpoint(epoch, arrays, state)


def _array(value: Tensor) -> NDArray[Any]:
    return value.detach().contiguous().numpy().copy()


def _resumed(
    blocks: Blocks, optimisers: Mapping[str, Any], course: Course, checkpoint: Checkpoint
) -> int:
    """Put everything back as it was; how many epochs are done."""
    arrays, state = checkpoint.arrays, checkpoint.state
    for name, (optimiser, _) in optimisers.items():
        optimiser.restore(arrays, state["updates"][name])
    blocks.restore({n: torch.from_numpy(arrays[NOW + n]) for n in blocks.moved()})
    course.curve, course.best = list(state["curve"]), state["best"]
    course.reached, course.cpu_s = tuple(state["reached"]), state["cpu_s"]
    course.tensors = {n: torch.from_numpy(arrays[BEST + n].copy()) for n in blocks.moved()}
    return int(state["epoch"])
