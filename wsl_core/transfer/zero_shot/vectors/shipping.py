"""Make the words that ship again: `python -m wsl_core.transfer.zero_shot.vectors.shipping DATA`.

DATA is the folder of labelled sets: names of their classes (words/names.json) and WordNet's ancestors of
ImageNet's classes (imagenet/hierarchy.json) are read from it. Both packages of vectors must be there.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from wsl_core import whole_files
from wsl_core.errors import DatasetError
from wsl_core.networks import imagenet
from wsl_core.transfer.zero_shot.vectors import SOURCES, package_folder, plain, shipped
from wsl_core.transfer.zero_shot.vectors.glove import Table, described, tokens
from wsl_core.transfer.zero_shot.vectors.minilm import MiniLM

SETS = ("awa2", "awa2_predicates", "cub", "voc", "coco", "caltech101", "cifar10", "pacs")
TEXTS = (
    4700  # of them, the rest being the most frequent names of things, so that all stays below 3 MB
)
# What people try first, and what has no relative among things, so that it can be refused for that reason.
TRIED = """
kitten; puppy; whiskers; paw; tail; ear; beak; fur; pet; wild animal; furry pet; spaceship; blossom;
petal; mug; drink; breakfast; food; dessert; vegetable; furniture; vehicle; motorbike; engine; headlight;
zebra crossing; traffic sign; street; pavement; skyscraper; building; roof; door; palace; castle; bridge;
road; railway; harbour; ocean; wave; forest; garden; lawn; sky; cloud; sunset; rain; fire; smoke; shadow;
mirror; picture frame; painting; newspaper; book; toy; doll; balloon; ball; sports; football; tennis;
swimming; dancing; running; crowd; child; baby; girl; boy; man; woman; people; face; eye; mouth; hair;
hand; smile; hat; helmet; uniform; space suit; camera; tripod; computer; screen; keyboard; phone; tool;
weapon; machine; clock; lamp; bed; curtain; blanket; theorem; opinion; because; income tax; justice;
freedom; democracy; philosophy; mathematics; algorithm; history; happiness; love; anger; fear; hope;
idea; memory; tomorrow; yesterday; seventeen; percentage; grammar; religion; economy; inflation; energy;
gravity; voltage; politics; law; although; quickly; beautiful; honesty; logic; wisdom
"""


def main(data: Path) -> None:
    """Write the files."""
    glove = Table.of(_place("glove") / "data")
    network = MiniLM.of(_place("minilm") / "model")
    lines = ancestors(json.loads((data / "imagenet" / "hierarchy.json").read_text("utf-8")))
    sets = json.loads((data / "words" / "names.json").read_text("utf-8"))
    wanted = {plain(part) for name in imagenet.classes().names for part in name.split(",")}
    wanted |= {plain(one) for one in lines["names"]}
    wanted |= {plain(one["text"]) for name in SETS for one in sets[name]}
    wanted |= {plain(one) for one in TRIED.split(";")}
    for name in _things(glove):
        if len(wanted) >= TEXTS:
            break
        wanted.add(name)
    texts = sorted(wanted)
    classes = [described(i) for i in range(len(imagenet.classes()))]
    words = {word for text in (*texts, *classes) for word in tokens(text)}
    rows = sorted((glove.numbers[word], word) for word in words if word in glove.numbers)
    ranks = np.array([rank for rank, _ in rows], np.int32)
    print(f"{len(texts)} texts, {len(rows)} words", file=sys.stderr, flush=True)
    folder = Path(str(shipped.HERE))
    made = {
        "texts.txt": "".join(f"{one}\n" for one in texts).encode(),
        "words.txt": "".join(f"{word}\n" for _, word in rows).encode(),
        "ancestors.json": json.dumps(lines, separators=(",", ":")).encode() + b"\n",
        "glove.safetensors": save(
            {"vectors": np.asarray(glove.vectors[ranks], np.float16), "ranks": ranks}
        ),
        "minilm.safetensors": save(
            {"texts": _bytes(network, texts), "classes": _bytes(network, classes)}
        ),
    }
    for name, content in made.items():
        whole_files.write(folder / name, content)


def ancestors(hierarchy: dict[str, Any]) -> dict[str, Any]:
    """For each class its ancestors in WordNet, nearest first, as numbers into a list of first names."""
    parents, names = hierarchy["parents"], hierarchy["names"]
    known: dict[str, int] = {}
    found = []
    for leaf in hierarchy["leaves"]:
        chain: list[str] = []
        waiting = [leaf]
        while waiting:
            above = [one for one in parents[waiting.pop(0)] if one not in chain]
            chain += above
            waiting += above
        found.append([known.setdefault(plain(names[one][0]), len(known)) for one in chain])
    return {"source": hierarchy["source"], "names": list(known), "classes": found}


def _things(glove: Table) -> list[str]:
    """Single words that name one of ImageNet's 21,000 classes, the most frequent first."""
    folder = _installed("timm", "the names of things")
    table = (folder / "data" / "_info" / "imagenet_synset_to_lemma.txt").read_text("utf-8")
    names = {plain(part) for line in table.splitlines() for part in line.split("\t")[1].split(",")}
    return [word for word in glove.numbers if word in names and word.isalpha()]


def _bytes(network: MiniLM, texts: list[str]) -> NDArray[np.int8]:
    """Directions alone, a byte a number."""
    rows = np.stack([network.vector(text) for text in texts])
    return np.round(rows / np.abs(rows).max(axis=1, keepdims=True) * 127).astype(np.int8)


def _place(name: str) -> Path:
    card = SOURCES[name]
    return _installed(card.module, card.title)


def _installed(module: str, what: str) -> Path:
    folder = package_folder(module)
    if folder is None:
        raise DatasetError(
            f"The package {module}, which has {what}, is not there. Install it first."
        )
    return folder


if __name__ == "__main__":
    main(Path(sys.argv[1]))
