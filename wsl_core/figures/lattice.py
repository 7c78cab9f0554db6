"""Where cells look and where a stretched map draws them, along one side, as HTML."""

import html
from collections.abc import Iterable, Sequence

ROW = (
    "position:relative;height:1.5rem;"
    "border-bottom:1px solid color-mix(in srgb,currentColor 40%,transparent)"
)
DOT = "position:absolute;top:50%;width:.62rem;height:.62rem;transform:translate(-50%,-50%);border-radius:50%"
FILLS = ("background:#3f7fc4", "border:2px solid #d9622b;box-sizing:border-box")


def lattice(rows: Sequence[tuple[str, Iterable[float]]], side: int, alt: str) -> str:
    """Rows of places over 0 .. side, each with its label; the first filled, the second as rings.

    Args:
        rows: (label, places in pixels).
        side: of the input, in pixels.
        alt: what the figure shows, in words and figures.
    """
    body = "".join(
        f'<div style="font-size:.85rem;margin-top:.5rem">{html.escape(label)}</div><div style="{ROW}">'
        + "".join(f'<span style="{DOT};{fill};left:{_share(at, side)}"></span>' for at in places)
        + "</div>"
        for (label, places), fill in zip(rows, FILLS, strict=False)
    )
    ends = (
        '<div style="display:flex;justify-content:space-between;font-size:.8rem">'
        f"<span>0</span><span>{side} px</span></div>"
    )
    return (
        f'<div role="img" aria-label="{html.escape(alt, quote=True)}" '
        f'style="max-width:46rem;padding:0 .5rem">'
        f"{body}{ends}</div>"
    )


def _share(at: float, side: int) -> str:
    return f"{100 * (at + 0.5) / side:.2f}%"
