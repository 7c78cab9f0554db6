"""The lecture in its own order: steps with a title and a sentence, each a station in a state.

`lecture.json` holds all of it; the tour walks through it. What a sentence names and its page must show
stands in `shows`, which a test looks for in a browser.
"""

import json
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Data):
    """A place to stop at."""

    title: str
    station: str = Field(description="Last part of the address of its page.")
    link: dict[str, str] = Field({}, description="State of that page; all else is as it begins.")
    sentence: str
    shows: tuple[str, ...] = Field((), description="Words of the sentence that the page shows.")
    needs: str | None = Field(
        None, description="Folder under WSL_DATA without which the page shows less."
    )


class Part(_Data):
    """Some steps under a heading."""

    title: str
    steps: tuple[Step, ...]


class Lecture(_Data):
    """All of it."""

    parts: tuple[Part, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in order."""
        return tuple(step for part in self.parts for step in part.steps)

    def part_of(self, number: int) -> Part:
        """The part that a step, counted from 1, stands in."""
        left = number
        for part in self.parts:
            left -= len(part.steps)
            if left <= 0:
                return part
        raise IndexError(number)


@cache
def lecture() -> Lecture:
    """As the file says it."""
    text = (files("wsl_core") / "lecture.json").read_text(encoding="utf-8")
    return Lecture.model_validate(json.loads(text))
