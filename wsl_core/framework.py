"""The lecture's table of transfer learning as data: cells, their methods, what it leaves out, and a way in.

`framework.json` holds all of it; a page draws it. `advice` follows the answers to a few questions to a cell:
the first rule whose conditions all hold gives it, with the reason.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Labels = Literal["labelled", "unlabelled"]
Conditions = dict[str, tuple[str, ...]]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Method(_Part):
    """What is done in a cell."""

    name: str
    lecture: bool = Field(description="Whether the lecture names it.")
    sentence: str
    source: str = Field(description="Papers.")
    station: str | None = Field(None, description="Address of the station that shows it.")
    link: dict[str, str] = Field({}, description="State of that station.")


class Cell(_Part):
    """A cell of the table."""

    key: str
    source: Labels
    target: Labels
    title: str
    sentence: str
    needs: str
    methods: tuple[Method, ...]

    def method(self, name: str) -> Method:
        """Of this name; KeyError where there is none."""
        return {one.name: one for one in self.methods}[name]


class Topic(_Part):
    """What the lecture leaves out."""

    name: str
    sentence: str


class Example(_Part):
    """Data that could help with the lecture's target: telling cats from dogs on photographs."""

    key: str
    title: str
    data: str
    domain: Literal["similar", "different"]
    task: Literal["same", "different", "none"]
    cell: str
    methods: tuple[str, ...]
    sentence: str


class Question(_Part):
    """About one's own data."""

    key: str
    title: str
    about: str
    answers: tuple[str, ...]
    when: Conditions = Field({}, description="Answers to earlier questions with which it is asked.")


class Rule(_Part):
    """Where answers lead."""

    when: Conditions
    cell: str | None = None
    method: str | None = None
    outside: str | None = Field(None, description="What it is called, where the table has no cell.")
    reason: str


class Framework(_Part):
    """All of it."""

    cells: tuple[Cell, ...]
    left_out: tuple[Topic, ...]
    hidden_axes: tuple[str, ...]
    examples: tuple[Example, ...]
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]

    def cell(self, key: str) -> Cell:
        """Of this key; KeyError where there is none."""
        return {one.key: one for one in self.cells}[key]

    def asked(self, answers: Mapping[str, str]) -> list[Question]:
        """The questions that these answers leave open or have answered; others do not matter."""
        found: list[Question] = []
        for one in self.questions:
            there = {q.key for q in found}
            known = {key: value for key, value in answers.items() if key in there}
            if _hold(one.when, known):
                found.append(one)
        return found

    def advice(self, answers: Mapping[str, str]) -> Rule:
        """Where the answers to all that is asked lead.

        Raises:
            KeyError: a question that is asked has no answer.
        """
        known = {one.key: answers[one.key] for one in self.asked(answers)}
        return next(one for one in self.rules if _hold(one.when, known))

    def every(self) -> Iterator[dict[str, str]]:
        """All ways to answer the questions that are asked."""
        seen = set()
        for values in product(*(one.answers for one in self.questions)):
            answers = {q.key: value for q, value in zip(self.questions, values, strict=True)}
            known = {one.key: answers[one.key] for one in self.asked(answers)}
            if (key := tuple(known.items())) not in seen:
                seen.add(key)
                yield known


def _hold(when: Conditions, known: Mapping[str, str]) -> bool:
    return all(known.get(key) in values for key, values in when.items())


@cache
def framework() -> Framework:
    """As the file says it."""
    text = (files("wsl_core") / "framework.json").read_text(encoding="utf-8")
    return Framework.model_validate(json.loads(text))
