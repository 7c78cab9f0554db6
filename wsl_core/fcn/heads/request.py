"""What a training is asked for: the set, the network, the scheme and its parameters; plain values."""

import hashlib
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from wsl_core import networks
from wsl_core.datasets import labelled
from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.errors import ParameterError
from wsl_core.fcn import pooling
from wsl_core.fcn.heads.parameters import PRONET, RECIPES, TrainingParameters
from wsl_core.jobs.configuration import configured


class Source(BaseModel):
    """A split of a labelled set, as the command line and jobs name it."""

    model_config = ConfigDict(frozen=True)

    data: Path = Field(description="Root of the set in its published layout.")
    format: str = Field(
        "voc",
        description="Layout of the set",
        json_schema_extra={"choices": list(labelled.FORMATS)},
    )
    year: int = Field(
        2012, ge=1990, le=2100, description="Of VOC, and of COCO where it has several."
    )
    split: str = Field("train", description="Split, as the set names it.")
    skip_missing: bool = Field(
        False, description="Leave out listed pictures whose file or annotation is missing."
    )

    def read(self) -> LabelledPictures:
        """The pictures.

        Raises:
            DatasetError: the set is missing, damaged, or has no such split.
        """
        return labelled.read(
            self.format, self.data, self.split, self.year, skip_missing=self.skip_missing
        )


class HeadChoice(BaseModel):
    """Which network, and which pooling scheme."""

    model_config = ConfigDict(frozen=True)

    scheme: str = Field(
        "wildcat",
        title="Scheme",
        description="How class maps are pooled.",
        json_schema_extra={"choices": [*RECIPES, PRONET]},
    )
    network: str = Field(
        networks.DEFAULT, title="Network", description="The classifier whose features it reads."
    )


class CardWords(BaseModel):
    """What its maker says of a head on its card."""

    model_config = ConfigDict(frozen=True)

    name: str = Field("", description="Name of the head; that of the scheme if left out.")
    title: str = Field("", description="Title of the head; made from scheme and set if left out.")
    chosen: str = Field("", description="How the hyper-parameters were chosen.")
    licence: str = Field("", description="Under which the head may be used.")


class Request(HeadChoice, CardWords):
    """A training; the configuration of the job."""

    parameters: dict[str, Any] = Field(default_factory=dict, description="Of the scheme.")
    training: TrainingParameters = Field(default_factory=TrainingParameters)
    source: Source | None = Field(None, description="The set; None where it is given in Python.")
    labels: str = Field(
        "", description="Digest of names and labels when the training was asked for."
    )
    command: str = Field("", description="Makes the head again.")

    @classmethod
    def of(cls, config: dict[str, Any]) -> Self:
        """From plain values.

        Raises:
            ParameterError: names the first field that is not accepted.
        """
        return configured(cls, config, "training")

    def check(self) -> None:
        """Refuse what no training could be made of, before anything is computed.

        Raises:
            NetworkError: there is no such network.
            ParameterError: a parameter is not accepted, a size is outside the network's limits, it has no
                such stages, or nothing is to be trained.
        """
        self.pooling()
        card = networks.card(self.network)
        for size in (*self.training.sizes, *(self.training.read_at or ())):
            card.sides.fit(1, 1, size)
        if self.training.finetune:
            below(card, self.training.finetune)
        elif not self.training.epochs:
            raise ParameterError(
                "With 0 epochs nothing is trained. Give 1 epoch or more, or fine-tune stages of the network "
                "together with the head."
            )

    def pooling(self) -> tuple[pooling.Scheme, BaseModel]:
        """The scheme, and its parameters.

        Raises:
            ParameterError: there is no such scheme, or a parameter is not accepted.
        """
        scheme = pooling.scheme(self.scheme)
        return scheme, scheme.read(self.parameters)


def below(card: networks.Card, first: str) -> str:
    """The tap whose cells enter the stages of a network from `first` on.

    Raises:
        ParameterError: the network has no such tap, or nothing lies below it.
    """
    if first not in card.taps[1:]:
        raise ParameterError(
            f"{card.title} cannot be fine-tuned from {first!r}: accepted are its taps but the first, "
            f"{', '.join(card.taps[1:])}."
        )
    return card.taps[card.taps.index(first) - 1]


def digest(pictures: LabelledPictures) -> str:
    """Twelve hexadecimal digits over classes, names and labels."""
    found = hashlib.sha256(repr((pictures.classes, pictures.single)).encode())
    for one in pictures.pictures:
        found.update(repr((one.name, one.labels)).encode())
    return found.hexdigest()[:12]
