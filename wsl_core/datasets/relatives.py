"""Which of ImageNet's 1,000 classes show a VOC class, and which are near it.

Made by hand on the hypernyms of WordNet 3.0; the shipped file holds indices of ILSVRC 2012 alone.
"""

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


def kind_of(classes: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """ImageNet indices, 0 .. 999, whose pictures show the class itself (a kind of it, or the same thing).

    Every class asked for has an entry; it is empty for a name that is none of VOC's 20 classes.
    """
    return _related(classes, "kind_of")


def near(classes: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """ImageNet indices that are related or look similar or are often seen together, but are not the class."""
    return _related(classes, "near")


def _related(classes: Iterable[str], relation: str) -> dict[str, tuple[int, ...]]:
    return {name: tuple(_shipped().get(name, {}).get(relation, ())) for name in classes}


@cache
def _shipped() -> dict[str, dict[str, list[int]]]:
    file = files("wsl_core.datasets") / "shipped" / "voc_relatives.json"
    return json.loads(file.read_text(encoding="utf-8"))
