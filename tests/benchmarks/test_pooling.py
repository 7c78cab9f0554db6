"""`benchmarks.pooling`: what it times and tells; and how a benchmark ends."""

import json
from pathlib import Path

import pytest

from benchmarks import measure, pooling
from tests.fcn import hand_made_heads
from wsl_core.fcn.heads import folder
from wsl_core.settings import settings

TINY = {"size": 97, "rounds": 1, "threads": 1, "patience": 0}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`installed("finetuned")`: these heads, made by hand, and no others."""

    def place(*names: str) -> None:
        hand_made_heads.ship(tmp_path, names)
        monkeypatch.setattr(folder, "PLACES", (tmp_path,))

    monkeypatch.setenv("WSL_THREADS", "1")
    yield place
    settings.cache_clear()


def test_all_that_is_installed_is_timed_beside_the_six_schemes(installed) -> None:
    installed("finetuned", "pronet")
    result = pooling.run(**TINY)
    names = [
        "forward", "forward and all schemes", "pool again", "ProNet", "WSLocalization", "fine-tuned head",
    ]  # fmt: skip
    assert sorted(result["milliseconds"]) == sorted(names)
    spent = result["milliseconds"]
    for key, name in (
        ("all_schemes_over_forward", "forward and all schemes"),
        ("pronet_over_forward", "ProNet"),
        ("wslocalization_over_forward", "WSLocalization"),
        ("finetuned_over_forward", "fine-tuned head"),
    ):
        assert result[key] == pytest.approx(spent[name] / spent["forward"], abs=1e-3)
    assert (
        result["pronet_over_forward"] > 2
    )  # three streams and crops, each larger than this picture
    rows = pooling.rows(result)
    assert [row["contestant"] for row in rows] == list(spent)
    lines = pooling.table(rows).splitlines()
    assert len(lines) == 2 + len(names)
    assert any(line.startswith("| fine-tuned head") for line in lines)


def test_without_a_fine_tuned_head_it_is_left_out(installed) -> None:
    installed()
    result = pooling.run(**TINY)
    assert result["finetuned_over_forward"] is None
    assert len(result["milliseconds"]) == 5
    json.dumps(result, allow_nan=False)


@pytest.mark.parametrize(
    ("busy", "status"), [(0.0, 0), (0.5, 1), ({"a": 0.0, "b": 0.05}, 0), ({"a": 0.0, "b": 0.5}, 1)]
)
def test_figures_of_a_busy_machine_are_not_kept(
    busy: object, status: int, tmp_path: Path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(measure, "RESULTS", tmp_path / "benchmarks" / "results")
    (tmp_path / "benchmarks").mkdir()
    result, rows = {"others_busy": busy}, [{"contestant": "a", "milliseconds": 1}]
    ended = measure.conclude("x", result, rows, "| table |", as_json=False, keep=True)
    assert ended == status
    assert capsys.readouterr().out == "| table |\n"
    assert (measure.RESULTS / "x.csv").is_file() == (status == 0)
    assert measure.conclude("y", result, rows, "", as_json=True, keep=False) == 0
    assert json.loads(capsys.readouterr().out) == {"others_busy": busy}
    assert not (measure.RESULTS / "y.csv").is_file()
