"""The link of the Domain adaptation page: what is looked at, and what is asked of a training."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from wsl_core.datasets.domains import PAIRS
from wsl_core.transfer.adaptation import METHODS, AdaptationParameters
from wsl_core.transfer.adaptation.request import Request
from wsl_core.web.adaptation.runs import every
from wsl_core.web.pooling.view import declared

WATCH, TRAIN, STRUGGLE, TABLE = "watch", "train", "struggle", "table"
OWN, NONE, RECIPE, AS_TRAINED = "your own run", "none", "recipe", "as trained"
FIRST = ("mnist-mnistm-shipped-dann", "mnist-mnistm-dann")
"""Finished runs that the page opens with, the first that is there: the lecture's own pair."""

NAMES = tuple(one.name for one in every())
ADVERSARIAL = tuple(one.name for one in every() if one.method == "dann")
DEFAULT = next((name for name in (*FIRST, *ADVERSARIAL, *NAMES) if name in NAMES), OWN)
OFFLINE = next(name for name, card in PAIRS.items() if card.offline)
STEPS = (RECIPE, 20, 40, 100, 200, 400, 700, 1000, 1400, 2000, 3000, 4000, 6000)
LAMBDAS = (0.0, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
WEIGHTS = (AS_TRAINED, 0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
PCA, TSNE = "PCA", "t-SNE"
LAST = 12  # look of a run whose interval nobody chose


class AdaptationView(BaseModel):
    """Everything that the page's link holds, beside `run`, the visitor's own training."""

    chapter: Literal["watch", "train", "struggle", "table"] = Field(
        "watch",
        title="Part",
        description="A finished training, look by look; a training of your own; why the domain classifier "
        "should struggle; published beside measured.",
    )
    finished: str = Field(
        DEFAULT,
        title="Run",
        description="A finished training that comes with the program, or the one that you have trained.",
        json_schema_extra={"choices": [*NAMES, OWN], "menu": True},
    )
    beside: str = Field(
        NONE,
        title="Beside it",
        description="Another run, in the same charts.",
        json_schema_extra={"choices": [NONE, *NAMES, OWN], "menu": True},
    )
    look: int = Field(
        LAST, ge=0, le=1000, title="Look",
        description="Moments at which the network was looked at, from the start of its training to the end.",
    )  # fmt: skip
    weight: str | float = Field(
        AS_TRAINED,
        title="Lambda in the diagram",
        description="What lambda would make of the same gradient at this step: the arrow behind the "
        "reversal layer is lambda times the one before it, turned round.",
        json_schema_extra={"choices": list(WEIGHTS), "slider": True},
    )
    colour: Literal["class", "domain"] = Field(
        "class", title="Colours", description="Whether points are coloured by class or by domain."
    )
    projection: Literal["PCA", "t-SNE"] = Field(
        "PCA",
        title="Projection",
        description="PCA is one plane for all looks. t-SNE arranges one look anew, in some seconds: "
        "neighbours stay neighbours, distances between groups mean nothing.",
    )
    predict: bool = Field(
        False, title="Predict first",
        description="Hide how it ends, answer a question, then see.",
    )  # fmt: skip
    over: str = Field(
        NONE,
        title="Runs on",
        description="The pair of domains whose runs are compared.",
        json_schema_extra={"choices": [NONE, *PAIRS], "menu": True},
    )
    pair: str = Field(
        OFFLINE,
        title="Pair",
        description="Domains: the labelled source and the target without labels.",
        json_schema_extra={"choices": list(PAIRS), "menu": True},
    )
    method: str = Field(
        "dann",
        title="Method",
        description=AdaptationParameters.model_fields["method"].description,
        json_schema_extra={"choices": list(METHODS), "menu": True},
    )
    network: Literal["fast", "paper"] = declared(AdaptationParameters, "network")
    seed: int = Field(
        0, ge=0, le=99, title="Seed",
        description=AdaptationParameters.model_fields["seed"].description,
    )  # fmt: skip
    steps: int | str = Field(
        RECIPE,
        title="Steps",
        description="Updates of the weights; the recipe's, or so many.",
        json_schema_extra={"choices": list(STEPS), "slider": True},
    )
    lambda_largest: float = declared(AdaptationParameters, "lambda_largest", LAMBDAS)

    def request(self) -> Request:
        """The training that is asked for."""
        values: dict[str, Any] = {
            name: getattr(self, name) for name in ("method", "network", "seed")
        }
        if self.steps != RECIPE:
            values["steps"] = self.steps
        if reversing(self.method):
            values["lambda_largest"] = self.lambda_largest
        return Request(pair=self.pair, adaptation=AdaptationParameters.model_validate(values))


def reversing(method: str) -> bool:
    """Whether a method has a reversal layer, and so a lambda."""
    return "lambda_largest" in METHODS[method].parameters
