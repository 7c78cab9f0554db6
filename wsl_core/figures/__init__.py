"""Pictures from results: signed colours, overlays, sheets. No Streamlit here."""

from wsl_core.figures.colours import Scale, paint, palette
from wsl_core.figures.faded import faded
from wsl_core.figures.overlay import OPACITY, framed, overlay, png
from wsl_core.figures.sheet import sheet

__all__ = ["OPACITY", "Scale", "faded", "framed", "overlay", "paint", "palette", "png", "sheet"]
