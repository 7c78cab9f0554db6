"""Pictures with image labels and, where the set has them, boxes: one form for all layouts.

`read` turns a set in one of the published layouts (`FORMATS`) into `LabelledPictures`. Pictures are named,
not opened, so that reading stays light.
"""

import importlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import DatasetError

PRESENT, ABSENT, UNKNOWN = 1, 0, -1
"""The labels of a class in a picture. Unknown: only difficult objects, which evaluations leave out."""


@dataclass(frozen=True)
class LabelledObject:
    """One object of a picture.

    Attributes:
        index: of its class in `LabelledPictures.classes`.
        box: (left, top, right, bottom) edges in picture pixels, 0 .. width and 0 .. height.
        difficult: whether evaluations leave it out (VOC's difficult objects, COCO's crowds).
    """

    index: int
    box: tuple[float, float, float, float]
    difficult: bool


@dataclass(frozen=True)
class LabelledPicture:
    """A picture, its image labels and its objects.

    Attributes:
        name: unlike that of every other picture of the set.
        path: of the file; it is not decoded here.
        width: in pixels, of the picture as it is shown (upright).
        height: in pixels.
        labels: (K,) 1 where the class is present, 0 where it is absent, -1 where it is unknown: all its
            objects are difficult. A class that is unknown in a picture leaves that picture out of its
            average precision.
        objects: in the order of the set; empty where a set has labels only.
        mask: of the objects as people outlined them, where the set has one; see `read_mask`.
    """

    name: str
    path: Path
    width: int
    height: int
    labels: tuple[int, ...]
    objects: tuple[LabelledObject, ...] = ()
    mask: Path | None = None


@dataclass(frozen=True)
class LabelledPictures:
    """The pictures of one split, in the published order.

    Attributes:
        title: of set and split, "VOC 2012 train".
        classes: (K,) names, the same for every split of a set.
        pictures: each name once.
        single: whether a picture shows exactly one class (folders), so that classes exclude each other.
        missing: names of listed pictures that were left out since their file or annotation is missing.

    Raises:
        DatasetError: a picture that is listed twice, or no picture at all.
    """

    title: str
    classes: tuple[str, ...]
    pictures: tuple[LabelledPicture, ...]
    single: bool = False
    missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be a split."""
        refuse_twice(self.title, (one.name for one in self.pictures))
        if not self.pictures:
            left = f": all {len(self.missing)} that it lists are missing" if self.missing else ""
            raise DatasetError(
                f"{self.title} holds no picture{left}. Accepted is a split of at least one picture: "
                "choose another split, or get the set again."
            )

    @property
    def targets(self) -> NDArray[np.int8]:
        """(N, K) the labels of all pictures: 1 present, 0 absent, -1 unknown."""
        return np.array([one.labels for one in self.pictures], np.int8)

    @property
    def counts(self) -> dict[str, int]:
        """In how many pictures each class is present."""
        present = (self.targets == PRESENT).sum(0)
        return dict(zip(self.classes, present.tolist(), strict=True))

    def check_several(self) -> None:
        """Refuse a split in which nothing can be told apart.

        Raises:
            DatasetError: the split shows a single class, or none.
        """
        shown = [name for name, count in self.counts.items() if count]
        if len(shown) < 2:
            found = f"only the class {shown[0]!r}" if shown else "no class"
            raise DatasetError(
                f"{self.title} shows {found}, so there is nothing to tell it from. Accepted are "
                "pictures of two classes or more: choose another split or set."
            )

    def check_trainable(self) -> None:
        """Refuse a split from which no classifier of these classes can be learned.

        Raises:
            DatasetError: the split shows a single class, or a class has no picture.
        """
        self.check_several()
        empty = [name for name, count in self.counts.items() if not count]
        if empty:
            raise DatasetError(
                f"{self.title} has no picture of {_classes(len(empty))} {some(empty, quote=True)}. "
                f"Training needs one or more of each of the {len(self.classes)} classes: choose another "
                "split, add pictures, or take the empty classes out of the set."
            )


Reader = Callable[..., LabelledPictures]
"""(root, split, year, *, skip_missing), as `read` takes them."""


@dataclass(frozen=True)
class Format:
    """A layout that can be read.

    Attributes:
        title: what people call it.
        layout: what the root holds, a sentence.
        reader: "module:function" of a `Reader`.
    """

    title: str
    layout: str
    reader: str


FORMATS = {
    "voc": Format(
        "PASCAL VOC",
        "The root holds VOCdevkit/VOC2012 (or of another year), as for torchvision; a split is a list in "
        "ImageSets/Main.",
        "wsl_core.datasets.voc_labels:read",
    ),
    "coco": Format(
        "COCO JSON",
        "The root holds annotations/instances_SPLIT.json, or instances.json, and the pictures in a folder "
        "of the split's name, in images, or beside it.",
        "wsl_core.datasets.coco:read",
    ),
    "folders": Format(
        "class folders",
        "The root holds SPLIT/CLASS/picture.jpg, or CLASS/picture.jpg with a table split.csv (path, class, "
        "split) where it is split.",
        "wsl_core.datasets.folders:read",
    ),
}
"""By the name that `read` and the command line take."""


def read(
    format: str,
    root: Path | str,
    split: str = "train",
    year: int = 2012,
    *,
    skip_missing: bool = False,
) -> LabelledPictures:
    """The pictures of one split of a set, with their labels.

    Args:
        format: one of `FORMATS`.
        root: the set's folder in its published layout, as `Format.layout` says.
        split: "train", "val" or whatever the set names.
        year: of VOC; of COCO it decides where there are several ("train2014", "train2017").
        skip_missing: leave out pictures whose file or annotation is missing and name them in `missing`.

    Raises:
        DatasetError: an unknown format or split; pictures or annotations that are missing, damaged or
            listed twice; labels outside the class list.
    """
    if format not in FORMATS:
        raise DatasetError(
            f"There is no format of labelled sets called {format!r}. There are: {', '.join(FORMATS)}."
        )
    module, _, function = FORMATS[format].reader.partition(":")
    reader = cast(Reader, getattr(importlib.import_module(module), function))
    return reader(Path(root), split, year, skip_missing=skip_missing)


def read_mask(picture: LabelledPicture) -> NDArray[np.uint8]:
    """The mask of a picture, (height, width): 0 background, 1 + index of a class, 255 not to be judged.

    Raises:
        DatasetError: there is none, it cannot be read, or it is of another size than the picture.
    """
    from PIL import Image

    if picture.mask is None:
        raise DatasetError(
            f"The picture {picture.name} has no mask. Ask for those whose `mask` is set."
        )
    try:
        with Image.open(picture.mask) as file:
            found = np.asarray(file)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DatasetError(
            f"The mask {picture.mask.name} cannot be read ({type(error).__name__}). Get the set again."
        ) from None
    if found.shape != (picture.height, picture.width) or found.dtype != np.uint8:
        raise DatasetError(
            f"The mask {picture.mask.name} has the shape {found.shape}, and its picture {picture.height} x "
            f"{picture.width} px; needed is one byte a pixel of the picture. Get the set again."
        )
    return found


def labels_of(objects: Iterable[LabelledObject], classes: int) -> tuple[int, ...]:
    """(K,) image labels from objects: present with an object that is not difficult, else unknown."""
    labels = [ABSENT] * classes
    for one in objects:
        if not one.difficult:
            labels[one.index] = PRESENT
        elif labels[one.index] == ABSENT:
            labels[one.index] = UNKNOWN
    return tuple(labels)


def refuse_twice(title: str, names: Iterable[str]) -> None:
    """Refuse a list that names a picture more than once."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DatasetError(
            f"{title} lists {_pictures(len(twice))} more than once: {some(twice)}. A picture counts "
            "once: take the repetitions out of the list."
        )


