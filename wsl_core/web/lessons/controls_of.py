"""What the link of each station holds, and which of it are controls that a lesson may hide or hold."""

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from wsl_core.web.activation_maps.attributions import AttributionView
from wsl_core.web.activation_maps.shown import ActivationMapView
from wsl_core.web.adaptation.view import AdaptationView
from wsl_core.web.controls import choices, extra, limits
from wsl_core.web.few_shot.view import FewShotView
from wsl_core.web.finetuning.view import FineTuningView
from wsl_core.web.framework.view import FrameworkView
from wsl_core.web.localization.looked import LocalizationView
from wsl_core.web.multitask.view import MultitaskView
from wsl_core.web.pooling.view import PoolingView
from wsl_core.web.probes.view import ProbesView
from wsl_core.web.retrieval.view import RetrievalView
from wsl_core.web.segmentation.view import SegmentationView
from wsl_core.web.sliding_window.shown import SlidingWindowView
from wsl_core.web.zero_shot.placed_view import PlacedView
from wsl_core.web.zero_shot.view import ZeroShotView

MODELS: dict[str, tuple[type[BaseModel], ...]] = {
    "sliding_window": (SlidingWindowView,),
    "activation_maps": (ActivationMapView, AttributionView),
    "pooling": (PoolingView,),
    "localization": (LocalizationView,),
    "segmentation": (SegmentationView,),
    "framework": (FrameworkView,),
    "retrieval": (RetrievalView,),
    "probes": (ProbesView,),
    "finetuning": (FineTuningView,),
    "few_shot": (FewShotView,),
    "multitask": (MultitaskView,),
    "adaptation": (AdaptationView,),
    "zero_shot": (ZeroShotView, PlacedView),
}
"""By the station's address: the models that its page gives to `station.head`."""

OWN = {
    ("segmentation", "update"), ("retrieval", "number"), ("adaptation", "look"), ("zero_shot", "edited"),
}  # fmt: skip
"""What a station draws in a way of its own, its range being that of what is shown: no lesson can hold it."""


def fields(station: str) -> dict[str, FieldInfo]:
    """All that the link of a station may hold, by name."""
    return {name: field for model in MODELS[station] for name, field in model.model_fields.items()}


def model_of(station: str, name: str) -> type[BaseModel]:
    """The model of a station that declares a field; KeyError where none does."""
    for model in MODELS[station]:
        if name in model.model_fields:
            return model
    raise KeyError(name)


def movable(station: str) -> dict[str, str]:
    """Titles of the controls that can be hidden or held, by name."""
    return {
        name: field.title or name
        for name, field in fields(station).items()
        if _is_control(field) and (station, name) not in OWN
    }


def _is_control(field: FieldInfo) -> bool:
    """Whether `controls.control` draws something for it; the rest is clicked on figures, or typed."""
    counted = bool(choices(field) or field.annotation is bool or extra(field, "class"))
    return counted or None not in limits(field)
