"""Training of a method: a generator of events, and the same as one call; imported in workers only."""

import importlib
import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from wsl_core.errors import ParameterError
from wsl_core.jobs import Checkpoint, Progress
from wsl_core.jobs.parts import completed
from wsl_core.transfer.adaptation import choice
from wsl_core.transfer.adaptation.contract import SOURCE, TARGET, Labelled, Unlabelled, check
from wsl_core.transfer.adaptation.linear import proxy_distance
from wsl_core.transfer.adaptation.methods import method
from wsl_core.transfer.adaptation.parameters import AdaptationParameters
from wsl_core.transfer.adaptation.torch_adapted import AdaptedFeatures, AdaptedNetwork
from wsl_core.transfer.adaptation.torch_inputs import Problem
from wsl_core.transfer.adaptation.torch_learner import Figures, Learner

EVERY = 5  # steps from one progress to the next
BEST = "best!"  # before the names of the arrays of the network that is kept so far
MOST = 1000  # values of each domain that a look is at


@dataclass(frozen=True, eq=False)
class Look:
    """The network at a moment of its training, for whoever evaluates it.

    Attributes:
        step: how many steps are done.
        adapted: the classifier; it goes on changing with the training, so it is used at once.
        figures: criteria of choice and proxy A-distance, without target labels.
        learner: draws, where its method does.
    """

    step: int
    adapted: AdaptedNetwork | AdaptedFeatures
    figures: Figures
    learner: Learner


Events = Generator[Progress | Look | Checkpoint, None, AdaptedNetwork | AdaptedFeatures]


def fit(
    source: Labelled,
    target: Unlabelled,
    parameters: AdaptationParameters,
    report: Callable[[Progress], object] = lambda _: None,
) -> AdaptedNetwork | AdaptedFeatures:
    """Train a classifier for the target.

    Args:
        source: with labels; for the method `target`, labelled target data.
        target: only its values are looked at.
        parameters: with the method's name.
        report: told the progress.

    Raises:
        DatasetError: the domains cannot be trained on.
        ParameterError: a parameter is not accepted, or the training diverged.
    """

    def heard(event: Progress | Look | Checkpoint) -> None:
        if isinstance(event, Progress):
            report(event)

    return completed(fitted(source, target, parameters), heard)


def learner_for(source: Labelled, target: Unlabelled, how: AdaptationParameters) -> Learner:
    """The method at its start.

    Raises:
        DatasetError: the domains cannot be trained on.
        ParameterError: a parameter is not accepted.
    """
    check(source, target)
    module, _, name = method(how.method).learner.partition(":")
    found: Learner = getattr(importlib.import_module(module), name)(Problem(source, target, how))
    return found


def fitted(
    source: Labelled,
    target: Unlabelled,
    parameters: AdaptationParameters,
    checkpoint: Checkpoint | None = None,
) -> Events:
    """Train a classifier for the target, event by event.

    Args:
        source: with labels; for the method `target`, labelled target data.
        target: only its values are looked at.
        parameters: settled, or as they are for a pair without a recipe.
        checkpoint: where an earlier attempt stopped.

    Yields:
        progress at the first, every fifth and the last step; a look at the start, every interval and the
        end, and a checkpoint after each but the last.

    Returns:
        the classifier.

    Raises:
        DatasetError: the domains cannot be trained on.
        ParameterError: a parameter is not accepted, or the training diverged.
    """
    how = parameters.settled()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums are taken in one order, so that a seed gives one result
    try:
        learner = learner_for(source, target, how)
        kept = _Kept(how.choice)
        if checkpoint is None:
            yield _look(learner, kept, 0)
        else:
            kept.restore(checkpoint)
            learner.restore(checkpoint.arrays, checkpoint.state["updates"])
        assert how.interval is not None
        for number in range(checkpoint.step if checkpoint else 0, learner.steps):
            done = number + 1
            told = done % EVERY == 0 or done in (1, learner.steps)
            figures = learner.advance(number, measured=told)
            lost = not all(map(math.isfinite, figures.values()))
            if told or lost:
                yield Progress(done / learner.steps, learner.doing(number), done, figures)
            if lost:
                raise _diverged(how, done, figures)
            if done % how.interval == 0 or done == learner.steps:
                yield _look(learner, kept, done)
                if done < learner.steps:
                    state = {"updates": learner.updates(), **kept.state()}
                    yield Checkpoint(done, learner.arrays() | kept.arrays, state)
        kept.put_back(learner)
        return learner.adapted()
    finally:
        torch.set_num_threads(threads)


class _Kept:
    """The best network so far, where a criterion chooses."""

    def __init__(self, by: str) -> None:
        self.by, self.best, self.step = by, -math.inf, 0
        self.updates: dict[str, int] = {}
        self.arrays: dict[str, NDArray[Any]] = {}

    def offer(self, learner: Learner, step: int, figures: Figures) -> None:
        """Take the network if it is better; one without any step never is."""
        if self.by != "fixed" and step and figures[self.by] > self.best:
            self.best, self.step, self.updates = figures[self.by], step, learner.updates()
            self.arrays = {BEST + name: value for name, value in learner.arrays().items()}

    def put_back(self, learner: Learner) -> None:
        """Let the training end with the network that was kept."""
        if self.arrays:
            own = {name.removeprefix(BEST): value for name, value in self.arrays.items()}
            learner.restore(own, self.updates)

    def state(self) -> dict[str, Any]:
        """For a checkpoint, beside the arrays."""
        best = None if math.isinf(self.best) else self.best
        return {"best": best, "best_step": self.step, "best_updates": self.updates}

    def restore(self, checkpoint: Checkpoint) -> None:
        """The counterpart of `state` and `arrays`."""
        state = checkpoint.state
        self.best = -math.inf if state["best"] is None else state["best"]
        self.step, self.updates = state["best_step"], state["best_updates"]
        self.arrays = {
            name: value for name, value in checkpoint.arrays.items() if name.startswith(BEST)
        }


def _look(learner: Learner, kept: _Kept, step: int) -> Look:
    """The network as it is, with what can be measured without target labels."""
    problem, adapted = learner.problem, learner.adapted()
    chosen = problem.sample(SOURCE, MOST)
    source, labels = problem.source[chosen], problem.labels.numpy()[chosen]
    target = problem.target[problem.sample(TARGET, MOST)]
    own, other = adapted.on_source.features(source), adapted.features(target)
    scores = adapted.scores_of(other)
    figures = choice.criteria(own, labels, other, scores)
    figures["largest_class"] = float(np.bincount(scores.argmax(1)).max() / len(scores))
    figures["proxy_distance"] = proxy_distance(own, other)
    kept.offer(learner, step, figures)
    return Look(step, adapted, figures, learner)


def _diverged(how: AdaptationParameters, step: int, figures: Figures) -> ParameterError:
    lost = [name.replace("_", " ") for name, value in figures.items() if not math.isfinite(value)]
    weaker = ", or a smaller largest lambda" if "gamma" in method(how.method).parameters else ""
    return ParameterError(
        f"The training diverged at step {step}: its {', '.join(lost)} is no finite number any more. "
        f"Its curve up to there is kept. Choose a smaller rate than {how.rate:g}{weaker}."
    )
