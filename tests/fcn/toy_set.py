"""Small sets of drawn pictures whose classes are textures, in the layouts of COCO and of class folders."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = ("dots", "rings", "stripes")


def textures(side: int) -> dict[str, np.ndarray]:
    """A square of each class, (side, side, 3) uint8."""
    y, x = np.mgrid[:side, :side]
    centre = np.hypot(x - side / 2, y - side / 2)
    shapes = {
        "dots": (np.hypot(x % 16 - 8, y % 16 - 8) < 5, (230, 60, 60)),
        "rings": (centre % 14 < 7, (60, 200, 80)),
        "stripes": ((x + y) % 12 < 6, (70, 90, 230)),
    }
    return {
        name: np.where(mask[..., None], np.uint8(colour), np.uint8(245))
        for name, (mask, colour) in shapes.items()
    }


def picture(shown: list[str], random: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Squares of the classes shown, side by side, on grey noise; (width, height) px."""
    width, height = size
    ground = random.integers(110, 146, (height, width, 1), dtype=np.uint8).repeat(3, axis=2)
    for place, name in zip(random.permutation(3), shown, strict=False):
        side = width // 3
        top = random.integers(0, height - side + 1)
        ground[top : top + side, place * side : (place + 1) * side] = textures(side)[name]
    return Image.fromarray(ground)


def coco(root: Path, count: int = 18, difficult: bool = True) -> Path:
    """A set with several classes a picture; every sixth picture has one class as a crowd alone."""
    random = np.random.default_rng(0)
    images, annotations = [], []
    (root / "images").mkdir(parents=True)
    for i in range(count):
        size = ((150, 110), (110, 150))[i % 2]
        shown = [name for k, name in enumerate(CLASSES) if (i % 7 + 1) >> k & 1]
        picture(shown, random, size).save(root / "images" / f"{i:02}.png")
        images.append({"id": i, "file_name": f"{i:02}.png", "width": size[0], "height": size[1]})
        for name in shown:
            annotations.append({
                "image_id": i, "category_id": CLASSES.index(name) + 1, "bbox": [0, 0, 10, 10],
                "iscrowd": int(difficult and i % 6 == 5 and name == shown[0]),
            })  # fmt: skip
    categories = [{"id": k + 1, "name": name} for k, name in enumerate(CLASSES)]
    (root / "annotations").mkdir()
    text = json.dumps({"images": images, "annotations": annotations, "categories": categories})
    (root / "annotations" / "instances_train.json").write_text(text, encoding="utf-8")
    return root


def folders(root: Path, each: int = 4, classes: tuple[str, ...] = CLASSES) -> Path:
    """A set with one class a picture."""
    random = np.random.default_rng(1)
    for name in classes:
        (root / "train" / name).mkdir(parents=True)
        for i in range(each):
            picture([name], random, (150, 110)).save(root / "train" / name / f"{i}.png")
    return root


def voc(root: Path, cases: dict[str, dict[str, tuple[int, int, int, int]]], side: int = 65) -> Path:
    """A set in VOC's layout with masks, by picture the box of each class; every picture is of `val`.

    A class fills its box, one colour a class, on grey; boxes are (left, top, right, bottom) in pixels.
    """
    from wsl_core.datasets.voc import CLASSES as NAMES
    from wsl_core.fcn.segmentation.palette import COLOURS, png

    folder = root / "VOCdevkit" / "VOC2012"
    for part in ("Annotations", "ImageSets/Main", "ImageSets/Segmentation", "JPEGImages",
                 "SegmentationClass"):  # fmt: skip
        (folder / part).mkdir(parents=True)
    for task in ("Main", "Segmentation"):
        (folder / "ImageSets" / task / "val.txt").write_text("\n".join(cases) + "\n")
    for name, boxes in cases.items():
        mask, objects = np.zeros((side, side), np.uint8), ""
        for thing, (left, top, right, bottom) in boxes.items():
            mask[top:bottom, left:right] = 1 + NAMES.index(thing)
            objects += (
                f"<object><name>{thing}</name><difficult>0</difficult><bndbox><xmin>{left + 1}</xmin>"
                f"<ymin>{top + 1}</ymin><xmax>{right}</xmax><ymax>{bottom}</ymax></bndbox></object>"
            )
        pixels = np.where(mask[..., None] > 0, COLOURS[mask], np.uint8(120))
        Image.fromarray(pixels).save(folder / "JPEGImages" / f"{name}.jpg", quality=98)
        (folder / "SegmentationClass" / f"{name}.png").write_bytes(png(mask))
        size = f"<size><width>{side}</width><height>{side}</height><depth>3</depth></size>"
        text = f"<annotation>{size}{objects}</annotation>"
        (folder / "Annotations" / f"{name}.xml").write_text(text)
    return root
