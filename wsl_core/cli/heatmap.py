"""`wsl heatmap`: overlays, maps and a manifest for pictures and folders of pictures."""

import argparse
import io
import json
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from tqdm import tqdm

from wsl_core import __version__, figures, images, networks
from wsl_core.cli import DONE, SKIPPED, arguments, attributing, inputs, outputs, placing
from wsl_core.cli.attributing import Drawn
from wsl_core.cli.classifier import Classifier, described
from wsl_core.errors import ParameterError, WslError
from wsl_core.fcn import activation_maps
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.attribution_methods import Method, find

DESCRIPTION = f"""\
Paint over pictures which regions make which class: by class activation maps, in one forward pass for
all classes, or by another --method, class by class. With --head the classes are those of a head that was
trained from image labels, and scores are pooled by its scheme. With --word no class is needed: any word is
placed by way of the network's own classes.

For every picture and class, DIR receives
  STEM.INDEX.png  the picture with the map painted over it, as large as the picture: red where the
                  place speaks for the class, blue where it speaks against it, clear at zero; the
                  classes of one picture share one scale
  STEM.INDEX.npy  the map itself, float32 (rows, columns), signed, in logits; of methods that attribute
                  to pixels (height, width) as fed
and {outputs.MANIFEST}, which lists them with scores, sizes and peaks in pixels of the picture. A stem
that several pictures share receives -2, -3 and so on.
"""


