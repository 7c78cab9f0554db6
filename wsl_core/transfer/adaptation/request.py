"""What an adaptation is asked for: the pair of domains and the parameters; plain values."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.jobs.configuration import configured
from wsl_core.transfer.adaptation.methods import method
from wsl_core.transfer.adaptation.parameters import AdaptationParameters


class Request(BaseModel):
    """An adaptation; the configuration of the job."""

    model_config = ConfigDict(frozen=True)

    pair: str = Field("mnist-mnistm", title="Pair", description="Pair of domains, by its name.")
    adaptation: AdaptationParameters = Field(default_factory=AdaptationParameters)

    @classmethod
    def of(cls, config: dict[str, Any]) -> Self:
        """From plain values.

        Raises:
            ParameterError: names the first field that is not accepted.
        """
        found = configured(cls, config, "adaptation")
        method(found.adaptation.method)
        return found

    def settled(self) -> AdaptationParameters:
        """The parameters with the recipe's values for this pair wherever none were given."""
        return self.adaptation.settled(self.pair)

    def baseline(self, name: str) -> Self:
        """The same work with source only, or on the target: what differs is the method alone.

        Steps, batch, network, standardising and augmentation are this request's, so that a method is not
        given credit for them.
        """
        how = self.settled()
        same = ("network", "seed", "steps", "batch", "dropout", "inputs", "augmentation", "negatives",
                "architecture", "interval")  # fmt: skip
        own = AdaptationParameters(method=name, **{field: getattr(how, field) for field in same})
        return self.model_copy(update={"adaptation": own})
