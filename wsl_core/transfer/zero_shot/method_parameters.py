"""The parameters of all methods, each declared once; those in a method's grid are chosen on left-out classes.

Defaults of prototypes and ESZSL did best on left-out seen classes of the animals and the birds together.
"""

from typing import Literal

from pydantic import Field

from wsl_core.transfer.zero_shot.words_parameters import WordParameters


class MethodParameters(WordParameters):
    """How a method is fitted to the seen classes."""

    width: float = Field(
        4.0, gt=0, le=1000, title="Width",
        description="Prototypes: how far classes with other attributes still count, in mean squared "
        "distances of the seen classes; very wide, and the map is linear.",
    )  # fmt: skip
    ridge: float = Field(
        0.03, gt=0, le=1000, title="Ridge",
        description="Prototypes: penalty, against 1 for a class itself.",
    )  # fmt: skip
    shrinkage: float = Field(
        3.0, gt=0, le=1e6, title="Shrinkage",
        description="Prototypes: how little the differences within classes change distances; very large, "
        "and they do not.",
    )  # fmt: skip
    picture_penalty: float = Field(
        3.0, gt=0, le=1e4, title="Penalty, pictures",
        description="ESZSL: gamma, which holds the map small as pictures see it.",
    )  # fmt: skip
    class_penalty: float = Field(
        0.1, gt=0, le=1e4, title="Penalty, classes",
        description="ESZSL: lambda, which holds the map small as attributes see it.",
    )  # fmt: skip
    c: float = Field(
        10.0, gt=0, le=1e6, title="C",
        description="DAP and IAP: weight of the pictures against the penalty.",
    )  # fmt: skip
    margin: float = Field(
        0.3, gt=0, le=10, title="Margin",
        description="ALE, and two networks with hinge: by how much the right class is to lead.",
    )  # fmt: skip
    epochs: int = Field(
        30, ge=1, le=1000, title="Epochs",
        description="ALE, two networks: how often all pictures are seen.",
    )  # fmt: skip
    rate: float = Field(
        0.3, gt=0, le=10, title="Rate", description="ALE: step of stochastic gradient descent."
    )
    loss: Literal["softmax", "hinge"] = Field(
        "softmax", title="Loss",
        description="Two networks: the right class against all others, or against the best of them.",
    )  # fmt: skip
    negatives: bool = Field(
        True, title="Negatives",
        description="Two networks: also push pictures and wrong classes apart; without, all collapses.",
        json_schema_extra={"accepted": "yes or no"},
    )  # fmt: skip
    hidden: int = Field(
        128, ge=1, le=2048, title="Hidden units", description="Two networks: of each."
    )
    dimensions: int = Field(
        64, ge=1, le=1024, title="Dimensions",
        description="Two networks: of the space where a picture and its class meet.",
    )  # fmt: skip
    network_rate: float = Field(
        0.001, gt=0, le=1, title="Rate of the networks", description="Two networks: step of Adam."
    )
    weight_decay: float = Field(
        0.0, ge=0, le=1, title="Weight decay", description="Two networks: of the weights, a step."
    )
    seed: int = Field(
        0, ge=0, le=2**31, title="Seed", description="Of first weights, orders and draws."
    )
