"""Parts of a job inside another: steps become events, shares those of the whole, results come through."""

from collections.abc import Generator

import pytest

from wsl_core.jobs import Checkpoint, Progress
from wsl_core.jobs.parts import completed, told, within


def part() -> Generator[Progress | Checkpoint, None, str]:
    yield Progress(0.0, "begun", step=3, figures={"loss": 2.0})
    yield Checkpoint(4, {}, {"done": 1})
    yield Progress(1.0, "done")
    return "found"


def gathered(steps: Generator) -> tuple[list, object]:
    events: list = []
    return events, completed(steps, events.append)


def test_shares_lie_in_the_part_and_all_else_stays() -> None:
    events, found = gathered(within(0.5, 0.75, part()))
    assert found == "found"
    assert events == [
        Progress(0.5, "begun", step=3, figures={"loss": 2.0}),
        Checkpoint(4, {}, {"done": 1}),
        Progress(0.75, "done"),
    ]


def test_parts_lie_within_parts() -> None:
    events, _ = gathered(within(0.5, 1.0, within(0.0, 0.5, part())))
    assert [one.share for one in events if isinstance(one, Progress)] == [0.5, 0.75]


def test_steps_of_any_kind_become_events_one_by_one() -> None:
    taken = []

    def counting() -> Generator[int, None, int]:
        for number in range(3):
            taken.append(number)
            yield number
        return 7

    steps = told(counting(), lambda number: Progress(number / 2, "counting"))
    assert (next(steps).share, taken) == (0.0, [0])  # no step is taken before it is asked for
    assert gathered(steps) == ([Progress(0.5, "counting"), Progress(1.0, "counting")], 7)


def test_an_error_of_the_part_is_that_of_the_whole() -> None:
    def failing() -> Generator[Progress, None, None]:
        yield Progress(0.0, "begun")
        raise ValueError("no more")

    steps = within(0.0, 0.5, failing())
    assert next(steps).share == 0
    with pytest.raises(ValueError, match="no more"):
        completed(steps)
