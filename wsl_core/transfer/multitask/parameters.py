"""What can be chosen of a multitask training: each field once, for page, link, command line and job.

A field that is None takes the task set's value; `Request.settled` fills them in.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.transfer.multitask.architecture import Match
from wsl_core.transfer.multitask.task_sets import BLOCKS

Weighting = Literal["fixed", "uncertainty"]
LOOKS = 8  # of a training whose interval nobody chose


class MultitaskParameters(BaseModel):
    """How several tasks are learned together."""

    model_config = ConfigDict(frozen=True)

    shared: int = Field(
        3, ge=0, le=BLOCKS, title="Shared blocks",
        description="Blocks of the trunk, from the input on, that all tasks share: the branching point.",
    )  # fmt: skip
    weighting: Weighting = Field(
        "fixed", title="Weights of the losses",
        description="Fixed, or learned from each task's uncertainty (Kendall et al., CVPR 2018).",
    )  # fmt: skip
    balance: float = Field(
        0.5, gt=0, lt=1, title="Balance",
        description="Share of the first task in fixed weights, which add up to the number of tasks.",
    )  # fmt: skip
    surgery: bool = Field(
        False, title="Gradient surgery",
        description="Take out of each task's gradient what points against another's (PCGrad, Yu et al., "
        "NeurIPS 2020).",
    )  # fmt: skip
    match: Match = Field(
        "trunk", title="Compared at",
        description="The same trunk together as alone; or the shared blocks widened until the network has as "
        "many parameters, or costs as much, as the separate ones together.",
    )  # fmt: skip
    fraction: float = Field(
        1.0, gt=0, le=1, title="Fraction",
        description="Share of the training pictures that is learned from, drawn by the seed.",
    )  # fmt: skip
    seed: int = Field(
        0, ge=0, le=2**31 - 1, title="Seed",
        description="Of the initial weights, of the pictures that are drawn and of their order.",
    )  # fmt: skip
    steps: int | None = Field(
        None, ge=1, le=200_000, title="Steps", description="Updates of the weights, for each task."
    )
    batch: int | None = Field(
        None, ge=2, le=2048, title="Batch", description="Pictures in an update."
    )
    rate: float | None = Field(
        None, gt=0, le=1, title="Learning rate",
        description="Learning rate at the start; it falls to 0 along a line.",
    )  # fmt: skip
    decay: float = Field(
        1e-4, ge=0, le=1, title="Weight decay",
        description="Pull of the weights towards 0, in units of the learning rate; not of learned loss "
        "weights.",
    )  # fmt: skip
    uncertainty_rate: float = Field(
        0.01, gt=0, le=1, title="Rate of the loss weights",
        description="Learning rate of the logarithms of the uncertainties, which have no weight decay.",
    )  # fmt: skip
    limit: float = Field(
        3.0, gt=0, le=20, title="Limit of the loss weights",
        description="The logarithms of the uncertainties stay within plus and minus this: a loss near 0 "
        "would let its weight grow without end.",
    )  # fmt: skip
    interval: int | None = Field(
        None, ge=1, le=200_000, title="Interval",
        description="Steps from one look at the network, and checkpoint, to the next.",
    )  # fmt: skip

    def alone(self) -> Self:
        """The same for a task by itself: what concerns several tasks goes back to its default."""
        fields = type(self).model_fields
        own = ("shared", "weighting", "balance", "surgery", "match", "uncertainty_rate", "limit")
        default = {name: fields[name].default for name in own}
        return self.model_copy(update=default | {"shared": 0})
