"""`wsl train-head`: a head for classes of one's own, trained from labels of whole pictures."""

import argparse
import shlex
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from wsl_core.cli import DONE, arguments, following
from wsl_core.errors import HeadError, ParameterError
from wsl_core.fcn import pooling
from wsl_core.fcn.heads import Head, HeadCard, TrainingParameters
from wsl_core.fcn.heads.folder import CARD
from wsl_core.fcn.heads.request import CardWords, HeadChoice, Request, Source, digest

DESCRIPTION = """\
Train a head: a 1x1 convolution on a network's features, and a pooling scheme. Labels of whole pictures
are all that it needs. DIR receives head.safetensors and card.json.

The training is a run (see wsl runs). If it is interrupted or killed, the same command goes on from the
last epoch. Features of the pictures are computed once and kept in WSL_CACHE.
"""
JOB = "wsl_core.fcn.heads.training:fit"
SOURCE = {"format": "NAME", "year": "N", "split": "NAME", "skip_missing": None}
CHOICE = {"scheme": "NAME", "network": "NAME"}
TRAINING = {
    "sizes": "N,N", "mirror": None, "epochs": "N", "batch": "N", "rate": "X", "decay": "X",
    "initialisation": "START", "seed": "N", "finetune": "TAP", "finetune_epochs": "N",
    "finetune_rate": "X",
}  # fmt: skip
WORDS = dict.fromkeys(CardWords.model_fields, "TEXT")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    parser.add_argument("--out", required=True, metavar="DIR", help="Folder for the head.")
    arguments.add(parser, HeadChoice, CHOICE)
    pictures = parser.add_argument_group("pictures")
    pictures.add_argument(
        "--data", required=True, metavar="ROOT", help=Source.model_fields["data"].description
    )
    arguments.add(pictures, Source, SOURCE)
    for scheme in pooling.SCHEMES.values():
        group = parser.add_argument_group(f"scheme {scheme.name}", scheme.about)
        own = {name: "X" for name in scheme.parameters.model_fields if name not in _above(scheme)}
        arguments.add(group, scheme.parameters, own)
    arguments.add(parser.add_argument_group("training"), TrainingParameters, TRAINING)
    arguments.add(parser.add_argument_group("card"), CardWords, WORDS)
    parser.add_argument(
        "--overwrite", action="store_true", help="Replace an earlier head in DIR; else refuse."
    )
    arguments.add_json(parser, "the head's card")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, train, and write the head; the exit status.

    Raises:
        WslError: the request is refused, or the training failed.
    """
    source, choice = arguments.read(Source, args), arguments.read(HeadChoice, args)
    training, words = arguments.read(TrainingParameters, args), arguments.read(CardWords, args)
    parameters = _parameters(choice.scheme, args)
    place = Path(args.out)
    if (place / CARD).exists() and not args.overwrite:
        raise HeadError(
            f"There is a head in {place} already and nothing was trained. Choose another folder with "
            f"--out, or replace the head with --overwrite."
        )
    pictures = source.read()
    pictures.check_trainable()
    request = Request(
        **choice.model_dump(),
        **words.model_dump(),
        parameters=parameters.model_dump(mode="json"),
        training=training,
        source=source.model_copy(update={"data": source.data.absolute()}),
        labels=digest(pictures),
        command=_command(args),
    )
    request.check()
    config = request.model_dump(mode="json")
    result = following.result(JOB, config)
    card = Head.of(HeadCard.model_validate(result.facts["card"]), result.arrays).save(place)
    following.taken(JOB, config)
    if args.json:
        arguments.printed(card.model_dump(mode="json"))
    else:
        missing = f"; {len(pictures.missing)} were missing" if pictures.missing else ""
        print(
            f"{card.title}: trained on {card.data.pictures} pictures{missing}. The head is in {place}."
        )
    return DONE


def _above(scheme: pooling.Scheme) -> set[str]:
    """Parameters that a scheme before this one has declared: one argument serves both."""
    schemes = list(pooling.SCHEMES.values())
    before = schemes[: schemes.index(scheme)]
    return {name for one in before for name in one.parameters.model_fields}


def _parameters(name: str, args: argparse.Namespace) -> BaseModel:
    """The parameters of the scheme.

    Raises:
        ParameterError: a parameter of another scheme is given, or a value out of range.
    """
    scheme = pooling.scheme(name)
    for one in pooling.SCHEMES.values():
        for other in set(one.parameters.model_fields) - set(scheme.parameters.model_fields):
            if other in vars(args):
                own = ", ".join(map(arguments.flag, scheme.parameters.model_fields)) or "none"
                raise ParameterError(
                    f"{arguments.flag(other)} is no parameter of {name}. Its own are: {own}."
                )
    return arguments.read(scheme.parameters, args)


def _command(args: argparse.Namespace) -> str:
    """The command that makes the head again, whatever this machine calls its folders."""
    words = ["python", "-m", "wsl_core", "train-head"]
    skipped = {"data", "out", "overwrite", "json", "run", *CardWords.model_fields}
    given: dict[str, Any] = {
        name: value for name, value in vars(args).items() if name not in skipped
    }
    for name, value in given.items():
        words += [arguments.flag(name)] if value is True else [arguments.flag(name), str(value)]
    return f"{shlex.join(words)} --data ROOT --out DIR"
