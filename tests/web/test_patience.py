"""Work that a page waits for: done once for all who ask, told by a bar, and a failure is a sentence."""

import threading

import pytest

from tests.jobs.waiting import eventually
from wsl_core.errors import ParameterError, WslError
from wsl_core.web import patience


class Bar:
    """Stands for the place on a page where the bar is."""

    def __init__(self) -> None:
        self.shown: tuple[float, str] | None = None

    def progress(self, share: float, text: str) -> None:
        self.shown = share, text

    def empty(self) -> None:
        self.shown = None


def test_the_same_work_is_done_once_for_all_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    calls, bars, got = [], [], []
    all_wait = threading.Event()
    monkeypatch.setattr(patience.st, "empty", lambda: bars.append(Bar()) or bars[-1])

    def make(report: patience.Report) -> object:
        calls.append(report)
        report(0.5, "half")
        all_wait.wait(60)  # not over before the last visitor has asked
        return object()

    visitors = [
        threading.Thread(target=lambda: got.append(patience.awaited("same", "Test", make)))
        for _ in range(3)
    ]
    for visitor in visitors:
        visitor.start()
    eventually(lambda: [bar.shown for bar in bars] == [(0.5, r"Test\: half\.")] * 3)
    all_wait.set()
    for visitor in visitors:
        visitor.join(60)
    assert [bar.shown for bar in bars] == [None] * 3
    assert len(calls) == 1
    assert len(got) == 3
    assert len(set(map(id, got))) == 1


def test_what_is_over_is_made_again_for_who_asks_later() -> None:
    first, second = (patience.awaited("again", "Test", lambda _: object()) for _ in range(2))
    assert first is not second


def test_work_that_fails_says_so() -> None:
    def refuse(_: patience.Report) -> None:
        raise ParameterError("Too large.")

    with pytest.raises(ParameterError, match=r"Too large\."):
        patience.awaited("refused", "Test", refuse)
    with pytest.raises(WslError, match="This look at the picture failed: ZeroDivisionError"):
        patience.awaited("broken", "Test", lambda _: 1 / 0)
