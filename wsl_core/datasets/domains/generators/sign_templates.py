"""The 43 classes of GTSRB, the German Traffic Sign Recognition Benchmark, and a template of each."""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.domains.generators import sign_pictograms as show
from wsl_core.datasets.domains.generators import sign_plates as plates
from wsl_core.datasets.domains.generators.sign_canvas import Canvas

CLASSES = (
    "speed limit 20", "speed limit 30", "speed limit 50", "speed limit 60", "speed limit 70",
    "speed limit 80", "end of speed limit 80", "speed limit 100", "speed limit 120",
    "no overtaking", "no overtaking for lorries", "priority at the next crossing",
    "priority road", "give way", "stop", "no vehicles", "no lorries", "no entry",
    "general caution", "curve to the left", "curve to the right", "double curve", "bumpy road",
    "slippery road", "road narrows on the right", "road works", "traffic signals", "pedestrians",
    "children", "bicycles", "ice or snow", "wild animals", "end of all limits", "turn right",
    "turn left", "ahead only", "ahead or right", "ahead or left", "keep right", "keep left",
    "roundabout", "end of no overtaking", "end of no overtaking for lorries",
)  # fmt: skip
"""Names of the classes, in the order of their numbers."""

SHAPES = {"circle": (*range(11), *range(15, 18), *range(32, 43)), "triangle": (11, *range(18, 32))}
"""Numbers of the classes that share their plate's outline with others."""

_SPEEDS = {0: 20, 1: 30, 2: 50, 3: 60, 4: 70, 5: 80, 7: 100, 8: 120}
_WARNINGS: dict[int, Callable[[Canvas], None]] = {
    11: show.crossing, 18: show.exclamation, 20: show.curve, 21: show.double_curve, 22: show.bumps,
    23: show.skidding, 24: show.narrowing, 25: show.digging, 26: show.lights, 27: show.pedestrian,
    28: show.children, 29: show.bicycle, 30: show.snowflake, 31: show.deer,
}  # fmt: skip
_ORDERS: dict[int, Callable[[Canvas], None]] = {
    33: show.turning, 35: show.ahead, 36: show.ahead_or_right, 38: show.passing, 40: show.circling
}  # fmt: skip
_MIRRORED = {19: 20, 34: 33, 37: 36, 39: 38}


@cache
def templates() -> NDArray[np.float32]:
    """Templates (43, 80, 80, 8) of all classes: shares of `sign_canvas.COLOURS`; drawn once a process."""
    drawn = np.stack([draw(label).cut() for label in range(len(CLASSES))])
    drawn.flags.writeable = False
    return drawn


def draw(label: int) -> Canvas:  # noqa: PLR0911, PLR0912 - one branch for each kind of plate
    """The sign of a class, 0 to 42, on a canvas of its own."""
    if label in _MIRRORED:
        return draw(_MIRRORED[label]).mirrored()
    if label in _WARNINGS:
        canvas = plates.warning()
        canvas.shrink(0.95, 0, 0.26)
        _WARNINGS[label](canvas)
        return canvas
    if label in _ORDERS:
        canvas = plates.mandatory()
        _ORDERS[label](canvas)
        return canvas
    if label in (6, 32, 41, 42):
        canvas = plates.end()
        if label == 6:
            show.speed(canvas, 80, "grey")
        elif label == 41:
            show.cars(canvas, "grey", "grey", 1.3)
        elif label == 42:
            show.lorry_and_car(canvas, "grey", "grey")
        plates.stripes(canvas)
        return canvas
    if label == 12:
        return plates.priority()
    if label == 13:
        return plates.giving_way()
    if label == 14:
        canvas = plates.octagon()
        show.halt(canvas)
        return canvas
    canvas = plates.prohibition()
    if label in _SPEEDS:
        show.speed(canvas, _SPEEDS[label])
    elif label == 9:
        show.cars(canvas, "red", "black")
    elif label == 10:
        show.lorry_and_car(canvas, "red", "black")
    elif label == 16:
        show.lorry(canvas)
    elif label == 17:
        canvas.disc("red", 0, 0, 0.97)
        show.bar(canvas)
    return canvas
