"""The card of a head: what it is, what it was trained on, how it is made again."""

from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.errors import HeadError, ParameterError
from wsl_core.fcn import pooling
from wsl_core.fcn.heads.parameters import TrainingParameters
from wsl_core.networks import ClassNames

PUBLISHED_COUNTS = {
    "VOC 2007 train": 2501, "VOC 2007 val": 2510, "VOC 2007 trainval": 5011, "VOC 2007 test": 4952,
    "VOC 2012 train": 5717, "VOC 2012 val": 5823, "VOC 2012 trainval": 11540,
}  # fmt: skip
"""Pictures of the published splits, by the title of a set that was read."""


class TrainingData(BaseModel):
    """The pictures that a head was trained on."""

    model_config = ConfigDict(frozen=True)

    title: str
    split: str
    pictures: int = Field(ge=1)
    subset: bool = Field(description="Part of the published set, so figures are not comparable.")

    @classmethod
    def of(cls, pictures: LabelledPictures, split: str) -> "TrainingData":
        """What is said of a split."""
        count = len(pictures.pictures)
        published = PUBLISHED_COUNTS.get(pictures.title, count)
        subset = bool(pictures.missing) or count < published
        return cls(title=pictures.title, split=split, pictures=count, subset=subset)


class HeadCard(BaseModel):
    """All that is known of a head but its tensors; the file card.json."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    network: str = Field(description="Name of the card of the network that it reads.")
    features: str = Field(description="Tap whose cells it reads.")
    classes: tuple[str, ...] = Field(min_length=1)
    scheme: str = Field(description="How the class maps are pooled.")
    parameters: dict[str, Any] = Field(default_factory=dict, description="Of the scheme.")
    single: bool = Field(False, description="Exactly one class a picture: softmax, not sigmoid.")
    data: TrainingData
    date: str = Field("", description="Day on which it was trained, YYYY-MM-DD.")
    seed: int = 0
    command: str = Field("", description="Makes it again.")
    recipe: TrainingParameters = Field(default_factory=TrainingParameters)
    initialisation: Literal["relatives", "random"] = "relatives"
    finetuned: tuple[str, ...] = Field((), description="Taps whose stages were retrained with it.")
    sizes: tuple[int, ...] = Field((449,), description="Longer sides at which it is best used.")
    mirror: bool = Field(False, description="Best used with the mirrored picture, too.")
    figures: dict[str, Any] = Field(
        default_factory=dict, description="Measured, by title of set and split."
    )
    chosen: str = Field("", description="How the hyper-parameters were chosen.")
    labels: str = Field("", description="What counted as present, absent and unknown.")
    licence: str = ""
    tensors_sha256: str = Field("", description="Of the file head.safetensors.")

    @field_validator("classes")
    @classmethod
    def _different(cls, classes: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(classes)) < len(classes) or not all(name.strip() for name in classes):
            raise ValueError("class names are empty or there twice")
        return classes

    @cached_property
    def pooling(self) -> tuple[pooling.Scheme, BaseModel]:
        """The scheme and its parameters.

        Raises:
            HeadError: the card names a scheme or parameters that there are not.
        """
        try:
            scheme = pooling.scheme(self.scheme)
            return scheme, scheme.read(self.parameters)
        except ParameterError as error:
            raise HeadError(
                f"The card of the head {self.name} is damaged: its scheme {self.scheme} cannot be made. "
                f"{error} Get the head again, or train it again."
            ) from None

    @cached_property
    def class_names(self) -> ClassNames:
        """The classes, to be found by name."""
        return ClassNames(("",) * len(self.classes), self.classes)
