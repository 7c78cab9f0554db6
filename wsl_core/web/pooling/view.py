"""The link of the Pooling page: everything that it holds, the schemes' parameters as they declare them."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator
from pydantic.fields import FieldInfo

from wsl_core.datasets import voc
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.pooling import LSEParameters, WELDONParameters, WILDCATParameters
from wsl_core.figures import OPACITY
from wsl_core.networks import CARDS, DEFAULT
from wsl_core.web import controls, own_heads, trained_heads
from wsl_core.web.class_choice import class_field
from wsl_core.web.components import number_grid
from wsl_core.web.pictures import PictureParameters
from wsl_core.web.pooling import cases as pooling_cases

SCHEMES_PART, MODALITIES, LIMIT, GRID, VERDICTS = (
    "schemes", "modalities", "limit of max", "own numbers", "three verdicts",
)  # fmt: skip
CONTRIBUTION, WEIGHT, CLASS_MAP = "contribution", "weight", "class map"
NONE = "none"
BETAS = (0.01, 0.03, 0.1, 0.3, 1, 2, 3, 5, 10, 20, 50, 100)
POSITIVE = ("1", "2", "3", "5", "10%", "20%", "30%", "50%", "75%", "100%")
NEGATIVE = ("0", "1", "2", "3", "5", "10%", "20%", "30%", "50%", "75%", "100%")


def declared(model: type[BaseModel], name: str, choices: Sequence[Any] = (), **more: Any) -> Any:
    """A field as a scheme's parameters declare it, for a link: with the values that a slider stops at."""
    source: FieldInfo = model.model_fields[name]
    extra = {"ends": controls.extra(source, "ends")} if choices else {}
    same = (one for one in choices if one == source.default or str(one) == str(source.default))
    default = next(same, source.default)
    counted = {"choices": list(choices), "slider": True} if choices else {}
    return Field(
        default,
        title=source.title,
        description=source.description,
        json_schema_extra={**extra, **counted, **more},
    )


class PoolingView(PictureParameters):
    """Everything that the page's link holds; a scheme's parameters are those that it declares."""

    chapter: Literal["schemes", "modalities", "limit of max", "own numbers", "three verdicts"] = (
        Field(
            "schemes",
            title="Part",
            description="All schemes on one picture; several maps a class; where max pooling is misled; a "
            "map of your own numbers; three classes judged on one picture.",
        )
    )
    trained: bool = Field(
        False,
        title="Trained VOC heads",
        description="Pool the maps of heads for the 20 classes of VOC, each trained with its own scheme; "
        "otherwise the network's own ImageNet class maps, as they are.",
    )
    beside: Literal["none", "pronet", "finetuned"] = Field(
        "none",
        title="Beside the schemes",
        description="A trained head that looks at the picture by itself: ProNet, or one whose network was "
        "retrained with it.",
    )
    network: str = Field(
        DEFAULT,
        title="Network",
        description="Whose ImageNet class maps are pooled: one that ends in a linear layer, so that its "
        "maps are all that its score is made of. Where its weights are not on this machine, they are "
        "offered to be fetched.",
        json_schema_extra={
            "choices": [name for name, card in CARDS.items() if card.head == "linear"],
            "menu": True,
        },
    )
    size: int | str = Field(
        449,
        title="Picture size",
        description="Longer side as the network sees it, in pixels; full is the picture's own.",
        json_schema_extra={"choices": [449, 641, 897, 1281, "full"], "slider": True},
    )
    first: str = class_field()
    right: str = class_field(
        "A right class", "one that the picture shows", "What the picture shows."
    )
    wrong: str = class_field("A wrong class", "one like it", "What it does not show.")
    other: str = class_field("Another wrong class", "one unlike it", "What it does not show.")
    voc: str = Field(
        pooling_cases.ANY,
        title="Class",
        description="One of the 20 classes of VOC.",
        json_schema_extra={"choices": [pooling_cases.ANY, *voc.CLASSES], "menu": True},
    )
    two: bool = Field(
        False, title="Two classes", description="Show the runner-up under every scheme, too."
    )
    layer: Literal["contribution", "weight", "class map"] = Field(
        "contribution",
        title="Show",
        description="What every place adds to the score, how much the score moves with it (the gradient), or "
        "what it says of the class before any pooling.",
    )
    scheme: Literal["max", "average", "lse", "spleap", "weldon", "wildcat"] = Field(
        "weldon", title="Pipeline of", description="The scheme whose way to the score is drawn."
    )
    beta: int | float = declared(LSEParameters, "beta", BETAS)
    positive: str = declared(WELDONParameters, "positive", POSITIVE)
    negative: str = declared(WELDONParameters, "negative", NEGATIVE)
    alpha: float = Field(
        WILDCATParameters.model_fields["alpha"].default,
        ge=0, le=1,
        title=WILDCATParameters.model_fields["alpha"].title,
        description=WILDCATParameters.model_fields["alpha"].description,
        json_schema_extra={"step": 0.05, "ends": ["none", "as in WELDON"]},
    )  # fmt: skip
    scale: Literal["sum", "half"] = declared(WELDONParameters, "scale")
    case: str = Field(
        next(iter(pooling_cases.CASES)),
        title="Picture",
        description="A picture on which the schemes disagree.",
        json_schema_extra={"choices": list(pooling_cases.CASES), "menu": True},
    )
    grid: str = Field(
        pooling_cases.GRIDS["two objects"],
        title="Map",
        description="Rows of numbers: numbers apart by commas, rows by semicolons.",
        json_schema_extra={
            "accepted": "numbers apart by commas, rows by semicolons, at most 6 × 6"
        },
    )
    predict: bool = Field(
        False, title="Predict first",
        description="Hide what the schemes say, answer a question, then see.",
    )  # fmt: skip
    opacity: float = Field(
        OPACITY, ge=0, le=1, title="Opacity", description="Of the paint at the end of the scale.",
        json_schema_extra={"step": 0.05},
    )  # fmt: skip
    cell: str = Field(
        "", pattern=r"^(\d{1,3},\d{1,3})?$", title="Cell", description="Row and column, from 1.",
        json_schema_extra={"accepted": "row,column, counted from 1"},
    )  # fmt: skip

    head: str = own_heads.FIELD

    @field_validator("grid")
    @classmethod
    def _map(cls, text: str) -> str:
        number_grid.parse(text)
        return text

    def looked(self) -> ActivationMapParameters:
        """What the maps depend on."""
        network = trained_heads.network() if self.trained else self.network
        return ActivationMapParameters(network=network, size=self.size)

    def parameters(self) -> dict[str, dict[str, Any]]:
        """What the sliders say, by scheme."""
        regions = {"positive": self.positive, "negative": self.negative, "scale": self.scale}
        return {
            "lse": {"beta": self.beta},
            "weldon": regions,
            "wildcat": {**regions, "alpha": self.alpha},
        }
