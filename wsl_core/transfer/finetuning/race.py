"""Several strategies on the same pictures, one after the other: a job; imported in workers only.

What is frozen is computed once for all of them. A checkpoint holds the strategies that are done and, of the
one that is under way, everything that it needs to go on.
"""

import datetime
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from wsl_core import networks
from wsl_core.errors import DatasetError
from wsl_core.jobs import Checkpoint, Event, Progress, Result, Task
from wsl_core.jobs.parts import told, within
from wsl_core.transfer.finetuning import plan as plans
from wsl_core.transfer.finetuning.examples import Examples, asked, drawn, pictures_of
from wsl_core.transfer.finetuning.parameters import RaceParameters
from wsl_core.transfer.finetuning.strategies import strategy
from wsl_core.transfer.finetuning.torch_fitting import Arrays, Fitted, Inputs, fitted

DONE, UNDER_WAY = "done/", "now/"
READ = 0.03  # share of the work that reading the pictures takes


def race(task: Task) -> Iterator[Event]:
    """Job: a race.

    Config: the fields of `RaceParameters`; array "archive": the bytes (uint8) of an uploaded zip file.
    Result, facts and arrays: those that `Race.of` takes.

    Raises:
        ParameterError: a field, strategy or block that is not accepted.
        DatasetError: a set that cannot be raced on, or one that has changed since the run was begun.
        NetworkError: no such network.
    """
    how = checked(RaceParameters.of(task.config))
    found = pictures_of(how, task.arrays)
    if how.asked and how.asked != asked(found):
        raise DatasetError(
            f"{found.title} has changed since this race was asked for. Start it anew."
        )
    examples = yield from within(0.0, READ, drawn(found, how))
    yield from raced(how, examples, task.checkpoint)


def checked(how: RaceParameters) -> RaceParameters:
    """Refuse what no strategy could be made of, before anything is read.

    Raises:
        ParameterError: an unknown strategy or block, or a size outside the network's limits.
        NetworkError: no such network.
    """
    card = networks.card(how.network)
    card.sides.fit(1, 1, how.size)
    names = plans.blocks_of(card)
    for name in how.strategies:
        strategy(name).plan(how, names)
    return how


def raced(
    how: RaceParameters, examples: Examples, checkpoint: Checkpoint | None = None
) -> Iterator[Event]:
    """Train all strategies on examples that are there.

    Yields:
        progress, whose figures begin with the strategy's name; checkpoints; the result.
    """
    names = tuple(dict.fromkeys(how.strategies))
    done: list[dict[str, Any]] = []
    arrays: Arrays = {}
    begun: Checkpoint | None = None
    if checkpoint is not None:
        done = list(checkpoint.state["done"])
        arrays = _below(checkpoint.arrays, DONE)
        if "now" in checkpoint.state:
            state = checkpoint.state["now"]
            begun = Checkpoint(state["epoch"], _below(checkpoint.arrays, UNDER_WAY), state)
    inputs = Inputs.of(examples, how.training())
    for place, name in enumerate(names):
        if place < len(done):
            continue
        start, end = (READ + (1 - READ) * (place + edge) / len(names) for edge in (0, 1))
        found = yield from _one(name, inputs, begun, done, arrays, start, end)
        begun = None
        done.append(found.facts)
        arrays |= {f"{name}/{key}": value for key, value in found.tensors.items()}
        if place + 1 < len(names):
            yield Checkpoint(_epochs(done), _above(arrays, DONE), {"done": list(done)})
    yield Result(_facts(how, examples, done), arrays)


def _one(
    name: str,
    inputs: Inputs,
    begun: Checkpoint | None,
    done: list[dict[str, Any]],
    arrays: Arrays,
    start: float,
    end: float,
) -> Generator[Progress | Checkpoint, None, Fitted]:
    """One strategy, its events as those of the race."""
    before = _epochs(done)

    def of_race(event: Progress | Checkpoint) -> Progress | Checkpoint:
        if isinstance(event, Checkpoint):
            both = _above(arrays, DONE) | _above(event.arrays, UNDER_WAY)
            return Checkpoint(before + event.step, both, {"done": list(done), "now": event.state})
        figures = {f"{name} {key}": value for key, value in event.figures.items()}
        return replace(event, figures=figures)

    return told(within(start, end, fitted(name, inputs, begun)), of_race)


def _epochs(done: list[dict[str, Any]]) -> int:
    return sum(len(one["curve"]) for one in done)


def _below(arrays: Arrays, prefix: str) -> Arrays:
    return {n.removeprefix(prefix): v for n, v in arrays.items() if n.startswith(prefix)}


def _above(arrays: Arrays, prefix: str) -> Arrays:
    return {prefix + name: value for name, value in arrays.items()}


def _facts(how: RaceParameters, examples: Examples, done: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "title": examples.title,
        "classes": list(examples.classes),
        "parameters": how.model_dump(mode="json", exclude={"data", "asked"}),
        "counts": examples.counts,
        "labels": np.asarray(examples.test.labels).tolist(),
        "names": list(examples.test.names),
        "skipped": examples.skipped,
        "duplicates": list(examples.duplicates),
        "subset": examples.subset,
        "strategies": done,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }
