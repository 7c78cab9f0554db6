"""What a multitask training is asked for: the task set and the parameters; plain values."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.jobs.configuration import configured
from wsl_core.transfer.multitask.parameters import LOOKS, MultitaskParameters
from wsl_core.transfer.multitask.task_sets import OFFLINE, TASK_SETS, card


class Request(BaseModel):
    """Each task alone against all together; the configuration of the job."""

    model_config = ConfigDict(frozen=True)

    data: str = Field(
        OFFLINE,
        title="Tasks",
        description="Pictures with several labels each.",
        json_schema_extra={"choices": list(TASK_SETS)},
    )
    multitask: MultitaskParameters = Field(default_factory=MultitaskParameters)

    @classmethod
    def of(cls, config: dict[str, Any]) -> Self:
        """From plain values.

        Raises:
            ParameterError: names the first field that is not accepted.
        """
        found = configured(cls, config, "training")
        card(found.data)
        return found

    def settled(self) -> MultitaskParameters:
        """The parameters with the task set's values wherever none were given.

        Raises:
            ParameterError: there is no such task set.
        """
        own, how = card(self.data), self.multitask
        steps = how.steps or own.steps
        return how.model_copy(
            update={
                "steps": steps,
                "batch": how.batch or own.batch,
                "rate": how.rate or own.rate,
                "interval": how.interval or max(1, -(-steps // LOOKS)),
            }
        )
