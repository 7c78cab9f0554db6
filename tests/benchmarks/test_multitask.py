"""`benchmarks.multitask`: its rows, its table, and the recipes that it compares."""

import pytest

from benchmarks import multitask as benchmark
from tests.transfer.multitask_toys import by_hand
from wsl_core.transfer.multitask import TASK_SETS
from wsl_core.transfer.multitask.finished import VARIANTS, variant


def test_a_row_a_task_says_what_was_compared() -> None:
    entry = benchmark.Entry("digits", 0.0167, 3, "surgery")
    found = [
        by_hand((0.8, 0.5), (0.4, 0.55), seed=seed, shared=3, steps=400, batch=64, rate=0.01)
        for seed in range(2)
    ]
    found = [
        type(one)(
            one.data,
            one.parameters,
            one.pictures,
            one.trainings,
            dict(one.facts) | {"versions": "none"},
        )
        for one in found
    ]
    digit, rotation = benchmark.rows(entry, found)
    assert (digit["alone_mean"], digit["together_mean"], digit["change_mean"]) == (0.8, 0.4, -0.5)
    assert (digit["verdict"], rotation["verdict"]) == ("negative transfer", "gain")
    assert digit["delta_mean"] == pytest.approx(-0.2)
    assert digit["parameters_together"] < digit["parameters_alone"]
    assert digit["command"].endswith("--shared 3 --fraction 0.0167 --seeds 2 --surgery")
    table = benchmark.table([digit, rotation])
    assert (
        "| digits | surgery | digit    |      100 | 3 of 4 |  80.0 |     40.0 | −50.0 (−50.0 to −50.0)"
        in table
    )


def test_every_variant_is_trained_at_every_set() -> None:
    for name, card in TASK_SETS.items():
        entries = benchmark.entries(name)
        assert {one.variant for one in entries} == set(VARIANTS)
        assert {one.fraction for one in entries} == set(card.fractions)
        for one in entries:
            assert variant(one.request(0).multitask) == one.variant


def test_each_training_alone_is_shared_by_all_entries() -> None:
    card = TASK_SETS["digits"]
    alone = {
        one.request(0).settled().alone().model_dump_json() for one in benchmark.entries("digits")
    }
    assert len(alone) == len(card.fractions)
