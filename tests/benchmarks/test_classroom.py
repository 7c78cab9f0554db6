"""`benchmarks.classroom`: a small class, from the photograph to the memory afterwards."""

import json

import pytest

from benchmarks import classroom
from benchmarks.classroom_students import photograph

NAMED = {"median_repaint_s", "p95_repaint_s", "errors", "memory_ratio_after"}


def test_no_two_photographs_are_alike_and_all_are_of_the_size() -> None:
    first, second = (photograph(number, (400, 300)) for number in (0, 1))
    assert first != second
    assert first == photograph(0, (400, 300))
    assert first[:2] == b"\xff\xd8"


def test_three_students(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "classroom --students 3 --pause 0.2 --width 400 --patience 0 --trainings 1 --json"
    monkeypatch.setattr("sys.argv", words.split())
    classroom.main()
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["errors"] == 0, err
    assert set(found) >= NAMED
    assert found["repaints"] == 30
    assert found["trainings_started"] == 3
    assert 0 < found["median_repaint_s"] <= found["p95_repaint_s"] <= found["slowest_repaint_s"]
    assert 0.5 < found["memory_ratio_after"] < 3
    assert found["photograph_mb"] < 1
