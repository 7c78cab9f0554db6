"""PASCAL VOC's pictures and boxes, read from the layout in which they are published (VOCdevkit).

`ImageSets/Main/SPLIT.txt` names pictures, `Annotations/NAME.xml` holds the boxes of one, `JPEGImages` the
pictures themselves. Pixels are counted from 1 there and both ends of a box belong to it; here a box is
given by its edges, so that its width is right - left (Everingham et al., IJCV 2010 and 2015).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from wsl_core.errors import DatasetError

CLASSES = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
)  # fmt: skip
"""The 20 classes, in the published order."""

Task = Literal["Main", "Segmentation"]
"""The folders of lists: of all pictures, and of those that have masks."""

_LAYOUT = "Give the folder VOC2012, the folder VOCdevkit that holds it, or the folder that holds VOCdevkit."


@dataclass(frozen=True)
class VOCObject:
    """One object of a picture.

    Attributes:
        name: of its class.
        box: (left, top, right, bottom) edges in picture pixels, 0 .. width and 0 .. height.
        difficult: whether the annotators marked it so; evaluations leave such objects out.
    """

    name: str
    box: tuple[float, float, float, float]
    difficult: bool

    @property
    def area(self) -> float:
        """Of its box, in square pixels."""
        left, top, right, bottom = self.box
        return (right - left) * (bottom - top)


@dataclass(frozen=True)
class VOCPicture:
    """A picture and all its objects.

    Attributes:
        name: without an ending, "2007_000032".
        path: of the JPEG file; it is not opened here.
        width: in pixels.
        height: in pixels.
        objects: in the order of the file.
    """

    name: str
    path: Path
    width: int
    height: int
    objects: tuple[VOCObject, ...]


def pictures(root: Path, split: str = "train", year: int = 2012) -> Iterator[VOCPicture]:
    """The pictures of a split with their boxes, read one by one in the published order.

    Args:
        root: the folder VOC2012 (of another year: VOC2007), VOCdevkit, or the one that holds VOCdevkit.
        split: a list in `ImageSets/Main`: "train", "val", "trainval", or one of a class ("cat_train"),
            which names all pictures of the split.
        year: of the challenge.

    Raises:
        DatasetError: a folder, list or annotation that is missing or damaged.
    """
    folder = find(root, year)
    return (read(folder, name) for name in names(folder, split))


def _place(root: Path, year: int) -> Path | None:
    name = f"VOC{year}"
    places = (root / "VOCdevkit" / name, root / name, root)
    return next((one for one in places if (one / "ImageSets" / "Main").is_dir()), None)


def is_there(root: Path, year: int = 2012) -> bool:
    """Whether a folder is, or holds, VOC in its layout."""
    return _place(root, year) is not None


def find(root: Path, year: int = 2012) -> Path:
    """The folder VOC2012 (or of another year); see `pictures` for what `root` may be."""
    if (place := _place(root, year)) is not None:
        return place
    raise DatasetError(f"There is no VOC {year} in {root}: no folder ImageSets/Main. {_LAYOUT}")


def names(folder: Path, split: str, task: Task = "Main") -> list[str]:
    """The pictures that a split lists, in its order; `folder` is that of `find`."""
    lists = folder / "ImageSets" / task
    if not (lists / f"{split}.txt").is_file():
        of_classes = tuple(f"{name}_" for name in CLASSES)
        stems = sorted(path.stem for path in lists.glob("*.txt"))
        there = ", ".join(stem for stem in stems if not stem.startswith(of_classes))
        raise DatasetError(
            f"VOC has no split {split!r} in {lists}. There are: {there or 'none at all'}."
        )
    lines = (lists / f"{split}.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    return [line.split()[0] for line in lines if line.strip()]


def annotation(folder: Path, name: str) -> Path:
    """Where the boxes of a picture are."""
    return folder / "Annotations" / f"{name}.xml"


def jpeg(folder: Path, name: str) -> Path:
    """Where a picture is."""
    return folder / "JPEGImages" / f"{name}.jpg"


def mask(folder: Path, name: str) -> Path:
    """Where the mask of a picture is, if people have made one: a palette PNG, its values classes."""
    return folder / "SegmentationClass" / f"{name}.png"


def read(folder: Path, name: str) -> VOCPicture:
    """One picture with its boxes; `folder` is that of `find`.

    Raises:
        DatasetError: its annotation is missing or damaged.
    """
    path = annotation(folder, name)
    try:
        root = ElementTree.parse(path).getroot()
        width, height = (int(_text(root, f"size/{side}")) for side in ("width", "height"))
        found = tuple(_object(one, width, height) for one in root.findall("object"))
    except FileNotFoundError:
        raise DatasetError(
            f"The annotation {path.name} of a listed picture is not in {path.parent}. Get the set again."
        ) from None
    except (OSError, ElementTree.ParseError, ValueError) as error:
        raise DatasetError(
            f"The annotation {path.name} cannot be read: {error}. Get the set again."
        ) from None
    return VOCPicture(name, jpeg(folder, name), width, height, found)


def _object(element: ElementTree.Element, width: int, height: int) -> VOCObject:
    """Raises ValueError where something is missing or the box does not lie in the picture."""
    corners = ("xmin", "ymin", "xmax", "ymax")
    left, top, right, bottom = (float(_text(element, f"bndbox/{corner}")) for corner in corners)
    if not (1 <= left <= right <= width and 1 <= top <= bottom <= height):
        raise ValueError(
            f"the box {left:g}, {top:g}, {right:g}, {bottom:g} does not lie in {width} x {height} px"
        )
    return VOCObject(
        name=_text(element, "name"),
        box=(left - 1, top - 1, right, bottom),
        difficult=element.findtext("difficult", "0").strip() == "1",
    )


def _text(element: ElementTree.Element, path: str) -> str:
    text = element.findtext(path)
    if text is None:
        raise ValueError(f"it has no {path}")
    return text.strip()
