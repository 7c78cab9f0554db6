"""What can be chosen of an adaptation: each field once, for page, link, command line and job.

A field that is None takes the recipe's value (`recipes`), which depends on the pair, the method and the
network; `settled` fills them in.
"""

from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.transfer.adaptation import recipes
from wsl_core.transfer.adaptation.methods import METHODS
from wsl_core.transfer.adaptation.schedules import Decay

Augmentation = Literal["none", "shift", "affine", "signs"]
YES_NO = "yes or no"
Inputs = Literal["mean", "picture"]
Choice = Literal["fixed", "infomax", "entropy", "snd", "reverse"]


class AdaptationParameters(BaseModel):
    """How a classifier is adapted from a source domain to a target domain."""

    model_config = ConfigDict(frozen=True)

    method: str = Field(
        "dann", title="Method", description="Method of adaptation.",
        json_schema_extra={"choices": list(METHODS)},
    )  # fmt: skip
    network: Literal["fast", "paper"] = Field(
        "fast", title="Network",
        description="A network that is fast enough to be watched, or that of the method's paper.",
    )  # fmt: skip
    seed: int = Field(
        0, ge=0, le=2**31 - 1, title="Seed",
        description="Of the initial weights, of the order of the pictures and of what is drawn.",
    )  # fmt: skip
    steps: int | None = Field(
        None, ge=1, le=200_000, title="Steps", description="Updates of the weights."
    )
    batch: int | None = Field(
        None, ge=2, le=2048, title="Batch", description="Pictures of each domain in an update."
    )
    rate: float | None = Field(
        None, gt=0, le=1, title="Learning rate", description="Learning rate at the start."
    )
    decay: Decay | None = Field(
        None, title="Decay of the rate",
        description="Whether the rate stays, falls along a line at the end, or as in the DANN papers.",
        json_schema_extra={"choices": list(get_args(Decay))},
    )  # fmt: skip
    tail: float = Field(
        0.7, ge=0, le=0.99, title="Start of the tail",
        description="Share of the steps after which a rate with a tail falls.",
    )  # fmt: skip
    weight_decay: float | None = Field(
        None, ge=0, le=1, title="Weight decay", description="Pull of the weights towards 0."
    )
    dropout: float | None = Field(
        None, ge=0, le=0.95, title="Dropout",
        description="Share of channels and features that are left out in training.",
    )  # fmt: skip
    inputs: Inputs | None = Field(
        None, title="Standardising",
        description="Whether each domain's mean is taken away, or each picture brought to mean 0 and "
        "spread 1 by itself.",
        json_schema_extra={"choices": list(get_args(Inputs))},
    )  # fmt: skip
    augmentation: Augmentation | None = Field(
        None, title="Augmentation", description="How labelled pictures are changed at random.",
        json_schema_extra={"choices": list(get_args(Augmentation))},
    )  # fmt: skip
    negatives: bool | None = Field(
        None, title="Negatives",
        description="Show half of the labelled pictures as negatives: knowledge of the target's kind.",
        json_schema_extra={"accepted": YES_NO},
    )  # fmt: skip
    gamma: float = Field(
        10.0, ge=0, le=100, title="Gamma", description="How fast lambda rises with progress."
    )
    lambda_largest: float = Field(
        1.0, ge=0, le=10, title="Largest lambda",
        description="What lambda, the weight of the reversed gradient, rises to.",
    )  # fmt: skip
    adversarial: bool = Field(
        True, title="On top of DANN", description="Reverse the domain classifier's gradient, too."
    )
    teacher_from: float = Field(
        0.33, ge=0, le=0.99, title="Start of the teacher",
        description="Share of the steps after which the teacher's names are learned.",
    )  # fmt: skip
    teacher_average: float = Field(
        0.999, ge=0, le=0.99999, title="Memory of the teacher",
        description="Share of the teacher that stays at an update.",
    )  # fmt: skip
    confidence: float = Field(
        0.9, ge=0, le=1, title="Confidence",
        description="Probability from which a name of the teacher is learned.",
    )  # fmt: skip
    teacher_weight: float = Field(
        1.0, ge=0, le=10, title="Weight of the teacher", description="Of the loss on its names."
    )
    strong: Augmentation | None = Field(
        None, title="Strong view",
        description="How target pictures are changed for the network that learns the teacher's names.",
        json_schema_extra={"choices": list(get_args(Augmentation))},
    )  # fmt: skip
    strong_negatives: bool | None = Field(
        None, title="Negatives in the strong view", description="Show half of them as negatives.",
        json_schema_extra={"accepted": YES_NO},
    )  # fmt: skip
    pretraining: float = Field(
        0.5, gt=0, le=0.99, title="Training on the source",
        description="Share of ADDA's steps in which the source's encoder is trained.",
    )  # fmt: skip
    discriminator_rate: float = Field(
        2e-4, gt=0, le=1, title="Rate of the discriminator", description="Of ADDA's discriminator."
    )
    encoder_rate: float | None = Field(
        None, gt=0, le=1, title="Rate of the target's encoder",
        description="Nothing ties the encoder to the classes: with a larger one it may permute them.",
    )  # fmt: skip
    latent: float = Field(
        0.2, ge=0, le=10, title="Weight of the latent adversary",
        description="That features of both domains look alike.",
    )  # fmt: skip
    translated: float = Field(
        0.02, ge=0, le=10, title="Weight of the picture adversaries",
        description="That translated pictures look real.",
    )  # fmt: skip
    identity: float = Field(
        0.1, ge=0, le=10, title="Weight of reconstruction",
        description="That a picture is decoded in its own domain as it was.",
    )  # fmt: skip
    cycle: float = Field(
        0.05, ge=0, le=10, title="Weight of the cycle",
        description="That a picture translated there and back is as it was.",
    )  # fmt: skip
    translated_labels: float = Field(
        0.0, ge=0, le=10, title="Weight of translated labels",
        description="That a translated source picture keeps its class.",
    )  # fmt: skip
    adversary_rate: float = Field(
        2e-4, gt=0, le=1, title="Rate of the adversaries", description="In image translation."
    )
    dimensions: int | None = Field(
        None, ge=1, le=4096, title="Dimensions",
        description="Of the aligned subspaces, fewer than the features have. Left out: the one with the "
        "highest InfoMax on the unlabelled target.",
    )  # fmt: skip
    ridge: float = Field(
        1.0, gt=0, le=1000, title="Ridge",
        description="Added to the diagonal of both covariances before they are aligned.",
    )  # fmt: skip
    interval: int | None = Field(
        None, ge=1, le=200_000, title="Interval",
        description="Steps from one look at the network, and checkpoint, to the next.",
    )  # fmt: skip
    choice: Choice = Field(
        "fixed", title="Which network is kept",
        description="The last one, or the best at a look by a criterion that needs no target labels.",
    )  # fmt: skip
    architecture: str = Field(
        "", title="Architecture", description="By name; left out: the network's for this pair."
    )

    def settled(self, pair: str = "") -> Self:
        """The same with the recipe's value wherever none was given.

        Args:
            pair: name of the pair of domains; empty for one of your own.

        Raises:
            ParameterError: there is no such method.
        """
        found = recipes.recipe(pair, self.method, self.network)
        missing: dict[str, Any] = {
            name: value for name, value in found.items() if getattr(self, name) in (None, "")
        }
        whole = self.model_copy(update=missing)
        if whole.interval is None:
            whole = whole.model_copy(update={"interval": max(1, -(-int(whole.steps or 1) // 12))})
        return whole
