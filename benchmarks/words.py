"""How well are words placed that a network was never taught?

    python -m benchmarks.words [--json] [--write]

WSL_DATA names the folder of labelled sets. The names of VOC's classes are placed on its pictures by way of
the default network's own classes: on `val`, and on a half of `train`. The other half of `train`, drawn by a
seed, chose size, text of a class, temperature, classes kept and evenness; no choice has seen the two that are
measured.

"related" says how well words of things are told from words that name nothing one could photograph, on two
lists that the threshold was not chosen on.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measure
from wsl_core import images, networks
from wsl_core.datasets import labelled
from wsl_core.datasets.labelled import LabelledPicture, LabelledPictures
from wsl_core.datasets.relatives import kind_of
from wsl_core.errors import WslError
from wsl_core.networks import ClassMaps
from wsl_core.settings import settings
from wsl_core.transfer.zero_shot import placed
from wsl_core.transfer.zero_shot.placed_evaluation import FIGURES, Words, outcomes, summary
from wsl_core.transfer.zero_shot.placed_parameters import PlacedParameters
from wsl_core.transfer.zero_shot.vectors import SOURCES

PACKAGES = ("openvino", "numpy", "pillow")
SEED = 0
WAYS = tuple((name, taxonomy) for name in SOURCES for taxonomy in (False, True))
RELATIVES = "relatives by hand"
THINGS = (
    "wolf", "elephant", "ostrich", "bee", "spider", "guitar", "drum", "laptop", "telephone", "lamp",
    "bed", "curtain", "bridge", "church", "lighthouse", "tractor", "truck", "airplane", "helicopter",
    "train", "pizza", "orange", "bread", "cup", "bottle", "knife", "spoon", "pan", "hat", "coat",
    "sock", "umbrella", "backpack", "ball", "racket", "ski", "bicycle", "fence", "tower", "island",
)  # fmt: skip
NO_THINGS = (
    "honesty", "logic", "hypothesis", "verb", "syntax", "percentage", "monarchy", "policy", "tax",
    "salary", "profit", "insurance", "patience", "anger", "hope", "memory", "yesterday", "decade",
    "thirteen", "average", "probability", "integral", "vector", "temperature", "pressure", "entropy",
    "energy", "evolution", "silence", "rumour", "advice", "apology", "although", "however", "slowly",
    "expensive", "difficult", "impossible", "abstract", "wisdom",
)  # fmt: skip


def half(pictures: LabelledPictures, *, chosen_on: bool) -> list[LabelledPicture]:
    """The pictures on which was chosen, or the others: a half each, drawn by name with a fixed seed."""
    names = sorted(one.name for one in pictures.pictures)
    order = np.random.default_rng(SEED).permutation(len(names))
    drawn = {names[i] for i in order[: len(names) // 2]}
    return [one for one in pictures.pictures if (one.name in drawn) == chosen_on]


def by_hand(maps: ClassMaps, classes: Iterable[str]) -> np.ndarray:
    """(K, 2) highest cell of the highest relative, less the mean of all classes: a list made by people."""
    logits = maps.logits - maps.logits.mean(axis=0)
    points = []
    for relatives in kind_of(classes).values():
        cell = int(logits[list(relatives)].max(axis=0).argmax())
        points.append(maps.placement.centre(*divmod(cell, maps.cells[1])))
    return np.array(points)


def measured(
    title: str, classes: tuple[str, ...], pictures: list[LabelledPicture]
) -> Iterator[dict[str, Any]]:
    """A row a way of placing."""
    network, how = networks.load(), PlacedParameters()
    ways = {
        way: Words.of(classes, PlacedParameters(vectors=way[0], taxonomy=way[1])) for way in WAYS
    }
    found: dict[Any, list[Any]] = {way: [] for way in (*WAYS, RELATIVES)}
    everything = np.ones(len(classes), bool)
    for number, picture in enumerate(pictures):
        maps = placed.look(network, images.read(picture.path), how)
        for way, words in ways.items():
            found[way] += outcomes(words.points(maps), picture, everything)
        found[RELATIVES] += outcomes(by_hand(maps, classes), picture, everything)
        if number % 100 == 99:
            measure.say(f"{title}: {number + 1} of {len(pictures)} pictures")
    for way, own in found.items():
        facts = summary(classes, own)
        vectors, taxonomy = way if isinstance(way, tuple) else (way, False)
        yield {
            "data": title,
            "pictures": len(pictures),
            "asked": facts["asked"],
            "vectors": vectors,
            "taxonomy": taxonomy,
            **{name: round(facts[name], 4) for name in FIGURES},
            **{f"several_{name}": round(facts["several"][name], 4) for name in FIGURES},
        }


def related() -> dict[str, dict[str, float]]:
    """For each source: share of things that have a relative, and of words for no thing that have none."""
    found = {}
    for name in SOURCES:
        how = PlacedParameters(vectors=name)
        accepted = [placed.carriers(word, how).verdict is None for word in (*THINGS, *NO_THINGS)]
        found[name] = {
            "things_placed": float(np.mean(accepted[: len(THINGS)])),
            "others_refused": 1 - float(np.mean(accepted[len(THINGS) :])),
        }
    return found


def run(data: Path) -> dict[str, Any]:
    """All figures, as the object that `--json` prints."""
    val = labelled.read("voc", data / "voc", "val")
    train = labelled.read("voc", data / "voc", "train")
    unseen = half(train, chosen_on=False)
    rows = [
        *measured("VOC 2012 val, a subset", val.classes, list(val.pictures)),
        *measured("VOC 2012 train, the half that no choice has seen", train.classes, unseen),
    ]
    return {
        "rows": rows,
        "related": related(),
        "network": networks.DEFAULT,
        "seed": SEED,
        **measure.circumstances(PACKAGES),
    }


def rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """A row a way of placing and set; circumstances, and what is told apart, are in every row."""
    shared = {key: result[key] for key in ("network", "seed", "date", "machine", "versions")}
    nothing = {"things_placed": "", "others_refused": ""}
    return [one | result["related"].get(one["vectors"], nothing) | shared for one in result["rows"]]


def table(results: list[dict[str, Any]]) -> str:
    """Percent, a line a set and way; from rows as they are or as they were read from the file."""
    lines = []
    for row in results:
        taxonomy = ", with taxonomy" if str(row["taxonomy"]) == "True" else ""
        title = SOURCES[row["vectors"]].title if row["vectors"] in SOURCES else row["vectors"]
        figures = (*FIGURES, "several_pointing")
        lines.append(
            (
                str(row["data"]).removeprefix("VOC 2012 "),
                f"{title}{taxonomy}",
                *(f"{100 * float(row[name]):.1f}" for name in figures),
            )
        )
    head = (
        "VOC 2012",
        "words by",
        "pointing",
        "a wrong word",
        "the middle",
        "pointing, several classes",
    )
    return measure.table([head, *lines])


def main() -> int:
    """The command line; status 2 where there are no pictures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.words", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true", help="keep benchmarks/results/words.csv")
    arguments = parser.parse_args()
    data = settings().data
    if data is None or not (data / "voc").is_dir():
        measure.say("There are no labelled pictures. Set WSL_DATA to the folder of labelled sets.")
        return 2
    try:
        result = run(data)
    except WslError as error:
        measure.say(str(error))
        return 2
    if arguments.write:
        measure.write("words", rows(result))
    print(json.dumps(result, indent=1) if arguments.json else table(result["rows"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
