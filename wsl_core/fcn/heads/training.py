"""Training of a head from image labels: a job, and the same as a plain generator; in workers only.

The features of the training pictures are computed once. Then the head sees every picture once an epoch,
in one of its views at random; pooling is all in which two schemes differ. With `finetune` the network's
last stages are trained further after that, together with the head.
"""

import datetime
from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wsl_core import jobs, networks
from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.errors import DatasetError, ParameterError
from wsl_core.fcn.heads import starts
from wsl_core.fcn.heads.adam import Adam
from wsl_core.fcn.heads.card import HeadCard, TrainingData
from wsl_core.fcn.heads.features import Features, View, collect
from wsl_core.fcn.heads.head import NETWORK, Head
from wsl_core.fcn.heads.parameters import TrainingParameters
from wsl_core.fcn.heads.request import Request, digest
from wsl_core.fcn.heads.stages import Stages, last_stages
from wsl_core.fcn.heads.torch_head import TrainableHead, loss
from wsl_core.jobs import Checkpoint, Progress
from wsl_core.networks import Network
from wsl_core.networks.recipe import PUBLISHED

JOB = "wsl_core.fcn.heads.training:fit"
FLOOR = 0.05  # added to a channel's standard deviation, so that a silent one is not blown up
EXTRACTED, MEASURED = 0.4, 0.45  # shares of the work that are done by then
LABELS = "a class with only difficult objects is unknown in a picture and counts as nothing there"
Float32 = NDArray[np.float32]
Events = Generator[Progress | Checkpoint, None, Head]


def fit(task: jobs.Task) -> Iterator[jobs.Event]:
    """Train a head; a job.

    `task.config` holds the fields of `Request`, with the set in `source`. The result's facts have the
    head's card, its arrays the head's tensors: `Head.of(HeadCard(**facts["card"]), arrays)`.

    Raises:
        ParameterError: a field is not accepted.
        DatasetError: the set cannot be read or trained on, or has changed since the run was begun.
    """
    request = Request.of(task.config)
    network, pictures = yield from begun(request)
    head = yield from trained(network, pictures, request, task.checkpoint)
    yield jobs.Result({"card": head.card.model_dump(mode="json")}, head.tensors())


def begun(request: Request) -> Generator[Progress, None, tuple[Network, LabelledPictures]]:
    """What a training works with: the network and the pictures that its request names.

    Raises:
        ParameterError: the request names no set.
        DatasetError: the set cannot be read, or has changed since the run was begun.
    """
    if request.source is None:
        raise ParameterError("The training is given no set of pictures. Name one as its source.")
    yield Progress(0.0, "reading the labels")
    pictures = request.source.read()
    if request.labels and digest(pictures) != request.labels:
        raise DatasetError(
            f"{pictures.title} has changed since this training was asked for. Start it anew."
        )
    yield Progress(0.0, "loading the network")
    return networks.load(request.network), pictures


def trained(
    network: Network,
    pictures: LabelledPictures,
    request: Request,
    checkpoint: Checkpoint | None = None,
) -> Events:
    """Train a head.

    Args:
        network: with its published weights.
        pictures: with their labels.
        request: what is to be trained.
        checkpoint: where an earlier attempt stopped.

    Yields:
        progress, and a checkpoint after every epoch.

    Returns:
        the head.

    Raises:
        ParameterError: a parameter is not accepted.
        DatasetError: a split with a single class, or with none of some class.
    """
    request.check()
    _, parameters = request.pooling()
    pictures.check_trainable()
    if network.trained != PUBLISHED:
        raise ParameterError(
            f"A head is trained on the published weights of {network.card.title}, and this network has "
            f"{network.trained}. Load it without other weights."
        )
    how = request.training.settled(request.scheme)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums are taken in one order, so that a seed gives one result
    try:
        work = _Work.prepared(network, how)
        features = yield from _within(
            0, EXTRACTED, collect(network, pictures.pictures, work.views, work.taps)
        )
        mean, spread = yield from _statistics(features, work)
        head = _start(network, pictures, request, mean, spread)
        yield from _epochs(head, features, work, pictures, how, checkpoint)
    finally:
        torch.set_num_threads(threads)
    weight, bias, learned = head.tensors()
    retrained = work.stages.tensors() if work.stages else {}
    card = HeadCard(
        name=request.name or request.scheme,
        title=request.title or f"{request.scheme} on {pictures.title}",
        network=network.card.name,
        features=network.card.features,
        classes=pictures.classes,
        scheme=request.scheme,
        parameters=parameters.model_dump(mode="json"),
        single=pictures.single,
        data=TrainingData.of(pictures, request.source.split if request.source else ""),
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        seed=how.seed,
        command=request.command,
        recipe=how,
        initialisation=how.initialisation,
        finetuned=work.stages.names if work.stages else (),
        sizes=how.sizes,
        mirror=how.mirror,
        chosen=request.chosen,
        labels="" if pictures.single else LABELS,
        licence=request.licence,
    )
    return Head(card, weight, bias, learned, retrained)


