import json
from importlib.resources import files
from pathlib import Path

import pytest

from wsl_core.datasets import relatives, voc
from wsl_core.networks import imagenet


def test_the_relatives_are_what_their_names_say() -> None:
    names = [name.split(",")[0] for name in imagenet.classes().names]
    bicycle = relatives.kind_of(["bicycle"])["bicycle"]
    assert {names[index] for index in bicycle} == {"bicycle-built-for-two", "mountain bike"}
    assert relatives.near(["sheep", "zebra"]) == {"sheep": (349,), "zebra": ()}


def test_every_class_has_relatives_and_no_class_is_a_kind_of_two() -> None:
    kinds, nears = relatives.kind_of(voc.CLASSES), relatives.near(voc.CLASSES)
    assert tuple(kinds) == tuple(nears) == voc.CLASSES
    assert all(kinds.values())
    every = [index for indices in kinds.values() for index in indices]
    assert len(set(every)) == len(every) == 239
    assert set(every) <= set(range(1000))
    assert all(not set(kinds[name]) & set(nears[name]) for name in voc.CLASSES)


def test_the_shipped_file_holds_no_other_class() -> None:
    file = files("wsl_core.datasets") / "shipped" / "voc_relatives.json"
    assert set(json.loads(file.read_text())) == set(voc.CLASSES)


@pytest.mark.data
def test_they_are_those_of_the_data(data: Path) -> None:
    classes = json.loads((data / "voc_relatives.json").read_text(encoding="utf-8"))["classes"]
    for relation, ours in (("kind_of", relatives.kind_of), ("near", relatives.near)):
        expected = {
            name: tuple(one["index"] for one in of[relation]) for name, of in classes.items()
        }
        assert ours(classes) == expected
