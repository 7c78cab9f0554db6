"""Neighbours in a row as HTML: pictures with their cosines, and whether they are of the class that asks."""

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass

GRID = (
    "display:grid;grid-template-columns:repeat(auto-fit,minmax(6.2rem,1fr));gap:.5rem;"
    "max-width:62rem;margin:0 0 .4rem"
)
PLACE = (
    "width:100%;aspect-ratio:4/3;object-fit:contain;display:block;border-radius:3px;"
    "background:color-mix(in srgb,currentColor 8%,transparent)"
)
NOTE = "font-size:.8rem;line-height:1.35;font-variant-numeric:tabular-nums;margin-top:.2rem"
RIGHT, WRONG = "#2f8f6b", "#c2551b"


@dataclass(frozen=True)
class Tile:
    """One neighbour.

    Attributes:
        jpeg: the picture; None where it cannot be had.
        alt: what it is.
        label: its class; empty for none.
        similarity: cosine.
        same: whether it is of the class that asks; None where that is not known.
    """

    jpeg: bytes | None
    alt: str
    label: str
    similarity: float
    same: bool | None = None


def strip(tiles: Sequence[Tile]) -> str:
    """HTML of the tiles, the nearest first; every picture has its own alternative text."""
    return f'<div style="{GRID}">{"".join(_tile(k, one) for k, one in enumerate(tiles, 1))}</div>'


def _tile(rank: int, one: Tile) -> str:
    alt = html.escape(f"Neighbour {rank}: {one.alt}, cosine {one.similarity:.2f}", quote=True)
    if one.jpeg is None:
        picture = f'<div role="img" aria-label="{alt}" style="{PLACE}"></div>'
    else:
        data = base64.b64encode(one.jpeg).decode()
        picture = f'<img alt="{alt}" src="data:image/jpeg;base64,{data}" style="{PLACE}">'
    edge = "transparent"
    mark = ""
    if one.same is not None:
        edge = RIGHT if one.same else WRONG
        mark = "✓ " if one.same else "✗ "
    return (
        f'<div style="border-bottom:3px solid {edge};padding-bottom:.25rem;min-width:0">{picture}'
        f'<div style="{NOTE}">{_signed(one.similarity)}'
        f'<br><span style="overflow-wrap:anywhere">{mark}{html.escape(one.label)}</span></div></div>'
    )


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
