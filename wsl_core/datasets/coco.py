"""COCO JSON as a set of labelled pictures: several classes a picture, crowds as difficult objects.

`annotations/instances_SPLIT.json` (or one `instances.json`) lists pictures, objects and classes; pictures
lie in a folder of the split's name, in `images`, or beside it (Lin et al., ECCV 2014). Boxes are published
as left, top, width and height; here by their edges. Polygons are not kept.
"""

import re
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import BaseModel, Field, FiniteFloat, NonNegativeFloat, PositiveInt, ValidationError

from wsl_core.datasets.labelled import (
    FORMATS,
    LabelledObject,
    LabelledPicture,
    LabelledPictures,
    labels_of,
    no_split,
    refuse_missing,
    refuse_twice,
    refuse_unknown,
)
from wsl_core.errors import DatasetError

_Length = Annotated[NonNegativeFloat, Field(allow_inf_nan=False)]


class _Image(BaseModel):
    id: int
    file_name: str = Field(min_length=1)
    width: PositiveInt
    height: PositiveInt
    split: str | None = None


class _Annotation(BaseModel):
    image_id: int
    category_id: int
    bbox: tuple[FiniteFloat, FiniteFloat, _Length, _Length]
    iscrowd: int = 0


class _Category(BaseModel):
    id: int
    name: str = Field(min_length=1)


class _Instances(BaseModel):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category]


def read(
    root: Path, split: str = "train", year: int = 2012, *, skip_missing: bool = False
) -> LabelledPictures:
    """A split of a set in COCO's layout, in the order of its file; see `labelled.read`.

    "train" also stands for "train2017" where only one year is there. The splits of one `instances.json`
    are what its pictures say of themselves (`split`) and "all"; where they say nothing, "train" is all.
    Classes are those of the file by name, in the order of their numbers (COCO has 80).
    """
    file, split, data, listed = _opened(root, split, year)
    title = f"COCO {split}"
    known = {one.id: one for one in data.images}
    refuse_twice(title, (f"number {one.id}" for one in data.images))
    _check_belonging(file, data, known)

    categories = sorted(data.categories, key=lambda one: one.id)
    classes = tuple(one.name for one in categories)
    index = {one.id: place for place, one in enumerate(categories)}
    unknown = {
        f"category {one.category_id}": known[one.image_id].file_name
        for one in data.annotations
        if one.category_id not in index
    }
    refuse_unknown(f"{file.name} of {title}", unknown, classes)

    objects: dict[int, list[LabelledObject]] = defaultdict(list)
    for one in data.annotations:
        box = _edges(one, known[one.image_id], file)
        thing = LabelledObject(index[one.category_id], box, difficult=bool(one.iscrowd))
        objects[one.image_id].append(thing)

    places = (root / split, root / "images" / split, root / "images", root)
    found, missing = [], {}
    for image in listed:
        name = str(PurePosixPath(image.file_name).with_suffix(""))
        path = next((p / image.file_name for p in places if (p / image.file_name).is_file()), None)
        if path is None:
            missing[name] = "picture"
            continue
        things = tuple(objects[image.id])
        labels = labels_of(things, len(classes))
        found.append(LabelledPicture(name, path, image.width, image.height, labels, things))
    if not skip_missing:
        refuse_missing(title, len(listed), missing)
    return LabelledPictures(title, classes, tuple(found), missing=tuple(missing))


def _opened(root: Path, split: str, year: int) -> tuple[Path, str, _Instances, list[_Image]]:
    """The file that holds a split, the split's full name, what the file says, the split's pictures."""
    apart = {
        path.stem.removeprefix("instances_"): path
        for folder in (root, root / "annotations")
        for path in folder.glob("instances_*.json")
    }
    if name := _named(split, apart, year):
        data = _parsed(apart[name])
        return apart[name], name, data, data.images
    for file in (root / "instances.json", root / "annotations" / "instances.json"):
        if file.is_file():
            data = _parsed(file)
            inside = {one.split for one in data.images if one.split}
            if split == "all" or (split == "train" and not inside):
                return file, "all", data, data.images
            if name := _named(split, inside, year):
                return file, name, data, [one for one in data.images if one.split == name]
            raise no_split("COCO", split, file, {*apart, *inside, "all"})
    if apart:
        raise no_split("COCO", split, root, apart)
    raise DatasetError(f"There is no COCO JSON in {root}. {FORMATS['coco'].layout}")


def _named(split: str, there: Collection[str], year: int) -> str | None:
    """The split that is meant: of this very name, or of this name and a year."""
    if split in there:
        return split
    of_years = [name for name in there if re.fullmatch(re.escape(split) + r"\d{4}", name)]
    if len(of_years) > 1:
        of_years = [name for name in of_years if name.endswith(str(year))]
    return of_years[0] if of_years else None


def _parsed(file: Path) -> _Instances:
    try:
        data = _Instances.model_validate_json(file.read_bytes())
    except OSError as error:
        raise DatasetError(
            f"{file} cannot be read: {error.strerror}. Check the file and its permissions."
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _damaged(file, f"{place}: {first['msg']}" if place else first["msg"]) from None
    names = [one.name for one in data.categories]
    if len(set(names)) < len(names) or len({one.id for one in data.categories}) < len(names):
        raise _damaged(file, "two of its classes have the same name or number")
    return data


def _check_belonging(file: Path, data: _Instances, known: dict[int, _Image]) -> None:
    strays = sorted({one.image_id for one in data.annotations} - known.keys())
    if strays:
        found = f"{len(strays)} pictures have objects but are not listed, the first is {strays[0]}"
        raise _damaged(file, found)


def _edges(one: _Annotation, image: _Image, file: Path) -> tuple[float, float, float, float]:
    """The box by its edges. COCO's own boxes leave some pictures by a fraction of a pixel: cut there."""
    left, top, width, height = one.bbox
    right, bottom = left + width, top + height
    if left > image.width or top > image.height or right < 0 or bottom < 0:
        size = f"{image.width} x {image.height} px"
        raise _damaged(file, f"the box {list(one.bbox)} does not lie in {image.file_name} ({size})")
    return max(left, 0), max(top, 0), min(right, image.width), min(bottom, image.height)


def _damaged(file: Path, found: str) -> DatasetError:
    return DatasetError(
        f"{file} is not readable as COCO JSON: {found}. Accepted is a file with images, annotations and "
        "categories as COCO publishes them: get it again."
    )
