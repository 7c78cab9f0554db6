"""PACS: photographs and sketches of seven things; methods work on features of the default network."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.domains.cards import Request
from wsl_core.datasets.domains.generators.edge_drawings import edge_drawings
from wsl_core.datasets.domains.loaders import amounts
from wsl_core.datasets.domains.pair import DomainPair, Labelled
from wsl_core.datasets.domains.readers.picture_files import class_folders, pictures
from wsl_core.datasets.domains.sets import SETS, folder_of, layout_of
from wsl_core.errors import DatasetError

PHOTOGRAPHS, SKETCHES = 1670, 3929
"""Pictures of the published set."""
DRAWINGS = 3
"""Of every photograph, where they are drawn."""


def photo_sketch(request: Request) -> DomainPair:
    """Photographs and sketches, 225 x 225.

    The unlabelled sketches are those tested on. The ceiling is trained on half of them, of each class,
    and measured on the other half.

    Raises:
        DatasetError: a folder is missing, a picture is damaged, or the classes differ.
    """
    root = folder_of("pacs")
    if layout_of("pacs") == "published":
        root = root / "kfold"
    found = {domain: class_folders(root / domain) for domain in ("photo", "sketch")}
    differing = set(found["photo"]) ^ set(found["sketch"])
    if differing:
        raise DatasetError(
            f"The label sets differ: only one of {root / 'photo'} and {root / 'sketch'} has the class folder "
            f"{', '.join(sorted(differing))}. Both domains need the same: add the folder or remove it."
        )
    classes = tuple(found["photo"])
    side = request.card.side
    source = _taken(request, "source", found["photo"], side, "photographs")
    tested = _taken(request, "evaluation", found["sketch"], side, "sketches")
    target = tested[request.some("target", tested.labels)]
    first = _half(request.random("target"), tested.labels)
    return DomainPair(
        name=request.card.name,
        title=request.card.title,
        classes=classes,
        source=source,
        target=target.without_labels(),
        evaluation=tested,
        source_evaluation=None,
        target_labelled=tested[first],
        data=amounts.together(
            amounts.read(len(source), PHOTOGRAPHS), amounts.read(len(tested), SKETCHES)
        ),
        notes=(
            "The unlabelled sketches are those tested on (transductive).",
            "The ceiling is trained on half of the sketches and measured on the other half.",
        ),
        licence=f"PACS: {SETS['pacs'].licence}",
        ceiling_evaluation=tested[~first],
    )


def edges_sketch(request: Request) -> DomainPair:
    """The photographs drawn as their edges, three times each, and the sketches; else as `photo_sketch`.

    Raises:
        DatasetError: a folder is missing, a picture is damaged, or the classes differ.
    """
    pair = photo_sketch(request)
    random = np.random.default_rng(request.seed_of("source"))
    source = Labelled(
        edge_drawings(random, np.asarray(pair.source.values, np.uint8), DRAWINGS),
        np.tile(pair.source.labels, DRAWINGS),
        f"edges of {pair.source.title}",
    )
    note = (
        f"Each photograph is drawn {DRAWINGS} times as its edges: that the target is drawings is known, "
        "and no label of it is used."
    )
    data = amounts.together("generated", pair.data)
    return replace(pair, source=source, data=data, notes=(note, *pair.notes))


def _taken(request: Request, part: str, found: dict, side: int, title: str) -> Labelled:
    paths = [path for one in found.values() for path in one]
    labels = np.repeat(np.arange(len(found)), [len(one) for one in found.values()])
    chosen = request.some(part, labels)
    taken = pictures([paths[k] for k in chosen], side)
    return Labelled(taken, labels[chosen], f"PACS, {len(chosen):,} {title}")


def _half(random: np.random.Generator, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """A mask of a random half of each class."""
    within = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        places = random.permutation(np.flatnonzero(labels == label))
        within[places[: max(1, len(places) // 2)]] = True
    return within
