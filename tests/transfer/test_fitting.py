"""The training of any method: taken up again bit for bit, diverged in words, chosen without labels."""

from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch

from tests.transfer.blobs import Toy, bars, blobs
from wsl_core.errors import ParameterError
from wsl_core.jobs import Checkpoint, Progress
from wsl_core.transfer.adaptation import METHODS, AdaptationParameters, fitting
from wsl_core.transfer.adaptation.fitting import Look
from wsl_core.transfer.adaptation.torch_adapted import load

QUICK = {"steps": 12, "batch": 16, "interval": 4}


def drained(
    toy: Toy, how: AdaptationParameters, checkpoint: Checkpoint | None = None
) -> tuple[list[Any], Any]:
    """All events, a look as its step and figures, and the classifier."""
    events, found = fitting.fitted(toy.source, toy.target, how, checkpoint), []
    while True:
        try:
            event = next(events)
        except StopIteration as done:
            return found, done.value
        found.append((event.step, event.figures) if isinstance(event, Look) else event)


@pytest.mark.parametrize("kind", ["features", "pictures"])
@pytest.mark.parametrize("name", METHODS)
def test_a_broken_run_ends_like_an_unbroken_one(name: str, kind: str) -> None:
    toy = blobs(count=60) if kind == "features" else bars(count=24)
    how = AdaptationParameters(method=name, **QUICK)
    events, whole = drained(toy, how)
    checkpoints = [event for event in events if isinstance(event, Checkpoint)]
    closed = kind == "features" and name in ("sa", "coral")
    assert [one.step for one in checkpoints] == ([] if closed else [4, 8])
    for checkpoint in checkpoints:
        rest, resumed = drained(toy, how, checkpoint)
        place = next(i for i, event in enumerate(events) if event is checkpoint)
        told = [event for event in events[place + 1 :] if not isinstance(event, Checkpoint)]
        assert [event for event in rest if not isinstance(event, Checkpoint)] == told
        assert np.array_equal(
            resumed.scores(toy.evaluation.values), whole.scores(toy.evaluation.values)
        )
        (facts, one), (same, other) = whole.saved(), resumed.saved()
        assert facts == same
        assert all(np.array_equal(one[key], other[key]) for key in one)


@pytest.mark.parametrize("name", ["dann", "sa", "adda", "self-training"])
@pytest.mark.parametrize("kind", ["features", "pictures"])
def test_a_classifier_is_made_again_from_what_was_saved(name: str, kind: str) -> None:
    toy = blobs(count=60) if kind == "features" else bars(count=24)
    found = fitting.fit(toy.source, toy.target, AdaptationParameters(method=name, **QUICK))
    again = load(*found.saved())
    for one, other in ((found, again), (found.on_source, again.on_source)):
        assert np.array_equal(
            one.scores(toy.evaluation.values), other.scores(toy.evaluation.values)
        )


def test_another_seed_gives_another_classifier_and_the_same_seed_the_same() -> None:
    toy = bars(count=24)
    scores = [
        fitting.fit(toy.source, toy.target, AdaptationParameters(seed=seed, **QUICK)).scores(
            toy.evaluation.values
        )
        for seed in (0, 0, 1)
    ]
    assert np.array_equal(scores[0], scores[1])
    assert not np.array_equal(scores[0], scores[2])


def test_progress_rises_to_1_and_looks_come_at_the_start_at_intervals_and_at_the_end() -> None:
    toy = bars(count=24)
    events, _ = drained(toy, AdaptationParameters(**QUICK | {"steps": 10}))
    progress = [event for event in events if isinstance(event, Progress)]
    assert [one.step for one in progress] == [1, 5, 10]
    assert progress[-1].share == 1
    assert {"loss", "domain_loss", "lambda", "domain_accuracy"} <= set(progress[-1].figures)
    looks = [event for event in events if isinstance(event, tuple)]
    assert [step for step, _ in looks] == [0, 4, 8, 10]
    assert set(looks[0][1]) == {
        "infomax", "entropy", "snd", "reverse", "largest_class", "proxy_distance",
    }  # fmt: skip


def test_a_training_that_diverges_ends_in_words_after_its_last_figures() -> None:
    toy = blobs(count=60)
    how = AdaptationParameters(**QUICK | {"steps": 100}).model_copy(update={"rate": 1e30})
    told: list[Progress] = []
    with pytest.raises(
        ParameterError,
        match=r"diverged at step \d+: its .*loss.* smaller rate than 1e\+30, or .* lambda",
    ):
        fitting.fit(toy.source, toy.target, how, told.append)
    assert told
    assert not np.isfinite(list(told[-1].figures.values())).all()
    assert told[-1].step is not None
    assert told[-1].step < 100


def test_a_training_leaves_torch_as_it_was() -> None:
    toy = bars(count=24)
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    events = fitting.fitted(toy.source, toy.target, AdaptationParameters(**QUICK))
    list(islice(events, 6))
    assert torch.equal(torch.get_rng_state(), state)  # in the middle, too
    assert torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled()
    events.close()
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize("criterion", ["infomax", "entropy", "snd", "reverse"])
def test_a_criterion_keeps_the_network_of_its_best_look(criterion: str) -> None:
    toy = blobs(count=80)
    how = AdaptationParameters(choice=criterion, **QUICK | {"steps": 24})
    events, found = drained(toy, how)
    looks = [event for event in events if isinstance(event, tuple) and event[0]]
    best = max(looks, key=lambda one: one[1][criterion])[0]
    stopped = AdaptationParameters(**QUICK | {"steps": 24})
    chosen = None
    for event in fitting.fitted(toy.source, toy.target, stopped):
        if isinstance(event, Look) and event.step == best:
            chosen = event.adapted.scores(toy.evaluation.values)
    assert np.array_equal(found.scores(toy.evaluation.values), chosen)
    checkpoint = next(
        event for event in events if isinstance(event, Checkpoint) and event.step == 16
    )
    assert np.array_equal(drained(toy, how, checkpoint)[1].scores(toy.evaluation.values), chosen)


def test_pictures_that_are_too_small_for_a_network_are_refused() -> None:
    toy = bars(count=20, side=8)
    with pytest.raises(ParameterError, match=r"8 x 8 pixels are too small"):
        fitting.fit(toy.source, toy.target, AdaptationParameters(**QUICK))


@pytest.mark.parametrize("architecture", ["digits", "lenet", "signs", "fast-signs"])
def test_the_papers_networks_take_their_pictures(architecture: str) -> None:
    toy = bars(count=20, side=40 if architecture == "signs" else 32)
    how = AdaptationParameters(architecture=architecture, **QUICK | {"steps": 2, "batch": 4})
    found = fitting.fit(toy.source, toy.target, how)
    assert found.scores(toy.evaluation.values).shape == (20, 2)
