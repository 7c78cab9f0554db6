"""Adaptation as a job: the fit, and beside it the evaluation, which alone sees target labels.

`fitting.fitted` trains on the source and the target's values. Between its steps the network is measured on
the pair's evaluation half, and nothing of that goes back into the training. Imported in workers only.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from wsl_core import jobs
from wsl_core.datasets import domains
from wsl_core.datasets.domains import evaluation_folder
from wsl_core.errors import ParameterError
from wsl_core.jobs import Checkpoint, Progress
from wsl_core.transfer.adaptation import torch_adapted
from wsl_core.transfer.adaptation.contract import MODEL, Adapted, Labelled
from wsl_core.transfer.adaptation.deep_features import on_features
from wsl_core.transfer.adaptation.fitting import Look, fitted
from wsl_core.transfer.adaptation.methods import method
from wsl_core.transfer.adaptation.record import Record, digest
from wsl_core.transfer.adaptation.request import Request


def adapt(task: jobs.Task) -> Iterator[jobs.Event]:
    """Adapt a classifier to a pair's target domain; a job.

    `task.config` holds the fields of `Request`. The result's facts: `accuracy` on the evaluation half, of
    the network that was kept without target labels; `oracle`, the best at any look, for comparison alone;
    `picks`, what each criterion would have kept; `looks` and `curve`, figures by step; `remarks`, what went
    wrong, in words. Its arrays: `model/`, from which `torch_adapted.load` makes the classifier again;
    `probe/`, places and labels of some values of each domain; `snapshot/`, their features and scores at
    every look, and translated pictures.

    Raises:
        ParameterError: a field is not accepted, the pair has no labelled target to train on, or the
            training diverged.
        DatasetError: the pair's data are missing or cannot be trained on.
    """
    request = Request.of(task.config)
    how = request.settled()
    yield Progress(0.0, "reading the pictures")
    pair = domains.load(request.pair, seed=how.seed)
    if domains.card(request.pair).features:
        pair = yield from on_features(pair)
    source: Labelled = pair.source
    if method(how.method).target_labels:
        if pair.target_labelled is None:
            raise ParameterError(
                f"{pair.title} has no labelled target pictures to train on, so there is no ceiling. Choose "
                f"another method than {how.method}."
            )
        source = pair.target_labelled
    data = digest(source.values, pair.target.values, pair.evaluation.values)
    record = Record.of(pair, source, how, data)
    if task.checkpoint:
        record.restore(task.checkpoint)
    events, adapted = fitted(source, pair.target, how, task.checkpoint), None
    while adapted is None:
        began = time.perf_counter()
        try:
            event = next(events)
        except StopIteration as done:
            adapted = done.value
            event = None
        record.seconds += time.perf_counter() - began
        match event:
            case Progress():
                record.curve.append((event.step or 0, event.figures))
                yield event
            case Look():
                share = event.step / event.learner.steps if event.learner.steps else 1.0
                yield Progress(share, "evaluating", event.step, record.look(event))
            case Checkpoint(step, arrays, state):
                yield Checkpoint(step, arrays | record.arrays(), state | record.state())
    yield record.result(adapted)


def model_of(result: jobs.Result) -> Adapted:
    """The classifier of a finished run."""
    arrays = {
        name.removeprefix(MODEL): value
        for name, value in result.arrays.items()
        if name.startswith(MODEL)
    }
    return torch_adapted.load(result.facts["model"], arrays)


def evaluate(task: jobs.Task) -> Iterator[jobs.Event]:
    """Test the classifier of a finished run on labelled pictures of one's own; a job.

    `task.config` has the `folder`, with a sheet (`test.webp` and `test.npz`) or a folder a class, and the
    `facts` of the run; `task.arrays` the run's arrays. The result's facts: `folder`, `count`, `accuracy`.

    Raises:
        DatasetError: the folder cannot be read, or its classes are others than the run's.
        ParameterError: the run was on features.
    """
    facts, folder = task.config["facts"], Path(task.config["folder"])
    yield Progress(0.0, "reading the pictures")
    shape = facts["shape"]
    if len(shape) != 3:
        raise ParameterError(
            f"The run on {facts['title']} works on features, so pictures in {folder} cannot be tested with "
            f"it. Choose a pair of pictures."
        )
    pictures = evaluation_folder.read(folder, tuple(facts["classes"]), shape[0])
    adapted = model_of(jobs.Result(facts, task.arrays))
    right = adapted.predict(pictures.values) == pictures.labels
    found = {"folder": str(folder), "count": len(pictures.labels), "accuracy": float(right.mean())}
    yield jobs.Result(found)
