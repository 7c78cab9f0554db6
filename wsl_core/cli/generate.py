"""`wsl generate`: labelled pictures for domain adaptation that are made, written as sheets."""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from wsl_core import __version__
from wsl_core.cli import DONE, arguments, outputs
from wsl_core.datasets.domains.generate import GENERATORS, GenerateParameters, generate
from wsl_core.datasets.domains.readers import sheets
from wsl_core.errors import WslError

SHARE = 20_000
"""Pictures above which it is said beforehand that it takes a while."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    kinds = "\n".join(f"  {name:<12} {one.title}" for name, one in GENERATORS.items())
    parser.description = (
        "Make labelled pictures and write them as a sheet: SPLIT.webp with 25 pictures to a row,\n"
        "SPLIT.npz with their labels, SPLIT.json with what they are made of.\n\n"
        f"{kinds}\n\n"
        "Digits are those of MNIST and photographs those of BSDS500 under WSL_DATA; where they are\n"
        "not there, the digits and the gallery's photographs that come with the program."
    )
    parser.add_argument("kind", metavar="KIND", help=f"One of {', '.join(GENERATORS)}.")
    arguments.add(parser, GenerateParameters, {"count": "N", "seed": "N", "split": "SPLIT"})
    parser.add_argument("--out", metavar="DIR", required=True, help="Folder to write into.")
    parser.add_argument(
        "--overwrite", action="store_true", help="Replace a sheet that is there already."
    )
    arguments.add_json(parser, "what was made")


def run(args: argparse.Namespace) -> int:
    """Make the pictures and write them; the exit status.

    Raises:
        ParameterError: an unknown kind, or a value outside its range.
        WslError: a sheet is there already, or the folder cannot be written.
    """
    parameters = arguments.read(GenerateParameters, args)
    folder = Path(args.out)
    _refuse_present(folder, parameters.split, overwrite=args.overwrite)
    if parameters.count > SHARE:
        print(f"Making {parameters.count:,} pictures ...", file=sys.stderr)
    began = time.perf_counter()
    made = generate(args.kind, parameters)
    seconds = time.perf_counter() - began
    facts = {"kind": args.kind, **parameters.model_dump(), **made.facts(), "version": __version__}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in _present(folder, parameters.split):
            path.unlink()
        written = sheets.write(folder, parameters.split, made.pictures, made.labels, **made.columns)
    except OSError as error:
        raise outputs.unwritable(str(folder), error) from None
    card = json.dumps(facts, indent=1).encode()
    outputs.write(str(folder), f"{parameters.split}.json", card)
    if args.json:
        files = [os.fspath(path) for path in written]
        arguments.printed({**facts, "files": files, "seconds": round(seconds, 3)})
    else:
        print(f"{parameters.count:,} pictures of {args.kind} are in {folder}: {made.made_of}")
    return DONE


def _present(folder: Path, split: str) -> list[Path]:
    """Files of an earlier sheet of this split, all its parts."""
    found = [folder / f"{split}{end}" for end in (".webp", ".npz", ".json")]
    for end in (".webp", ".npz"):
        found += sorted(folder.glob(f"{split}-[0-9]*{end}"))
    return [path for path in found if path.exists()]


def _refuse_present(folder: Path, split: str, *, overwrite: bool) -> None:
    try:
        present = _present(folder, split)
    except OSError as error:
        raise outputs.unwritable(str(folder), error) from None
    if present and not overwrite:
        raise WslError(
            f"{present[0]} is there already and nothing was made. Choose another folder with --out, or "
            "replace the sheet with --overwrite."
        )
