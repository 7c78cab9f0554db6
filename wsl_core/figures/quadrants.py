"""A table of two by two as HTML, with one of its cells marked: where something stands, at a glance."""

import html
from collections.abc import Mapping, Sequence

from wsl_core.figures.ink import HALF

MARKED = "#2f8f6b"
Place = tuple[str, str]


def quadrants(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[Place, str],
    marked: Place | None,
    alt: str,
) -> str:
    """HTML of the table.

    Args:
        rows: heads of the two rows.
        columns: heads of the two columns.
        cells: what stands in (row, column).
        marked: (row, column) of the cell that is marked.
        alt: what it shows, in words.
    """
    head = "".join(f'<th scope="col" style="{_HEAD}">{html.escape(one)}</th>' for one in columns)
    body = "".join(
        f'<tr><th scope="row" style="{_HEAD}">{html.escape(row)}</th>'
        + "".join(_cell(cells[row, one], (row, one) == marked) for one in columns)
        + "</tr>"
        for row in rows
    )
    return (
        f'<table aria-label="{html.escape(alt, quote=True)}" '
        f'style="border-collapse:separate;border-spacing:4px;width:100%;max-width:52rem;font-size:.9rem">'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


_HEAD = "text-align:left;font-weight:600;font-size:.85rem;padding:.2rem .3rem;line-height:1.2"


def _cell(text: str, marked: bool) -> str:
    edge = f"3px solid {MARKED}" if marked else f"1px solid {HALF}"
    fill = f"color-mix(in srgb,{MARKED} 18%,transparent)" if marked else "transparent"
    weight = "600" if marked else "400"
    return (
        f'<td style="border:{edge};border-radius:6px;background:{fill};font-weight:{weight};'
        f'padding:.5rem .55rem;vertical-align:top;line-height:1.25;width:38%;overflow-wrap:anywhere">'
        f"{html.escape(text)}{' ◂' if marked else ''}</td>"
    )
