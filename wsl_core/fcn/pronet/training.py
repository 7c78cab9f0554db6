"""Training of ProNet from image labels: a job, and the same as a plain generator; in workers only.

The first stage is a head for LSE pooling, trained at all sizes (`wsl_core.fcn.heads.training`). It then
proposes boxes on every training picture: those of the classes that it scores highest, right or wrong, and
of the classes that are there. The second stage sees nothing but the crops of these: what the first found,
and what it was misled by. All crops of a picture are one bag, whose score is that of its best crop.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from wsl_core import images, jobs
from wsl_core.datasets.labelled import PRESENT, LabelledPicture, LabelledPictures
from wsl_core.fcn import pooling
from wsl_core.fcn.heads import Head, HeadCard, starts
from wsl_core.fcn.heads import training as first_stage
from wsl_core.fcn.heads.features import Features, View, collect
from wsl_core.fcn.heads.parameters import PRONET
from wsl_core.fcn.heads.torch_head import TrainableHead, loss
from wsl_core.fcn.pronet import boxes
from wsl_core.fcn.pronet.maps import Streams
from wsl_core.fcn.pronet.parameters import STREAM, ProNetRequest
from wsl_core.fcn.pronet.pipeline import FIRST, SECOND, ProNet, stage_card
from wsl_core.jobs import Checkpoint, Progress
from wsl_core.jobs.parts import told
from wsl_core.networks import ClassMaps, Network, Placement
from wsl_core.networks.torch_optimisers import Adam

JOB = "wsl_core.fcn.pronet.training:fit"
TRAINED, CROPPED = 0.5, 0.95  # shares of the work that are done by then
CHECKPOINTS = 8  # at most, while pictures are cropped
Half = NDArray[np.float16]
Events = Generator[Progress | Checkpoint, None, Any]


@dataclass(frozen=True, eq=False)
class Crops:
    """Mean features of the crops of some pictures.

    Attributes:
        features: (all crops, C), those of one picture after the other.
        counts: (pictures,) how many crops each has.
    """

    features: Half
    counts: NDArray[np.int64]


def fit(task: jobs.Task) -> Iterator[jobs.Event]:
    """Train a ProNet; a job.

    `task.config` holds the fields of `ProNetRequest`, with the set in `source`. The result's facts have
    the card, its arrays the tensors: `ProNet.of(HeadCard(**facts["card"]), arrays)`.

    Raises:
        ParameterError: a field is not accepted.
        DatasetError: the set cannot be read or trained on, or has changed since the run was begun.
    """
    request = ProNetRequest.of(task.config)
    network, pictures = yield from first_stage.begun(request)
    found = yield from trained(network, pictures, request, task.checkpoint)
    yield jobs.Result({"card": found.card.model_dump(mode="json")}, found.tensors())


def trained(
    network: Network,
    pictures: LabelledPictures,
    request: ProNetRequest,
    checkpoint: Checkpoint | None = None,
) -> Generator[Progress | Checkpoint, None, ProNet]:
    """Train a ProNet.

    Args:
        network: with its published weights.
        pictures: with their labels.
        request: what is to be trained.
        checkpoint: where an earlier attempt stopped.

    Yields:
        progress, and checkpoints: after every epoch of the first stage, and while pictures are cropped.

    Returns:
        both stages.

    Raises:
        ParameterError: a parameter is not accepted.
        DatasetError: a split with a single class, or with none of some class.
        ImageError: a picture that cannot be read.
    """
    request.check()
    pictures.check_trainable()
    crops = None
    if checkpoint and checkpoint.state["stage"] == SECOND:
        first, crops = _unpacked(checkpoint)
    else:
        first = yield from _first(network, pictures, request, checkpoint)
    crops = yield from _crops(network, pictures, request, first, crops)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums are taken in one order, so that a seed gives one result
    try:
        yield Progress(CROPPED, "training the second stage")
        second = _second(network, pictures, request, first, crops)
    finally:
        torch.set_num_threads(threads)
    title = request.title or f"{PRONET} on {pictures.title}"
    own = {"title": title, "parameters": request.pipeline().model_dump(mode="json")}
    card = stage_card(first.card, PRONET, {}).model_copy(update=own)
    yield Progress(1.0, "training the second stage")
    return ProNet(card, first, second)


def _first(
    network: Network,
    pictures: LabelledPictures,
    request: ProNetRequest,
    checkpoint: Checkpoint | None,
) -> Events:
    """The first stage, with its events as parts of the whole."""

    def of_whole(event: Progress | Checkpoint) -> Progress | Checkpoint:
        if isinstance(event, Progress):
            return replace(event, share=TRAINED * event.share)
        return replace(event, state=event.state | {"stage": FIRST})

    return told(first_stage.trained(network, pictures, request.first(), checkpoint), of_whole)


def _crops(
    network: Network,
    pictures: LabelledPictures,
    request: ProNetRequest,
    first: Head,
    begun: Crops | None,
) -> Events:
    """The crops of all pictures, from those that were begun on."""
    views = [View(size, False) for size in dict.fromkeys(request.training.sizes)]
    tap, count = network.card.features, len(pictures.pictures)
    extraction = collect(network, pictures.pictures, views, (tap,))
    while True:
        try:
            yield replace(next(extraction), share=TRAINED)
        except StopIteration as done:
            features: Features = done.value
            break
    kept = [begun.features] if begun else []
    counts = begun.counts.tolist() if begun else []
    every = max(1, -(-count // CHECKPOINTS))
    for i in range(len(counts), count):
        picture = pictures.pictures[i]
        streams = [_maps(network, picture, view, features, i) for view in views]
        found = _crops_of(network, picture, request, Streams.of(first, streams, _side(request)))
        kept.append(found.astype(np.float16))
        counts.append(len(found))
        share = TRAINED + (CROPPED - TRAINED) * (i + 1) / count
        yield Progress(share, f"crops, {i + 1} of {count} pictures")
        if (i + 1) % every == 0 or i + 1 == count:
            kept = [np.concatenate(kept)]
            yield _packed(first, Crops(kept[0], np.array(counts)), request.training.epochs + i)
    return Crops(np.concatenate(kept), np.array(counts))


def _side(request: ProNetRequest) -> int:
    return request.pipeline().box_side


def _maps(
    network: Network, picture: LabelledPicture, view: View, features: Features, number: int
) -> ClassMaps:
    """Class maps of a picture from its features in the cache."""
    cells = features.read(number, view, network.card.features).transpose(2, 0, 1)
    size = picture.height, picture.width
    fed = network.card.sides.fit(*size, view.size)
    rows, columns = cells.shape[1:]
    return ClassMaps(
        network=network.card.name,
        classes=network.classes,
        features=cells.astype(np.float32),
        weight=network.runtime.weight,
        bias=network.runtime.bias,
        placement=Placement.of(network.geometry(), (rows, columns), fed, size),
        digest=features.digests[number],
        trained=network.trained,
    )


def _crops_of(
    network: Network, picture: LabelledPicture, request: ProNetRequest, streams: Streams
) -> NDArray[np.float32]:
    """(n, C) of the boxes that the first stage proposes on a picture."""
    there = [k for k, label in enumerate(picture.labels) if label == PRESENT]
    how = request.pipeline()
    proposals = boxes.proposed(streams.edges, streams.confidence, streams.scores, how, there)
    edges = streams.edges[boxes.crops_of(proposals)]
    return boxes.crop_features(network, images.read(picture.path), edges, how.box_side)


def _second(
    network: Network,
    pictures: LabelledPictures,
    request: ProNetRequest,
    first: Head,
    crops: Crops,
) -> Head:
    """The second stage: a linear layer on crops, a picture's score being that of its best crop."""
    how = request.training.settled(STREAM)
    values = torch.from_numpy(crops.features).float()
    spread = values.std(0, correction=0).numpy() + first_stage.FLOOR
    start = starts.random(len(pictures.classes), values.shape[1], how.seed)
    if how.initialisation == "relatives":
        start = starts.from_relatives(network, pictures.classes, 1, spread, start)
    scheme = pooling.scheme("max")
    mean = values.mean(0).numpy()
    with torch.random.fork_rng(devices=[]):
        head = TrainableHead(
            scheme.name, len(start), scheme.parameters(), start.astype(np.float32), mean, spread
        )
    head.set_prior(torch.tensor(first_stage.prior(pictures)))
    _learn(head, values.split(crops.counts.tolist()), pictures, request)
    weight, bias, _ = head.tensors()
    return Head(stage_card(first.card, scheme.name, {}), weight, bias)


