"""Everything that the link of the Segmentation page holds."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from wsl_core.datasets import voc
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.segmentation.crf_parameters import PRESETS, CrfParameters
from wsl_core.fcn.segmentation.unary import UnaryParameters
from wsl_core.web.activation_maps.shown import ActivationMapView
from wsl_core.web.controls import limits
from wsl_core.web.pictures import PictureParameters

MAP: Literal["from map to segment"] = "from map to segment"
EXAMPLES, TABLE = "repairs and damage", "table"
SCENE: Literal["worked scene"] = "worked scene"
YOURS, LABELLED = "your picture", "VOC's"
PREDICTED: Literal["predicted"] = "predicted"
KNOWN, CHOSEN = "known", "chosen"
UNTRAINED = "no training"
CRF = (
    "appearance_weight", "appearance_width", "colour_width", "smoothness_weight", "smoothness_width",
    "normalised", "itself",
)  # fmt: skip
UNARY = ("background", "alike", "sharpness", "present")
PLAIN = UnaryParameters(background=0.2, alike=0, sharpness=1, present=0.5)
"""One look at cells 32 px apart, nothing done to it; the core's own values are those of the evaluation."""
UPDATES = CrfParameters().iterations
LIST = "|".join(voc.CLASSES)


def _of(start: BaseModel, name: str, **more: float) -> Any:
    """A parameter of the core; `low` and `high` are how far its slider reaches, `step` the slider's."""
    field, value = type(start).model_fields[name], getattr(start, name)
    about: dict[str, Any] = {"title": field.title, "description": field.description}
    if field.annotation is bool:
        return Field(value, **about)
    low, high = limits(field)
    about |= {"ge": more.get("low", low), "le": more.get("high", high)}
    return Field(float(value), json_schema_extra={"step": more["step"]}, **about)


class SegmentationView(ActivationMapParameters, PictureParameters):
    """What is shown, of which picture, by which maps, and how the CRF works."""

    chapter: Literal["from map to segment", "repairs and damage", "table"] = Field(
        MAP,
        title="Part",
        description="A picture on its way from class maps to labels; what the CRF repairs and what it "
        "destroys; published beside measured.",
    )
    source: Literal["worked scene", "your picture", "VOC's"] = Field(
        SCENE,
        title="What is segmented",
        description="A scene whose mask is known; a picture of the gallery or your own; a picture of VOC's "
        "validation set, where it is on this machine.",
    )
    sample: str = Field(
        "", pattern=r"^\w{0,40}$", title="Labelled picture", description="Its name in the set.",
        json_schema_extra={"accepted": "the name of a picture, such as 2007_000042"},
    )  # fmt: skip
    scheme: Literal[
        "average", "max", "lse", "spleap", "weldon", "wildcat", "finetuned", "no training"
    ] = Field(
        "average",
        title="Class maps by",
        description="The head whose maps are used, trained from image labels with this scheme; the "
        "fine-tuned one has a network of its own. Without training: ImageNet's maps, grouped.",
        json_schema_extra={"menu": True},
    )
    labels: Literal["predicted", "known", "chosen"] = Field(
        PREDICTED,
        title="Classes that are there",
        description="Those that the head predicts from the picture, those that are known to be there, or "
        "those that you choose.",
    )
    classes: str = Field(
        "", pattern=rf"^({LIST})?(,({LIST}))*$", title="Classes", description="Names of VOC's classes.",
        json_schema_extra={"accepted": "names of VOC's classes with commas between them"},
    )  # fmt: skip
    network: str = ActivationMapView.model_fields["network"]  # type: ignore[assignment]
    size: int | str = ActivationMapView.model_fields["size"]  # type: ignore[assignment]
    background: float = _of(PLAIN, "background", low=0.05, high=0.95, step=0.05)
    alike: float = _of(PLAIN, "alike", step=0.5)
    sharpness: float = _of(PLAIN, "sharpness", low=0.25, high=5.0, step=0.25)
    present: float = _of(PLAIN, "present", step=0.05)
    appearance_weight: float = _of(CrfParameters(), "appearance_weight", high=40.0, step=1.0)
    appearance_width: float = _of(CrfParameters(), "appearance_width", high=200.0, step=1.0)
    colour_width: float = _of(CrfParameters(), "colour_width", high=60.0, step=1.0)
    smoothness_weight: float = _of(CrfParameters(), "smoothness_weight", high=40.0, step=1.0)
    smoothness_width: float = _of(CrfParameters(), "smoothness_width", low=1.0, high=40.0, step=1.0)
    normalised: bool = _of(CrfParameters(), "normalised")
    itself: bool = _of(CrfParameters(), "itself")
    update: int = Field(
        UPDATES, ge=0, le=UPDATES, title="Update",
        description="How many updates of the CRF are shown; 0 shows the labels before it.",
    )  # fmt: skip
    whole: bool = Field(
        False,
        title="Every pixel",
        description="Let the CRF work on the whole picture; it takes some seconds. Sliders act at once on a "
        "reduced one.",
    )
    predict: bool = Field(
        False, title="Predict first", description="Hide what the CRF does, say what you expect, then see.",
    )  # fmt: skip
    case: Literal["clear edges", "thin things", "wrong colours"] = Field(
        "clear edges", title="Example", description="Three scenes with known masks.",
    )  # fmt: skip

    def unary(self) -> UnaryParameters:
        """How class maps become probabilities."""
        return UnaryParameters(**{name: getattr(self, name) for name in UNARY})

    def crf(self) -> CrfParameters:
        """The kernels."""
        return CrfParameters(**{name: getattr(self, name) for name in CRF})

    @property
    def preset(self) -> str:
        """The published set that the kernels are of; nothing where they are nobody's."""
        return next((name for name, one in PRESETS.items() if one == self.crf()), "")
