"""The link of the Retrieval page: what asks, what is searched, and by which layer."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

from wsl_core.errors import ParameterError
from wsl_core.images import Photo
from wsl_core.transfer.retrieval import QueryParameters, examples
from wsl_core.transfer.retrieval.descriptor import Box, check_region
from wsl_core.transfer.retrieval.parameters import REGION_ACCEPTED
from wsl_core.web.pictures import PictureParameters

NEIGHBOURS, LAYERS, OWN, TABLE = "neighbours", "layers", "your own", "table"
YOURS, OTHERS = "your picture", "one of them"
SHOWN = 6  # neighbours in a row


def _a_region(text: str) -> str:
    """A text that names a region, or nothing; ValueError for any other."""
    if text.strip():
        QueryParameters.model_validate({"region": text})
    return text


class RetrievalView(PictureParameters):
    """Everything that the page's link holds, beside `run`, the visitor's own collection."""

    chapter: Literal["neighbours", "layers", "your own", "table"] = Field(
        "neighbours",
        title="Part",
        description="A picture and its neighbours; every layer of the network; a collection of your own; "
        "published beside measured.",
    )
    collection: Literal["things", "digits"] = Field(
        "things",
        title="Collection",
        description="Which pictures are searched.",
    )
    ask: Literal["your picture", "one of them"] = Field(
        "your picture",
        title="Ask with",
        description="Your picture, or a picture of the collection itself, which is then left out.",
    )
    number: int = Field(
        1,
        ge=1,
        le=10_000,
        title="Picture of the collection",
        description="Which of its pictures asks.",
    )
    layer: str = Field(
        examples.TAPS[-1],
        title="Layer",
        description="Whose features are compared, from the first to the last.",
        json_schema_extra={"choices": list(examples.TAPS), "slider": True},
    )
    region: Annotated[str, AfterValidator(_a_region)] = Field(
        "",
        title="Region",
        description="Part of the picture that asks: left, top, width, height in its pixels. Empty for all "
        "of it.",
        json_schema_extra={"accepted": REGION_ACCEPTED},
    )
    rank: Literal[1, 2, 3, 4, 5, 6] = Field(
        1, title="Neighbour", description="Which of the network's neighbours is looked at closely."
    )
    opacity: float = Field(
        0.7, ge=0, le=1, title="Paint", description="Strength of the colours over both pictures.",
        json_schema_extra={"step": 0.05},
    )  # fmt: skip
    predict: bool = Field(
        False, title="Predict first", description="Hide the answers, say what you expect, then see."
    )


def region_of(text: str, photo: Photo) -> Box | None:
    """The region that a text names in a picture; None for the whole of it.

    Raises:
        ParameterError: it is none, or not inside the picture.
    """
    if not text.strip():
        return None
    try:
        box = QueryParameters.model_validate({"region": text}).region
    except ValidationError:
        raise ParameterError(
            f"The region {text!r} is none. Accepted are {REGION_ACCEPTED}. Correct it."
        ) from None
    assert box is not None
    check_region(box, (photo.height, photo.width))
    return box
