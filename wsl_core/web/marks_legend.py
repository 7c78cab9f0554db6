"""The legend of boxes and points over a picture: line, colour and word of each kind that is drawn."""

import html
from collections.abc import Sequence

from wsl_core.figures.marks import STYLES, Mark, Style

GROUND = (
    "display:inline-flex;align-items:center;justify-content:center;flex:none;width:2.1rem;height:1rem;"
    "border-radius:2px;background:#3a3a3a"
)
LINE = "width:1.6rem;border-top:3px {} {}"
CROSS = "font-weight:700;font-size:1.15rem;line-height:1rem;color:{}"


def legend(marks: Sequence[Mark]) -> str:
    """HTML that names each kind of mark once."""
    kinds = {mark.style: len(mark.at) for mark in marks}
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;font-size:.85rem">'
        + "".join(_one(STYLES[name], numbers) for name, numbers in kinds.items())
        + "</div>"
    )


def _one(style: Style, numbers: int) -> str:
    drawn = (
        f'<span style="{CROSS.format(style.colour)}">+</span>'
        if numbers == 2
        else f'<span style="{LINE.format(_line(style), style.colour)}"></span>'
    )
    return (
        '<span style="display:inline-flex;align-items:center;gap:.4rem">'
        f'<span style="{GROUND}" aria-hidden="true">{drawn}</span>{html.escape(style.words)}</span>'
    )


def _line(style: Style) -> str:
    if not style.dash:
        return "solid"
    return "dotted" if style.dash[0] == 1 else "dashed"
