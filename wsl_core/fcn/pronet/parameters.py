"""What can be chosen of ProNet, and what a training of it is asked for."""

from typing import Any

from pydantic import Field

from wsl_core import networks
from wsl_core.errors import ParameterError
from wsl_core.fcn import pooling
from wsl_core.fcn.heads import TrainingParameters
from wsl_core.fcn.heads.parameters import PRONET
from wsl_core.fcn.heads.request import Request
from wsl_core.fcn.pooling.parameters import LSEParameters

STREAM = "lse"
SIZES = (321, 449, 641)
ABOUT = "A pipeline: LSE streams at several scales propose boxes, and a second stage scores their crops."


class ProNetParameters(LSEParameters):
    """Of both stages; β is that of every stream.

    Classes, overlap and share were chosen on a fifth of VOC's training pictures, where 2 to 4 classes and
    2 to 5 boxes lay within a point of each other. The paper's numbers could not be read.
    """

    box_side: int = Field(
        225, ge=33, le=1025, title="Side of a box",
        description="Of the square around a cell that is its box, in pixels of the network's input; its "
        "crop is fed at this side.",
    )  # fmt: skip
    boxed_classes: int = Field(
        2, ge=1, le=100, title="Classes with crops",
        description="How many classes, those that the first stage scores highest, have their best boxes "
        "cropped.",
    )  # fmt: skip
    boxes: int = Field(
        2, ge=1, le=20, title="Boxes a class", description="How many boxes of a class are cropped."
    )
    overlap: float = Field(
        0.5, ge=0, le=1, title="Overlap",
        description="Largest intersection over union of two boxes of a class.",
        json_schema_extra={"ends": ["apart", "any"]},
    )  # fmt: skip
    second_share: float = Field(
        0.5, ge=0, le=1, title="Share of the second stage",
        description="Of a score, and of the confidence of a box that was cropped.",
        json_schema_extra={"ends": ["first stage", "second stage"]},
    )  # fmt: skip

    @property
    def stream(self) -> dict[str, Any]:
        """The pooling parameters of every stream."""
        return {"beta": self.beta}


def read(values: dict[str, Any]) -> ProNetParameters:
    """From plain values.

    Raises:
        ParameterError: names the first that is not accepted.
    """
    fields = ProNetParameters.model_fields
    if unknown := sorted(set(values) - set(fields)):
        raise ParameterError(
            f"ProNet has no parameter named {unknown[0]!r}. Its own are: {', '.join(fields)}."
        )
    try:
        return ProNetParameters.model_validate(values)
    except ValueError as error:  # pydantic's
        first = error.errors()[0]  # type: ignore[attr-defined]
        name = str(first["loc"][0])
        raise ParameterError(
            f"{name} {values[name]!r} is not accepted by ProNet: {first['msg'].lower()}."
        ) from None


class ProNetRequest(Request):
    """A training of ProNet; the configuration of its job."""

    scheme: str = PRONET
    training: TrainingParameters = Field(default_factory=lambda: TrainingParameters(sizes=SIZES))

    def check(self) -> None:
        """Refuse what no training could be made of, before anything is computed.

        Raises:
            NetworkError: there is no such network.
            ParameterError: a parameter is not accepted, or a size is outside the network's limits.
        """
        if self.training.finetune:
            raise ParameterError(
                f"ProNet is trained on the network as it is, and is to be fine-tuned from "
                f"{self.training.finetune!r}. Leave this out, or choose another scheme."
            )
        card, side = networks.card(self.network), self.pipeline().box_side
        if card.sides.nearest(side) != side:
            raise ParameterError(
                f"A box of {side} px is no size that {card.title} accepts; the nearest that it accepts is "
                f"{card.sides.nearest(side)} px."
            )
        super().check()

    def pipeline(self) -> ProNetParameters:
        """Its parameters.

        Raises:
            ParameterError: one is not accepted.
        """
        return read(self.parameters)

    def pooling(self) -> tuple[pooling.Scheme, LSEParameters]:
        """The scheme of the streams, and its parameters.

        Raises:
            ParameterError: a parameter is not accepted.
        """
        return pooling.scheme(STREAM), LSEParameters(**self.pipeline().stream)

    def first(self) -> Request:
        """The training of the first stage: a head for LSE pooling, at all sizes."""
        words = self.model_dump(exclude={"scheme", "parameters", "training", "name"})
        return Request(
            **words,
            scheme=STREAM,
            parameters=self.pipeline().stream,
            training=self.training,
            name=self.name or PRONET,
        )
