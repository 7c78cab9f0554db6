"""What can be chosen of a measurement, each declared once; methods declare theirs."""

from typing import Literal

from pydantic import Field, field_validator

from wsl_core import networks
from wsl_core.datasets.attributes import PROPOSED, STANDARD
from wsl_core.datasets.collection_parameters import CollectionParameters
from wsl_core.transfer.few_shot.parameters import FeatureParameters
from wsl_core.transfer.retrieval.parameters import SIZES_ACCEPTED, Sizes
from wsl_core.transfer.zero_shot.method_parameters import MethodParameters
from wsl_core.transfer.zero_shot.methods import METHODS

RANDOM = "random"
Split = Literal["proposed", "standard", "random"]


class ZeroShotFeatures(CollectionParameters):
    """How a picture becomes a row.

    Sizes were chosen on left-out seen classes of the animals and birds, with all else as few-shot learning
    has it.
    """

    network: str = Field(
        networks.DEFAULT, title="Network", description="Whose features are taken, frozen."
    )
    sizes: Sizes = Field(
        (257, 321, 385),
        title="Sizes",
        description="Longer sides fed, whose features are added.",
        json_schema_extra={"accepted": SIZES_ACCEPTED},
    )
    power: float = Field(
        3.0, ge=1, le=10, title="Power",
        description="Of the generalised mean over the cells: 1 is the mean, more leans to the maximum.",
    )  # fmt: skip
    mirrored: bool = Field(
        True, title="Mirrored", description="Add the features of the mirrored picture."
    )

    @property
    def features(self) -> FeatureParameters:
        """As few-shot learning calls them, whose rows are shared."""
        return FeatureParameters(
            network=self.network, sizes=self.sizes, power=self.power, mirrored=self.mirrored
        )


class ZeroShotParameters(ZeroShotFeatures, MethodParameters):
    """What is measured, and on which pictures."""

    data: str = Field(title="Data", description="Folder of a set whose classes have attributes.")
    method: str = Field(
        "prototype",
        title="Method",
        description="How a class without pictures is recognised.",
        json_schema_extra={"accepted": f"one of {', '.join(METHODS)}"},
    )
    split: Split | None = Field(
        None,
        title="Split",
        description="Which classes are unseen: as Xian et al. propose, as the set first had it, or drawn; "
        "left out, the first of these that the set has.",
        json_schema_extra={"accepted": f"one of {PROPOSED}, {STANDARD}, {RANDOM}"},
    )
    draws: int = Field(
        20, ge=1, le=1000, title="Draws", description="Random split: how often classes are drawn."
    )
    unseen: int | None = Field(
        None, ge=2, le=10_000, title="Unseen classes",
        description="Random split: how many are drawn; left out, as many as the set's own split has.",
    )  # fmt: skip
    chosen: bool = Field(
        True, title="Choose",
        description="Choose the method's parameters on left-out seen classes; else they are taken as given.",
    )  # fmt: skip
    repeats: int = Field(
        3, ge=1, le=100, title="Repeats",
        description="How often the seen classes are dealt into folds for that choice.",
    )  # fmt: skip

    @field_validator("method")
    @classmethod
    def _known(cls, given: str) -> str:
        if given not in METHODS:
            raise ValueError(f"there is no method {given!r}")
        return given
