"""Methods of attribution: what each shows and cannot show, and the parameters that decide its numbers."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.errors import ParameterError

CLASS_ACTIVATION_MAP = "class-activation-map"
MEAN_COLOUR: Literal["mean colour"] = "mean colour"


@dataclass(frozen=True)
class Method:
    """One way of attributing a score.

    Attributes:
        name: as links and the command line spell it.
        title: as menus show it.
        shows: what it shows and what it cannot, in a sentence.
        level: "cells" of the network's last layer, or "pixels" of the picture as it is fed.
        signed: whether values below zero speak against the class; without a sign, values are sizes.
        unit: of its values.
        source: the paper.
        uses: the fields of `AttributionParameters` that change it.
        work: "module:function" that computes it in a worker; empty where the class maps hold it.
    """

    name: str
    title: str
    shows: str
    level: Literal["cells", "pixels"]
    signed: bool
    unit: str
    source: str
    uses: tuple[str, ...] = ()
    work: str = ""


_GREY_LEVEL = "logits per grey level"
_SANITY = ("randomise", "seed")

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method(
            CLASS_ACTIVATION_MAP,
            "Class activation map",
            "What the classifier says of every cell; the cells' mean is the score. It is as coarse as "
            "the last layer, and needs a classifier that is linear in the cells.",
            "cells",
            True,
            "logits",
            "Zhou et al., Learning deep features for discriminative localization, CVPR 2016",
        ),
        Method(
            "grad-cam",
            "Grad-CAM",
            "The channels of the last layer, weighted by the mean gradient of the score. After global "
            "average pooling and a linear layer it is the class activation map without its bias, "
            "divided by the number of cells; with any pooling it cannot show which cells were chosen.",
            "cells",
            True,
            "logits",
            "Selvaraju et al., Grad-CAM, ICCV 2017",
            _SANITY,
            "wsl_core.fcn.torch_attributions:grad_cam",
        ),
        Method(
            "gradient",
            "Gradient",
            "How fast the score changes with each pixel, the largest of its three colours. It is noisy, "
            "and shows where the score is sensitive, not what it is made of.",
            "pixels",
            False,
            _GREY_LEVEL,
            "Simonyan et al., Deep inside convolutional networks, ICLR workshop 2014",
            _SANITY,
            "wsl_core.fcn.torch_attributions:gradient",
        ),
        Method(
            "integrated-gradients",
            "Integrated gradients",
            "Shares of the difference between the score of the picture and that of a baseline, pixel by "
            "pixel; they add up to it. A pixel of the baseline's own colour gets no share, whatever it "
            "shows.",
            "pixels",
            True,
            "logits",
            "Sundararajan et al., Axiomatic attribution for deep networks, ICML 2017",
            ("steps", "baseline", *_SANITY),
            "wsl_core.fcn.torch_attributions:integrated_gradients",
        ),
        Method(
            "smoothgrad",
            "SmoothGrad",
            "The gradient averaged over noisy copies of the picture. It is easier on the eye than the "
            "gradient, and as little a sum that makes the score.",
            "pixels",
            False,
            _GREY_LEVEL,
            "Smilkov et al., SmoothGrad, 2017 (arXiv 1706.03825)",
            ("draws", "noise", *_SANITY),
            "wsl_core.fcn.torch_attributions:smoothgrad",
        ),
        Method(
            "occlusion",
            "Occlusion",
            "How much the score falls when a patch is covered, averaged over the patches that cover a "
            "pixel. It needs no gradient, but a covered picture is like none that the network has "
            "learned from.",
            "pixels",
            True,
            "logits",
            "Zeiler and Fergus, Visualizing and understanding convolutional networks, ECCV 2014",
            ("patch", "step", "fill", *_SANITY),
            "wsl_core.fcn.torch_attributions:occlusion",
        ),
    )
}


class AttributionParameters(BaseModel):
    """What decides the numbers of an attribution; `Method.uses` says which of them a method looks at."""

    model_config = ConfigDict(frozen=True)

    method: str = Field(
        CLASS_ACTIVATION_MAP,
        title="Method",
        description="How the score is attributed.",
        json_schema_extra={"choices": list(METHODS), "menu": True},
    )
    steps: int = Field(
        32, ge=8, le=256, title="Steps",
        description="Pictures on the way from the baseline at which integrated gradients look.",
    )  # fmt: skip
    baseline: Literal["mean colour", "black"] = Field(
        MEAN_COLOUR,
        title="Baseline",
        description="Where the way of integrated gradients begins: the mean colour of the network's "
        "training pictures, or black.",
    )
    draws: int = Field(
        25, ge=1, le=100, title="Draws", description="Noisy copies that SmoothGrad averages over."
    )
    noise: float = Field(
        0.15, ge=0, le=0.5, title="Noise",
        description="Standard deviation of SmoothGrad's noise, as a share of the range of a colour.",
        json_schema_extra={"step": 0.01},
    )  # fmt: skip
    patch: int = Field(
        32, ge=4, le=128, title="Patch",
        description="Side of the square that occlusion covers, in pixels of the picture as it is fed.",
    )  # fmt: skip
    step: int = Field(
        16, ge=4, le=128, title="Step",
        description="How far occlusion moves the square at a time, in pixels; at most its side.",
    )  # fmt: skip
    fill: Literal["blur", "mean colour"] = Field(
        "blur",
        title="Fill",
        description="What occlusion covers with: the picture blurred until the patch is empty, or the "
        "mean colour.",
    )
    randomise: Literal["none", "head", "head and last block", "all"] = Field(
        "none",
        title="Randomise the weights",
        description="Compute it once more with these weights left to chance, and compare: an "
        "attribution of what was learned changes.",
    )
    seed: int = Field(
        0, ge=0, le=999, title="Seed", description="Of SmoothGrad's noise and of random weights."
    )

    def used(self) -> dict[str, Any]:
        """The parameters that the method looks at, by name."""
        values = {name: getattr(self, name) for name in find(self.method).uses}
        if self.randomise == "none" and self.method != "smoothgrad":
            values.pop("seed", None)
        return values


def find(name: str) -> Method:
    """The method of that name.

    Raises:
        ParameterError: there is none; the sentence lists those that exist.
    """
    if name not in METHODS:
        raise ParameterError(
            f"There is no attribution method named {name!r}. There are: {', '.join(METHODS)}."
        )
    return METHODS[name]


def places(side: int, patch: int, step: int) -> list[int]:
    """First pixels of the patches of occlusion along a side, `step` apart, the last flush with its end."""
    last = side - patch
    return sorted({*range(0, last, step), last})


def looks(parameters: AttributionParameters, height: int, width: int) -> int:
    """How often the network looks at a picture fed at (height, width): what the work grows with."""
    once = 1
    if parameters.method == "integrated-gradients":
        once = parameters.steps
    elif parameters.method == "smoothgrad":
        once = parameters.draws
    elif parameters.method == "occlusion":
        patch, step = parameters.patch, parameters.step
        once = len(places(height, patch, step)) * len(places(width, patch, step))
    return once if parameters.randomise == "none" else 2 * once


def check(parameters: AttributionParameters, height: int, width: int) -> None:
    """Refuse parameters that do not fit each other, or a picture fed at (height, width).

    Raises:
        ParameterError: a patch larger than the picture, or a step that leaves gaps between patches.
    """
    if parameters.method != "occlusion":
        return
    if parameters.patch > min(height, width):
        raise ParameterError(
            f"A patch of {parameters.patch} px does not fit into a picture that is fed at {width} x "
            f"{height} px. Choose a smaller patch or a larger size."
        )
    if parameters.step > parameters.patch:
        raise ParameterError(
            f"A step of {parameters.step} px leaves gaps between patches of {parameters.patch} px. "
            f"Choose a step of at most the patch."
        )
