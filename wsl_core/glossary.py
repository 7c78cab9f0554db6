"""The lecture's terms and papers, each once, with the stations that use them; `glossary.json` holds them."""

import json
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Paper(_Data):
    """A reference."""

    key: str
    authors: str
    title: str
    where: str = Field(description="Conference or journal, and year.")
    note: str = Field("", description="What is easily mixed up.")


class Term(_Data):
    """A word of the lecture."""

    name: str
    sentence: str
    papers: tuple[str, ...] = Field(description="Keys of the papers that it comes from.")
    stations: tuple[str, ...] = Field(description="Addresses of the stations that use it.")


class Glossary(_Data):
    """All of it: terms by name, papers by their first author."""

    terms: tuple[Term, ...]
    papers: tuple[Paper, ...]

    def of_station(self, url: str) -> list[Term]:
        """The terms that a station uses."""
        return [one for one in self.terms if url in one.stations]

    def of_paper(self, key: str) -> list[Term]:
        """The terms that come from a paper."""
        return [one for one in self.terms if key in one.papers]

    def paper(self, key: str) -> Paper:
        """Of this key; KeyError where there is none."""
        return {one.key: one for one in self.papers}[key]


@cache
def glossary() -> Glossary:
    """As the file says it."""
    text = (files("wsl_core") / "glossary.json").read_text(encoding="utf-8")
    return Glossary.model_validate(json.loads(text))
