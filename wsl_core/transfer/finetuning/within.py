"""Events of a part of a piece of work, with shares of the whole."""

from collections.abc import Generator
from dataclasses import replace
from typing import TypeVar

from wsl_core.jobs import Checkpoint, Progress

Event = TypeVar("Event", bound=Progress | Checkpoint)
Found = TypeVar("Found")


def within(
    start: float, end: float, steps: Generator[Event, None, Found]
) -> Generator[Event, None, Found]:
    """The same events, whose shares of 0 .. 1 lie between `start` and `end`; returns what they return."""
    while True:
        try:
            event = next(steps)
        except StopIteration as stop:
            found: Found = stop.value
            return found
        if isinstance(event, Progress):
            yield replace(event, share=start + (end - start) * event.share)
        else:
            yield event


def completed(steps: Generator[object, None, Found]) -> Found:
    """What steps return, when nobody wants to hear of their events."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            found: Found = stop.value
            return found
