"""The parameters of the pooling schemes, each declared once.

`json_schema_extra` holds what a control says at the two ends of a range ("ends"), and what a field of
regions accepts ("accepted").
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from wsl_core.fcn.pooling.regions import ACCEPTED, Count, Regions, Share


def _extra(low: str, high: str, **more: Any) -> dict[str, Any]:
    return {"ends": [low, high], **more}


class PoolingParameters(BaseModel):
    """What all have in common: they never change, and know no other fields than their own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MaxParameters(PoolingParameters):
    """Max pooling has none."""


class AverageParameters(PoolingParameters):
    """Average pooling has none."""


class LSEParameters(PoolingParameters):
    """Of log-sum-exp pooling."""

    beta: float = Field(
        5.0, ge=0.01, le=100, title="Sharpness β",
        description="How much the highest cells count: towards 0 the score is the mean of the cells, "
        "towards infinity their maximum.",
        json_schema_extra=_extra("mean", "max"),
    )  # fmt: skip


class SPLeaPParameters(PoolingParameters):
    """Of SPLeaP, beside what it learns."""

    parts: int = Field(
        64, ge=1, le=1024, title="Parts P",
        description="How many parts are learned; all classes share them.",
    )  # fmt: skip


class SelectionParameters(PoolingParameters):
    """What WELDON and WILDCAT have in common: how many regions, and the scale of their sum."""

    positive: Regions = Field(
        Share(0.2),
        title="Positive regions k⁺",
        description="How many of the highest cells speak for a class, as a count or a share of all.",
        json_schema_extra=_extra("max", "mean", accepted=ACCEPTED),
    )
    negative: Regions = Field(
        Share(0.2),
        title="Negative regions k⁻",
        description="How many of the lowest cells speak against a class, as a count or a share of all; "
        "with 0 there is no negative evidence.",
        json_schema_extra=_extra("none", "mean", accepted=ACCEPTED),
    )
    scale: Literal["sum", "half"] = Field(
        "sum",
        title="Scale",
        description="The paper adds the means of both kinds of regions; the released code takes half of "
        "that sum.",
    )

    @field_validator("positive")
    @classmethod
    def _some(cls, value: Count | Share) -> Count | Share:
        if value == Count(0):
            raise ValueError(
                "Without positive regions nothing speaks for a class. Choose 1 or more."
            )
        return value


class WELDONParameters(SelectionParameters):
    """Of WELDON."""


class WILDCATParameters(SelectionParameters):
    """Of WILDCAT: beside those of WELDON, M maps a class and the weight of negative evidence."""

    maps: int = Field(
        4, ge=1, le=16, title="Maps a class M",
        description="How many maps every class has; their mean is pooled.",
    )  # fmt: skip
    alpha: float = Field(
        0.7, ge=0, le=1, title="Negative evidence α",
        description="How much the negative regions count beside the positive ones.",
        json_schema_extra=_extra("none", "as in WELDON"),
    )  # fmt: skip
