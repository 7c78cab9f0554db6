"""Tiny task sets in memory: two tasks on the same eight numbers, for tests that train."""

from collections.abc import Generator

import numpy as np

from wsl_core.jobs import Progress
from wsl_core.transfer.multitask import MultitaskParameters
from wsl_core.transfer.multitask.architecture import Block
from wsl_core.transfer.multitask.results import Comparison, Training
from wsl_core.transfer.multitask.task_data import IGNORED, Labelled, TaskData
from wsl_core.transfer.multitask.task_sets import Task, TaskSetCard

FIRST = Task("first", "the first", ("a", "b", "c"))
SECOND = Task("second", "the second", ("x", "y"))
MANY = Task("many", "several at once", ("p", "q", "r"), "several")


def toy_card(tasks: tuple[Task, ...] = (FIRST, SECOND), *, maps: bool = False) -> TaskSetCard:
    """A card whose loader is `toys` of this module."""
    blocks = tuple(Block("dense", width) for width in (8, 7, 6, 5))
    if maps:
        blocks = (Block("conv", 4, pool=2), Block("conv", 5, kernel=1), *blocks[2:])
    return TaskSetCard(
        name="toys", title="toys", sentence="Toys.", tasks=tasks,
        shape=(2, 4, 4) if maps else (8,), blocks=blocks,
        loader="tests.transfer.multitask_toys:toys", fractions=(0.25, 1.0), steps=12, batch=8, rate=0.01,
    )  # fmt: skip


def toy_data(card: TaskSetCard, count: int = 40) -> TaskData:
    """Labels that can be learned from the values."""
    return TaskData(card, _part(card, count, 0), _part(card, 20, 1), "toys, 40 and 20")


def toys(card: TaskSetCard) -> Generator[Progress, None, TaskData]:
    """As a loader gives them."""
    yield Progress(0.0, "making toys")
    return toy_data(card)


def _part(card: TaskSetCard, count: int, seed: int) -> Labelled:
    values = np.random.default_rng(seed).normal(size=(count, *card.shape)).astype(np.float32)
    flat = values.reshape(count, -1)
    labels = {
        "first": flat[:, :3].argmax(1).astype(np.int64),
        "second": (flat[:, 3] > 0).astype(np.int64),
        "many": (flat[:, :3] > 0).astype(np.int8),
    }
    labels["many"][0, 0] = IGNORED
    return Labelled(values, {one.name: labels[one.name] for one in card.tasks})


def by_hand(
    alone: tuple[float, float], together: tuple[float, float], seed: int = 0, **how: object
) -> Comparison:
    """A comparison that ends with these rates."""
    parameters = MultitaskParameters(seed=seed, **how)
    names = ("digit", "rotation")
    trainings = {
        f"alone_{name}": Training(
            (name,), ((0, {f"{name}_rate": 0.1}), (600, {f"{name}_rate": value}))
        )
        for name, value in zip(names, alone, strict=True)
    }
    both = {f"{name}_rate": value for name, value in zip(names, together, strict=True)}
    looks = ((0, {"cosine": 0.9}), (300, {"cosine": -0.2}), (600, both | {"cosine": 0.1}))
    facts = {
        "said": "made by hand",
        "held_out": 20,
        "machine": "none",
        "seconds": 1.5,
        "date": "2026-11-27",
    }
    return Comparison(
        "digits", parameters, 100, trainings | {"together": Training(names, looks)}, facts
    )
