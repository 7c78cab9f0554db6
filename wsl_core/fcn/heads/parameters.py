"""How a head is trained: parameters, and the defaults of every scheme, in one table."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from wsl_core.comma_lists import listed

PRONET = "pronet"  # a pipeline with two stages of its own, not a pooling: wsl_core.fcn.pronet
SIZES = "longer sides in pixels, separated by commas, such as 321,449,641"


@dataclass(frozen=True)
class SchemeDefaults:
    """What is best for a scheme.

    Attributes:
        rate: largest learning rate.
        decay: how strongly weights are drawn towards their start, in units of the learning rate.
    """

    rate: float
    decay: float


RECIPES = {
    "max": SchemeDefaults(rate=3e-3, decay=2.0),
    "average": SchemeDefaults(rate=3e-3, decay=2.0),
    "lse": SchemeDefaults(rate=3e-3, decay=2.0),
    "spleap": SchemeDefaults(rate=3e-3, decay=2.0),
    "weldon": SchemeDefaults(rate=1e-3, decay=2.0),
    "wildcat": SchemeDefaults(rate=1e-3, decay=2.0),
}
"""Learning rate and decay, by scheme, as `python -m benchmarks.pooling_schemes` chose them."""


Sizes = Annotated[
    tuple[Annotated[int, Field(ge=33, le=16385)], ...],
    BeforeValidator(listed),
    Field(min_length=1, json_schema_extra={"accepted": SIZES}),
]


class TrainingParameters(BaseModel):
    """How a head is trained."""

    model_config = ConfigDict(frozen=True)

    sizes: Sizes = Field(
        (449,),
        title="Sizes",
        description="Longer sides at which the training pictures are seen, in pixels; mixed at random.",
    )
    mirror: bool = Field(
        False, title="Mirror", description="See the training pictures mirrored, too, at random."
    )
    epochs: int = Field(
        10,
        ge=0,
        le=1000,
        title="Epochs",
        description="How often each picture is seen by the head alone; 0 to fine-tune at once.",
    )
    batch: int = Field(32, ge=1, le=4096, title="Batch", description="Pictures an update.")
    rate: float | None = Field(
        None, gt=0, le=1, title="Learning rate",
        description="Largest learning rate; it falls to 0 along a cosine. Left out: the scheme's own.",
    )  # fmt: skip
    decay: float | None = Field(
        None, ge=0, le=100, title="Weight decay",
        description="Pull towards the initial weights, times the learning rate. Left out: the scheme's own.",
    )  # fmt: skip
    initialisation: Literal["relatives", "random"] = Field(
        "relatives",
        title="Initial weights",
        description="Start from the weights of the ImageNet classes that are related to a class, or at "
        "random.",
    )
    seed: int = Field(
        0, ge=0, le=2**31 - 1, title="Seed",
        description="Of the initial weights and of the order of the pictures.",
    )  # fmt: skip
    finetune: str = Field(
        "",
        title="Fine-tune from",
        description="Retrain the network's last stages, too, from this tap on, such as stage6.",
    )
    finetune_epochs: int = Field(
        6, ge=1, le=1000, title="Epochs of fine-tuning",
        description="How often each picture is seen once the stages move.",
    )  # fmt: skip
    finetune_batch: int = Field(
        8, ge=1, le=4096, title="Batch of fine-tuning",
        description="Pictures an update once the stages move, of one shape where possible.",
    )  # fmt: skip
    finetune_rate: float = Field(
        3e-4, gt=0, le=1, title="Rate of fine-tuning",
        description="Largest learning rate of the stages; the head keeps its own.",
    )  # fmt: skip
    averaging: float = Field(
        0.995, ge=0, lt=1, title="Averaging",
        description="Share that each update leaves of the moving average of all weights, which is what "
        "fine-tuning gives; 0 for the last weights.",
    )  # fmt: skip
    read_at: Sizes | None = Field(
        None,
        title="Sizes at use",
        description="Longer sides at which the trained head is best used, in pixels. Left out: those of the "
        "training.",
        json_schema_extra={"accepted": SIZES},
    )

    def settled(self, scheme: str) -> "TrainingParameters":
        """The same with the scheme's own learning rate and decay where none were given."""
        own = RECIPES[scheme]
        return self.model_copy(
            update={
                "rate": own.rate if self.rate is None else self.rate,
                "decay": own.decay if self.decay is None else self.decay,
            }
        )
