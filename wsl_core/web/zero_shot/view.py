"""The link of the Zero-shot page: which part, which classes are unseen, by which method, the small table."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from wsl_core.errors import WslError
from wsl_core.transfer.zero_shot import METHODS
from wsl_core.transfer.zero_shot.shipped import animals
from wsl_core.web.pictures import PictureParameters

THREE, DESCRIBE, UNSEEN, NETWORKS, WORD, TABLE = (
    "three classes", "describe a class", "seen and unseen", "two networks", "any word", "table",
)  # fmt: skip
CLASSES = ("dog", "fish", "chimp")
ATTRIBUTES = ("furry", "4 legs", "tail")
BY_ATTRIBUTES = tuple(
    name for name, one in METHODS.items() if one.reads == "features" and not one.describes
)
Has = NDArray[np.bool_]


def _named() -> list[str]:
    try:
        return list(animals().table.classes)
    except WslError:  # the page says so
        return ["giraffe"]


def _pictured() -> list[str]:
    try:
        known = animals()
    except WslError:
        return ["giraffe"]
    return [known.table.classes[one] for one in np.unique(known.labels)]


class ZeroShotView(PictureParameters):
    """Everything that the page's link holds; rows that a visitor has edited stay in the session."""

    chapter: Literal[
        "three classes", "describe a class", "seen and unseen", "two networks", "any word", "table"
    ] = Field(
        "three classes",
        title="Part",
        description="The lecture's table; a picture among classes that you describe; what is lost among seen "
        "classes; two networks that meet; any word, placed; published beside measured.",
    )
    cells: str = Field(
        "111-001-100",
        pattern=r"^[01]{3}-[01]{3}-[01]{3}$",
        title="Table",
        description="What dog, fish and chimp have of furry, 4 legs and tail.",
        json_schema_extra={"accepted": "three times three of 0 and 1, such as 111-001-100"},
    )
    kept: str = Field(
        "111",
        pattern=r"^[01]{3}$",
        title="Attributes",
        description="Which of the three attributes are not deleted.",
        json_schema_extra={"accepted": "three of 0 and 1, such as 110"},
    )
    predict: bool = Field(
        False, title="Predict first", description="Answer a question before the answer is shown."
    )
    asked_of: Literal["your picture", "an animal"] = Field(
        "an animal",
        title="Ask about",
        description="Your picture; or one of an animal that no method has learnt from, whose features come "
        "with the program.",
    )
    animal: str = Field(
        "giraffe",
        title="Animal",
        description="Whose kept aside pictures are asked about.",
        json_schema_extra={"choices": list[Any](_pictured()), "menu": True},
    )
    which: int = Field(
        1, ge=1, le=5, title="Which of its pictures", description="Of those that were kept aside."
    )
    edited: str = Field(
        "giraffe",
        title="Change the row of",
        description="The class whose attributes are changed.",
        json_schema_extra={"choices": list[Any](_named()), "menu": True},
    )
    split: Literal["proposed", "standard"] = Field(
        "proposed",
        title="Unseen classes",
        description="As Xian et al. propose, with no class that ImageNet has by name; or the standard ones "
        "that the set was published with.",
    )
    method: str = Field(
        "prototype",
        title="Method",
        description=" ".join(
            f"{METHODS[one].title}: {METHODS[one].sentence}" for one in BY_ATTRIBUTES
        ),
        json_schema_extra={"choices": list(BY_ATTRIBUTES), "menu": True},
    )
    gamma: float = Field(
        0.0, ge=0, le=3, title="Off the seen classes",
        description="Calibration: how much is taken off the score of every seen class, in spreads of the "
        "lead that seen classes have over unseen ones.",
        json_schema_extra={"step": 0.05},
    )  # fmt: skip
    shown: Literal["seen", "unseen"] = Field(
        "seen",
        title="Classes drawn",
        description="Some of those that the two networks were trained on, or those that they never saw.",
    )


def parsed(text: str) -> Has:
    """(rows, columns) of 0 and 1, from rows apart by hyphens."""
    return np.array([[one == "1" for one in row] for row in text.split("-")], bool)


def written(has: Has) -> str:
    """As `parsed` reads it."""
    return "-".join("".join("1" if one else "0" for one in row) for row in np.atleast_2d(has))
