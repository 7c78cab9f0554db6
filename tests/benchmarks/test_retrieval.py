"""The benchmark of retrieval on a small set, and the ratio against scikit-learn."""

from pathlib import Path

import pytest

from benchmarks import retrieval, transfer
from tests.transfer import retrieval_pictures as made


@pytest.fixture
def split(tmp_path: Path) -> Path:
    """Class folders, of which the last picture each asks."""
    folder = made.class_folders(tmp_path / "set", 4)
    rows = [
        f"{name}/{k}.png,{name},{'test' if k == 3 else 'train'}"
        for name in made.CLASSES
        for k in range(4)
    ]
    (folder / "split.csv").write_text("\n".join(["path,class,split", *rows]))
    return folder


def test_a_row_has_figures_recipe_and_counts(split: Path) -> None:
    row = retrieval.measured("pixels", str(split))
    assert (row["queries"], row["base"], row["classes"]) == (3, 9, 3)
    assert (row["tap"], row["dimensions"], row["protocol"]) == ("pixels", 768, "test against train")
    assert 0 <= row["map"] <= 1
    *found, chance = retrieval.rows([row])
    assert chance["map"] == row["chance_map"]
    assert chance["precision_at_1"] == pytest.approx(1 / 3, abs=1e-4)
    text = retrieval.table([*found, chance])
    assert f"{row['map']:.1%}" in text
    assert text.splitlines()[-1].startswith("| any order")


def test_measuring_one_entry_again_leaves_the_others() -> None:
    known = [{"entry": name, "map": "1"} for name in ("default", "pixels", "chance")]
    found = retrieval.merged([{"entry": "plain", "map": 2}, {"entry": "pixels", "map": 2}], known)
    assert [(row["entry"], row["map"]) for row in found] == [
        ("default", "1"), ("plain", 2), ("pixels", 2), ("chance", "1"),
    ]  # fmt: skip


def test_every_entry_has_a_title() -> None:
    assert set(retrieval.TITLES) == {*retrieval.ENTRIES, retrieval.CHANCE}


def test_a_query_is_compared_with_scikit_learn_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "PICTURES", 500)
    monkeypatch.setattr(transfer, "WIDTH", 32)
    found = transfer.retrieval(rounds=1, patience=0)
    assert found["retrieval_over_sklearn"] > 0
    assert found["query_ms"] == found["milliseconds"]["query"]
