"""`wsl adapt`: a method of domain adaptation on a pair of domains, over seeds, beside both baselines."""

import argparse
import datetime
import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from wsl_core import jobs
from wsl_core.cli import DONE, arguments, following
from wsl_core.cli.tables import print_table
from wsl_core.datasets import domains
from wsl_core.errors import DatasetError, ParameterError
from wsl_core.jobs import Result
from wsl_core.transfer.adaptation import JOB, METHODS, AdaptationParameters, method
from wsl_core.transfer.adaptation.methods import COMMON
from wsl_core.transfer.adaptation.request import Request
from wsl_core.transfer.adaptation.results import Summary, summarised

DESCRIPTION = """\
Adapt a classifier from a labelled source to an unlabelled target, and measure it on labelled pictures of the
target that no training ever sees. Beside it, with the same steps, network and augmentation: source only, with
the source's and with the target's own mean, and the ceiling, trained on labelled target pictures.

Pairs are read from WSL_DATA; some need no data. Every training is a run (see wsl runs). If it is interrupted
or killed, the same command goes on from the last checkpoint.
"""
EVALUATE = "wsl_core.transfer.adaptation.training:evaluate"
SOURCE_ONLY, TARGET = "source-only", "target"
HEAD = {"method": "NAME", "network": "NAME", "steps": "N", "seed": "N"}
SWITCHES = ("adversarial",)  # on unless turned off
VALUES = {
    "batch": "N", "rate": "X", "decay": "HOW", "tail": "SHARE", "weight_decay": "X", "dropout": "SHARE",
    "inputs": "HOW", "augmentation": "NAME", "negatives": "yes|no", "interval": "N", "choice": "NAME",
    "architecture": "NAME", "strong": "NAME", "strong_negatives": "yes|no",
}  # fmt: skip


class Wanted(BaseModel):
    """What the command is asked for, beside the parameters."""

    model_config = ConfigDict(frozen=True)

    pair: str = Field(
        description="Pair of domains.", json_schema_extra={"choices": list(domains.PAIRS)}
    )
    seeds: int = Field(
        3, ge=1, le=100, description="Trainings of each kind, from --seed on: 0, 1, 2."
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    arguments.add(parser, Wanted, {"pair": "NAME", "seeds": "N"})
    arguments.add(parser, AdaptationParameters, HEAD)
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="Folder for curves, features and weights of every run, and summary.json.",
    )
    parser.add_argument(
        "--evaluate",
        metavar="FOLDER",
        help="Also test the last seed's network on a sheet (test.webp and test.npz), or on class folders.",
    )
    own = [name for card in METHODS.values() for name in card.parameters]
    names = [*COMMON, "interval", "choice", "architecture", *dict.fromkeys(own)]
    group = parser.add_argument_group("recipe", "Left out, each takes what is best for the pair.")
    fields = [name for name in names if name not in HEAD and name not in SWITCHES]
    arguments.add(group, AdaptationParameters, {name: VALUES.get(name, "X") for name in fields})
    for name in SWITCHES:
        group.add_argument(
            arguments.flag(name),
            action=argparse.BooleanOptionalAction,
            default=argparse.SUPPRESS,
            help=AdaptationParameters.model_fields[name].description,
        )
    arguments.add_json(parser, "the figures")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, train, and write what was asked for; the exit status.

    Raises:
        WslError: the request is refused, or a training failed.
    """
    wanted, how = _asked(args)
    requests = [
        Request(pair=wanted.pair, adaptation=how.model_copy(update={"seed": how.seed + k}))
        for k in range(wanted.seeds)
    ]
    configs: list[dict[str, Any]] = []
    results: list[Result] = []
    for config in _configs(requests):
        # The ceiling is known not to be there once the first run has looked at the pair.
        ceiling = not results or results[0].facts["ceiling"]
        if config["adaptation"]["method"] == TARGET != how.method and not ceiling:
            continue
        configs.append(config)
        results.append(following.result(JOB, config))
    summary = summarised(*(_facts(results, name) for name in (how.method, SOURCE_ONLY, TARGET)))
    found = summary.to_json()
    if args.evaluate:
        found["evaluated"] = _evaluated(Path(args.evaluate), results[wanted.seeds - 1])
    if args.out:
        _write(Path(args.out), args, wanted, how, found, results)
    for config in configs:
        following.taken(JOB, config)
    if args.json:
        arguments.printed(found)
    else:
        _print(wanted, how, summary, results, found)
    return DONE


def _asked(args: argparse.Namespace) -> tuple[Wanted, AdaptationParameters]:
    """The request.

    Raises:
        ParameterError: a value is not accepted, or a parameter is another method's.
        DatasetError: the pair's data are not there.
    """
    if "pair" not in args:
        raise ParameterError(
            f"No pair of domains is named. Give one with --pair: {', '.join(domains.PAIRS)}."
        )
    wanted, how = arguments.read(Wanted, args), arguments.read(AdaptationParameters, args)
    card = domains.card(wanted.pair)
    chosen = method(how.method)
    foreign = {name for one in METHODS.values() for name in one.parameters} - {*chosen.parameters}
    for name in sorted(foreign & how.model_fields_set):
        own = ", ".join(map(arguments.flag, chosen.parameters)) or "none"
        raise ParameterError(
            f"{arguments.flag(name)} is no parameter of {chosen.name}. Its own are: {own}."
        )
    if args.evaluate and not Path(args.evaluate).is_dir():
        raise ParameterError(
            f"--evaluate {args.evaluate} is no folder. Accepted is one with test.webp and test.npz, or with "
            f"a folder a class."
        )
    if sentence := card.missing():
        raise DatasetError(sentence)
    return wanted, how


def _configs(requests: list[Request]) -> Iterator[dict[str, Any]]:
    """The method's runs, then those of source only, then those of the ceiling."""
    asked = requests[0].adaptation.method
    for one in requests:
        yield one.model_dump(mode="json")
    for name in (SOURCE_ONLY, TARGET):
        if name != asked:
            for one in requests:
                yield one.baseline(name).model_dump(mode="json")


