"""The result file of schemes at equal effort read back, and what it says of the lecture's order."""

import math

import pytest

from wsl_core.errors import DatasetError
from wsl_core.figures import pooling_schemes as schemes


def row(method: str, mean: float, deviation: float | str = 0.01, **more: object) -> dict[str, str]:
    """A row whose four metrics are the same."""
    usual = {
        "method": method, "scheme": method, "start": "relatives", "seeds": 3, "rate": 0.001, "decay": 2.0,
        "network": "net", "sizes": "321,449", "mirror": "true", "trained_on": "VOC 2012 train",
        "training_pictures": 1443, "data": "VOC 2012 val", "pictures": 295, "date": "2026-11-26",
        "machine": "machine",
    }  # fmt: skip
    for metric in schemes.METRICS:
        usual |= {
            metric: mean, f"{metric}_deviation": deviation, f"{metric}_bootstrap": 0.02,
        }  # fmt: skip
    return {name: str(value) for name, value in (usual | more).items()}


def verdict(*rows: dict[str, str], metric: str = "point_map") -> schemes.Verdict:
    (one,) = schemes.verdicts(schemes.read(rows), metric)
    return one


def test_a_row_is_read_with_its_numbers() -> None:
    (one,) = schemes.read([row("lse", 0.8, point_map=0.7, point_map_deviation=0.005)])
    assert (one.method, one.start, one.seeds, one.rate, one.decay) == (
        "lse",
        "relatives",
        3,
        0.001,
        2,
    )
    assert one.figures["point_map"] == schemes.Figure(0.7, 0.005, 0.02)
    assert one.figures["classification_map"] == schemes.Figure(0.8, 0.01, 0.02)
    assert (one.mirror, one.pictures, one.training_pictures) == (True, 295, 1443)


def test_what_was_not_trained_has_neither_rate_nor_spread() -> None:
    (one,) = schemes.read([row("untrained", 0.7, "", start="", seeds=0, rate="", decay="")])
    assert (one.rate, one.decay, one.figures["point_map"].deviation) == (None, None, None)
    assert schemes.verdicts([one], "point_map") == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"point_map": "1.5"}, "line 3 holds the value 1.5"),
        ({"point_map_deviation": "-0.1"}, "line 3 holds the value -0.1"),
        ({"classification_map": "nan"}, "line 3 holds the value nan"),
        ({"point_map": ""}, "line 3 holds something that is not a number"),
        ({"seeds": "three"}, "line 3 holds something"),
        ({"start": "warm"}, "line 3 has the start 'warm'"),
        ({"sizes": None}, "line 3 has no column sizes"),
    ],
)
def test_a_damaged_row_is_named(change: dict, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        schemes.read([row("max", 0.7), row("lse", 0.7) | change])


def test_starts_are_kept_apart_and_ranked() -> None:
    found = schemes.read(
        [row("max", 0.7), row("lse", 0.8), row("max", 0.9, start="random"), row("lse", 0.6, start="random")]
    )  # fmt: skip
    ours, random = schemes.verdicts(found, "point_map")
    assert [one.method for one in ours.ranked] == ["lse", "max"]
    assert [one.method for one in random.ranked] == ["max", "lse"]


@pytest.mark.parametrize(
    ("means", "holds", "clear"),
    [
        ((0.70, 0.75, 0.80), True, True),
        ((0.80, 0.75, 0.70), False, True),
        ((0.70, 0.80, 0.75), False, True),
        ((0.70, 0.71, 0.80), True, False),
        ((0.70, 0.70, 0.80), False, False),
    ],
)
def test_the_lectures_order(means: tuple[float, ...], holds: bool, clear: bool) -> None:
    one = verdict(*map(row, ("max", "pronet", "wslocalization"), means), row("weldon", 0.99))
    assert (one.absent, one.holds, one.clear) == ([], holds, clear)
    assert [step.rise for step in one.steps] == pytest.approx(
        [means[1] - means[0], means[2] - means[1]]
    )
    assert one.steps[0].spread == pytest.approx(math.hypot(0.01, 0.01))
    assert one.place("weldon") == 1


def test_a_single_seed_settles_nothing() -> None:
    one = verdict(row("max", 0.7), row("pronet", 0.8, "", seeds=1), row("wslocalization", 0.9))
    assert one.holds
    assert not one.clear
    assert [step.spread for step in one.steps] == [None, None]


def test_what_was_not_measured_is_named() -> None:
    one = verdict(row("max", 0.7), row("weldon", 0.8))
    assert one.absent == ["pronet", "wslocalization"]
    assert one.place("wildcat") is None


def test_pairs_are_counted_by_both_kinds_of_chance() -> None:
    one = verdict(row("max", 0.70, 0.005), row("lse", 0.715, 0.005), row("average", 0.75, 0.005))
    assert one.pairs == (3, 3, 2)
    assert one.range == pytest.approx(0.05)
    assert verdict(row("max", 0.70), row("lse", 0.715), row("average", 0.75)).pairs == (3, 2, 2)
