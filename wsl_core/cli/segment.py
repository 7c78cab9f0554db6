"""`wsl segment`: label pictures and overlays for pictures and folders of pictures."""

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np
from tqdm import tqdm

from wsl_core import __version__, figures, images
from wsl_core.cli import DONE, SKIPPED, arguments, inputs, outputs
from wsl_core.errors import ParameterError, WslError
from wsl_core.fcn import pronet
from wsl_core.fcn.heads import HeadCard
from wsl_core.fcn.segmentation import palette
from wsl_core.fcn.segmentation.on_picture import BACKGROUND, Segmentation, at_size, segment
from wsl_core.fcn.segmentation.reading import STRIDE, reader
from wsl_core.fcn.segmentation.unary import UnaryParameters
from wsl_core.images import Photo

OPACITY = 0.6
LONGEST = 1025
"""Longer side of the drawing on which a larger picture is segmented, in pixels: memory and time."""
RESULTS = r"(?:labels|overlay)\.png"
DESCRIPTION = f"""\
Say of every pixel of a picture which class it shows, by a head that learned from labels of whole pictures
alone: class maps, then a fully connected CRF, which moves the borders to where the colours change.

For every picture, DIR receives
  STEM.labels.png   a palette picture as large as the picture, whose values are the labels: 0 is the
                    background, the others are those of {outputs.MANIFEST}; VOC's classes have VOC's
  STEM.overlay.png  the picture with the colours of its labels over it
and {outputs.MANIFEST}, which lists them with the classes and their shares of the picture. A stem that
several pictures share receives -2, -3 and so on. A picture whose longer side is more than {LONGEST} px is
segmented on a drawing of that size.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "pictures",
        nargs="+",
        metavar="IMAGE|FOLDER",
        help="Pictures, and folders to be searched for pictures, at any depth; hidden files are left out.",
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="Folder for the results.")
    parser.add_argument(
        "--head", required=True, metavar="NAME|DIR", help="Name or folder of a trained head."
    )
    parser.add_argument(
        "--labels",
        metavar="NAME,NAME",
        help="The classes that all the pictures show; else those that the head predicts for each.",
    )
    parser.add_argument(
        "--crf",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="Refine the labels by the fully connected CRF (default), or leave them as the maps say.",
    )
    arguments.add(
        parser,
        UnaryParameters,
        {"background": "SHARE", "alike": "X", "sharpness": "X", "present": "SHARE"},
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="Replace earlier results in DIR; else refuse."
    )
    arguments.add_json(parser, "the manifest")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, then do the pictures one by one; the exit status.

    Raises:
        WslError: the request is refused.
    """
    how = arguments.read(UnaryParameters, args)
    card = pronet.load(args.head).card
    wanted = _wanted(args.labels, card)
    found = inputs.find(args.pictures, args.out)
    stems = outputs.stems(found.files)
    outputs.check(args.out, stems, found.files, overwrite=args.overwrite, results=RESULTS)
    read = reader(card.classes, head=args.head, sizes=card.sizes)
    outputs.prepare(args.out)

    pictures, skipped = [], list(found.skipped)
    for one in skipped:
        _say(one.reason)
    for file, stem in zip(_progress(found.files), stems, strict=True):
        try:
            photo = images.read(file)
            segments = segment(read(photo), photo, wanted, how, longest=LONGEST)
            labels = segments.refined().labels if args.crf else segments.before
            labels = at_size(labels, photo.height, photo.width)
        except WslError as error:
            _say(f"Skipped {file}. {error}")
            skipped.append(inputs.Skipped(file, str(error)))
            continue
        outputs.write(args.out, f"{stem}.labels.png", palette.png(labels))
        outputs.write(args.out, f"{stem}.overlay.png", figures.png(_overlay(photo, labels)))
        pictures.append({"file": file} | _facts(segments, labels, stem))

    manifest = {
        "version": __version__,
        "head": {"name": card.name, "title": card.title},
        "network": card.network,
        "stride": STRIDE,
        "crf": args.crf,
        "given_labels": wanted is not None,
        "pictures": pictures,
        "skipped": [one._asdict() for one in skipped],
    }
    text = json.dumps(manifest, indent=1, allow_nan=False)
    outputs.write(args.out, outputs.MANIFEST, text.encode() + b"\n")
    if args.json:
        arguments.printed(manifest)
    else:
        _summary(manifest, args.out)
    return SKIPPED if skipped else DONE


def _wanted(words: str | None, card: HeadCard) -> list[int] | None:
    """The classes that --labels names, each once; None where it is not given."""
    if words is None:
        return None
    parts = [part.strip() for part in words.split(",") if part.strip()]
    if not parts:
        raise ParameterError(
            f"--labels names no class. Give one or more with commas between them, such as "
            f"{','.join(card.classes[:2])}, or leave it out."
        )
    return list(dict.fromkeys(card.class_names.find(part) for part in parts))


def _overlay(photo: Photo, labels: np.ndarray) -> np.ndarray:
    """The picture with the colours of its labels over it; the background stays as it is."""
    labels = at_size(labels, *photo.pixels.shape[:2])
    strength = np.where(labels > 0, np.float32(OPACITY), 0)[..., None]
    pixels = photo.pixels.astype(np.float32)
    found: np.ndarray = np.rint(pixels + strength * (palette.painted(labels) - pixels))
    return found.astype(np.uint8)


def _facts(segments: Segmentation, labels: np.ndarray, stem: str) -> dict[str, Any]:
    """The entry of a picture in the manifest."""
    names = zip((BACKGROUND, *segments.names), (0, *segments.numbers), strict=True)
    height, width = labels.shape
    return {
        "width": width,
        "height": height,
        "labels": f"{stem}.labels.png",
        "overlay": f"{stem}.overlay.png",
        "classes": [
            {"label": number, "name": name, "share": float((labels == number).mean())}
            for name, number in names
        ],
    }


def _progress(files: list[str]) -> Iterable[str]:
    """The files, with a bar on standard error where there are several."""
    bar: Iterable[str] = tqdm(files, unit="picture", disable=len(files) < 2, file=sys.stderr)
    return bar


def _say(sentence: str) -> None:
    """A message on standard error that leaves the bar whole."""
    tqdm.write(sentence, file=sys.stderr)


def _summary(manifest: dict[str, Any], out: str) -> None:
    how = "given" if manifest["given_labels"] else "predicted"
    refined = "refined by the CRF" if manifest["crf"] else "from the class maps alone"
    head = manifest["head"]
    print(f"Head {head['name']} ({head['title']}): image labels {how}, segments {refined}.")
    for picture in manifest["pictures"]:
        print(f"{picture['file']}, {picture['width']} x {picture['height']} px")
        for one in picture["classes"]:
            print(f"  {one['label']} {one['name']}: {one['share']:.1%} of the picture")
    done, left = len(manifest["pictures"]), len(manifest["skipped"])
    print(f"Done: {done}. Skipped: {left}. The results are in {out}, see {outputs.MANIFEST} there.")
