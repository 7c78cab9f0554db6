"""The practical: for each station some questions in the form predict, try, explain.

`practical.json` holds the questions, each with the state of its station's link. What is seen there, and
why, stands apart in `practical_answers.json`, which is read only where answers are asked for.
"""

import json
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Question(_Data):
    """Something to predict, to try and to explain."""

    key: str = Field(pattern=r"^[a-z0-9-]+$", description="Its name, the same for its answer.")
    predict: str = Field(description="What is asked before anything is seen.")
    do: str = Field(alias="try", description="What to look at, or to change.")
    link: dict[str, str] = Field({}, description="State of the station; all else as it begins.")
    shows: tuple[str, ...] = Field(description="Words that the station shows in that state.")
    explain: str = Field(description="What is asked after it was seen.")


class Worksheet(_Data):
    """The questions of a station."""

    station: str = Field(description="Last part of the address of its page.")
    questions: tuple[Question, ...]


class Practical(_Data):
    """All of it, in the order of the stations."""

    worksheets: tuple[Worksheet, ...]

    def of_station(self, url: str) -> tuple[Question, ...]:
        """The questions of a station; none for a page that has none."""
        return next((one.questions for one in self.worksheets if one.station == url), ())


def _text(name: str) -> str:
    return (files("wsl_core") / name).read_text(encoding="utf-8")


@cache
def practical() -> Practical:
    """The questions, as their file says them."""
    return Practical.model_validate(json.loads(_text("practical.json")))


@cache
def answers() -> dict[str, str]:
    """The answers by the keys of their questions, as their file says them."""
    return TypeAdapter(dict[str, str]).validate_json(_text("practical_answers.json"))
