"""What can be chosen of a fine-tuning and of a race of several: each declared once."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from wsl_core import networks
from wsl_core.comma_lists import listed
from wsl_core.datasets.collection_parameters import CollectionParameters
from wsl_core.jobs.configuration import configured

RACED = ("frozen-svm", "frozen-net", "full", "small-rates", "probe-then-tune", "scratch")
"""Strategies of a race where none are named."""
LAYERS = "BLOCK=freeze, copy or reset, separated by commas, or first:N or last:N"


Words = Annotated[tuple[str, ...], BeforeValidator(listed)]


class FineTuneParameters(BaseModel):
    """How a strategy trains."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    network: str = Field(
        networks.DEFAULT, title="Network", description="The trained network that is begun from."
    )
    size: int = Field(
        129, ge=32, le=1025, title="Size",
        description="Longer side at which pictures are seen, in pixels.",
    )  # fmt: skip
    layers: str = Field(
        "",
        title="Layers",
        description="Of the strategy layers: what happens to which block. Left out: the lower half is "
        "copied and trained further, the upper half begun anew.",
        json_schema_extra={"accepted": LAYERS},
    )
    epochs: int | None = Field(
        None, ge=1, le=1000, title="Epochs",
        description="How often each picture is seen at most. Left out: the strategy's own.",
    )  # fmt: skip
    rate: float | None = Field(
        None, gt=0, le=1, title="Learning rate",
        description="Largest learning rate of the classifier; it falls to 0 along a cosine. Left out: the "
        "strategy's own.",
    )  # fmt: skip
    factor: float = Field(
        0.1, gt=0, le=1, title="Factor",
        description="Rate of the uppermost copied block, over that of the classifier.",
    )  # fmt: skip
    falling: float = Field(
        1.3, ge=1, le=10, title="Falling",
        description="What the factor is divided by from one block to the next one below.",
    )  # fmt: skip
    batch: int = Field(16, ge=1, le=1024, title="Batch", description="Pictures an update.")
    views: int = Field(
        6, ge=1, le=64, title="Views",
        description="How each picture is seen: whole, mirrored, then cropped at random; 1 for no "
        "augmentation.",
    )  # fmt: skip
    mirror: bool = Field(
        True, title="Mirror", description="A picture that is mirrored still shows its class."
    )
    validation: float = Field(
        0.2, ge=0, le=0.5, title="Validation",
        description="Share of the training pictures that is kept aside, to stop early.",
    )  # fmt: skip
    patience: int | None = Field(
        None, ge=1, le=1000, title="Patience",
        description="Epochs without a better one on the validation part after which a strategy stops; its "
        "best epoch is kept. Left out: the strategy's own.",
    )  # fmt: skip
    balance: bool = Field(
        True, title="Balance", description="Weigh classes alike, however many pictures each has."
    )
    seed: int = Field(
        0, ge=0, le=2**31 - 1, title="Seed",
        description="Of the draw of the pictures, of their order and views, and of new weights.",
    )  # fmt: skip

    @classmethod
    def of(cls, config: Any) -> Self:
        """From plain values.

        Raises:
            ParameterError: names the first field that is not accepted.
        """
        return configured(cls, config, "fine-tuning")


class RaceParameters(FineTuneParameters, CollectionParameters):
    """Several strategies on the same pictures; the configuration of the job."""

    data: str = Field(
        "", title="Pictures", description="Folder of class folders, or a zip file of them."
    )
    strategies: Words = Field(
        RACED,
        min_length=1,
        title="Strategies",
        description="What races, separated by commas.",
        json_schema_extra={"accepted": "names of strategies, separated by commas"},
    )
    classes: Words = Field(
        (),
        title="Classes",
        description="Classes that take part, separated by commas. Left out: all of them.",
        json_schema_extra={"accepted": "names of classes, separated by commas"},
    )
    train: int = Field(
        10,
        ge=2,
        le=10_000,
        title="Training pictures",
        description="Pictures a class to learn from.",
    )
    test: int = Field(
        20,
        ge=1,
        le=10_000,
        title="Test pictures",
        description="Pictures a class to be tested on, at most.",
    )
    mixed: bool = Field(
        False, title="Mixed",
        description="Draw training and test pictures from all splits of the set together.",
    )  # fmt: skip

    def training(self) -> FineTuneParameters:
        """The part that a strategy is given."""
        names = set(FineTuneParameters.model_fields)
        return FineTuneParameters.model_validate(self.model_dump(include=names))