@dataclass(frozen=True)
class _Work:
    """What does not change during a training.

    Attributes:
        features: the tap that the head reads.
        views: of every picture.
        stages: that are trained further; None for none.
    """

    features: str
    views: tuple[View, ...]
    stages: Stages | None

    @classmethod
    def prepared(cls, network: Network, how: TrainingParameters) -> "_Work":
        flips = (False, True) if how.mirror else (False,)
        views = tuple(View(size, flip) for size in dict.fromkeys(how.sizes) for flip in flips)
        stages = last_stages(network.card, how.finetune) if how.finetune else None
        return cls(network.card.features, views, stages)

    @property
    def taps(self) -> tuple[str, ...]:
        return (self.features, *((self.stages.below,) if self.stages else ()))


def _within(
    start: float, end: float, events: Generator[Progress, None, Features]
) -> Generator[Progress, None, Features]:
    """Events of a part of the work, with shares of the whole."""
    while True:
        try:
            one = next(events)
        except StopIteration as done:
            found: Features = done.value
            return found
        yield Progress(start + (end - start) * one.share, one.doing)


def _statistics(
    features: Features, work: _Work
) -> Generator[Progress, None, tuple[Float32, Float32]]:
    """Mean and spread of every channel, over all cells of all pictures in their first view."""
    total, squares, count = np.zeros(1), np.zeros(1), 0
    for i in range(len(features.digests)):
        # torch: NumPy widens half precision ten times as slowly
        cells = torch.from_numpy(_cells(features, i, work.views[0], work.features)).float()
        total = total + cells.sum(0).double().numpy()
        squares = squares + cells.square().sum(0).double().numpy()
        count += len(cells)
        if i % 50 == 0:
            share = EXTRACTED + (MEASURED - EXTRACTED) * i / len(features.digests)
            yield Progress(share, "measuring the channels")
    mean = total / count
    spread = np.sqrt(np.maximum(squares / count - mean**2, 0)) + FLOOR
    return mean.astype(np.float32), spread.astype(np.float32)


def _cells(features: Features, picture: int, view: View, tap: str) -> NDArray[np.float16]:
    """(cells, C) of a picture."""
    value = features.read(picture, view, tap)
    return value.reshape(-1, value.shape[-1])


