"""The lecture in its order: what the steps say and name."""

import pytest

from wsl_core.lecture import Step, lecture

STEPS = lecture().steps


def test_no_two_steps_are_the_same() -> None:
    assert len({one.title for one in STEPS}) == len(STEPS)
    assert len({(one.station, *sorted(one.link.items())) for one in STEPS}) == len(STEPS)


def test_a_step_stands_in_its_part() -> None:
    first, second = lecture().parts[:2]
    assert lecture().part_of(1) == first
    assert lecture().part_of(len(first.steps)) == first
    assert lecture().part_of(len(first.steps) + 1) == second
    assert lecture().part_of(len(STEPS)) == lecture().parts[-1]
    with pytest.raises(IndexError):
        lecture().part_of(len(STEPS) + 1)


@pytest.mark.parametrize("step", STEPS, ids=lambda one: one.title)
def test_what_a_page_is_to_show_is_what_the_sentence_says(step: Step) -> None:
    assert step.shows
    for words in step.shows:
        assert words.lower() in step.sentence.lower()
