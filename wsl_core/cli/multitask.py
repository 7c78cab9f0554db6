"""`wsl multitask`: each task alone against all together, over seeds and by data size."""

import argparse
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.cli import DONE, arguments, following
from wsl_core.cli.tables import print_table
from wsl_core.errors import DatasetError, ParameterError
from wsl_core.transfer.multitask import (
    JOB,
    TASK_SETS,
    MultitaskParameters,
    Request,
    TaskSetCard,
    card,
)
from wsl_core.transfer.multitask.architecture import Size, matched, network_size, separate_size
from wsl_core.transfer.multitask.results import Comparison, Summary, summarised
from wsl_core.transfer.multitask.task_sets import BLOCKS

DESCRIPTION = """\
Learn several tasks on the same pictures, each alone and all together in one network whose first blocks are
shared, and compare the rates on held-out pictures. Both have the same pictures, the same steps for each task,
the same learning rate, first weights and order. A change is relative to the task alone; its interval, over
the seeds, says whether the other task helped, harmed (negative transfer), or neither.

The digits come with the program; voc and pacs are read from WSL_DATA. Every comparison is a run (see wsl
runs). If it is interrupted or killed, the same command goes on from the last checkpoint.
"""
METAVARS = {
    "shared": "N", "weighting": "NAME", "balance": "SHARE", "surgery": None, "match": "NAME", "seed": "N",
    "steps": "N", "batch": "N", "rate": "X", "decay": "X", "interval": "N",
}  # fmt: skip


