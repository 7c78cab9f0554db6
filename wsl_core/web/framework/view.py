"""The link of the Framework map page: which part, which example, and the answers about one's own data."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from wsl_core.framework import framework

TABLE, DATA, LEFT_OUT = "the table", "your data", "left out"
NONE = "none"
EXAMPLES = {one.title: one for one in framework().examples}


def _question(key: str) -> Any:
    """A question of the map as a field."""
    one = {each.key: each for each in framework().questions}[key]
    return Field(
        one.answers[0],
        title=one.title,
        description=one.about,
        json_schema_extra={"choices": list(one.answers)},
    )


class FrameworkView(BaseModel):
    """Everything that the page's link holds."""

    chapter: Literal["the table", "your data", "left out"] = Field(
        "the table",
        title="Part",
        description="The lecture's table; where your own data stand in it; what it leaves out.",
    )
    example: str = Field(
        NONE,
        title="Data that is not about cats and dogs on photographs",
        description="One of the lecture's examples of data that could help, and the cell in which it stands.",
        json_schema_extra={"choices": [NONE, *EXAMPLES]},
    )
    predict: bool = Field(
        False, title="Predict first", description="Say in which cell the example stands, then see."
    )
    source: str = _question("source")
    target: str = _question("target")
    classes: str = _question("classes")
    look: str = _question("look")
    described: str = _question("described")
    keep: str = _question("keep")
