"""PASCAL VOC as a set of labelled pictures: several classes a picture.

The list of a split says which pictures; the labels come from the annotations, so that every list in
`ImageSets/Main` works: those of a class ("cat_train") name all pictures of the split. VOC's own lists
write 1, 0, -1 for what is here 1 present, -1 only difficult objects, 0 absent (Everingham et al., 2010).
"""

from pathlib import Path

from wsl_core.datasets import voc
from wsl_core.datasets.labelled import (
    LabelledObject,
    LabelledPicture,
    LabelledPictures,
    labels_of,
    refuse_missing,
    refuse_twice,
    refuse_unknown,
)

_INDEX = {name: index for index, name in enumerate(voc.CLASSES)}


def read(
    root: Path, split: str = "train", year: int = 2012, *, skip_missing: bool = False
) -> LabelledPictures:
    """A split of VOC, in the order of its list; see `labelled.read`."""
    return _read(root, split, year, f"VOC {year} {split}", "Main", skip_missing)


def read_with_masks(
    root: Path, split: str = "train", year: int = 2012, *, skip_missing: bool = False
) -> LabelledPictures:
    """The pictures of a split of VOC that have masks, by the lists in `ImageSets/Segmentation`.

    Raises:
        DatasetError: as `labelled.read` does, and where a mask is missing.
    """
    return _read(
        root, split, year, f"VOC {year} segmentation {split}", "Segmentation", skip_missing
    )


def _read(
    root: Path, split: str, year: int, title: str, task: voc.Task, skip_missing: bool
) -> LabelledPictures:
    folder = voc.find(root, year)
    names = voc.names(folder, split, task)
    refuse_twice(title, names)
    missing = {name: what for name in names if (what := _missing(folder, name, task))}
    if not skip_missing:
        refuse_missing(title, len(names), missing)
    found = [voc.read(folder, name) for name in names if name not in missing]
    unknown = {
        thing.name: one.name for one in found for thing in one.objects if thing.name not in _INDEX
    }
    refuse_unknown(title, unknown, voc.CLASSES)
    pictures = tuple(_labelled(folder, one) for one in found)
    return LabelledPictures(title, voc.CLASSES, pictures, missing=tuple(missing))


def _missing(folder: Path, name: str, task: voc.Task) -> str:
    places = {"picture": voc.jpeg(folder, name), "annotation": voc.annotation(folder, name)}
    if task == "Segmentation":
        places["mask"] = voc.mask(folder, name)
    return " and ".join(what for what, path in places.items() if not path.is_file())


def _labelled(folder: Path, one: voc.VOCPicture) -> LabelledPicture:
    objects = tuple(
        LabelledObject(_INDEX[thing.name], thing.box, thing.difficult) for thing in one.objects
    )
    labels = labels_of(objects, len(voc.CLASSES))
    mask = voc.mask(folder, one.name)
    return LabelledPicture(
        one.name, one.path, one.width, one.height, labels, objects, mask if mask.is_file() else None
    )