class Wanted(BaseModel):
    """What the command is asked for, beside the parameters."""

    model_config = ConfigDict(frozen=True)

    data: str = Field(
        description="Pictures with several labels each.",
        json_schema_extra={"choices": list(TASK_SETS)},
    )
    seeds: int = Field(
        3, ge=1, le=100, description="Comparisons at each data size, from --seed on: 0, 1, 2."
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = DESCRIPTION
    arguments.add(parser, Wanted, {"data": "NAME", "seeds": "N"})
    parser.add_argument(
        "--fraction",
        metavar="SHARE[,SHARE...]",
        default="1",
        help="Shares of the training pictures that are learned from, each by itself (above 0 to 1; default "
        "1).",
    )
    arguments.add(parser.add_argument_group("trainings"), MultitaskParameters, METAVARS)
    arguments.add_json(parser, "the figures")


def run(args: argparse.Namespace) -> int:
    """Check the whole request, train, and tell what came out; the exit status.

    Raises:
        WslError: the request is refused, or a training failed.
    """
    wanted, requests = _asked(args)
    configs = [[one.model_dump(mode="json") for one in row] for row in requests]
    found: list[list[Comparison]] = [
        [Comparison.from_json(following.result(JOB, config).facts) for config in row]
        for row in configs
    ]
    for config in (one for row in configs for one in row):
        following.taken(JOB, config)
    tasks, how = card(wanted.data), requests[0][0].settled()
    summaries = [summarised(row) for row in found]
    separate, one = sizes(tasks, how)
    if args.json:
        arguments.printed(_as_json(tasks, how, wanted.seeds, found, summaries, separate, one))
    else:
        _print(tasks, how, wanted.seeds, found, summaries, separate, one)
    return DONE


def sizes(tasks: TaskSetCard, how: MultitaskParameters) -> tuple[Size, Size]:
    """Of the separate networks taken together, and of the one for all tasks."""
    blocks = matched(tasks.shape, tasks.blocks, tasks.outputs, how.shared, how.match)
    separate = separate_size(tasks.shape, tasks.blocks, tasks.outputs)
    return separate, network_size(tasks.shape, blocks, tasks.outputs, how.shared)


def _asked(args: argparse.Namespace) -> tuple[Wanted, list[list[Request]]]:
    """The requests: a row a data size, its seeds in it.

    Raises:
        ParameterError: a value is not accepted.
        DatasetError: the pictures are not there.
    """
    if "data" not in args:
        raise ParameterError(f"No task set is named. Give one with --data: {', '.join(TASK_SETS)}.")
    wanted = arguments.read(Wanted, args)
    tasks = card(wanted.data)
    fractions = _fractions(str(args.fraction))
    given = argparse.Namespace(**{k: v for k, v in vars(args).items() if k != "fraction"})
    how = arguments.read(MultitaskParameters, given)
    if sentence := tasks.missing():
        raise DatasetError(sentence)
    return wanted, [
        [
            Request(
                data=wanted.data,
                multitask=how.model_copy(update={"fraction": fraction, "seed": how.seed + k}),
            )
            for k in range(wanted.seeds)
        ]
        for fraction in fractions
    ]


def _fractions(text: str) -> list[float]:
    """Rising, each once.

    Raises:
        ParameterError: one of them is no share.
    """
    found = []
    for word in text.split(","):
        try:
            value = float(word)
        except ValueError:
            value = 0.0
        if not 0 < value <= 1:
            raise arguments.refused("--fraction", text, "shares from above 0 to 1, apart by commas")
        found.append(value)
    return sorted(set(found))


def _as_json(
    tasks: TaskSetCard,
    how: MultitaskParameters,
    seeds: int,
    found: Sequence[Sequence[Comparison]],
    summaries: Sequence[Summary],
    separate: Size,
    one: Size,
) -> dict[str, Any]:
    """All figures; `tasks`, `delta` and `cosine` are those of the largest data size."""
    rows = [
        {"fraction": row[0].parameters.fraction, **summary.to_json()}
        for row, summary in zip(found, summaries, strict=True)
    ]
    largest = {name: rows[-1][name] for name in ("tasks", "delta", "cosine", "pictures")}
    asked = ("shared", "weighting", "surgery", "match", "steps", "batch", "rate")
    runs = [run for row in found for run in row]
    return {
        "data": tasks.name,
        "title": tasks.title,
        **{name: getattr(how, name) for name in asked},
        "seeds": seeds,
        **largest,
        "fractions": rows,
        "measures": {task.name: task.measure for task in tasks.tasks},
        "parameters": {"alone": separate.parameters, "together": one.parameters},
        "multiply_accumulates": {"alone": separate.cost, "together": one.cost},
        "held_out": runs[0].facts["held_out"],
        "said": runs[0].facts["said"],
        "cpu_s": sum(run.facts["seconds"] for run in runs) / len(runs),
    }


def _print(
    tasks: TaskSetCard,
    how: MultitaskParameters,
    seeds: int,
    found: Sequence[Sequence[Comparison]],
    summaries: Sequence[Summary],
    separate: Size,
    one: Size,
) -> None:
    print(
        f"{tasks.title}: {how.shared} of {BLOCKS} blocks shared, {how.weighting} loss weights"
        f"{', gradient surgery' if how.surgery else ''}, {how.steps} steps for each task, {seeds} "
        f"{'seed' if seeds == 1 else 'seeds'}. {found[0][0].facts['said']}.\n"
    )
    rows: list[tuple[object, ...]] = []
    for summary in summaries:
        for name, task in summary.tasks.items():
            low, high = task.change.low, task.change.high
            interval = "" if low is None or high is None else f"{_percent(low)} to {_percent(high)}"
            rows.append(
                (
                    summary.pictures, name, _percent(task.alone.mean), _percent(task.together.mean),
                    _percent(task.change.mean), interval, task.change.verdict,
                )
            )  # fmt: skip
        rows.append(
            (
                summary.pictures,
                "Delta",
                "",
                "",
                _percent(summary.delta.mean),
                "",
                summary.delta.verdict,
            )
        )
    print_table(("PICTURES", "TASK, %", "ALONE", "TOGETHER", "CHANGE", "95 % INTERVAL", ""), rows)
    print(
        f"\nParameters: {separate.parameters:,} in separate networks, {one.parameters:,} in one. "
        f"Multiply-accumulates a picture: {separate.cost:,} and {one.cost:,}."
    )
    cosine = summaries[-1].cosine
    if cosine is not None:
        print(f"Cosine of the tasks' gradients on the shared blocks, mean: {cosine.mean:.2f}.")


def _percent(value: float) -> float:
    return round(100 * value, 1)
