"""A network as a row of blocks, each copied and frozen, copied and trained, or begun anew; as HTML."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

LOOKS = {
    "freeze": (
        "background:repeating-linear-gradient(45deg,transparent 0 6px,"
        "color-mix(in srgb,#3f7fc4 22%,transparent) 6px 8px);border:2px solid #3f7fc4",
        "❄",
        "copied, frozen",
    ),
    "copy": (
        "background:color-mix(in srgb,#c2551b 30%,transparent);border:2px solid #c2551b",
        "✎",
        "copied, trained further",
    ),
    "reset": ("border:2px dashed currentColor", "⚄", "begun anew, trained"),
}
"""Of each state: how its box is drawn, its sign, and what the legend says."""


@dataclass(frozen=True)
class Block:
    """One block.

    Attributes:
        title: for people.
        state: "freeze", "copy" or "reset".
    """

    title: str
    state: str


def network_blocks(blocks: Sequence[Block]) -> str:
    """HTML of a network from the input to the scores; it wraps where there is no room.

    Args:
        blocks: from the input up.
    """
    words = "; ".join(f"{one.title}: {LOOKS[one.state][2]}" for one in blocks)
    arrow = '<span style="opacity:.6">→</span>'
    drawn = arrow.join(_box(one) for one in blocks)
    legend = "".join(
        f'<span style="display:inline-flex;align-items:center;gap:.35rem;margin-right:1.1rem">'
        f'<span style="{look};width:1.3rem;height:.9rem;border-radius:3px;box-sizing:border-box"></span>'
        f"{sign} {html.escape(said)}</span>"
        for look, sign, said in LOOKS.values()
    )
    alt = html.escape(f"The network from the input up. {words}.", quote=True)
    return (
        f'<div role="img" aria-label="{alt}" style="font-size:.85rem;line-height:1.35">'
        f'<div style="display:flex;flex-wrap:wrap;align-items:center;gap:.45rem;margin-bottom:.6rem">'
        f"<span>picture</span>{arrow}{drawn}{arrow}<span>scores</span></div>"
        f'<div style="display:flex;flex-wrap:wrap;gap:.2rem">{legend}</div></div>'
    )


def _box(one: Block) -> str:
    look, sign, _ = LOOKS[one.state]
    return (
        f'<span style="{look};border-radius:6px;padding:.5rem .55rem;min-width:4.2rem;max-width:7.5rem;'
        f'text-align:center;box-sizing:border-box">{html.escape(one.title)}<br>'
        f'<span style="font-size:1.05rem">{sign}</span></span>'
    )
