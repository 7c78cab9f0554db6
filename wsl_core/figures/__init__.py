"""Pictures from results: signed colours, overlays, sheets. No Streamlit here."""

from wsl_core.figures.colours import Scale, paint, palette
from wsl_core.figures.overlay import OPACITY, overlay, png
from wsl_core.figures.sheet import sheet

__all__ = ["OPACITY", "Scale", "overlay", "paint", "palette", "png", "sheet"]
