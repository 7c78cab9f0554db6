"""`wsl train-head`: a head for classes of one's own, trained from labels of whole pictures."""

import argparse
import shlex
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from wsl_core.cli import DONE, arguments, following
from wsl_core.errors import HeadError, ParameterError
from wsl_core.fcn import pooling, pronet
from wsl_core.fcn.heads import HeadCard, TrainingParameters
from wsl_core.fcn.heads.folder import CARD
from wsl_core.fcn.heads.parameters import PRONET
from wsl_core.fcn.heads.request import CardWords, HeadChoice, Request, Source, digest
from wsl_core.fcn.pronet import ProNetParameters, ProNetRequest

DESCRIPTION = """\
Train a head: a 1x1 convolution on a network's features, and a pooling scheme. Labels of whole pictures
are all that it needs. DIR receives head.safetensors and card.json.

The training is a run (see wsl runs). If it is interrupted or killed, the same command goes on from the
last epoch. Features of the pictures are computed once and kept in WSL_CACHE.
"""
JOB, PRONET_JOB = "wsl_core.fcn.heads.training:fit", "wsl_core.fcn.pronet.training:fit"
PARAMETERS: dict[str, type[BaseModel]] = {
    **{one.name: one.parameters for one in pooling.SCHEMES.values()},
    PRONET: ProNetParameters,
}
ABOUT = {one.name: one.about for one in pooling.SCHEMES.values()} | {PRONET: pronet.ABOUT}
SOURCE = {"format": "NAME", "year": "N", "split": "NAME", "skip_missing": None}
CHOICE = {"scheme": "NAME", "network": "NAME"}
TRAINING = {
    "sizes": "N,N", "mirror": None, "epochs": "N", "batch": "N", "rate": "X", "decay": "X",
    "initialisation": "START", "seed": "N", "finetune": "TAP", "finetune_epochs": "N",
    "finetune_batch": "N", "finetune_rate": "X", "averaging": "X", "read_at": "N,N",
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
    declared = set[str]()  # one argument serves all schemes that have such a parameter
    for scheme, model in PARAMETERS.items():
        group = parser.add_argument_group(f"scheme {scheme}", ABOUT[scheme])
        own = {name: "X" for name in model.model_fields if name not in declared}
        arguments.add(group, model, own)
        declared |= set(own)
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
    two_stages = choice.scheme == PRONET
    if two_stages and "sizes" not in training.model_fields_set:
        training = training.model_copy(update={"sizes": pronet.SIZES})
    request = (ProNetRequest if two_stages else Request)(
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
    job = PRONET_JOB if two_stages else JOB
    result = following.result(job, config)
    card = HeadCard.model_validate(result.facts["card"])
    card = pronet.of(card, result.arrays).save(place)
    following.taken(job, config)
    if args.json:
        arguments.printed(card.model_dump(mode="json"))
    else:
        missing = f"; {len(pictures.missing)} were missing" if pictures.missing else ""
        print(
            f"{card.title}: trained on {card.data.pictures} pictures{missing}. The head is in {place}."
        )
    return DONE


def _parameters(name: str, args: argparse.Namespace) -> BaseModel:
    """The parameters of the scheme.

    Raises:
        ParameterError: a parameter of another scheme is given, or a value out of range.
    """
    if name not in PARAMETERS:
        raise ParameterError(
            f"There is no pooling scheme named {name!r}. There are: {', '.join(PARAMETERS)}."
        )
    model = PARAMETERS[name]
    for one in PARAMETERS.values():
        for other in set(one.model_fields) - set(model.model_fields):
            if other in vars(args):
                own = ", ".join(map(arguments.flag, model.model_fields)) or "none"
                raise ParameterError(
                    f"{arguments.flag(other)} is no parameter of {name}. Its own are: {own}."
                )
    return arguments.read(model, args)


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
