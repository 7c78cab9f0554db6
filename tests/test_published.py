"""Figures quoted from papers: the shipped table and its reader."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from wsl_core import published

ROOT = Path(__file__).parents[1]


def values(table: str, dataset: str) -> dict[str, float]:
    return {row.method: row.value for row in published.rows(table, dataset=dataset)}


def test_the_lecture_has_its_order_on_both_sets() -> None:
    lecture = [row for row in published.rows("point localization") if row.status == "lecture"]
    assert [(row.method, row.dataset, row.value) for row in lecture] == [
        ("Deep MIL", "VOC 2012", 74.5),
        ("ProNet", "VOC 2012", 77.7),
        ("WSLocalization", "VOC 2012", 79.7),
        ("Deep MIL", "COCO 2014", 41.2),
        ("ProNet", "COCO 2014", 46.4),
        ("WSLocalization", "COCO 2014", 49.2),
    ]


def test_classification_on_voc_2007() -> None:
    found = values("classification", "VOC 2007")
    assert found == {"WILDCAT": 95.0, "WELDON": 90.2, "ResNet-101": 89.8, "SPLeaP": 88.0}


def test_both_versions_of_the_dann_paper_have_tables_of_their_own() -> None:
    """What the lecture shows is its first version; nothing of the later one is in that table."""
    first, later = published.rows("adaptation, arXiv"), published.rows("adaptation, JMLR")
    assert len(first) == len(later) == 16
    assert {row.status for row in first} == {"lecture"}
    assert {row.source for row in first} != {row.source for row in later}
    assert [row.value for row in first if row.method == "DANN"] == [81.49, 90.48, 71.07, 88.66]
    assert [row.value for row in later if row.method == "DANN"] == [76.66, 91.09, 73.85, 88.65]
    for rows in (first, later):
        for name in {row.dataset for row in rows}:
            value = {row.method: row.value for row in rows if row.dataset == name}
            assert value["Source only"] < value["DANN"] < value["Train on target"]


def test_adaptation_of_digits_by_adda_and_by_translation() -> None:
    assert values("adaptation, ADDA", "MNIST → USPS")["ADDA"] == 89.4
    assert values("adaptation, ADDA", "USPS → MNIST")["ADDA"] == 90.1
    assert "CoGAN" not in values("adaptation, ADDA", "SVHN → MNIST")  # it did not converge
    assert values("adaptation, image translation", "SVHN → MNIST") == {
        "Image translation, LeNet": 80.3,
        "Image translation, DenseNet": 92.1,
    }


def test_pairs_of_domains_are_named_as_the_program_names_them() -> None:
    from wsl_core.datasets.domains import PAIRS

    titles = {card.title for card in PAIRS.values()}
    adaptation = [row for row in published.rows() if row.table.startswith("adaptation")]
    assert {row.dataset for row in adaptation} <= titles


def test_rows_without_a_filter_are_all_tables() -> None:
    assert sum(len(published.rows(table)) for table in published.tables()) == len(published.rows())
    assert published.rows("no such table") == ()


def test_every_figure_has_a_source_and_stands_once() -> None:
    rows = published.rows()
    keys = Counter((row.table, row.method, row.dataset, row.metric) for row in rows)
    assert max(keys.values()) == 1
    for row in rows:
        assert row.status in published.STATUS
        assert row.unit == "percent"
        assert 0 < row.value <= 100
        assert row.source
        assert row.note


def test_what_is_from_memory_is_only_reported() -> None:
    rows = published.rows()
    remembered = [row for row in rows if "memory" in row.note or "list of results" in row.note]
    assert {row.status for row in remembered if row.method != "WSLocalization"} == {"reported"}
    assert {row.status for row in rows} == set(published.STATUS)


def test_the_table_is_in_the_package() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        shipped = tomllib.load(file)["tool"]["setuptools"]["package-data"]["wsl_core"]
    folder = ROOT / "wsl_core"
    assert folder / "published.csv" in {path for one in shipped for path in folder.glob(one)}


@pytest.mark.parametrize("table", published.tables())
def test_a_table_has_one_metric_a_set(table: str) -> None:
    found = {(row.dataset, row.metric) for row in published.rows(table)}
    assert len(found) == len({dataset for dataset, _ in found})
