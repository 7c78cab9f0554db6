"""The link of the Few examples page: what a classifier is made of, what it is asked, which figures."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

from wsl_core.images import gallery
from wsl_core.transfer.few_shot import HEADS

MAKE, MEASURED = "make one", "measured"


@dataclass(frozen=True)
class Start:
    """Classes to begin with.

    Attributes:
        title: in the menu.
        classes: keys of gallery pictures by class.
    """

    title: str
    classes: dict[str, tuple[str, ...]]


_STARTS = (
    Start(
        "people, cats, vehicles",
        {"people": ("astronaut",), "cats": ("cat",), "vehicles": ("motorcycle",)},
    ),
    Start("indoors, outdoors", {"indoors": ("cat", "coffee"), "outdoors": ("rocket", "temple")}),
    Start("classes of your own", {"first class": (), "second class": ()}),
)
STARTS = {one.title: one for one in _STARTS}
LARGEST = 5  # classes, and pictures a class


class FewShotView(BaseModel):
    """Everything that the page's link holds; pictures of the visitor's own are never in it."""

    chapter: Literal["make one", "measured"] = Field(
        "make one",
        title="Part",
        description="A classifier of your own from a few pictures; how right such classifiers are.",
    )
    start: str = Field(
        _STARTS[0].title,
        title="Begin with",
        description="Classes and examples to begin with; change them as you like.",
        json_schema_extra={"choices": list(STARTS)},
    )
    asked: str = Field(
        "photographer",
        title="Ask about",
        description="Gallery picture that the classifier is asked about.",
        json_schema_extra={"choices": list(gallery.names()), "menu": True},
    )
    head: str = Field(
        "nearest-mean",
        title="Classifier",
        description="How the examples become a classifier.",
        json_schema_extra={"choices": list(HEADS)},
    )
    opacity: float = Field(
        0.7, ge=0, le=1, title="Opacity", description="Of the paint at the end of the scale.",
        json_schema_extra={"step": 0.05},
    )  # fmt: skip
    predict: bool = Field(
        False,
        title="Predict first",
        description="Hide what is found, say what you expect, then see.",
    )
    ways: Literal[100, 20, 5] = Field(
        100, title="Classes to choose among", description="Drawn anew each time, or all."
    )
