"""Every network of the zoo, randomly initialised, says the same on both runtimes."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from wsl_core import images, networks
from wsl_core.networks import CARDS, Network
from wsl_core.networks.network import resized
from wsl_core.networks.recipe import Recipe
from wsl_core.settings import settings

# Half a gigabyte is written and read for each VGG16: the one without normalisation takes its time.
ZOO = [pytest.param(name, marks=pytest.mark.slow if name == "vgg16" else ()) for name in CARDS]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One folder for all, so that one worker makes all exports and imports torch once."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("WSL_CACHE", str(folder))
        yield folder


@pytest.fixture
def _own_cache(cache: Path) -> Iterator[None]:
    settings.cache_clear()
    yield
    shutil.rmtree(cache / "networks", ignore_errors=True)


def agree(ours: Network, theirs: Network, photo: images.Photo) -> None:
    found, expected = (one.class_maps(photo, "full") for one in (ours, theirs))
    span = np.ptp(expected.logits)
    assert span > 1
    assert np.std(expected.logits, axis=0).min() > 0.1  # no map is a map of biases alone
    assert np.abs(found.logits - expected.logits).max() < 1e-3 * span
    assert np.abs(found.scores - expected.scores).max() < 1e-3 * np.ptp(expected.scores)
    side = theirs.card.sides.smallest
    upright, mirrored = (resized(photo.pixels[:, ::flip], side, side) for flip in (1, -1))
    batch = np.stack([upright, mirrored, upright, mirrored, mirrored])  # a full pass and one more
    several, expected = (one.pooled(batch) for one in (ours, theirs))
    assert several.shape == expected.shape
    assert np.abs(several - expected).max() < 1e-3 * np.ptp(expected)
    assert ours.geometry() == theirs.geometry()
    assert ours.layers == theirs.layers
    assert ours.runtime.channels == theirs.runtime.channels


@pytest.mark.usefixtures("_own_cache")
@pytest.mark.parametrize("name", ZOO)
def test_random_networks_agree(name: str) -> None:
    side = CARDS[name].sides.nearest(230)
    photo = noise(side, CARDS[name].sides.nearest(260))
    ours = networks.load(name, weights="random")
    theirs = networks.load(name, weights="random", runtime="torch")
    agree(ours, theirs, photo)


@pytest.mark.usefixtures("_own_cache")
@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_large"])
def test_finer_networks_agree(name: str) -> None:
    ours, theirs = (
        networks.load(name, weights="random", stride=16, runtime=runtime)
        for runtime in networks.RUNTIMES
    )
    assert ours.geometry().jump == 16
    agree(ours, theirs, noise(161, 97))


@pytest.mark.usefixtures("_own_cache")
def test_a_network_of_timms_is_exported_like_any_other() -> None:
    ours, theirs = (
        networks.load("timm:resnet18", weights="random", runtime=runtime)
        for runtime in networks.RUNTIMES
    )
    agree(ours, theirs, noise(65, 97))


def noise(height: int, width: int) -> images.Photo:
    random = np.random.default_rng(4)
    coarse = random.integers(0, 256, (9, 9, 3), np.uint8)
    return images.Photo.from_array(resized(coarse, height, width))


def test_scores_of_a_head_of_more_than_one_layer_are_the_networks_own(
    random_network: Callable,
) -> None:
    made = random_network("mobilenet_v3_large")
    photo = noise(129, 161)
    network = networks.load("mobilenet_v3_large", weights="random", runtime="torch")
    maps = network.class_maps(photo, "full")
    rgb = torch.from_numpy(np.array(photo.pixels)).permute(2, 0, 1).float()
    x = (rgb - torch.tensor(made.card.mean)[:, None, None]) / torch.tensor(made.card.std)[
        :, None, None
    ]
    with torch.inference_mode():
        expected = made.classifier(x[None])[0].numpy()
    assert maps.pooled is not None
    assert np.abs(maps.scores - expected).max() < 1e-4 * np.ptp(expected)
    assert np.abs(maps.logits.mean((1, 2)) - maps.scores).max() > 1e-2 * np.ptp(expected)


def test_random_weights_have_a_recipe_of_their_own_and_need_no_file() -> None:
    assert Recipe.of(CARDS["vgg16"], weights="random").weights_path() is None
