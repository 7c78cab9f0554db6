"""The cache of features: what is kept, what is computed again, what makes room."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.fcn import toy_set
from wsl_core import images
from wsl_core.datasets import labelled
from wsl_core.datasets.labelled import LabelledPicture
from wsl_core.errors import DatasetError, ImageError, ParameterError
from wsl_core.fcn.heads import features
from wsl_core.fcn.heads.features import Features, View
from wsl_core.networks import Network
from wsl_core.settings import settings

UPRIGHT, MIRRORED = View(97, False), View(97, True)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> tuple[LabelledPicture, ...]:
    root = toy_set.coco(tmp_path_factory.mktemp("toys") / "coco", count=7)
    return labelled.read("coco", root).pictures


@pytest.fixture(autouse=True)
def _own_cache(network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The network is loaded by now, so nothing but features is looked for."""
    monkeypatch.setenv("WSL_CACHE", str(tmp_path))
    settings.cache_clear()
    yield
    settings.cache_clear()


def collected(network: Network, *arguments: Any) -> tuple[Features, list[float]]:
    events, shares = features.collect(network, *arguments), []
    while True:
        try:
            shares.append(next(events).share)
        except StopIteration as done:
            return done.value, shares


def test_features_are_those_of_the_network_in_half_precision(
    network: Network, pictures: tuple[LabelledPicture, ...]
) -> None:
    found, shares = collected(network, pictures, (UPRIGHT, MIRRORED), ("head", "stage5"))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    for i, one in enumerate(pictures):
        maps = network.class_maps(images.read(one.path), 97)
        kept = found.read(i, UPRIGHT, "head")
        assert kept.dtype == np.float16
        np.testing.assert_allclose(kept.transpose(2, 0, 1), maps.features, atol=0.005)
        mirrored = network.class_maps(images.read(one.path), 97, mirrored=True)
        turned = mirrored.features[:, :, ::-1]
        np.testing.assert_allclose(
            found.read(i, MIRRORED, "head").transpose(2, 0, 1), turned, atol=0.005
        )
        assert found.read(i, UPRIGHT, "stage5").shape[-1] == network.runtime.channels["stage5"]


def test_what_is_kept_is_not_computed_again(
    network: Network, pictures: tuple[LabelledPicture, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An extraction that broke off goes on; a half-written, a damaged and a lost file are made again."""
    passes = []
    original = type(network).features

    def counted(self: Network, batch: np.ndarray, taps: Any) -> Any:
        passes.append(len(batch))
        return original(self, batch, taps)

    monkeypatch.setattr(type(network), "features", counted)
    begun = features.collect(network, pictures, (UPRIGHT,), ("head",))
    while not passes:
        next(begun)
    begun.close()
    first = sum(passes)
    found, _ = collected(network, pictures, (UPRIGHT,), ("head",))
    assert sum(passes) == len(pictures) > first
    whole = found.read(2, UPRIGHT, "head")
    path = found.path(2, UPRIGHT, "head")
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(DatasetError, match="removed or damaged during the training"):
        found.read(2, UPRIGHT, "head")
    found.path(4, UPRIGHT, "head").unlink()
    (path.parent / ".writing-x").write_bytes(b"half")
    collected(network, pictures, (UPRIGHT,), ("head",))
    assert sum(passes) == len(pictures) + 2
    np.testing.assert_array_equal(found.read(2, UPRIGHT, "head"), whole)
    collected(network, pictures[::-1], (UPRIGHT,), ("head",))
    assert sum(passes) == len(pictures) + 2


def test_the_oldest_features_make_room(
    network: Network, pictures: tuple[LabelledPicture, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = collected(network, pictures[:4], (UPRIGHT,), ("head",))
    files = [found.path(i, UPRIGHT, "head") for i in range(4)]
    for age, path in enumerate(files):
        os.utime(path, (1000 - age, 1000 - age))
    size = files[0].stat().st_size
    monkeypatch.setenv("WSL_FEATURES_MEGABYTES", str(5.5 * size / 1e6))
    settings.cache_clear()
    collected(network, pictures[4:], (UPRIGHT,), ("head",))
    assert [path.exists() for path in files] == [True, True, False, False]


def test_features_beyond_the_limit_are_refused_before_they_are_computed(
    network: Network, pictures: tuple[LabelledPicture, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_FEATURES_MEGABYTES", "0.1")
    settings.cache_clear()
    with pytest.raises(ParameterError, match=r"7 pictures in 2 views take about .* MB"):
        collected(network, pictures, (UPRIGHT, MIRRORED), ("head",))


def test_the_room_they_take_is_known_beforehand(
    network: Network, pictures: tuple[LabelledPicture, ...]
) -> None:
    found, _ = collected(network, pictures, (UPRIGHT,), ("head", "stage5"))
    taken = sum(path.stat().st_size for path in found.root.glob("*/*.npy"))
    assert features._room(network, pictures, (UPRIGHT,), ("head", "stage5")) == taken


def test_a_picture_that_is_gone_is_named(
    network: Network, pictures: tuple[LabelledPicture, ...], tmp_path: Path
) -> None:
    from dataclasses import replace

    gone = replace(pictures[0], path=tmp_path / "gone.png")
    with pytest.raises(ImageError, match=r"gone\.png cannot be read"):
        collected(network, (gone,), (UPRIGHT,), ("head",))
