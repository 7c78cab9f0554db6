"""The result file of domain adaptation read back, and published accuracies with their gaps."""

import pytest

from wsl_core.errors import DatasetError
from wsl_core.figures import adaptation_results as results


def row(pair: str, method: str, accuracy: float = 0.8, **more: str) -> dict[str, str]:
    usual = {
        "pair": pair, "method": method, "network": "fast", "variant": "", "accuracy_mean": str(accuracy),
        "accuracy_sd": "0.01", "source_only": "0.3", "source_only_centred": "0.5", "target": "0.9",
        "gap_covered": str(round((accuracy - 0.5) / 0.4, 4)), "seeds": "3", "steps": "3000",
        "seconds_per_seed": "104.2", "data": "subset", "source_pictures": "60000",
        "target_pictures": "6000", "evaluated": "2000", "oracle": "0.82", "parts": "", "notes": "",
        "command": "python -m wsl_core adapt", "key": "k", "date": "2026-11-27", "machine": "m",
        "versions": "v",
    }  # fmt: skip
    return usual | more


def test_a_row_is_read() -> None:
    (one,) = results.read([row("mnist-mnistm", "dann", 0.86)])
    assert (one.accuracy, one.deviation, one.gap) == (0.86, 0.01, pytest.approx(0.9))
    assert (one.seeds, one.steps, one.seconds, one.evaluated) == (3, 3000, 104.2, 2000)
    assert one.baseline == 0.5


def test_without_a_ceiling_or_a_second_seed_there_is_none() -> None:
    empty = {"target": "", "gap_covered": "", "accuracy_sd": ""}
    (one,) = results.read([row("synnumbers-svhn", "dann", **empty)])
    assert (one.target, one.gap, one.deviation) == (None, None, None)


def test_variants_are_kept_apart() -> None:
    found = results.read(
        [row("a", "dann"), row("a", "dann", 0.7, variant="less"), row("b", "dann", variant="more")]
    )
    assert results.of_pair(found, "a") == found[:1]
    assert results.variants(found, "a") == found[1:2]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"accuracy_mean": "80"}, "line 3 holds the value 80, which is not from 0 to 1"),
        ({"target": "high"}, "line 3 holds something that is not a number"),
        ({"accuracy_mean": ""}, "line 3 holds something that is not a number"),
        ({"seeds": "3.5"}, "line 3 holds something that is not a number"),
    ],
)
def test_a_damaged_row_is_named(change: dict[str, str], words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        results.read([row("a", "dann"), row("a", "sa") | change])


def test_a_missing_column_is_named() -> None:
    damaged = row("a", "dann")
    del damaged["source_only_centred"]
    with pytest.raises(DatasetError, match="line 2 has no column source_only_centred"):
        results.read([damaged])


def test_a_gap_needs_a_ceiling_above_the_baseline() -> None:
    assert results.covered(0.8, 0.5, 0.9) == pytest.approx(0.75)
    assert results.covered(0.4, 0.5, 0.9) == pytest.approx(-0.25)
    assert results.covered(0.8, 0.5, None) is None
    assert results.covered(0.8, 0.9, 0.9) is None


GAPS = {
    "arXiv": {"SA": (7.9, 1.2, 5.9, 9.1), "DANN": (57.9, 66.1, 29.5, 56.7)},
    "JMLR": {"SA": (10.6, -5.5, 9.9, 12.7), "DANN": (55.8, 79.7, 42.6, 46.4)},
}


@pytest.mark.parametrize("version", GAPS)
def test_published_gaps_are_computed_within_one_version(version: results.Version) -> None:
    found = results.table(version)
    assert list(found) == ["Source only", "SA", "DANN", "Train on target"]
    for method, gaps in GAPS[version].items():
        computed = [100 * cell.gap for cell in found[method].values()]
        assert computed == pytest.approx(gaps, abs=0.06)
    assert all(cell.gap is None for name in ("Source only", "Train on target")
               for cell in found[name].values())  # fmt: skip


def test_a_printed_gap_stands_where_it_is_another() -> None:
    printed = {
        (version, method, pair): cell.printed
        for version in ("arXiv", "JMLR")
        for method, cells in results.table(version).items()
        for pair, cell in cells.items()
        if cell.printed is not None
    }
    assert printed == {
        ("arXiv", "DANN", "SVHN → MNIST"): 29.3,
        ("JMLR", "SA", "MNIST → MNIST-M"): 4.1,
        ("JMLR", "DANN", "MNIST → MNIST-M"): 52.9,
    }


def test_both_versions_differ_in_every_accuracy() -> None:
    one, other = results.table("arXiv"), results.table("JMLR")
    for method, cells in one.items():
        for pair, cell in cells.items():
            assert cell.row.value != other[method][pair].row.value
            assert cell.row.status == "lecture"
            assert other[method][pair].row.status == "reported"
