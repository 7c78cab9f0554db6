"""What can be chosen of an index, a query and a measurement: each declared once."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from wsl_core import networks
from wsl_core.comma_lists import listed
from wsl_core.datasets.collection_parameters import CollectionParameters

PIXELS = "pixels"
"""In the place of a network: the picture itself, reduced, as the baseline that knows nothing."""

_PIXELS = {"tap": PIXELS, "sizes": (65,), "power": 1.0, "grid": 16}
"""What is chosen of the reduced picture where nothing is said: 16 x 16 mean colours."""

SIZES_ACCEPTED = "one to three longer sides in pixels, apart by commas"
REGION_ACCEPTED = (
    "left, top, width and height in pixels of the picture, apart by commas: 20,30,120,90"
)


Sizes = Annotated[tuple[int, ...], Field(min_length=1, max_length=3), BeforeValidator(listed)]
Region = Annotated[tuple[float, float, float, float], BeforeValidator(listed)]


class DescriptorParameters(BaseModel):
    """How a picture becomes one vector; everything but the network's weights that it depends on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    network: str = Field(
        networks.DEFAULT,
        title="Network",
        description=f"Whose features are compared; {PIXELS} for the reduced picture itself.",
    )
    weights: Literal["published", "random"] = Field(
        "published", title="Weights", description="Of the network; random ones as a baseline."
    )
    tap: str = Field(
        "",
        title="Layer",
        description="Tap of the network; left out, the one that its classes read.",
    )
    sizes: Sizes = Field(
        (257, 321),
        title="Sizes",
        description="Longer sides fed, whose vectors are added.",
        json_schema_extra={"accepted": SIZES_ACCEPTED},
    )
    power: float = Field(
        3.0,
        ge=1,
        le=10,
        title="Power",
        description="Of the generalised mean over the cells: 1 is the mean, more leans to the maximum.",
    )
    grid: int = Field(
        1,
        ge=1,
        le=32,
        title="Grid",
        description="Windows a side that are pooled apart; more keeps where things are.",
    )
    components: int = Field(
        128,
        ge=0,
        le=2048,
        title="Components",
        description="Principal components of the centred vectors that are compared; 0 compares the "
        "vectors as they are.",
    )

    @model_validator(mode="before")
    @classmethod
    def _of_pixels(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("network") == PIXELS:
            return _PIXELS | given
        return given


class ReadingParameters(DescriptorParameters, CollectionParameters):
    """How a whole collection of pictures is read."""

    checkpoint_every: int = Field(
        256, ge=1, title="Checkpoint", description="Pictures from one checkpoint to the next."
    )


class IndexParameters(ReadingParameters):
    """What is indexed, and how."""

    source: str = Field(
        title="Pictures", description="A folder, a folder of class folders, or a zip file."
    )


class QueryParameters(BaseModel):
    """What is asked of an index."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    top: int = Field(
        10, ge=1, le=1000, title="Neighbours", description="How many neighbours are shown."
    )
    region: Region | None = Field(
        None,
        title="Region",
        description="Part of the picture to ask with.",
        json_schema_extra={"accepted": REGION_ACCEPTED},
    )


class RetrievalParameters(ReadingParameters):
    """What is measured, and on which pictures."""

    data: str = Field(title="Data", description="Folder of class folders, or a zip file of them.")
    split_file: str | None = Field(
        None,
        title="Split file",
        description="Table (path, class, split) that says which pictures ask and which are searched; left "
        "out, the set's own where it has one.",
    )
    queries: str = Field("test", title="Queries", description="Split whose pictures ask.")
    base: str = Field("train", title="Base", description="Split whose pictures are searched.")
    leave_one_out: bool = Field(
        False,
        title="Leave one out",
        description="Every picture asks all others, whatever splits there are.",
    )
    neighbours: int = Field(
        5, ge=1, le=1000, title="Neighbours", description="That vote for the class of a query."
    )


def descriptor_of(how: DescriptorParameters) -> DescriptorParameters:
    """The part of some parameters that a vector depends on."""
    names = set(DescriptorParameters.model_fields)
    return DescriptorParameters.model_validate(how.model_dump(include=names))
