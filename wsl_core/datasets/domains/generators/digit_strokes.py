"""The ten digits as lines drawn by a pen of even width, like those of house numbers and German signs.

A stroke is a polyline (N, 2) of points x, y: x to the right, y down; the middle of the pen runs from
y = 0 at the top of a digit to y = 1 at its foot.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Stroke = NDArray[np.float64]
STEPS = 24
"""Points of an arc."""


def line(*points: tuple[float, float]) -> Stroke:
    """A polyline through points."""
    return np.array(points, float)


def arc(x: float, y: float, rx: float, ry: float, begin: float, end: float) -> Stroke:
    """A part of an upright ellipse: its middle, radii, and angles in degrees, clockwise from the right."""
    angle = np.radians(np.linspace(begin, end, STEPS))
    return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], axis=1)


def joined(*strokes: Stroke) -> Stroke:
    """One stroke through several, in their order."""
    return np.concatenate(strokes)


def turned(strokes: Sequence[Stroke], width: float) -> tuple[Stroke, ...]:
    """A digit of a width upside down: a 6 becomes a 9."""
    return tuple(np.array([width, 1.0]) - stroke for stroke in strokes)


_BOWL = arc(0.26, 0.69, 0.26, 0.31, 180, 540)
_STRAIGHT_SIX = (_BOWL, line((0.03, 0.58), (0.36, 0)))
_ROUND_SIX = (_BOWL, joined(arc(0.29, 0.36, 0.29, 0.36, 320, 190), line((0, 0.42), (0, 0.69))))
_STADIUM = joined(
    arc(0.25, 0.25, 0.25, 0.25, 180, 360),
    arc(0.25, 0.75, 0.25, 0.25, 0, 180),
    line((0, 0.75), (0, 0.25)),
)
_LOWER_THREE = arc(0.23, 0.71, 0.27, 0.29, 270, 515)
_LOWER_FIVE = arc(0.22, 0.67, 0.28, 0.33, 232, 510)

VARIANTS: tuple[tuple[tuple[Stroke, ...], ...], ...] = (
    ((_STADIUM,), (arc(0.29, 0.5, 0.29, 0.5, 0, 360),)),
    (
        (line((0, 0.24), (0.26, 0), (0.26, 1)),),
        (line((0.1, 0), (0.1, 1)),),
        (line((0, 0.17), (0.2, 0.1), (0.22, 0), (0.22, 1)),),
        (line((0.02, 0.2), (0.24, 0), (0.24, 1)), line((0, 1), (0.48, 1))),
    ),
    (
        (joined(arc(0.25, 0.26, 0.25, 0.26, 185, 380), line((0, 1), (0.5, 1))),),
        (joined(arc(0.26, 0.28, 0.26, 0.28, 200, 395), line((0.05, 0.88), (0, 1), (0.54, 1))),),
    ),
    (
        (joined(arc(0.24, 0.21, 0.23, 0.21, 195, 450), _LOWER_THREE),),
        (joined(line((0.02, 0), (0.47, 0), (0.2, 0.4)), arc(0.2, 0.7, 0.29, 0.3, 285, 515)),),
    ),
    (
        (line((0.38, 1), (0.38, 0), (0, 0.7), (0.54, 0.7)),),
        (line((0.27, 0), (0, 0.72), (0.54, 0.72)), line((0.38, 0.42), (0.38, 1))),
        (line((0.05, 0), (0.02, 0.55), (0.46, 0.55)), line((0.42, 0), (0.42, 1))),
    ),
    (
        (joined(line((0.46, 0), (0.08, 0), (0.04, 0.42)), _LOWER_FIVE),),
        (joined(line((0.46, 0), (0.05, 0), (0.05, 0.41)), arc(0.2, 0.7, 0.29, 0.3, 262, 500)),),
    ),
    (_STRAIGHT_SIX, _ROUND_SIX),
    (
        (line((0, 0), (0.5, 0), (0.16, 1)),),
        (joined(line((0, 0), (0.52, 0)), arc(0.72, 1.0, 0.52, 0.88, 240, 180)),),
    ),
    (
        (arc(0.26, 0.235, 0.22, 0.235, 90, 450), arc(0.26, 0.735, 0.26, 0.265, 270, 630)),
        (arc(0.25, 0.24, 0.24, 0.24, 90, 450), arc(0.25, 0.74, 0.25, 0.26, 270, 630)),
    ),
    (turned(_STRAIGHT_SIX, 0.52), turned(_ROUND_SIX, 0.52)),
)
"""For each digit the ways in which it is drawn; the first are those of German road signs (DIN 1451)."""