def _start(
    network: Network, pictures: LabelledPictures, request: Request, mean: Float32, spread: Float32
) -> TrainableHead:
    """A head at its start, whose pooled prior is that of the pictures."""
    scheme, parameters = request.pooling()
    how, classes = request.training, len(pictures.classes)
    maps = scheme.maps_a_class(parameters)
    parts = getattr(parameters, "parts", None) if scheme.name == "spleap" else None
    rows = parts or classes * maps
    start = starts.random(rows, len(mean), how.seed)
    if how.initialisation == "relatives":
        if parts:
            each = -(-parts // classes)  # the parts of a class, rounded up
            whole = starts.random(classes * each, len(mean), how.seed)
            known = starts.from_relatives(network, pictures.classes, each, spread, whole)
            start = (
                known.reshape(classes, each, -1).swapaxes(0, 1).reshape(classes * each, -1)[:parts]
            )
        else:
            start = starts.from_relatives(network, pictures.classes, maps, spread, start)
    with torch.random.fork_rng(devices=[]):  # pooling draws values that are set below
        head = TrainableHead(scheme.name, classes, parameters, start, mean, spread)
    if parts:
        own = torch.arange(parts)[None] % classes == torch.arange(classes)[:, None]
        with torch.no_grad():  # part q speaks for class q modulo K
            head.pooling.combination.copy_(own / own.sum(1, keepdim=True).clamp(min=1))
    head.set_prior(torch.tensor(prior(pictures)))
    return head


def prior(pictures: LabelledPictures) -> Float32:
    """(K,) the scores that give every class its share of the pictures, whatever they show."""
    targets = pictures.targets
    known = (targets >= 0).sum(0)
    share = np.clip((targets == 1).sum(0) / known, 0.5 / known, 1 - 0.5 / known)
    scores = np.log(share) if pictures.single else np.log(share / (1 - share))
    return scores.astype(np.float32)


def _epochs(
    head: TrainableHead,
    features: Features,
    work: _Work,
    pictures: LabelledPictures,
    how: TrainingParameters,
    checkpoint: Checkpoint | None,
) -> Iterator[Progress | Checkpoint]:
    """All epochs, those of the head and those of the stages, from the checkpoint on where there is one."""
    targets = torch.tensor(pictures.targets)
    batches = -(-len(targets) // how.batch)
    epochs = how.epochs + (how.finetune_epochs if work.stages else 0)
    began = checkpoint.step if checkpoint else 0
    optimiser: Adam | None = None
    for epoch in range(began, epochs):
        tuning = epoch >= how.epochs
        stages = work.stages if tuning else None
        first, last = (how.epochs, epochs) if tuning else (0, how.epochs)
        rate = how.finetune_rate if tuning else float(how.rate or 0)
        if checkpoint and epoch == began:  # what was trained in the epoch before this one
            optimiser = Adam(_trained(head, stages if epoch > how.epochs else None))
            optimiser.restore(checkpoint.arrays, checkpoint.state["updates"])
        if optimiser is None or epoch == how.epochs:
            optimiser = Adam(_trained(head, stages))
        # A generator for each epoch: what it sees does not depend on where the run was resumed.
        random = np.random.default_rng([how.seed, 2, epoch])
        order = random.permutation(len(targets))
        seen = random.integers(len(work.views), size=len(targets))
        for batch in range(batches):
            step = (epoch - first) * batches + batch
            now = rate * 0.5 * (1 + float(np.cos(np.pi * step / ((last - first) * batches))))
            chosen = order[batch * how.batch : (batch + 1) * how.batch].tolist()
            views = [work.views[seen[i]] for i in chosen]
            cells, counts = _batch(features, chosen, views, work, stages)
            value = loss(head(cells, counts), targets[torch.tensor(chosen)], pictures.single)
            value.backward()
            optimiser.step(now)
            head.decay(now * float(how.decay or 0))
            done = epoch * batches + batch + 1
            share = MEASURED + (1 - MEASURED) * done / (epochs * batches)
            doing = "training the last stages" if tuning else "training the head"
            yield Progress(share, doing, done, {"loss": value.item()})
        if epoch + 1 < epochs:
            yield Checkpoint(epoch + 1, optimiser.arrays(), {"updates": optimiser.steps})


def _batch(
    features: Features,
    chosen: Sequence[int],
    views: Sequence[View],
    work: _Work,
    stages: Stages | None,
) -> tuple[Tensor, list[int]]:
    """The cells (all, C) of some pictures, one picture after the other, and how many each has."""
    if stages is None:
        parts = [
            _cells(features, i, view, work.features) for i, view in zip(chosen, views, strict=True)
        ]
        return torch.from_numpy(np.concatenate(parts)).float(), [len(part) for part in parts]
    alike = defaultdict(list)
    for number, (i, view) in enumerate(zip(chosen, views, strict=True)):
        value = features.read(i, view, stages.below)
        alike[value.shape].append((number, value))
    found: dict[int, Tensor] = {}
    for group in alike.values():
        stacked = torch.from_numpy(np.stack([value for _, value in group])).float()
        outputs = stages.layers(stacked.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        for (number, _), output in zip(group, outputs, strict=True):
            found[number] = output.reshape(-1, output.shape[-1])
    cells = [found[number] for number in range(len(chosen))]
    return torch.cat(cells), [len(part) for part in cells]


def _trained(head: TrainableHead, stages: Stages | None) -> dict[str, nn.Parameter]:
    """All that is trained, by name."""
    found = {f"head.{name}": value for name, value in head.named_parameters()}
    if stages:
        found |= {NETWORK + name: value for name, value in stages.parameters().items()}
    return found
