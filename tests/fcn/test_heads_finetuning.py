"""The last stages trained with a head: what they see, what moves and what does not, and what is averaged."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.fcn import toy_set
from wsl_core import images
from wsl_core.datasets import labelled
from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.errors import ParameterError
from wsl_core.fcn.heads import Head
from wsl_core.fcn.heads.features import View, collect
from wsl_core.fcn.heads.request import Request
from wsl_core.jobs import Checkpoint, Progress
from wsl_core.networks import Network, torch_runtime
from wsl_core.settings import settings

TUNED = ["stage7.0.expand.0.weight", "stage7.0.depthwise.0.weight", "stage7.0.project.0.weight",
         "head.0.weight"]  # fmt: skip
Trained = tuple[Head, list[Progress], list[Checkpoint]]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> LabelledPictures:
    return labelled.read("coco", toy_set.coco(tmp_path_factory.mktemp("toys") / "coco"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _own_cache(network: Network, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The network is loaded by now, so nothing but features is looked for."""
    monkeypatch.setenv("WSL_CACHE", str(cache))
    settings.cache_clear()
    yield
    settings.cache_clear()


def train(
    network: Network,
    pictures: LabelledPictures,
    checkpoint: Checkpoint | None = None,
    **training: Any,
) -> Trained:
    from wsl_core.fcn.heads.training import trained

    how = {"sizes": (97,), "mirror": True, "epochs": 0, "finetune": "stage7", "finetune_epochs": 3}
    request = Request.of({"parameters": {"maps": 1}, "training": how | training})
    events, progress, checkpoints = trained(network, pictures, request, checkpoint), [], []
    while True:
        try:
            event = next(events)
        except StopIteration as done:
            return done.value, progress, checkpoints
        if isinstance(event, Progress):
            progress.append(event)
        else:
            checkpoints.append(event)


def same(one: Head, other: Head) -> bool:
    left, right = one.tensors(), other.tensors()
    return left.keys() == right.keys() and all(np.array_equal(left[k], right[k]) for k in left)


def test_the_stages_move_and_nothing_else_does(
    network: Network, pictures: LabelledPictures
) -> None:
    """Convolutions from the named tap on, not their batch normalisation, nor any layer below."""
    head, progress, _ = train(network, pictures)
    assert head.card.finetuned == ("stage7", "head")
    assert list(head.retrained) == TUNED
    published = torch_runtime.classifier(network.card).state_dict()
    for name, value in head.retrained.items():
        moved = np.abs(value - published[name].numpy()).max()
        assert 1e-4 < moved < 0.1, name
    shares = [one.share for one in progress]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    tuning = [one for one in progress if one.doing == "training the last stages"]
    assert [one.step for one in tuning] == list(range(1, 10))  # 18 pictures, 8 a batch, 3 epochs


@pytest.mark.parametrize("epochs", [0, 1])
def test_a_broken_run_ends_like_an_unbroken_one(
    epochs: int, network: Network, pictures: LabelledPictures
) -> None:
    """Moments and averaged weights come back, too; whether the head was trained before or not."""
    whole, _, checkpoints = train(network, pictures, epochs=epochs)
    assert [one.step for one in checkpoints] == list(range(1, epochs + 3))
    for checkpoint in checkpoints:
        resumed, _, left = train(network, pictures, checkpoint, epochs=epochs)
        assert [one.step for one in left] == list(range(checkpoint.step + 1, epochs + 3))
        assert same(resumed, whole)


def test_a_seed_gives_one_result(network: Network, pictures: LabelledPictures) -> None:
    first = train(network, pictures, finetune_epochs=1)[0]
    assert same(train(network, pictures, finetune_epochs=1)[0], first)
    assert not same(train(network, pictures, finetune_epochs=1, seed=1)[0], first)


def test_what_comes_out_is_the_average(network: Network, pictures: LabelledPictures) -> None:
    """The weights that train on do not depend on it."""
    averaged, _, one = train(network, pictures, averaging=0.9)
    last, _, other = train(network, pictures, averaging=0)
    for left, right in zip(one, other, strict=True):
        for name in TUNED:
            np.testing.assert_array_equal(
                left.arrays[f"network.{name}"], right.arrays[f"network.{name}"]
            )
    start = torch_runtime.classifier(network.card).state_dict()
    for name in TUNED:
        ways = [
            np.abs(head.retrained[name] - start[name].numpy()).mean() for head in (averaged, last)
        ]
        assert ways[0] < ways[1]  # it lags behind


