"""The link of the Fine-tuning page: which part, which figures, which blocks are copied, frozen or reset."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from wsl_core.transfer.finetuning import RaceParameters
from wsl_core.transfer.finetuning.cases import BLOCKS, CASES, TITLES

RACE, TWO_CASES, LAYERS, OWN = "the race", "two cases", "choose layers", "your classes"
ZIP, DROPPED = "a zip file", "class by class"
PRESETS = {
    "first 3 blocks copied": "first:3",
    "first 6 blocks copied": "first:6",
    "last 3 blocks copied": "last:3",
    "first 7 frozen, the others trained": "stem=freeze,stage7=copy",
    "first 5 frozen, the others begun anew": "stem=freeze,stage5=reset",
}
"""Layer transfers of the default network that the page offers."""


def _block(name: str) -> Any:
    """What happens to a block of LeNet, as a field."""
    return Field(
        "copy" if name == "classifier" else "freeze",
        title=TITLES[name].capitalize(),
        description="Copied and frozen, copied and trained further, or begun anew.",
    )


State = Literal["freeze", "copy", "reset"]


class FineTuningView(BaseModel):
    """Everything that the page's link holds, beside `run`, the visitor's own training."""

    chapter: Literal["the race", "two cases", "choose layers", "your classes"] = Field(
        "the race",
        title="Part",
        description="Strategies raced on ten pictures a class; which end of a network is to be retrained; "
        "choose yourself what is copied, frozen or reset; race on classes of your own.",
    )
    predict: bool = Field(
        False, title="Predict first", description="Say which strategy wins, then see."
    )
    figure: Literal["accuracy", "loss"] = Field(
        "accuracy", title="Curves", description="What is drawn over the epochs."
    )
    draw: int = Field(
        0, ge=0, le=2, title="Draw",
        description="Which of the draws of pictures is drawn as curves; accuracies are means over all.",
    )  # fmt: skip
    case: str = Field(
        "input",
        title="What changes",
        description="Between the digits that the network knows and those that it is given.",
        json_schema_extra={"choices": list(CASES)},
    )
    pool1: State = _block("pool1")
    pool2: State = _block("pool2")
    fc1: State = _block("fc1")
    fc2: State = _block("fc2")
    classifier: State = _block("classifier")
    pack: Literal["a zip file", "class by class"] = Field(
        "a zip file", title="Your pictures", description="How you hand them over."
    )
    train: int = Field(
        10, ge=2, le=50, title="Pictures a class",
        description=RaceParameters.model_fields["train"].description,
    )  # fmt: skip
    transfer: str = Field(
        next(iter(PRESETS)),
        title="Layer transfer",
        description="What the strategy layers does, where it takes part.",
        json_schema_extra={"choices": list(PRESETS), "menu": True},
    )
    seed: int = Field(
        0, ge=0, le=99, title="Seed", description="Of the draw, the order, and new weights."
    )

    def layers(self) -> str:
        """What happens to LeNet's blocks, in words that `plan.parsed` reads."""
        return ",".join(f"{one}={getattr(self, one)}" for one in BLOCKS)
