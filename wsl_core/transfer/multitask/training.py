"""The comparison as a job: each task alone, then all together, same pictures and steps; workers only."""

import datetime
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from wsl_core import jobs
from wsl_core.jobs import Checkpoint, Progress, Result
from wsl_core.transfer.multitask import task_data
from wsl_core.transfer.multitask.fitting import Figures, Look, fitted
from wsl_core.transfer.multitask.parameters import MultitaskParameters
from wsl_core.transfer.multitask.request import Request
from wsl_core.transfer.multitask.results import ALONE, TOGETHER, Comparison, Training
from wsl_core.transfer.multitask.task_sets import TaskSetCard, card

Plan = dict[str, tuple[tuple[str, ...], MultitaskParameters]]


def plan(tasks: TaskSetCard, how: MultitaskParameters) -> Plan:
    """The trainings of a comparison by name: whose tasks, and how."""
    found: Plan = {ALONE + name: ((name,), how.alone()) for name in tasks.names}
    return found | {TOGETHER: (tasks.names, how)}


def compare(task: jobs.Task) -> Iterator[jobs.Event]:
    """Train each task alone and all together; a job.

    `task.config` holds the fields of `Request`. The result's facts are those of `results.Comparison`. Figures
    of its progress are those of `fitting.Look`, their names begun with that of the training and a full stop.

    Raises:
        ParameterError: a field is not accepted, or a training diverged.
        DatasetError: the pictures are missing or cannot be read.
    """
    request = Request.of(task.config)
    tasks, how = card(request.data), request.settled()
    data = yield from task_data.load(tasks)
    train = data.drawn(how.fraction, how.seed)
    assert how.steps is not None
    trainings = plan(tasks, how)
    state: dict[str, Any] = {"done": {}, "looks": [], "seconds": 0.0}
    if task.checkpoint:
        state = task.checkpoint.state
    done = {name: Training.from_json(one) for name, one in state["done"].items()}
    looks: list[tuple[int, Figures]] = [(step, figures) for step, figures in state["looks"]]
    resumed = _within(task.checkpoint, len(done) * how.steps)
    began = time.process_time() - state["seconds"]
    for place, (name, (names, own)) in enumerate(trainings.items()):
        if name in done:
            continue
        words = "all together" if name == TOGETHER else f"{names[0]} alone"

        def told(
            step: int, figures: Mapping[str, float] | None = None, *,
            place: int = place, name: str = name, words: str = words,
        ) -> Progress:  # fmt: skip
            assert how.steps is not None
            share = (place + step / how.steps) / len(trainings)
            named = {f"{name}.{key}": value for key, value in (figures or {}).items()}
            return Progress(share, words, step, named)

        for event in fitted(data, train, names, own, resumed):
            match event:
                case Progress(step=int() as step):
                    yield told(step)
                case Look(step, figures):
                    looks.append((step, figures))
                    yield told(step, figures)
                case Checkpoint(step, arrays):
                    kept = _state(done, looks, time.process_time() - began)
                    yield Checkpoint(place * how.steps + step, arrays, kept)
        done[name], looks, resumed = Training(names, tuple(looks)), [], None
        if name != TOGETHER:
            kept = _state(done, looks, time.process_time() - began)
            yield Checkpoint((place + 1) * how.steps, {}, kept)
    facts = {
        "said": data.said,
        "held_out": len(data.held_out),
        "seconds": time.process_time() - began,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }
    yield Result(Comparison(request.data, how, len(train), done, facts).to_json())


def _within(checkpoint: Checkpoint | None, begun: int) -> Checkpoint | None:
    """The checkpoint of the training that was broken off; None where it had not begun."""
    if checkpoint is None or checkpoint.step <= begun:
        return None
    return Checkpoint(checkpoint.step - begun, checkpoint.arrays)


def _state(
    done: dict[str, Training], looks: list[tuple[int, Figures]], seconds: float
) -> dict[str, Any]:
    return {
        "done": {name: one.to_json() for name, one in done.items()},
        "looks": [[step, figures] for step, figures in looks],
        "seconds": seconds,
    }


def compared(request: Request, report: Callable[[Progress], object] = lambda _: None) -> Comparison:
    """The same as one call.

    Args:
        request: the task set and the parameters.
        report: told the progress.

    Raises:
        ParameterError: a field is not accepted, or a training diverged.
        DatasetError: the pictures are missing or cannot be read.
    """
    for event in compare(jobs.Task(request.model_dump(mode="json"))):
        if isinstance(event, Progress):
            report(event)
        if isinstance(event, Result):
            return Comparison.from_json(event.facts)
    raise AssertionError("a job ends with its result")
