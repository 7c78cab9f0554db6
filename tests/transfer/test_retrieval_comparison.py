"""One collection in three ways: the job, resumed and measured; the examples that come along."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.transfer import retrieval_pictures as made
from wsl_core import networks
from wsl_core.errors import DatasetError
from wsl_core.jobs import Checkpoint, Event, Progress, Result, Task
from wsl_core.networks import Network
from wsl_core.transfer.retrieval import (
    PIXELS,
    Descriptor,
    DescriptorParameters,
    examples,
    identity,
    indexing,
    measure,
)
from wsl_core.transfer.retrieval.comparison import (
    KINDS,
    LEARNED,
    RANDOM,
    Comparison,
    comparison_job,
    descriptors,
    ranked,
)


@pytest.fixture
def _loaded_once(monkeypatch: pytest.MonkeyPatch, network: Network) -> None:
    """The trained network stands in for the untrained one, which takes long to export."""
    monkeypatch.setattr(networks, "load", lambda *_, **__: network)
    monkeypatch.setattr(indexing, "GROUP", 4)


def events(source: Path, checkpoint: Checkpoint | None = None, **more: Any) -> list[Event]:
    config = {"source": str(source), "sizes": [97], "checkpoint_every": 4} | more
    return list(comparison_job(Task(config, {}, checkpoint)))


@pytest.mark.usefixtures("_loaded_once")
def test_three_indexes_of_the_same_pictures_are_made_and_measured(tmp_path: Path) -> None:
    found = events(made.class_folders(tmp_path / "set", 4))
    last = found[-1]
    assert isinstance(last, Result)
    compared = Comparison.of(json.loads(json.dumps(last.facts)), last.arrays)
    assert list(compared.indexes) == list(KINDS)
    names = {
        kind: [one.name for one in index.card.pictures] for kind, index in compared.indexes.items()
    }
    assert names[LEARNED] == names[RANDOM] == names[PIXELS]
    assert compared.indexes[PIXELS].features.shape == (12, 768)
    assert compared.indexes[RANDOM].card.descriptor.weights == "random"
    whole = ranked(compared.learned)
    assert compared.measured[LEARNED] == measure(whole, whole).to_json()
    shares = [one.share for one in found if isinstance(one, Progress)]
    assert shares == sorted(shares)
    assert shares[-1] == 1


@pytest.mark.usefixtures("_loaded_once")
def test_a_run_that_goes_on_is_that_of_an_unbroken_one(tmp_path: Path) -> None:
    """From every checkpoint on, bit for bit, within each of the three ways."""
    folder = made.class_folders(tmp_path / "set", 4)
    whole = events(folder)
    last = whole[-1]
    assert isinstance(last, Result)
    checkpoints = [one for one in whole if isinstance(one, Checkpoint)]
    assert [one.step for one in checkpoints] == [4, 8, 16, 20, 28, 32]
    for one in checkpoints[1::3]:
        packed = Checkpoint(one.step, one.arrays, json.loads(json.dumps(one.state)))
        went_on = events(folder, packed)
        first = next(event.share for event in went_on if isinstance(event, Progress))
        assert first == pytest.approx(one.step / 36)
        again = went_on[-1]
        assert isinstance(again, Result)
        assert again.facts == last.facts
        assert {n: v.tobytes() for n, v in again.arrays.items()} == {
            n: v.tobytes() for n, v in last.arrays.items()
        }


@pytest.mark.usefixtures("_loaded_once")
def test_without_classes_nothing_is_scored(tmp_path: Path) -> None:
    for k in range(3):
        made.one_pixel(tmp_path / "set" / f"{k}.png", 60 * k)
    last = events(tmp_path / "set")[-1]
    assert isinstance(last, Result)
    assert last.facts["measured"] == {}


def test_every_thing_stands_before_every_wall_and_is_composed_alike() -> None:
    things = examples.EXAMPLES["things"]
    assert len(set(things.labels)) == 7
    walls = {name.partition(" before ")[2] for name in things.names}
    for label in set(things.labels):
        own = [name for name in things.names if name.startswith(f"{label} before ")]
        assert len(own) == 12
        assert {name.partition(" before ")[2] for name in own} == walls
    first = things.photo(5).pixels.copy()
    examples._view.cache_clear()
    assert (things.photo(5).pixels == first).all()


def test_the_vectors_that_come_with_the_program_are_those_of_its_pictures(network: Network) -> None:
    """Of a few pictures of each example, made anew; another version of Pillow may change them a little."""
    for name, numbers in (("things", (0, 50)), ("digits", (7,))):
        index = examples.load(name).learned
        descriptor = Descriptor(index.card.descriptor, network)
        assert descriptor.identity == index.card.identity
        for number in numbers:
            now = descriptor.vector(descriptor.look(examples.EXAMPLES[name].photo(number)))
            assert float(now @ index.features[number].astype(np.float32)) > 0.999
    assert examples.load("things").indexes[RANDOM].card.identity == identity.of(
        DescriptorParameters(weights="random")
    )


def test_learning_finds_things_before_any_wall_and_pixels_find_digits() -> None:
    """What the page teaches with."""
    things, digits = (examples.load(name).measured for name in ("things", "digits"))
    assert things[LEARNED]["map"] > 0.95
    assert max(things[RANDOM]["map"], things[PIXELS]["map"]) < 0.3
    assert digits[PIXELS]["map"] > digits[LEARNED]["map"] + 0.1
    assert digits[LEARNED]["map"] > digits[RANDOM]["map"] + 0.1


def test_every_layer_has_its_vectors() -> None:
    for tap in examples.TAPS:
        index = examples.load("digits", tap).learned
        assert index.card.descriptor == descriptors(DescriptorParameters(tap=tap))[LEARNED]
    with pytest.raises(DatasetError, match="no layer stage9"):
        examples.load("digits", "stage9")


def test_vectors_of_the_gallery_are_there_for_the_untrained_network_alone() -> None:
    found = examples.gallery_vector("cat", "head", RANDOM)
    assert found is not None
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-3)
    assert examples.gallery_vector("cat", "head", LEARNED) is None
    assert examples.gallery_vector("holiday", "head", RANDOM) is None
