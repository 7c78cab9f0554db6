"""One setup of a case, trained at each rate, the best kept; a job, imported in workers only."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any

from wsl_core.errors import ParameterError
from wsl_core.jobs import Checkpoint, Event, Progress, Result, Task
from wsl_core.jobs.parts import within
from wsl_core.transfer.finetuning import cases
from wsl_core.transfer.finetuning.torch_fitting import Fitted, Inputs, fitted


def case_job(task: Task) -> Iterator[Event]:
    """Job: train LeNet on the digits of `config["case"]`, with blocks as `config["layers"]` says.

    The facts of the result are those that `Course.of` takes.

    Raises:
        ParameterError: no such case, block or state, or nothing that is trained.
    """
    config = task.config
    try:
        name, layers, seed = str(config["case"]), str(config["layers"]), int(config.get("seed", 0))
    except (KeyError, TypeError, ValueError):
        raise ParameterError("The training is given no case, or no layers. Name both.") from None
    facts = yield from setup(name, layers, seed)
    yield Result(facts)


def setup(name: str, layers: str, seed: int = 0) -> Generator[Progress, None, dict[str, Any]]:
    """Train at each of the rates; the facts of the one that does best on the validation part.

    Args:
        name: of the case.
        layers: what happens to which block.
        seed: of digits, order and new weights.
    """
    found: list[tuple[tuple[float, float], dict[str, Any]]] = []
    for place, rate in enumerate(cases.RATES):
        how = cases.parameters(layers, rate, seed)
        edges = place / len(cases.RATES), (place + 1) / len(cases.RATES)
        steps = fitted("layers", Inputs.of(cases.examples(name, how), how))
        facts = (yield from within(*edges, _told(rate, steps))).facts
        best = facts["curve"][facts["best"] - 1]
        reached = best["validation_accuracy"], -best["validation_loss"]
        found.append((reached, facts | {"rate": rate}))
    return max(found, key=lambda pair: pair[0])[1]


def _told(
    rate: float, steps: Generator[Progress | Checkpoint, None, Fitted]
) -> Generator[Progress, None, Fitted]:
    """The progress of a training at a rate; it is too short for checkpoints."""
    while True:
        try:
            event = next(steps)
        except StopIteration as stop:
            found: Fitted = stop.value
            return found
        if isinstance(event, Progress):
            yield replace(event, doing=f"learning rate {rate:g}")
