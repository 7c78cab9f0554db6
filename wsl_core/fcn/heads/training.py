"""Training of a head from image labels: a job, and the same as a plain generator; in workers only.

The features of the training pictures are computed once. Then the head sees every picture once an epoch,
in one of its views at random (`epochs`); pooling is all in which two schemes differ. With `finetune` the
network's last stages are trained further after that, together with the head (`finetuning`).
"""

import datetime
from collections.abc import Generator, Iterator
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from wsl_core import jobs, networks
from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.errors import DatasetError, ParameterError
from wsl_core.fcn.heads import starts
from wsl_core.fcn.heads.card import HeadCard, TrainingData
from wsl_core.fcn.heads.epochs import cells_of, head_epochs
from wsl_core.fcn.heads.features import Features, View, collect
from wsl_core.fcn.heads.finetuning import joint_epochs
from wsl_core.fcn.heads.head import Head
from wsl_core.fcn.heads.parameters import TrainingParameters
from wsl_core.fcn.heads.request import Request, digest
from wsl_core.fcn.heads.stages import last_stages
from wsl_core.fcn.heads.torch_head import TrainableHead
from wsl_core.jobs import Checkpoint, Progress
from wsl_core.jobs.parts import within
from wsl_core.networks import Network
from wsl_core.networks.recipe import PUBLISHED

JOB = "wsl_core.fcn.heads.training:fit"
FLOOR = 0.05  # added to a channel's standard deviation, so that a silent one is not blown up
EXTRACTED, MEASURED = 0.4, 0.45  # shares of the work that are done by then
TRAINED = 0.5  # with stages to come
LABELS = "a class with only difficult objects is unknown in a picture and counts as nothing there"
Float32 = NDArray[np.float32]
Events = Generator[Progress | Checkpoint, None, Head]
Event = TypeVar("Event", bound=Progress | Checkpoint)
Found = TypeVar("Found")


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
        stages = last_stages(network.card, how.finetune) if how.finetune else None
        views, tap = _views(how), network.card.features
        taps = (tap, *((stages.below,) if stages else ()))
        features = yield from within(0, EXTRACTED, collect(network, pictures.pictures, views, taps))
        mean, spread = yield from within(EXTRACTED, MEASURED, _statistics(features, views[0], tap))
        head = _start(network, pictures, request, mean, spread)
        tuning = checkpoint is not None and checkpoint.step > how.epochs
        end = TRAINED if stages else 1.0
        if not tuning:
            epochs = head_epochs(head, features, views, tap, pictures, how, checkpoint)
            yield from within(MEASURED, end, epochs)
        if stages:
            begun = checkpoint if tuning else None
            epochs = joint_epochs(head, stages, features, views, pictures, how, begun)
            yield from within(end, 1.0, epochs)
    finally:
        torch.set_num_threads(threads)
    weight, bias, learned = head.tensors()
    retrained = stages.tensors() if stages else {}
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
        finetuned=stages.names if stages else (),
        sizes=how.read_at or how.sizes,
        mirror=how.mirror,
        chosen=request.chosen,
        labels="" if pictures.single else LABELS,
        licence=request.licence,
    )
    return Head(card, weight, bias, learned, retrained)


def _views(how: TrainingParameters) -> tuple[View, ...]:
    """How every picture is seen."""
    flips = (False, True) if how.mirror else (False,)
    return tuple(View(size, flip) for size in dict.fromkeys(how.sizes) for flip in flips)


def _statistics(
    features: Features, view: View, tap: str
) -> Generator[Progress, None, tuple[Float32, Float32]]:
    """Mean and spread of every channel, over all cells of all pictures in one view."""
    total, squares, count = np.zeros(1), np.zeros(1), 0
    for i in range(len(features.digests)):
        # torch: NumPy widens half precision ten times as slowly
        cells = torch.from_numpy(cells_of(features, i, view, tap)).float()
        total = total + cells.sum(0).double().numpy()
        squares = squares + cells.square().sum(0).double().numpy()
        count += len(cells)
        if i % 50 == 0:
            yield Progress(i / len(features.digests), "measuring the channels")
    mean = total / count
    spread = np.sqrt(np.maximum(squares / count - mean**2, 0)) + FLOOR
    return mean.astype(np.float32), spread.astype(np.float32)


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
