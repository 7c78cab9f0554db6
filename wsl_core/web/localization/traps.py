"""Three traps of measuring localization, each an exercise: predict, then see."""

from wsl_core.web.controls import lasting
from wsl_core.web.localization import looked as page
from wsl_core.web.localization.looked import LocalizationView
from wsl_core.web.localization.placement import placement
from wsl_core.web.localization.scaling import scaling
from wsl_core.web.localization.threshold import threshold

TRAPS = {page.PLACEMENT: placement, page.SCALING: scaling, page.THRESHOLD: threshold}


def traps() -> None:
    """The part of the page: one trap at a time."""
    TRAPS[lasting(LocalizationView, "trap")]()
