"""Training of heads: what is learned, what has no influence, and that it goes on where it stopped."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.fcn import toy_set
from wsl_core import images, jobs, networks
from wsl_core.datasets import labelled
from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.errors import DatasetError, HeadError, ParameterError
from wsl_core.fcn import pooling
from wsl_core.fcn.heads import Head, HeadCard, TrainingParameters, WeaklySupervised
from wsl_core.fcn.heads.parameters import RECIPES
from wsl_core.fcn.heads.request import Request
from wsl_core.jobs.recording import perform
from wsl_core.networks import Network
from wsl_core.settings import settings

QUICK = {"sizes": (97,), "epochs": 3, "batch": 7}


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_set.coco(tmp_path_factory.mktemp("toys") / "coco")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of its own for features, with this machine's exported networks."""
    own = tmp_path_factory.mktemp("cache")
    settings.cache_clear()
    for name in ("networks", "facts"):
        (settings().cache / name).mkdir(parents=True, exist_ok=True)
        (own / name).symlink_to(settings().cache / name)
    settings.cache_clear()
    return own


@pytest.fixture(autouse=True)
def _own_cache(cache: Path, network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("WSL_CACHE", str(cache))
    settings.cache_clear()
    monkeypatch.setattr(networks, "load", _known(networks.load, network))
    yield
    settings.cache_clear()


def _known(load: Callable[..., Network], network: Network) -> Callable[..., Network]:
    """`networks.load` that has the default network already."""

    def loaded(name: str = networks.DEFAULT, **options: Any) -> Network:
        return network if name == networks.DEFAULT and not options else load(name, **options)

    return loaded


def config(root: Path, scheme: str = "wildcat", **training: Any) -> dict[str, Any]:
    source = {"data": str(root), "format": "coco"}
    request = Request(scheme=scheme, source=source, training=QUICK | training)
    return request.model_dump(mode="json")


def head_of(events: list[jobs.Event]) -> Head:
    (result,) = [event for event in events if isinstance(event, jobs.Result)]
    return Head.of(HeadCard.model_validate(result.facts["card"]), result.arrays)


def fit(task: jobs.Task) -> list[jobs.Event]:
    from wsl_core.fcn.heads import training

    return list(training.fit(task))


def read(root: Path) -> LabelledPictures:
    return labelled.read("coco", root)


@pytest.mark.parametrize("scheme", RECIPES)
def test_every_scheme_learns_what_can_be_told_apart(
    scheme: str, toys: Path, network: Network
) -> None:
    how = TrainingParameters(**QUICK | {"epochs": 12}, rate=0.01, decay=0)
    parameters = {"parts": 6} if scheme == "spleap" else {}
    pictures, told = read(toys), []
    model = WeaklySupervised(network, scheme, parameters=parameters, training=how)
    model.fit(pictures, report=lambda share, doing: told.append((share, doing)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert model.classes == toy_set.CLASSES
    maps = [model.class_maps(images.read(one.path)) for one in pictures.pictures]
    scores, targets = np.array([one.scores for one in maps]), pictures.targets
    present, absent = scores[targets == 1], scores[targets == 0]
    assert present.mean() > absent.mean() + 2
    order = np.sort(np.concatenate([present, absent]))
    right = (present[:, None] > absent[None]).mean()
    assert right > 0.95, order
    assert model.predict(images.read(pictures.pictures[0].path))[0].name == "dots"


def test_a_broken_run_ends_like_an_unbroken_one(toys: Path) -> None:
    whole = fit(jobs.Task(config(toys)))
    checkpoints = [event for event in whole if isinstance(event, jobs.Checkpoint)]
    assert [one.step for one in checkpoints] == [1, 2]
    for checkpoint in checkpoints:
        resumed = fit(jobs.Task(config(toys), checkpoint=checkpoint))
        assert len(resumed) < len(whole)
        assert same(head_of(resumed), head_of(whole))
    assert not same(head_of(fit(jobs.Task(config(toys, seed=1)))), head_of(whole))


def same(one: Head, other: Head) -> bool:
    left, right = one.tensors(), other.tensors()
    return left.keys() == right.keys() and all(np.array_equal(left[k], right[k]) for k in left)


def test_the_training_leaves_torch_as_it_was(toys: Path) -> None:
    import torch

    threads, state = torch.get_num_threads(), torch.get_rng_state()
    fit(jobs.Task(config(toys, epochs=1)))
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)


def test_last_stages_are_trained_further(
    toys: Path, tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resumed in the middle of either part, saved, and read by the network that it belongs to alone."""
    asked = config(toys, epochs=1, finetune="head", finetune_epochs=2, finetune_rate=1e-3)
    whole = fit(jobs.Task(asked))
    checkpoints = [event for event in whole if isinstance(event, jobs.Checkpoint)]
    assert [one.step for one in checkpoints] == [1, 2]
    head = head_of(whole)
    for checkpoint in checkpoints:
        assert same(head_of(fit(jobs.Task(asked, checkpoint=checkpoint))), head)
    assert head.card.finetuned == ("head",)
    assert list(head.retrained) == ["head.0.weight"]
    head.save(tmp_path)
    again = Head.load(tmp_path)
    monkeypatch.setattr(
        jobs, "run", lambda job, config, arrays: perform(job, jobs.Task(config, arrays))
    )
    own = again.network(runtime="torch")
    photo = images.read(read(toys).pictures[0].path)
    maps, published = own.class_maps(photo, 97), network.class_maps(photo, 97)
    assert maps.network == published.network
    assert np.abs(maps.features - published.features).max() > 1e-3
    assert again.read(maps).scores.shape == (3,)
    with pytest.raises(HeadError, match=r"made for efficientnet_lite0 with the weights .*safetens"):
        again.read(published)
    with pytest.raises(HeadError, match=r"made for efficientnet_lite0, .* with the weights"):
        head_of(fit(jobs.Task(config(toys, epochs=1)))).read(maps)


@pytest.mark.parametrize("tap", ["stage9", "stem", "layer4"])
def test_a_tap_that_is_not_there_cannot_be_retrained(tap: str, toys: Path) -> None:
    with pytest.raises(ParameterError, match="cannot be fine-tuned from"):
        fit(jobs.Task(config(toys, finetune=tap)))


@pytest.mark.parametrize("tap", ["pool2", "fc1", "fc2"])
def test_a_network_that_is_no_chain_of_stages_cannot_be_retrained(tap: str) -> None:
    """LeNet's last stages read windows, not single cells."""
    from wsl_core.fcn.heads import stages

    with pytest.raises(ParameterError, match="no chain of stages"):
        stages.last_stages(networks.card("lenet"), tap)


def trainable(scheme: str, classes: int = 3, channels: int = 5, **parameters: Any) -> Any:
    import torch

    from wsl_core.fcn.heads.torch_head import TrainableHead

    random = np.random.default_rng(4)
    one = pooling.scheme(scheme)
    model = one.parameters.model_validate(parameters)
    rows = parameters.get("parts", classes * one.maps_a_class(model))
    start = random.normal(size=(rows, channels)).astype(np.float32)
    mean, spread = (random.uniform(0.5, 2, channels).astype(np.float32) for _ in range(2))
    head = TrainableHead(scheme, classes, model, start, mean, spread)
    with torch.no_grad():
        head.bias.copy_(torch.tensor(random.normal(size=rows)))
    return head


@pytest.mark.parametrize("scheme", ["lse", "wildcat"])
def test_standardisation_is_folded_into_the_weights(scheme: str) -> None:
    """Pictures of different numbers of cells in one batch; the head is compared with one by one."""
    import torch

    head = trainable(scheme)
    counts = [4, 6, 4, 1]
    cells = torch.tensor(np.random.default_rng(5).normal(size=(15, 5)), dtype=torch.float32)
    found = head(cells, counts)
    for number, part in enumerate(cells.split(counts)):
        standardised = (part - head.mean) / head.spread
        maps = (standardised @ head.weight.T + head.bias).T[None, :, :, None]
        torch.testing.assert_close(found[number], head.pooling(maps)[0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("scheme", "parameters"),
    [("max", {}), ("lse", {}), ("weldon", {"scale": "sum"}), ("wildcat", {"alpha": 0.7}),
     ("wildcat", {"scale": "half"}), ("spleap", {"parts": 4})],
)  # fmt: skip
def test_without_evidence_the_scores_are_the_prior(scheme: str, parameters: dict[str, Any]) -> None:
    import torch

    head, wanted = trainable(scheme, **parameters), torch.tensor([-2.0, 0.5, 1.0])
    torch.nn.init.zeros_(head.weight)
    if scheme == "spleap":
        torch.nn.init.zeros_(head.bias)
    head.set_prior(wanted)
    torch.testing.assert_close(head(torch.rand(9, 5), [9])[0].detach(), wanted)


def test_the_prior_is_the_share_of_known_pictures(toys: Path) -> None:
    from wsl_core.fcn.heads.training import prior

    pictures = read(toys)
    for k, logit in enumerate(prior(pictures)):
        labels = [one.labels[k] for one in pictures.pictures]
        share = labels.count(1) / (len(labels) - labels.count(-1))
        assert 1 / (1 + np.exp(-logit)) == pytest.approx(share, rel=1e-5)
    assert -1 in pictures.targets


def test_unknown_labels_have_no_influence(toys: Path) -> None:
    """Neither on the loss nor on its gradient, to the last bit."""
    import torch

    from wsl_core.fcn.heads.torch_head import loss

    random = torch.Generator().manual_seed(0)
    targets = torch.tensor(read(toys).targets)
    unknown = targets < 0
    scores = torch.randn(targets.shape, generator=random)
    other = scores.clone()
    other[unknown] = 50 * torch.randn(int(unknown.sum()), generator=random)
    found = []
    for values in (scores, other):
        leaf = values.clone().requires_grad_(requires_grad=True)
        value = loss(leaf, targets, single=False)
        value.backward()
        assert not leaf.grad[unknown].any()
        found.append((value.item(), leaf.grad))
    assert found[0][0] == found[1][0]
    assert torch.equal(found[0][1], found[1][1])
    known = ~unknown
    by_hand = np.logaddexp(0, np.where(targets == 1, -scores, scores))[known].sum()
    assert found[0][0] == pytest.approx(float(by_hand) / targets.numel(), rel=1e-5)


def test_relatives_are_where_a_head_starts(network: Network) -> None:
    """The mean over the maps of a class is the mean of its relatives, less that of all classes."""
    from wsl_core.datasets import relatives
    from wsl_core.fcn.heads import starts

    classes, maps = ("dog", "gadget", "aeroplane"), 4
    weights = network.runtime.weight
    spread = np.linspace(0.1, 2, weights.shape[1]).astype(np.float32)
    otherwise = starts.random(len(classes) * maps, weights.shape[1], 0)
    start = starts.from_relatives(network, classes, maps, spread, otherwise)
    for k, name in enumerate(classes):
        own, chosen = start[k * maps : (k + 1) * maps], list(relatives.kind_of([name])[name])
        if not chosen:
            np.testing.assert_array_equal(own, otherwise[k * maps : (k + 1) * maps])
            continue
        wanted = (weights[chosen].mean(0) - weights.mean(0)) * spread
        np.testing.assert_allclose(own.mean(0), wanted, atol=1e-5)
        assert np.abs(own - own.mean(0)).max() > 1e-3  # each map has relatives of its own
    assert not relatives.kind_of(classes)["gadget"]


def test_one_class_a_picture_is_trained_with_the_softmax(tmp_path: Path, network: Network) -> None:
    pictures = labelled.read("folders", toy_set.folders(tmp_path / "set"))
    how = TrainingParameters(**QUICK | {"epochs": 8}, rate=0.01, decay=0)
    model = WeaklySupervised(network, "average", training=how).fit(pictures)
    for one in pictures.pictures:
        maps = model.class_maps(images.read(one.path))
        assert maps.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert maps.top(1)[0].name == one.path.parent.name
    model.save(tmp_path / "head")
    again = WeaklySupervised.load(tmp_path / "head")
    assert again.head is not None
    assert again.head.card.single
    photo = images.read(pictures.pictures[0].path)
    assert again.predict(photo) == model.predict(photo)


def test_some_of_the_classes_can_be_chosen(toys: Path, network: Network) -> None:
    how = TrainingParameters(**QUICK | {"epochs": 1})
    model = WeaklySupervised(network, "max", ("stripes", "dots"), training=how).fit(read(toys))
    assert model.head is not None
    assert model.head.card.classes == ("stripes", "dots")
    assert model.head.weight.shape == (2, 1280)


def test_what_cannot_be_trained_is_refused(toys: Path, tmp_path: Path, network: Network) -> None:
    pictures = read(toys)
    how = TrainingParameters(**QUICK)
    alone = replace(
        pictures,
        pictures=tuple(replace(one, labels=(1, 0, 0)) for one in pictures.pictures),
    )
    with pytest.raises(DatasetError, match="only the class 'dots'"):
        WeaklySupervised(network, "max", training=how).fit(alone)
    empty = replace(
        pictures,
        pictures=tuple(replace(one, labels=(*one.labels[:2], 0)) for one in pictures.pictures),
    )
    with pytest.raises(DatasetError, match="no picture of the class 'stripes'"):
        WeaklySupervised(network, "max", training=how).fit(empty)
    with pytest.raises(DatasetError, match="no class 'unicorn'"):
        WeaklySupervised(network, "max", ("dots", "unicorn")).fit(pictures)
    single = labelled.read("folders", toy_set.folders(tmp_path / "set", each=1))
    with pytest.raises(DatasetError, match="label outside the class list dots, rings"):
        WeaklySupervised(network, "max", ("dots", "rings")).fit(single)
    with pytest.raises(HeadError, match="not trained yet"):
        WeaklySupervised(network, "max").save(tmp_path / "head")
    with pytest.raises(ParameterError, match=r"has no parameter named .beta"):
        WeaklySupervised(network, "max", parameters={"beta": 3})
    with pytest.raises(ParameterError, match="size 8000"):
        WeaklySupervised(network, "max", training=TrainingParameters(sizes=(8000,)))


def test_a_set_that_has_changed_is_not_trained_on(toys: Path) -> None:
    with pytest.raises(DatasetError, match="has changed since"):
        fit(jobs.Task(config(toys) | {"labels": "0" * 12}))
