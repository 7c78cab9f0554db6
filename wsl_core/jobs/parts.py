"""Parts of a job: generators that report as they go and return what they found, one inside another.

`yield from` passes on a part whose events are already those of the whole; `told` and `within` turn them
into those, and `completed` is for a part whose events nobody waits for.
"""

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TypeVar

from wsl_core.jobs.events import Checkpoint, Progress

Step = TypeVar("Step")
Told = TypeVar("Told")
Found = TypeVar("Found")
Event = TypeVar("Event", bound=Progress | Checkpoint)


def told(
    steps: Generator[Step, None, Found], event: Callable[[Step], Told]
) -> Generator[Told, None, Found]:
    """Each step as an event of the whole; returns what the steps return."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            found: Found = end.value
            return found
        yield event(step)


def within(
    start: float, end: float, steps: Generator[Event, None, Found]
) -> Generator[Event, None, Found]:
    """The same events, whose shares of 0 .. 1 lie between `start` and `end`; returns what they return."""

    def scaled(event: Event) -> Event:
        if isinstance(event, Progress):
            return replace(event, share=start + (end - start) * event.share)
        return event

    return told(steps, scaled)


def completed(
    steps: Generator[Step, None, Found], heard: Callable[[Step], object] = lambda _: None
) -> Found:
    """What the steps return; `heard` is called with each of them."""
    while True:
        try:
            heard(next(steps))
        except StopIteration as end:
            found: Found = end.value
            return found