def test_the_card_says_at_which_sizes_it_is_read(
    network: Network, pictures: LabelledPictures
) -> None:
    how = {"finetune_epochs": 1, "read_at": "65,97"}
    card = train(network, pictures, **how)[0].card
    assert (card.sizes, card.recipe.sizes) == ((65, 97), (97,))


def test_a_training_of_nothing_is_refused(network: Network, pictures: LabelledPictures) -> None:
    with pytest.raises(ParameterError, match="With 0 epochs nothing is trained"):
        train(network, pictures, finetune="")


def test_stages_see_pictures_as_they_were_fed(network: Network, pictures: LabelledPictures) -> None:
    """Mirrored ones, too: what they make of kept features is what the whole network computes."""
    import torch

    from wsl_core.fcn.heads.finetuning import _through
    from wsl_core.fcn.heads.stages import last_stages

    views = [View(97, False), View(97, True)]
    stages = last_stages(network.card, "stage6")
    events = collect(network, pictures.pictures, views, (stages.below,))
    while True:
        try:
            next(events)
        except StopIteration as done:
            features = done.value
            break
    chosen, seen = [0, 1, 0, 2], [views[0], views[1], views[1], views[1]]
    with torch.no_grad():
        cells, counts = _through(stages, features, chosen, seen)
    for part, i, view in zip(cells.split(counts), chosen, seen, strict=True):
        photo = images.read(pictures.pictures[i].path)
        wanted = network.class_maps(photo, 97, mirrored=view.mirrored).features
        found = part.numpy().T.reshape(wanted.shape)
        assert np.abs(found - wanted).max() < 0.02 * wanted.max()
        turned = network.class_maps(photo, 97, mirrored=not view.mirrored).features
        assert np.abs(found - turned).max() > 0.2 * wanted.max()


def test_batches_are_of_one_shape_where_possible() -> None:
    from wsl_core.fcn.heads.finetuning import alike

    random = np.random.default_rng(0)
    shapes = [((3, 4), (4, 3), (4, 4))[i] for i in random.integers(3, size=50)]
    batches = alike(shapes, 8, random)
    assert sorted(i for batch in batches for i in batch) == list(range(50))
    assert sorted(map(len, batches)) == [2] + 6 * [8]
    pure = sum(len({shapes[i] for i in batch}) == 1 for batch in batches)
    assert pure >= sum(count // 8 for count in Counter(shapes).values()) >= 4
    assert batches != alike(shapes, 8, random)


def test_rates_rise_and_fall() -> None:
    from wsl_core.fcn.heads.finetuning import WARM, _rate

    rates = [_rate(share) for share in np.linspace(0, 1, 201)]
    top = rates.index(max(rates))
    assert top == round(200 * WARM)
    assert rates[top] == pytest.approx(1)
    assert rates[0] == rates[-1] == 0
    assert all(np.diff(rates[: top + 1]) > 0)
    assert all(np.diff(rates[top:]) < 0)


def test_an_average_forgets_slowly_once_it_is_old() -> None:
    """Compared with the sum written out; it comes back from its arrays to the last bit."""
    import torch

    from wsl_core.fcn.heads.averaging import Average

    random = np.random.default_rng(3)
    values = random.normal(size=(60, 4)).astype(np.float32)
    parameter = torch.nn.Parameter(torch.tensor(values[0]))
    average, wanted = Average({"weight": parameter}, 0.8), values[0].astype(float)
    for step, value in enumerate(values[1:], start=1):
        with torch.no_grad():
            parameter.copy_(torch.tensor(value))
        average.update(step)
        memory = min(0.8, (1 + step) / (10 + step))
        wanted = memory * wanted + (1 - memory) * value
    np.testing.assert_array_equal(parameter.detach(), values[-1])
    kept = average.arrays()
    average.settle()
    np.testing.assert_allclose(parameter.detach(), wanted, rtol=1e-5)
    again = Average({"weight": torch.nn.Parameter(torch.zeros(4))}, 0.8)
    again.restore(kept)
    again.settle()
    np.testing.assert_array_equal(again.parameters["weight"].detach(), parameter.detach())