def _learn(
    head: TrainableHead,
    bags: Sequence[torch.Tensor],
    pictures: LabelledPictures,
    request: ProNetRequest,
) -> None:
    """All epochs of the second stage; a matter of seconds, so that nothing is kept in between."""
    how = request.training.settled(STREAM)
    targets = torch.tensor(pictures.targets)
    optimiser = Adam(dict(head.named_parameters()))
    random = np.random.default_rng([how.seed, 3])
    steps = how.epochs * -(-len(bags) // how.batch)
    for _ in range(how.epochs):
        for chosen in torch.from_numpy(random.permutation(len(bags))).split(how.batch):
            cells = [bags[i] for i in chosen.tolist()]
            scores = head(torch.cat(cells), [len(one) for one in cells])
            loss(scores, targets[chosen], pictures.single).backward()
            falling = 0.5 * (1 + float(np.cos(np.pi * optimiser.steps / steps)))
            optimiser.step(float(how.rate or 0) * falling)
            head.decay(float(how.rate or 0) * falling * float(how.decay or 0))


def _packed(first: Head, crops: Crops, step: int) -> Checkpoint:
    arrays = first.tensors() | {"features": crops.features, "counts": crops.counts}
    return Checkpoint(step, arrays, {"stage": SECOND, "first": first.card.model_dump(mode="json")})


def _unpacked(checkpoint: Checkpoint) -> tuple[Head, Crops]:
    arrays = dict(checkpoint.arrays)
    crops = Crops(arrays.pop("features"), arrays.pop("counts"))
    return Head.of(HeadCard.model_validate(checkpoint.state["first"]), arrays), crops
