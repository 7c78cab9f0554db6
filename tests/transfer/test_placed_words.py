"""Any word, placed: the map against a loop, who carried it, what is refused, and how often it is right."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wsl_core import images, networks
from wsl_core.datasets import labelled
from wsl_core.datasets.labelled import LabelledObject, LabelledPicture
from wsl_core.errors import ParameterError, WordError
from wsl_core.images import gallery
from wsl_core.networks import imagenet
from wsl_core.transfer.zero_shot import placed, vectors
from wsl_core.transfer.zero_shot.placed_evaluation import Words, hits, outcomes, summary
from wsl_core.transfer.zero_shot.placed_parameters import LEAST, PlacedParameters
from wsl_core.transfer.zero_shot.words_classes import class_vectors


@pytest.fixture(scope="module")
def cat(network):
    return placed.look(network, gallery.load("cat"))


@pytest.mark.parametrize("how", [PlacedParameters(), PlacedParameters(taxonomy=True, kept=7)])
def test_the_map_is_the_declared_sum(cat, how: PlacedParameters) -> None:
    found = placed.on_maps(cat, placed.carriers("kitten", how))
    rows, columns = cat.cells
    word = vectors.load().vector("kitten").astype(float)
    near = class_vectors("minilm", taxonomy=how.taxonomy).astype(float) @ word
    kept = np.argsort(-near)[: how.kept]
    weights = np.exp(near[kept] / how.temperature)
    weights /= weights.sum()
    for row in range(0, rows, 4):
        for column in range(0, columns, 4):
            logits = cat.logits[:, row, column].astype(float) / how.evenness
            chances = np.exp(logits - logits.max())
            chances /= chances.sum()
            wanted = np.log(1000 * sum(w * chances[c] for w, c in zip(weights, kept, strict=True)))
            assert found.values[row, column] == pytest.approx(wanted, abs=1e-3)


def test_weights_and_shares_add_up(cat) -> None:
    found = placed.on_maps(cat, placed.carriers("kitten"))
    assert sum(one.weight for one in found.carriers.classes) == pytest.approx(1, abs=1e-5)
    assert sum(one.share for one in found.shares) == pytest.approx(1, abs=1e-5)
    assert len(found.carriers.classes) == PlacedParameters().kept
    row, column = found.maps.peak_cell(0)
    total = sum(one.carrier.weight * one.probability for one in found.shares)
    assert found.values[row, column] == pytest.approx(np.log(1000 * total), abs=1e-4)
    assert "cat" in found.shares[0].carrier.title.lower()


def test_a_word_of_one_class_alone_is_that_class(cat) -> None:
    found = placed.on_maps(cat, placed.carriers("zebra", PlacedParameters(kept=1)))
    assert [one.title for one in found.carriers.classes] == ["zebra"]
    assert found.values == pytest.approx(found.of_class(340), abs=1e-5)


def test_an_even_network_gives_chance_everywhere(hand_made) -> None:
    classes = imagenet.classes()
    maps = hand_made(np.zeros((1000, 3, 4), np.float32))
    maps = replace(maps, classes=classes)
    found = placed.on_maps(maps, placed.carriers("kitten"))
    assert found.values == pytest.approx(0, abs=1e-4)


def test_maps_have_the_geometry_of_class_maps(cat) -> None:
    found = placed.on_maps(cat, placed.carriers("kitten"))
    assert found.maps.placement == cat.placement
    assert found.maps.cells == cat.cells
    row, column = np.unravel_index(found.values.argmax(), found.values.shape)
    assert found.peak == found.maps.placement.centre(int(row), int(column))


def test_what_is_not_there_is_said() -> None:
    maps = placed.look(networks.load(), gallery.load("rocket"))
    found = placed.on_maps(maps, placed.carriers("toothbrush"))
    there = placed.on_maps(maps, placed.carriers("spaceship"))
    assert there.verdict is None
    assert there.values.max() > found.values.max()


@pytest.mark.parametrize("word", ["theorem", "because", "opinion", "income tax"])
def test_a_word_without_a_relative_gets_no_map(cat, word: str) -> None:
    carriers = placed.carriers(word)
    assert carriers.relation < LEAST["minilm"]
    with pytest.raises(WordError, match=r"no relative.*The nearest are"):
        placed.on_maps(cat, carriers)


@pytest.mark.parametrize(
    "word", ["kitten", "zebra crossing", "wine glass", "person", "potted plant"]
)
def test_things_have_relatives(word: str) -> None:
    assert placed.carriers(word).verdict is None
    assert placed.carriers(word, PlacedParameters(taxonomy=True)).verdict is None


def test_taxonomy_does_not_make_a_relative_of_what_is_none() -> None:
    plain, with_it = (
        placed.carriers("justice", PlacedParameters(vectors="glove", taxonomy=one))
        for one in (False, True)
    )
    assert plain.relation == with_it.relation


def test_whether_the_network_was_taught_the_word() -> None:
    assert placed.carriers("tabby cat").taught
    assert not placed.carriers("kitten").taught


def test_another_networks_classes_are_refused(cat) -> None:
    digits = replace(cat, classes=networks.class_names.numbered(1000))
    with pytest.raises(ParameterError, match="ImageNet's classes"):
        placed.on_maps(digits, placed.carriers("kitten"))


@pytest.mark.parametrize("word", ["", " ", "w" * 101])
def test_no_word_and_too_long_a_word_are_refused(word: str) -> None:
    with pytest.raises(WordError):
        placed.carriers(word)


def test_hits_at_the_edges() -> None:
    box = np.array([[100.0, 50.0, 200.0, 80.0]])  # pixels 100 .. 199, 50 .. 79
    points = np.array([[82.0, 60], [81.9, 60], [217, 97], [217.1, 97], [150, 97.1], [150, 32]])
    assert hits(points, box, 18).tolist() == [True, False, True, False, False, True]


def test_outcomes_by_hand() -> None:
    """Two classes shown, one of them twice, a third absent: a class's own point, wrong words, the middle."""
    objects = (
        LabelledObject(0, (0, 0, 40, 40), False),
        LabelledObject(0, (160, 60, 200, 100), True),
        LabelledObject(1, (80, 30, 120, 70), False),
        LabelledObject(2, (0, 60, 40, 100), True),
    )
    picture = LabelledPicture("p", Path("p.jpg"), 200, 100, (1, 1, -1, 0), objects)
    points = np.array([[180.0, 80], [10, 10], [20, 80], [100, 50]])
    found = outcomes(points, picture, np.ones(4, bool), tolerance=0)
    assert [(one.index, one.pointing, one.wrong_word, one.centre) for one in found] == [
        (0, 1.0, 0.0, 0.0),  # in the difficult box, which counts since another is not difficult
        (1, 0.0, 1.0, 1.0),
    ]
    assert all(one.several for one in found)
    facts = summary("abcd", found)
    assert facts["pointing"] == 0.5
    assert facts["classes"]["c"] == {
        "pictures": 0, "pointing": None, "wrong_word": None, "centre": None,
    }  # fmt: skip
    assert outcomes(points, picture, np.array([False, True, True, True]), 0)[0].index == 1


@pytest.mark.data
def test_words_are_on_their_things(data: Path) -> None:
    """Forty pictures of `train`: right far more often than wrong words and the middle."""
    pictures = labelled.read("voc", data / "voc", "train")
    names = Words.of(pictures.classes, PlacedParameters())
    assert names.placeable.all()
    network, found = networks.load(), []
    for picture in pictures.pictures[::36]:
        maps = placed.look(network, images.read(picture.path))
        points = names.points(maps)
        k = next(i for i, label in enumerate(picture.labels) if label == 1)
        alone = placed.on_maps(maps, names.carriers[k])
        assert points[k] == pytest.approx(alone.peak)
        found += outcomes(points, picture, names.placeable)
    pointing = np.mean([one.pointing for one in found])
    assert pointing > np.mean([one.centre for one in found]) + 0.02
    assert pointing > np.nanmean([one.wrong_word for one in found]) + 0.2
    assert pointing > 0.75
