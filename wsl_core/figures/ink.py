"""Colours that stand out from light and from dark pages, and how a measured number is written."""

import math

SERIES = ("#3f7fc4", "#c2551b", "#2f8f6b", "#9a62c4", "#8a7a1e", "#b8487d")
"""Lines of a chart, in their order; each stands out 3 to 1 from both schemes' backgrounds."""
DOMAINS = ("#3f7fc4", "#c2551b")
"""Source and target."""
CLASSES = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadb",
)  # fmt: skip
"""Ten classes, told apart with any kind of colour vision (Petroff, arXiv 2107.02270); marks get an outline,
since some are pale."""
FAINT = "color-mix(in srgb,currentColor 18%,transparent)"
HALF = "color-mix(in srgb,currentColor 55%,transparent)"


def number(value: float | None, digits: int = 2) -> str:
    """With this many significant digits and a true minus sign; words where it is no finite number."""
    if value is None or math.isnan(value):
        return "not measured"
    if math.isinf(value):
        return "not finite"
    mantissa, power = f"{value:.{digits - 1}e}".split("e")  # rounded first: 0.9999 is 1.00
    if value and not -5 < int(power) < 5:
        return f"{mantissa}e{int(power)}".replace("-", "−")
    return f"{value:.{max(0, digits - 1 - int(power))}f}".replace("-", "−") if value else "0"


def percent(share: float | None, digits: int = 1) -> str:
    """A share of 0 .. 1 as per cent; words where it is no finite number."""
    if share is None or not math.isfinite(share):
        return number(math.nan if share is None else share)
    return f"{100 * share:.{digits}f} %".replace("-", "−")
