"""A diagram of parts as a figure: laid out both ways, of which the one that fits is shown, with a key."""

import html
from collections.abc import Mapping, Sequence

from wsl_core.figures.diagram_parts import COLOURS, Diagram, Kind, Way
from wsl_core.figures.diagram_svg import draw
from wsl_core.figures.ink import FAINT, HALF, number


def key(kinds: Mapping[Kind, str], largest: float | None, about: str = "") -> str:
    """HTML below a diagram: what the arrows mean, and how thick which norm is.

    Args:
        kinds: what each kind that is drawn means here.
        largest: the norm of the thickest arrow; None where no arrow has a thickness.
        about: a sentence on what was measured.
    """
    entries = [
        f'<path d="M1 8H26" style="stroke:{HALF}" stroke-width="1.5"/>'
        f'<path d="M31 8l-8-4v8z" style="fill:{HALF}"/>',
        *(f'<path d="M31 5H13V1L1 8l12 7v-4h18z" fill="{COLOURS[kind]}"/>' for kind in kinds),
    ]
    words = ["forward", *kinds.values()]
    items = "".join(
        '<span style="display:inline-flex;align-items:center;gap:.45rem">'
        f'<svg width="32" height="16" viewBox="0 0 32 16" aria-hidden="true" style="flex:none">{shape}</svg>'
        f"<span>{html.escape(word)}</span></span>"
        for shape, word in zip(entries, words, strict=True)
    )
    scale = (
        "No norm was measured at this step, so that dashed lines stand for the gradients."
        if largest is None
        else f"Thickness grows with the square root of the measured norm, for all arrows alike; the thickest "
        f"stands for {number(largest, 3)}."
    )
    return (
        f'<div style="font-size:.85rem;line-height:1.45;margin-top:.6rem;border-top:1px solid {FAINT};'
        f'padding-top:.4rem"><div style="display:flex;flex-wrap:wrap;gap:.15rem 1.3rem">{items}</div>'
        f"<div>{scale} {html.escape(about)}</div></div>"
    )


def figure(
    diagram: Diagram,
    ways: tuple[Way, Way],
    *,
    title: str,
    kinds: Mapping[Kind, str],
    notes: Sequence[str] = (),
    about: str = "",
    largest: float | None = None,
    alt: str,
) -> str:
    """HTML with both ways of a diagram, of which the one that fits is shown, its title and its key.

    Args:
        diagram: what is drawn.
        ways: to the right and downwards.
        title: above it.
        kinds: what each kind of gradient means here.
        notes: sentences below the title.
        about: a sentence in the key on what was measured.
        largest: the norm of the thickest arrow; what is drawn and larger counts, too.
        alt: everything in words and figures.
    """
    most = max([*diagram.norms(), largest or 0.0]) or 1.0
    wide, narrow = ways
    fits = round(wide.extent[0] * 0.82)
    name = f"parts-{round(wide.extent[0])}"
    style = (
        f".{name}{{container-type:inline-size}}.{name} .narrow{{display:none}}"
        f".{name} .wide{{display:block}}.{name} .narrow{{max-width:30rem;margin:auto}}"
        f"@container (max-width:{fits}px){{.{name} .wide{{display:none}}.{name} .narrow{{display:block}}}}"
    )
    below = "".join(
        f'<div style="font-size:.9rem;margin-top:.15rem">{html.escape(one)}</div>' for one in notes
    )
    return (
        f'<figure class="{name}" role="img" aria-label="{html.escape(alt, quote=True)}" '
        f'style="margin:0;max-width:62rem"><style>{style}</style>'
        f'<figcaption style="margin-bottom:.7rem"><span style="font-size:1rem;font-weight:600">'
        f"{html.escape(title)}</span>{below}</figcaption>"
        f"{draw(diagram, wide, most)}{draw(diagram, narrow, most)}"
        f"{key(kinds, most if diagram.norms() else None, about)}</figure>"
    )
