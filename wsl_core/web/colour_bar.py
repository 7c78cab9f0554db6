"""The colour bar of a picture that Python has drawn; the canvas draws its own."""

import html

from wsl_core.figures.colours import Scale, palette

STOPS = 16  # on each side of zero
BAR = (
    "height:.8rem;border:1px solid color-mix(in srgb,currentColor 30%,transparent);border-radius:2px;"
    "box-sizing:border-box"
)
PALE = ",#dedede"
TICK = "position:absolute;transform:translateX(-50%)"


def bar(scale: Scale, text: str, *, signed: bool, opacity: float, pale: bool = False) -> str:
    """HTML of the bar, its ticks and a line of text below.

    Args:
        scale: of the picture.
        text: what the colours mean.
        signed: begin at minus the end of the scale, else at zero.
        opacity: of the paint at the end of the scale.
        pale: the picture below the paint is a pale backdrop, in dark surroundings too.
    """
    low = -scale.limit if signed else 0.0
    colours = palette()
    middle = len(colours) // 2
    places = range(-STOPS if signed else 0, STOPS + 1)
    stops = []
    for at in places:
        red, green, blue, strength = colours[middle + at * middle // STOPS]
        stops.append(f"rgba({red:.0f},{green:.0f},{blue:.0f},{strength * opacity:.3f})")
    ticks = "".join(
        f'<span style="{TICK};left:{_percent(value, low, scale.limit)}">'
        f"{_number(value, signed)}</span>"
        for value in scale.ticks()
        if value >= low
    )
    ground = f"linear-gradient(to right,{','.join(stops)}){PALE if pale else ''}"
    return (
        f'<div style="margin:0 .8rem;max-width:34rem" aria-hidden="true">'
        f'<div style="{BAR};background:{ground}"></div>'
        f'<div style="position:relative;height:1.3rem;font-size:.8rem;'
        f'font-variant-numeric:tabular-nums">{ticks}</div></div>'
        f'<div style="margin:0 .8rem;font-size:.8rem;line-height:1.4">{html.escape(text)}</div>'
    )


def _percent(value: float, low: float, high: float) -> str:
    return f"{100 * (value - low) / (high - low):.1f}%"


def _number(value: float, signed: bool) -> str:
    return f"{value:{'+' if signed and value > 0 else ''}g}".replace("-", "−")