class Drawing(BaseModel):
    """What is drawn, and how strongly."""

    model_config = ConfigDict(frozen=True)

    top: int = Field(1, ge=1, description="Show the N classes with the highest scores")
    opacity: float = Field(
        figures.OPACITY, ge=0, le=1, description="Strength of the paint at the end of the scale"
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "pictures",
        nargs="+",
        metavar="IMAGE|FOLDER",
        help="Pictures, and folders to be searched for pictures, at any depth; hidden files are left "
        "out. Name them before --classes, which takes all words that follow it.",
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="Folder for the results.")
    looking = parser.add_mutually_exclusive_group()
    arguments.add(looking, ActivationMapParameters, {"network": "NAME"})
    looking.add_argument(
        "--head",
        metavar="NAME|DIR",
        default=argparse.SUPPRESS,
        help="Name or folder of a trained head, with its own classes and network.",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--classes",
        nargs="+",
        metavar="NAME",
        help="Show these classes: an index, a wnid, a full name or a part that no other class has; "
        "several with spaces or commas between them.",
    )
    arguments.add(which, Drawing, {"top": "N"})
    placing.add_arguments(parser, which)
    arguments.add(
        parser, ActivationMapParameters, {"size": "N|full", "scales": None, "mirror": None}
    )
    arguments.add(parser, Drawing, {"opacity": "SHARE"})
    for name, choices, sentence in (
        ("--runtime", networks.RUNTIMES, "What runs the network"),
        ("--precision", networks.PRECISIONS, "Arithmetic; bfloat16 where the processor has it"),
    ):
        parser.add_argument(
            name,
            choices=choices,
            default=argparse.SUPPRESS,  # so that a method that does not know it can refuse it
            help=f"{sentence} (default {choices[0]}).",
        )
    attributing.add_arguments(parser)
    parser.add_argument(
        "--overwrite", action="store_true", help="Replace earlier results in DIR; else refuse."
    )
    arguments.add_json(parser, "the manifest")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, then do the pictures one by one; the exit status.

    Raises:
        WslError: the request is refused.
    """
    parameters = arguments.read(ActivationMapParameters, args)
    drawing = arguments.read(Drawing, args)
    attribution = attributing.read(args)
    method = find(attribution.method)
    classifier = placing.of(args, parameters.network, method) or Classifier.of(
        args, parameters.network, method
    )
    card = classifier.card
    _check_size(card, parameters)
    if drawing.top > classifier.classes:
        raise arguments.refused("--top", drawing.top, f"from 1 to {classifier.classes}")
    found = inputs.find(args.pictures, args.out)
    stems = outputs.stems(found.files)
    outputs.check(args.out, stems, found.files, overwrite=args.overwrite)
    network = classifier.load(
        runtime=getattr(args, "runtime", networks.RUNTIMES[0]),
        precision=getattr(args, "precision", networks.PRECISIONS[0]),
        report=_report,
    )
    wanted = classifier.wanted(network, args.classes or ())
    read = classifier.reader(network, parameters)
    outputs.prepare(args.out)

    pictures, skipped = [], list(found.skipped)
    for one in skipped:
        _say(one.reason)
    for file, stem in zip(_progress(found.files), stems, strict=True):
        try:
            photo = images.read(file)
            maps = read(photo)
            shown = wanted or [one.index for one in maps.top(drawing.top)]
            drawn = [
                attributing.drawn(card.name, photo, index, attribution, parameters.size)
                if method.work
                else _map(maps, index, classifier.score_facts(maps, index))
                for index in shown
            ]
        except WslError as error:
            _say(f"Skipped {file}. {error}")
            skipped.append(inputs.Skipped(file, str(error)))
            continue
        scale = _scale(maps, drawn, method)
        record = _picture(
            photo,
            maps,
            drawn,
            scale,
            stem,
            args.out,
            drawing.opacity,
            pixels=method.level == "pixels",
        )
        pictures.append({"file": file} | record)

    manifest = {
        "version": __version__,
        "network": network.card.name,
        **classifier.facts,
        "method": attribution.method,
        "parameters": attribution.used(),
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


def _check_size(card: networks.Card, parameters: ActivationMapParameters) -> None:
    """Refuse a size that no picture could be fed at, before the first picture is read."""
    size = parameters.size
    if size == "full":
        return  # whether a picture is too large is known when it has been read
    card.sides.fit(1, 1, size)
    if parameters.scales:
        largest = activation_maps.SCALES[-1]
        try:
            card.sides.fit(1, 1, card.sides.nearest(float(size) * largest))
        except ParameterError as error:
            raise ParameterError(
                f"The size {size} is too large for --scales, which also feeds {largest} times as much. "
                f"{error} Give a smaller size, or leave --scales out."
            ) from None


def _map(maps: networks.ClassMaps, index: int, facts: dict[str, Any]) -> Drawn:
    """The class activation map of a class, and what else is said of it."""
    score = maps.score(index)
    values = maps.map(index)
    return Drawn(index, score.name, score.score, values, maps.placement, maps.peak(index), facts)


def _scale(maps: networks.ClassMaps, drawn: list[Drawn], method: Method) -> figures.Scale:
    """The colour scale that all classes of a picture share."""
    if not method.work:
        return figures.Scale.of_picture(maps, [one.index for one in drawn])
    of = figures.Scale.of_pixels if method.level == "pixels" else figures.Scale.of
    return of([one.values for one in drawn])


def _picture(
    photo: images.Photo,
    maps: networks.ClassMaps,
    drawn: list[Drawn],
    scale: figures.Scale,
    stem: str,
    out: str,
    opacity: float,
    *,
    pixels: bool,
) -> dict[str, Any]:
    """Write the maps and overlays of a picture; its entry in the manifest."""
    entries = []
    backdrop = figures.faded(photo) if pixels else photo
    for one in drawn:
        finite = bool(np.isfinite(one.values).all())
        if caution := activation_maps.verdict(one.values):
            _say(f"{photo.name}, {one.name}: {caution}")
        array = io.BytesIO()
        np.save(array, one.values.astype(np.float32))
        painted = figures.overlay(backdrop, one.values, one.placement, scale=scale, opacity=opacity)
        entry = {
            "index": one.index,
            "name": one.name,
            "score": one.score if finite else None,
            "map": f"{stem}.{one.index}.npy",
            "overlay": f"{stem}.{one.index}.png",
            "peak": list(one.peak) if finite else None,
        }
        outputs.write(out, f"{stem}.{one.index}.npy", array.getvalue())
        outputs.write(out, f"{stem}.{one.index}.png", figures.png(painted))
        entries.append(entry | one.facts)
    return {
        "width": photo.width,
        "height": photo.height,
        "input": list(maps.input_size),
        "scale": scale.limit,
        "beyond_scale": scale.beyond,
        "classes": entries,
    }


def _progress(files: list[str]) -> Iterable[str]:
    """The files, with a bar on standard error where there are several."""
    bar: Iterable[str] = tqdm(files, unit="picture", disable=len(files) < 2, file=sys.stderr)
    return bar


def _say(sentence: str) -> None:
    """A message on standard error that leaves the bar whole."""
    tqdm.write(sentence, file=sys.stderr)


def _report(share: float, doing: str) -> None:
    _say(f"Preparing the network, once: {doing} ({share:.0%}).")


def _summary(manifest: dict[str, Any], out: str) -> None:
    if head := manifest.get("head"):
        print(described(head, manifest["network"]))
    for picture in manifest["pictures"]:
        print(f"{picture['file']}, {picture['width']} x {picture['height']} px")
        for one in picture["classes"]:
            found = "no finite map"
            if one["peak"] is not None:
                x, y = one["peak"]
                share = f", probability {one['probability']:.2f}" if "probability" in one else ""
                found = f"score {one['score']:.2f}{share}, peak at x {x:.0f}, y {y:.0f} px"
            print(f"  {one['index']} {one['name']}: {found}, {one['overlay']}")
            if carried := one.get("carried_by"):
                named = ", ".join(f"{each['name']} ({each['share']:.0%})" for each in carried)
                print(f"    carried by {named}")
            for sentence in attributing.sentences(one):
                print(f"    {sentence}")
    done, left = len(manifest["pictures"]), len(manifest["skipped"])
    print(f"Done: {done}. Skipped: {left}. The results are in {out}, see {outputs.MANIFEST} there.")
