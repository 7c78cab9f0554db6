"""Small labelled sets that need no data folder: `example:NAME` in the place of a folder.

Each is packed as a zip file in memory, so that it is read as any upload is.
"""

import io
import zipfile
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wsl_core.datasets import collection
from wsl_core.datasets.collection import Collection
from wsl_core.errors import DatasetError

PREFIX = "example:"
EACH = 40  # pictures of a class


@dataclass(frozen=True)
class Example:
    """A set.

    Attributes:
        name: in links.
        title: for people.
        sentence: what it is.
    """

    name: str
    title: str
    sentence: str


EXAMPLES = {
    one.name: one
    for one in (
        Example(
            "digits",
            "Handwritten digits",
            "MNIST, 40 of each: nothing that ImageNet shows, so early layers may do best.",
        ),
        Example(
            "signs",
            "Drawn traffic signs",
            "The 43 signs of GTSRB, drawn by the program before pieces of photographs, 14 of each.",
        ),
    )
}


def of(data: str) -> Collection:
    """The pictures of an example.

    Args:
        data: "example:NAME".

    Raises:
        DatasetError: there is none of this name.
    """
    name = data.removeprefix(PREFIX)
    if name not in EXAMPLES:
        raise DatasetError(
            f"There is no example set named {name!r}. There are: {', '.join(EXAMPLES)}."
        )
    pictures, labels, classes = _digits() if name == "digits" else _signs()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for number, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
            data_of = io.BytesIO()
            Image.fromarray(picture).save(data_of, "PNG", compress_level=1)
            inside = zipfile.ZipInfo(f"{classes[label]}/{number:04d}.png")  # one date for all
            file.writestr(inside, data_of.getvalue())
    return collection.of_zip(packed.getvalue(), EXAMPLES[name].title, 10_000, 100)


Set = tuple[NDArray[np.uint8], NDArray[np.int64], tuple[str, ...]]


def _digits() -> Set:
    from wsl_core.datasets.domains.readers.handwritten import shipped

    train, _ = shipped()
    labels = train.labels.astype(np.int64)
    kept = np.concatenate([np.flatnonzero(labels == k)[:EACH] for k in range(10)])
    return train.pictures[kept], labels[kept], tuple("0123456789")


def _signs() -> Set:
    from wsl_core.datasets.domains.generate import GenerateParameters, generate

    made = generate("syn-signs", GenerateParameters(count=43 * 14))
    classes = tuple(f"{k:02d} {name}" for k, name in enumerate(made.classes))
    return made.pictures, made.labels.astype(np.int64), classes
