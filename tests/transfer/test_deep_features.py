"""Pairs whose methods work on features of the default network: computed once, with every label kept."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from wsl_core import networks
from wsl_core.datasets.domains import DomainPair, Labelled, Unlabelled
from wsl_core.jobs import Progress
from wsl_core.settings import settings
from wsl_core.transfer.adaptation.deep_features import on_features


class Means:
    """Stands for a network: its features are a picture's mean colour."""

    card = SimpleNamespace(name="means")

    def __init__(self) -> None:
        self.seen = 0

    def pooled(self, batch: np.ndarray) -> np.ndarray:
        self.seen += len(batch)
        return batch.mean((1, 2)).astype(np.float32)


@pytest.fixture
def means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Means:
    monkeypatch.setenv("WSL_CACHE", str(tmp_path))
    settings.cache_clear()
    found = Means()
    monkeypatch.setattr(networks, "load", lambda: found)
    return found


def pair_of() -> DomainPair:
    draw = np.random.default_rng(0)
    one, other = draw.integers(0, 256, (2, 20, 8, 8, 3), dtype=np.uint8)
    labels = np.arange(20) % 2
    tested = Labelled(other, labels, "tested")
    return DomainPair(
        "toys", "Toys", ("a", "b"), Labelled(one, labels, "source"), Unlabelled(other, "target"), tested,
        None, tested[:10], "generated", (), "none", ceiling_evaluation=tested[10:],
    )  # fmt: skip


def computed(pair: DomainPair) -> Any:
    events = on_features(pair)
    while True:
        try:
            assert isinstance(next(events), Progress)
        except StopIteration as done:
            return done.value


def test_every_part_becomes_features_and_keeps_its_labels(means: Means) -> None:
    pair = pair_of()
    found = computed(pair)
    for name in ("source", "target", "evaluation", "target_labelled", "ceiling_evaluation"):
        pictures, features = getattr(pair, name), getattr(found, name)
        assert np.allclose(features.values, pictures.values.mean((1, 2)))
        assert features.values.dtype == np.float32
        if name != "target":
            assert np.array_equal(features.labels, pictures.labels)
    assert found.source_evaluation is None


def test_the_same_pictures_are_computed_once_and_kept(means: Means, tmp_path: Path) -> None:
    computed(pair_of())
    assert means.seen == 20 + 20 + 10 + 10  # target and evaluation are the same pictures
    before = computed(pair_of()).source.values
    assert means.seen == 60
    for path in (tmp_path / "adaptation").glob("*.npy"):
        path.write_bytes(b"damaged")
    assert np.array_equal(computed(pair_of()).source.values, before)
    assert means.seen == 120
