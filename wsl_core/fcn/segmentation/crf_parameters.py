"""The parameters of the fully connected CRF, and the sets that papers publish."""

from pydantic import BaseModel, ConfigDict, Field


class CrfParameters(BaseModel):
    """Two Gaussian kernels and how they are used.

    k_ij = appearance_weight exp(-|p_i - p_j|^2 / 2 appearance_width^2 - |I_i - I_j|^2 / 2 colour_width^2)
         + smoothness_weight exp(-|p_i - p_j|^2 / 2 smoothness_width^2)

    Source: P. Krähenbühl, V. Koltun, Efficient inference in fully connected CRFs with Gaussian edge
    potentials, NIPS 2011, eq. 3.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    iterations: int = Field(
        10, ge=0, le=100, title="Iterations", description="Updates of the mean field."
    )
    appearance_weight: float = Field(
        10, ge=0, le=100, title="Weight of appearance",
        description="How much pixels that are near and alike want the same label.",
    )  # fmt: skip
    appearance_width: float = Field(
        80, ge=1, le=1000, title="Reach of appearance",
        description="Standard deviation of the place in the appearance kernel, in pixels.",
    )  # fmt: skip
    colour_width: float = Field(
        13, ge=1, le=255, title="Tolerance of colour",
        description="Standard deviation of the colour in the appearance kernel, in values of 0 to 255.",
    )  # fmt: skip
    smoothness_weight: float = Field(
        3, ge=0, le=100, title="Weight of smoothness",
        description="How much pixels that are near want the same label, whatever their colour.",
    )  # fmt: skip
    smoothness_width: float = Field(
        3, ge=0.5, le=100, title="Reach of smoothness",
        description="Standard deviation of the smoothness kernel, in pixels.",
    )  # fmt: skip
    normalised: bool = Field(
        True, title="Normalised kernels",
        description="Each kernel divided by the roots of its sums at both pixels, as pydensecrf does; the "
        "paper's sums grow with the picture.",
        json_schema_extra={"accepted": "yes or no"},
    )  # fmt: skip
    itself: bool = Field(
        True, title="A pixel hears itself",
        description="A pixel counts among its own neighbours, as in pydensecrf; in the paper it does not.",
        json_schema_extra={"accepted": "yes or no"},
    )  # fmt: skip

    def at(self, scale: float) -> "CrfParameters":
        """The same for a picture that is drawn at another scale: places reach as far in it as before."""
        reach = {name: _within(name, getattr(self, name) * scale) for name in WIDTHS}
        return self.model_copy(update=reach)


WIDTHS = ("appearance_width", "smoothness_width")


def _within(name: str, value: float) -> float:
    bounds = {kind.__class__.__name__: kind for kind in CrfParameters.model_fields[name].metadata}
    return float(min(max(value, bounds["Ge"].ge), bounds["Le"].le))


PRESETS = {
    "weak-cam": CrfParameters(),
    "deeplab": CrfParameters(
        appearance_weight=4, appearance_width=67, colour_width=3, smoothness_weight=3, smoothness_width=1
    ),
    "original": CrfParameters(normalised=False, itself=False),
}  # fmt: skip
"""By name: as weakly supervised segmentation uses it (Ahn and Kwak, CVPR 2018, their published code); as
DeepLab does (Chen et al., TPAMI 2018); with the kernels of the paper as they are written there."""
