"""The link of the Multitask page: what is looked at, and what is asked of a training."""

from typing import Literal

from pydantic import BaseModel, Field

from wsl_core.transfer.multitask import TASK_SETS, MultitaskParameters, Request
from wsl_core.transfer.multitask.task_sets import BLOCKS
from wsl_core.web.pooling.view import declared

BRANCH, SIZE, TRAIN, TABLE = "branch", "sizes", "train", "table"
AMOUNTS = ("few", "more", "all")
STEPS = (50, 100, 200, 400, 800)
SHARES = (0.0167, 0.05, 0.1667, 0.5, 1.0)


class MultitaskView(BaseModel):
    """Everything that the page's link holds, beside `run`, the visitor's own training."""

    chapter: Literal["branch", "sizes", "train", "table"] = Field(
        "branch",
        title="Part",
        description="Move the branching point; compare data sizes; train yourself; all that was measured.",
    )
    tasks: str = Field(
        "digits",
        title="Tasks",
        description="Pictures with two labels each.",
        json_schema_extra={"choices": list(TASK_SETS), "menu": True},
    )
    shared: int = Field(
        3,
        ge=0,
        le=BLOCKS,
        title="Shared blocks",
        description="The branching point: how many blocks, from the input on, both tasks share.",
    )
    amount: Literal["few", "more", "all"] = Field(
        "all",
        title="Training pictures",
        description="How much of the training set is learned from; the caption says how many pictures.",
    )
    predict: bool = Field(
        False, title="Predict first",
        description="Hide how it ends, answer a question, then see.",
    )  # fmt: skip
    share: float = Field(
        1.0,
        title="Share of the training set",
        description=MultitaskParameters.model_fields["fraction"].description,
        json_schema_extra={"choices": list(SHARES), "slider": True},
    )
    weighting: Literal["fixed", "uncertainty"] = declared(MultitaskParameters, "weighting")
    surgery: bool = declared(MultitaskParameters, "surgery")
    seed: int = Field(
        0, ge=0, le=99, title="Seed",
        description=MultitaskParameters.model_fields["seed"].description,
    )  # fmt: skip
    steps: int = Field(
        400,
        title="Steps",
        description=MultitaskParameters.model_fields["steps"].description,
        json_schema_extra={"choices": list(STEPS), "slider": True},
    )

    @property
    def fraction(self) -> float:
        """Of the training set, for the amount that is asked for."""
        return TASK_SETS[self.tasks].fractions[AMOUNTS.index(self.amount)]

    def request(self) -> Request:
        """The training that is asked for."""
        how = MultitaskParameters(
            shared=self.shared,
            weighting=self.weighting,
            surgery=self.surgery,
            seed=self.seed,
            steps=self.steps,
            fraction=self.share,
        )
        return Request(data=self.tasks, multitask=how)
