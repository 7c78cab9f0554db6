"""What can be chosen of features and episodes, each declared once; heads declare theirs.

Defaults were chosen on 100-way episodes inside the training part of a Caltech-101 subset: sizes, mirroring,
power (1, 2, 3), the heads' strengths. Nothing was chosen on pictures that figures are measured on.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from wsl_core import networks
from wsl_core.comma_lists import listed
from wsl_core.datasets.collection_parameters import CollectionParameters
from wsl_core.transfer.few_shot.heads import HEADS, HeadParameters
from wsl_core.transfer.retrieval.parameters import SIZES_ACCEPTED, Sizes

SHOTS_ACCEPTED = "one to ten whole numbers from 1 to 1000, apart by commas"


Shots = Annotated[
    tuple[Annotated[int, Field(ge=1, le=1000)], ...],
    Field(min_length=1, max_length=10),
    BeforeValidator(listed),
]
Names = Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(listed)]


class FeatureParameters(HeadParameters):
    """How a picture becomes one row of features; everything that it depends on but the weights."""

    network: str = Field(
        networks.DEFAULT, title="Network", description="Whose features are taken, frozen."
    )
    weights: Literal["published", "random"] = Field(
        "published", title="Weights", description="Of the network; random ones as a baseline."
    )
    sizes: Sizes = Field(
        (257, 321),
        title="Sizes",
        description="Longer sides fed, whose features are added.",
        json_schema_extra={"accepted": SIZES_ACCEPTED},
    )
    power: float = Field(
        3.0,
        ge=1,
        le=10,
        title="Power",
        description="Of the generalised mean over the cells: 1 is the mean, more leans to the maximum.",
    )
    mirrored: bool = Field(
        True, title="Mirrored", description="Add the features of the mirrored picture."
    )


class FewShotParameters(FeatureParameters, CollectionParameters):
    """What is measured, and on which pictures."""

    data: str = Field(title="Data", description="Folder of class folders, or a zip file of them.")
    split_file: str | None = Field(
        None,
        title="Split file",
        description="Table (path, class, split) that says which pictures are examples and which are to be "
        "named; left out, the set's own where it has one.",
    )
    support: str = Field(
        "train", title="Examples", description="Split that examples are drawn from."
    )
    asked_of: str = Field("test", title="Queries", description="Split that queries are drawn from.")
    mixed: bool = Field(
        False,
        title="Mixed",
        description="Draw examples and queries from all pictures, whatever splits there are.",
    )
    shots: Shots = Field(
        (1, 2, 5, 10),
        title="Shots",
        description="Examples of each class.",
        json_schema_extra={"accepted": SHOTS_ACCEPTED},
    )
    ways: int | None = Field(
        None, ge=2, le=10_000, title="Ways",
        description="Classes to choose among, drawn anew each time; left out, all.",
    )  # fmt: skip
    draws: int = Field(
        20, ge=1, le=10_000, title="Draws", description="How often examples are drawn."
    )
    queries: int = Field(
        15,
        ge=1,
        le=1000,
        title="Queries",
        description="Pictures to be named of each class, at most.",
    )
    heads: Names = Field(
        tuple(HEADS),
        title="Heads",
        description="Which heads are fitted.",
        json_schema_extra={"accepted": f"some of {', '.join(HEADS)}, apart by commas"},
    )
    seed: int = Field(0, ge=0, le=2**31, title="Seed", description="Of all draws.")

    @field_validator("heads")
    @classmethod
    def _known(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [one for one in given if one not in HEADS]:
            raise ValueError(f"there is no head {unknown[0]!r}")
        return tuple(dict.fromkeys(given))

    @field_validator("shots")
    @classmethod
    def _ascending(cls, given: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted(set(given)))
