"""The link of the Glossary page: which term, or which part."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.glossary import glossary

ALL = "all terms"
PAPERS = "papers"


class GlossaryView(BaseModel):
    """What is looked up."""

    model_config = ConfigDict(frozen=True)

    part: Literal["terms", "papers"] = Field(
        "terms",
        title="Part",
        description="Terms of the lecture, or the papers that they come from.",
    )
    term: str = Field(
        ALL, title="Term", description="One term, or all of them.",
        json_schema_extra={"choices": [ALL, *(one.name for one in glossary().terms)], "menu": True},
    )  # fmt: skip
