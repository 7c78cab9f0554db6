"""What can be chosen of layer probes: each declared once."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from wsl_core import networks
from wsl_core.comma_lists import listed
from wsl_core.datasets.collection_parameters import CollectionParameters

Names = Annotated[tuple[str, ...], BeforeValidator(listed)]
Counts = Annotated[tuple[Annotated[int, Field(ge=1, le=1000)], ...], BeforeValidator(listed)]


class ProbeParameters(CollectionParameters):
    """A measurement of every layer."""

    data: str = Field(
        title="Data",
        description="Folder of class folders, a zip file of them, or VOC's folder, whose pictures have the "
        "class of their largest object; example:digits and example:signs come with the program.",
    )
    classes: int = Field(
        0,
        ge=0,
        le=100_000,
        title="Classes",
        description="Take only so many classes, drawn by the seed; 0 takes all.",
    )
    each: int = Field(
        0,
        ge=0,
        le=100_000,
        title="Pictures of a class",
        description="Take only so many pictures of each class, drawn by the seed; 0 takes all.",
    )
    train: int = Field(
        30, ge=1, le=1000, title="Training pictures", description="Of each class, in every draw."
    )
    test: int = Field(
        50,
        ge=1,
        le=1000,
        title="Test pictures",
        description="Of each class at most, in every draw.",
    )
    splits: int = Field(
        5, ge=1, le=100, title="Draws", description="Random draws of training and test pictures."
    )
    split_file: str | None = Field(
        None,
        title="Split file",
        description="Table (path, class, split) whose train and test are a further, fixed split; left out, "
        "the set's own where it has one.",
    )
    network: str = Field(networks.DEFAULT, title="Network", description="Whose layers are tapped.")
    weights: Literal["published", "random"] = Field(
        "published", title="Weights", description="Of the network; random ones as a baseline."
    )
    size: int = Field(
        257,
        ge=1,
        title="Size",
        description="Side of the square that a picture is fed as, in pixels.",
    )
    taps: Names = Field(
        (),
        title="Layers",
        description="Taps of the network to probe; left out, all of them.",
        json_schema_extra={"accepted": "names of taps, apart by commas"},
    )
    examples: Counts = Field(
        (),
        title="Examples",
        description="Further numbers of training pictures of a class, as a curve by soft-max.",
        json_schema_extra={"accepted": "whole numbers from 1, apart by commas"},
    )
    svm: bool = Field(
        True, title="SVM", description="Fit support vector machines, too, not only soft-max."
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, title="Seed", description="Of the draws.")
