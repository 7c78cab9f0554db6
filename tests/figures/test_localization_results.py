"""The result file of localization read back: seeds together, settings apart."""

import math
from statistics import stdev

import pytest

from wsl_core.errors import DatasetError
from wsl_core.figures import localization_results as results


def row(head: str, value: object, seed: int = 0, metric: str = "point_map", **more: str) -> dict:
    usual = {
        "head": head, "initialisation": "relatives", "seed": str(seed), "network": "net", "sizes": "449",
        "mirror": "False", "class": "", "metric": metric, "value": str(value), "images": "",
        "data": "VOC 2012 val", "pictures": "295", "date": f"2026-11-2{seed}",
    }  # fmt: skip
    return usual | more


def three(head: str, *values: float, **more: str) -> list[dict]:
    return [row(head, value, seed, **more) for seed, value in enumerate(values)]


def test_seeds_are_put_together() -> None:
    (found,) = results.read(three("max", 0.7, 0.8, 0.75))
    assert found.values == (0.7, 0.8, 0.75)
    assert found.mean == pytest.approx(0.75)
    assert found.deviation == pytest.approx(stdev([0.7, 0.8, 0.75]))
    assert (found.pictures, found.date, found.mirror) == (295, "2026-11-22", False)


def test_one_seed_has_no_deviation_and_an_empty_value_is_none() -> None:
    one, empty = results.read([row("max", 0.7), row("lse", "")])
    assert one.deviation is None
    assert empty.values == ()
    assert math.isnan(empty.mean)
    assert results.over_all([one, empty], "point_map") == [one]


@pytest.mark.parametrize(
    "other", [{"initialisation": "random"}, {"sizes": "321,449"}, {"mirror": "True"}, {"network": "x"}]
)  # fmt: skip
def test_other_settings_are_other_figures(other: dict) -> None:
    found = results.read([row("max", 0.7), row("max", 0.8, **other)])
    assert [one.mean for one in results.over_all(found, "point_map")] == [0.8, 0.7]
    assert found[0].setting != found[1].setting


def test_classes_are_kept_apart_from_the_mean() -> None:
    rows = [row("max", 0.7), row("max", 0.5, metric="point_ap", **{"class": "cat", "images": "34"})]
    found = results.read(rows)
    top = results.best(found, "max", "point_map")
    classes = results.of_classes(found, top.setting, "point_ap")
    assert (classes["cat"].mean, classes["cat"].images) == (0.5, 34)
    assert results.best(found, "max", "point_ap") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": "1.5"}, "line 3 holds the value 1.5"),
        ({"value": "high"}, "line 3 holds something that is not a number"),
        ({"pictures": ""}, "line 3 holds something"),
    ],
)
def test_a_damaged_row_is_named(change: dict, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        results.read([row("max", 0.7), row("lse", 0.7) | change])


def test_a_missing_column_is_named() -> None:
    damaged = row("max", 0.7)
    del damaged["sizes"]
    with pytest.raises(DatasetError, match="line 2 has no column sizes"):
        results.read([damaged])