def _facts(results: list[Result], name: str) -> list[dict[str, Any]]:
    return [one.facts for one in results if one.facts["parameters"]["method"] == name]


def _evaluated(folder: Path, result: Result) -> dict[str, Any]:
    """What the run's network makes of pictures in a folder."""
    config = {"folder": str(folder.absolute()), "facts": result.facts}
    *_, last = jobs.run(EVALUATE, config, result.arrays)
    assert isinstance(last, Result)
    return last.facts | {"folder": str(folder)}


def _write(
    place: Path,
    args: argparse.Namespace,
    wanted: Wanted,
    how: AdaptationParameters,
    found: dict[str, Any],
    results: list[Result],
) -> None:
    """Facts and arrays of every run, and the summary.

    Raises:
        ParameterError: the folder cannot be written.
    """
    from safetensors.numpy import save_file

    about = {
        "pair": wanted.pair, "method": how.method, "network": how.network, "seeds": wanted.seeds,
        "accuracies": [one["accuracy"] for one in _facts(results, how.method)],
        "oracles": [one["oracle"]["accuracy"] for one in _facts(results, how.method)],
        "command": _command(args), "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }  # fmt: skip
    try:
        place.mkdir(parents=True, exist_ok=True)
        for one in results:
            parameters = one.facts["parameters"]
            name = f"{parameters['method']}-{parameters['seed']}"
            _write_json(place / f"{name}.json", one.facts)
            save_file(one.arrays, place / f"{name}.safetensors")
        _write_json(place / "summary.json", found | about)
    except OSError as error:
        raise ParameterError(
            f"The runs cannot be written to {place} ({(error.strerror or 'the disk refused').lower()}). "
            f"Choose a folder of yours with --out, with space left."
        ) from None


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _command(args: argparse.Namespace) -> str:
    """The command that makes the figures again, whatever this machine calls its folders."""
    words = ["python", "-m", "wsl_core", "adapt"]
    for name, value in vars(args).items():
        if name in {"run", "out", "json", "evaluate"}:
            continue
        if isinstance(value, bool):
            words.append(arguments.flag(name) if value else f"--no-{name.replace('_', '-')}")
        else:
            words += [arguments.flag(name), str(value)]
    return shlex.join(words)


def _print(
    wanted: Wanted,
    how: AdaptationParameters,
    summary: Summary,
    results: list[Result],
    found: dict[str, Any],
) -> None:
    facts = results[0].facts
    title = METHODS[how.method].title
    print(
        f"{facts['title']}, {how.network} network, {summary.steps} steps, {wanted.seeds} seeds; data: "
        f"{facts['data']}, {facts['counts']['evaluation']} pictures tested.\n"
    )
    spread = "" if summary.accuracy_sd is None else f"+- {100 * summary.accuracy_sd:.1f}"
    rows: list[tuple[str, float | str, str]] = [
        ("source only, source's mean", _percent(summary.source_only), ""),
        ("source only, target's own mean", _percent(summary.source_only_centred), ""),
        (
            title.lower() if how.method != "dann" else "DANN",
            _percent(summary.accuracy_mean),
            spread,
        ),
        ("trained on target", _percent(summary.target), ""),
        ("gap covered", _percent(summary.gap_covered), ""),
    ]
    print_table(("%", "ACCURACY", ""), rows)
    print(f"\n{summary.seconds_per_seed:.0f} seconds a training.")
    if evaluated := found.get("evaluated"):
        print(
            f"{evaluated['folder']}: {_percent(evaluated['accuracy'])} % of {evaluated['count']} pictures."
        )
    for sentence in dict.fromkeys(s for one in results for s in one.facts["remarks"]):
        print(sentence)


def _percent(value: float | None) -> float | str:
    """One decimal; a dash for what could not be measured."""
    return "-" if value is None else round(100 * value, 1)
