"""Bars as HTML: figures from 0 to 1 beside each other, with their spread; text in the page's own colours."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

KINDS = ("background:#c2551b", "background:#3f7fc4")
"""Fill of the first and of the second kind of bar; both stand out from light and from dark pages."""
WHISKER = (
    "position:absolute;top:50%;height:2px;transform:translateY(-50%);background:currentColor;"
    "box-shadow:0 0 0 1px color-mix(in srgb,Canvas 40%,transparent)"
)
TRACK = (
    "position:relative;flex:1;height:.85rem;border-radius:2px;"
    "background:color-mix(in srgb,currentColor 9%,transparent)"
)


@dataclass(frozen=True)
class Bar:
    """One figure.

    Attributes:
        value: 0 .. 1; None for a bar that is not there.
        words: the figure as it is written beside the bar.
        spread: drawn as a line of twice this length around the bar's end.
    """

    value: float | None
    words: str
    spread: float | None = None


@dataclass(frozen=True)
class Row:
    """What belongs together: a label, and a bar of each kind."""

    label: str
    bars: tuple[Bar, ...]


def bars(rows: Sequence[Row], kinds: Sequence[str], alt: str) -> str:
    """HTML of all rows with a legend; one figure for screen readers, described by `alt`.

    Args:
        rows: from top to bottom.
        kinds: what the first and the second bar of a row are.
        alt: what the figure shows, in words and figures.
    """
    legend = "".join(
        f'<span style="display:inline-flex;align-items:center;gap:.4rem;margin-right:1.2rem">'
        f'<span style="width:1.2rem;height:.7rem;border-radius:2px;{fill}"></span>{html.escape(kind)}</span>'
        for place, (kind, fill) in enumerate(zip(kinds, KINDS, strict=False))
        if any(one.bars[place].words for one in rows)
    )
    body = "".join(_row(one) for one in rows)
    return (
        f'<div role="img" aria-label="{html.escape(alt, quote=True)}" style="max-width:46rem">'
        f'<div style="font-size:.85rem;margin-bottom:.6rem">{legend}</div>{body}</div>'
    )


def _row(row: Row) -> str:
    lines = "".join(
        _bar(one, fill) for one, fill in zip(row.bars, KINDS, strict=False) if one.words
    )
    return (
        '<div style="display:flex;gap:.7rem;align-items:center;margin-bottom:.45rem">'
        f'<div style="flex:0 0 7.5rem;font-size:.85rem;line-height:1.2">{html.escape(row.label)}</div>'
        f'<div style="flex:1;min-width:0">{lines}</div></div>'
    )


def _bar(bar: Bar, fill: str) -> str:
    drawn = ""
    if bar.value is not None:
        drawn = (
            f'<div style="{fill};width:{_percent(bar.value)};height:100%;border-radius:2px"></div>'
        )
        if bar.spread:
            low, high = max(0.0, bar.value - bar.spread), min(1.0, bar.value + bar.spread)
            drawn += (
                f'<div style="{WHISKER};left:{_percent(low)};width:{_percent(high - low)}"></div>'
            )
    return (
        '<div style="display:flex;gap:.5rem;align-items:center;margin:.1rem 0">'
        f'<div style="{TRACK}">{drawn}</div>'
        '<div style="flex:0 0 5.6rem;font-size:.8rem;font-variant-numeric:tabular-nums;'
        f'white-space:nowrap">{html.escape(bar.words)}</div></div>'
    )


def _percent(share: float) -> str:
    return f"{100 * min(1.0, max(0.0, share)):.1f}%"