def refuse_missing(title: str, listed: int, missing: Mapping[str, str]) -> None:
    """Refuse a set of which something is missing.

    Args:
        title: of set and split.
        listed: how many pictures the split lists.
        missing: by the name of a picture, what of it is not there.
    """
    if missing:
        named = [f"{name} ({what})" for name, what in missing.items()]
        raise DatasetError(
            f"Of {listed:,} pictures that {title} lists, {len(missing):,} cannot be read since a file "
            f"is not there: {some(named)}. Get the set again, or read the rest with skip_missing=True."
        )


def refuse_unknown(title: str, unknown: Mapping[str, str], classes: Sequence[str]) -> None:
    """Refuse labels outside the class list; `unknown` has for each label a picture that bears it."""
    if unknown:
        named = [f"{label!r} ({picture})" for label, picture in unknown.items()]
        raise DatasetError(
            f"{title} bears {len(unknown)} label{'s' * (len(unknown) > 1)} outside its class list: "
            f"{some(named)}. Accepted are its {len(classes)} classes: {some(classes, 100)}. Correct the "
            "annotations, or get the set again."
        )


def no_split(title: str, split: str, place: Path, there: Iterable[str]) -> DatasetError:
    """What to raise where a set has no such split."""
    named = some(sorted(there), 30) or "none at all"
    return DatasetError(f"{title} has no split {split!r} in {place}. There are: {named}.")


def some(names: Sequence[str], most: int = 5, *, quote: bool = False) -> str:
    """The first of some names, and how many more there are."""
    shown = ", ".join(repr(name) if quote else name for name in names[:most])
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown


def _pictures(count: int) -> str:
    return f"{count:,} picture{'s' * (count > 1)}"


def _classes(count: int) -> str:
    return f"the {count} classes" if count > 1 else "the class"
