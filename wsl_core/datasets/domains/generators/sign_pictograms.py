"""What road signs show: lorries, arrows, people, animals, as flat shapes on a `Canvas`."""

import numpy as np

from wsl_core.datasets.domains.generators.digit_strokes import VARIANTS, Stroke, arc, joined, line
from wsl_core.datasets.domains.generators.sign_canvas import Canvas

STOP: tuple[tuple[Stroke, ...], ...] = (
    (joined(arc(0.25, 0.25, 0.25, 0.25, 335, 90), arc(0.25, 0.75, 0.25, 0.25, 270, 515)),),
    (line((0, 0), (0.56, 0)), line((0.28, 0), (0.28, 1))),
    (
        arc(0.27, 0.27, 0.27, 0.27, 180, 360),
        arc(0.27, 0.73, 0.27, 0.27, 0, 180),
        line((0, 0.73), (0, 0.27)),
        line((0.54, 0.73), (0.54, 0.27)),
    ),
    (line((0, 1), (0, 0), (0.25, 0)), arc(0.25, 0.26, 0.26, 0.26, 270, 450), line((0.25, 0.52), (0, 0.52))),
)  # fmt: skip


def speed(canvas: Canvas, number: int, colour: str = "black") -> None:
    """A limit in kilometres an hour."""
    digits = [VARIANTS[int(digit)][0] for digit in str(number)]
    if len(digits) == 2:
        canvas.text(colour, digits, (0.86, 0.95), 0.14, 0.09)
    else:
        canvas.text(colour, digits, (0.84, 0.72), 0.125, 0.075)


def halt(canvas: Canvas) -> None:
    """The word STOP."""
    canvas.text("white", STOP, (0.72, 0.62), 0.125, 0.09)


def bar(canvas: Canvas) -> None:
    """The bar of no entry."""
    canvas.box("white", -0.74, -0.17, 0.74, 0.17)


def car(canvas: Canvas, colour: str, x: float, y: float, size: float = 1.0) -> None:
    """A car from behind, its middle at a place; 0.54 wide."""
    for shape, shade in (
        ([(-0.15, -0.2), (0.15, -0.2), (0.23, 0.0), (-0.23, 0.0)], colour),
        ([(-0.12, -0.15), (0.12, -0.15), (0.16, -0.03), (-0.16, -0.03)], "white"),
        ([(-0.27, -0.02), (0.27, -0.02), (0.27, 0.13), (-0.27, 0.13)], colour),
        ([(-0.25, 0.1), (-0.13, 0.1), (-0.13, 0.21), (-0.25, 0.21)], colour),
        ([(0.13, 0.1), (0.25, 0.1), (0.25, 0.21), (0.13, 0.21)], colour),
    ):
        canvas.polygon(shade, np.array(shape) * size + [x, y])


def cars(canvas: Canvas, left: str, right: str, size: float = 1.0) -> None:
    """Two cars beside each other."""
    car(canvas, left, -0.33 * size, 0.0, size)
    car(canvas, right, 0.33 * size, 0.0, size)


def lorry_and_car(canvas: Canvas, left: str, right: str) -> None:
    """A lorry from behind, overtaking a car."""
    canvas.box(left, -0.6, -0.42, -0.1, 0.12)
    canvas.box(left, -0.58, 0.1, -0.44, 0.22)
    canvas.box(left, -0.26, 0.1, -0.12, 0.22)
    car(canvas, right, 0.3, 0.02, 0.95)


def lorry(canvas: Canvas) -> None:
    """A lorry from its side, driving to the left."""
    canvas.box("black", -0.2, -0.34, 0.58, 0.1)
    canvas.polygon(
        "black", [(-0.6, 0.16), (-0.6, -0.02), (-0.48, -0.2), (-0.24, -0.2), (-0.24, 0.16)]
    )
    canvas.polygon("white", [(-0.52, -0.02), (-0.44, -0.14), (-0.32, -0.14), (-0.32, -0.02)])
    canvas.box("black", -0.6, 0.06, 0.58, 0.18)
    for x in (-0.42, 0.2, 0.42):
        canvas.disc("white", x, 0.2, 0.125)
        canvas.disc("black", x, 0.2, 0.1)


def crossing(canvas: Canvas) -> None:
    """Right of way at the next crossing."""
    half = [(0.24, 0.1), (0.37, 0.18), (0.24, 0.26)]
    canvas.polygon("black", [*half, *((-x, y) for x, y in reversed(half))])
    canvas.polygon("black", [(-0.16, 0.05), (0.16, 0.05), (0.17, 0.62), (0, 0.54), (-0.17, 0.62)])
    canvas.polygon("black", [(0, -0.38), (0.24, 0.1), (-0.24, 0.1)])


def exclamation(canvas: Canvas) -> None:
    """A mark of exclamation."""
    canvas.polygon("black", [(-0.075, -0.28), (0.075, -0.28), (0.045, 0.34), (-0.045, 0.34)], 0.02)
    canvas.disc("black", 0, 0.52, 0.085)


def curve(canvas: Canvas) -> None:
    """A curve to the right."""
    bend = arc(-0.02, 0.3, 0.2, 0.2, 180, 270)
    canvas.arrow("black", joined(line((-0.22, 0.62)), bend, line((0.42, 0.1))), 0.2, 0.18, 1.3)


def double_curve(canvas: Canvas) -> None:
    """Two curves, the first to the left."""
    path = [(0.16, 0.58), (0.16, 0.12), (-0.14, 0.24), (-0.14, -0.28)]
    canvas.arrow("black", path, 0.17, 0.16, 1.3)


def bumps(canvas: Canvas) -> None:
    """An uneven road."""
    for x in (-0.22, 0.22):
        canvas.polygon("black", arc(x, 0.52, 0.25, 0.26, 180, 360))
    canvas.box("black", -0.5, 0.48, 0.5, 0.58)


def skidding(canvas: Canvas) -> None:
    """A car that slides."""
    tilt = np.array([[0.98, -0.17], [0.17, 0.98]])
    for shape, shade in (
        ([(-0.17, -0.27), (0.17, -0.27), (0.25, 0.0), (-0.25, 0.0)], "black"),
        ([(-0.13, -0.22), (0.13, -0.22), (0.18, -0.06), (-0.18, -0.06)], "white"),
        ([(-0.3, -0.03), (0.3, -0.03), (0.3, 0.15), (-0.3, 0.15)], "black"),
        ([(-0.28, 0.1), (-0.15, 0.1), (-0.15, 0.24), (-0.28, 0.24)], "black"),
        ([(0.15, 0.1), (0.28, 0.1), (0.28, 0.24), (0.15, 0.24)], "black"),
    ):
        canvas.polygon(shade, np.array(shape) @ tilt.T + [0.02, 0.06])
    for points in (
        [(-0.32, 0.3), (-0.42, 0.38), (-0.2, 0.43), (0.0, 0.42), (-0.12, 0.52), (-0.34, 0.57)],
        [(0.24, 0.4), (0.14, 0.44), (0.4, 0.48), (0.3, 0.57), (0.1, 0.58)],
    ):
        canvas.stroke("black", points, 0.06)


def narrowing(canvas: Canvas) -> None:
    """A road that narrows on its right side."""
    canvas.stroke("black", [(-0.15, 0.56), (-0.15, -0.14)], 0.14)
    canvas.stroke("black", [(0.22, 0.56), (0.22, 0.34), (0.11, 0.14), (0.11, -0.14)], 0.14)


def digging(canvas: Canvas) -> None:
    """A man at work, and his heap."""
    canvas.disc("black", -0.02, -0.2, 0.085)
    canvas.stroke("black", [(-0.06, -0.05), (-0.2, 0.2)], 0.17)
    canvas.stroke("black", [(-0.22, 0.22), (-0.38, 0.57)], 0.1)
    canvas.stroke("black", [(-0.18, 0.22), (-0.04, 0.36), (-0.08, 0.57)], 0.1)
    canvas.stroke("black", [(-0.02, -0.05), (0.12, 0.16), (0.0, 0.2)], 0.075)
    canvas.stroke("black", [(-0.22, 0.02), (0.3, 0.42)], 0.05)
    canvas.polygon("black", [(0.06, 0.6), (0.34, 0.3), (0.58, 0.6)])


def lights(canvas: Canvas) -> None:
    """Traffic lights."""
    for colour, y in (("red", -0.16), ("yellow", 0.17), ("green", 0.5)):
        canvas.disc("black", 0, y, 0.155)
        canvas.disc(colour, 0, y, 0.13)


def walker(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Somebody who walks to the left, 0.95 high, the middle at a place."""

    def limb(points: list[tuple[float, float]], width: float) -> None:
        canvas.stroke("black", np.array(points) * size + [x, y], width * size)

    canvas.disc("black", x - 0.02 * size, y - 0.41 * size, 0.095 * size)
    limb([(0, -0.21), (0.02, 0.05)], 0.2)
    limb([(0.0, 0.06), (-0.13, 0.26), (-0.27, 0.46)], 0.115)
    limb([(0.03, 0.06), (0.13, 0.26), (0.28, 0.46)], 0.115)
    limb([(-0.03, -0.24), (-0.18, -0.1), (-0.29, 0.04)], 0.085)
    limb([(0.04, -0.24), (0.18, -0.12), (0.29, 0.02)], 0.085)


def pedestrian(canvas: Canvas) -> None:
    """Somebody who crosses the road."""
    walker(canvas, 0, 0.16, 0.94)


def children(canvas: Canvas) -> None:
    """Two children who run to the left, the smaller one ahead."""
    walker(canvas, 0.17, 0.17, 0.84)
    walker(canvas, -0.27, 0.27, 0.64)
    canvas.stroke("black", [(-0.27, 0.12), (0.17, 0.0)], 0.06)


def bicycle(canvas: Canvas) -> None:
    """A bicycle."""
    for x in (-0.25, 0.25):
        canvas.disc("black", x, 0.36, 0.2)
        canvas.disc("white", x, 0.36, 0.135)
    canvas.stroke(
        "black", [(-0.25, 0.36), (-0.1, 0.08), (0.17, 0.08), (0.0, 0.36), (-0.1, 0.08)], 0.055
    )
    canvas.stroke("black", [(-0.25, 0.36), (0.0, 0.36)], 0.055)
    canvas.stroke("black", [(0.25, 0.36), (0.15, -0.02), (0.06, -0.04)], 0.055)
    canvas.stroke("black", [(-0.1, 0.08), (-0.13, 0.0)], 0.055)
    canvas.stroke("black", [(-0.2, -0.01), (-0.07, -0.01)], 0.065)


def snowflake(canvas: Canvas) -> None:
    """A flake of snow."""
    centre = np.array([0, 0.2])
    for angle in np.radians([30, 90, 150, 210, 270, 330]):
        way = np.array([np.cos(angle), np.sin(angle)])
        canvas.stroke("black", np.stack([centre, centre + way * 0.36]), 0.07)
        for turn in (-0.9, 0.9):
            side = np.array([np.cos(angle + turn), np.sin(angle + turn)])
            fork = centre + way * 0.2
            canvas.stroke("black", np.stack([fork, fork + side * 0.13]), 0.055)


def deer(canvas: Canvas) -> None:
    """A deer that leaps to the left."""
    canvas.stroke("black", [(0.24, 0.3), (0.1, 0.16), (-0.08, 0.1)], 0.17)
    canvas.stroke("black", [(-0.1, 0.08), (-0.2, -0.1)], 0.1)
    canvas.stroke("black", [(-0.2, -0.12), (-0.31, -0.07)], 0.085)
    canvas.stroke("black", [(-0.18, -0.14), (-0.12, -0.25), (0.0, -0.28)], 0.045)
    canvas.stroke("black", [(-0.12, -0.25), (-0.14, -0.36)], 0.045)
    canvas.stroke("black", [(-0.12, 0.14), (-0.32, 0.2), (-0.36, 0.33)], 0.065)
    canvas.stroke("black", [(-0.08, 0.16), (-0.24, 0.28), (-0.24, 0.4)], 0.065)
    canvas.stroke("black", [(0.26, 0.32), (0.36, 0.42), (0.5, 0.52)], 0.075)
    canvas.stroke("black", [(0.2, 0.32), (0.26, 0.45), (0.38, 0.57)], 0.075)


def turning(canvas: Canvas) -> None:
    """An arrow that turns to the right."""
    bend = arc(0.06, 0.1, 0.36, 0.36, 180, 270)
    canvas.chevron("white", joined(line((-0.3, 0.6)), bend, line((0.52, -0.26))), 0.2, 0.46)


def ahead(canvas: Canvas) -> None:
    """An arrow straight ahead."""
    canvas.chevron("white", [(0, 0.64), (0, -0.6)], 0.21, 0.5)


def ahead_or_right(canvas: Canvas) -> None:
    """Two arrows from one stem."""
    canvas.chevron("white", [(-0.2, 0.66), (-0.2, -0.6)], 0.17, 0.38)
    bend = arc(-0.02, 0.4, 0.18, 0.18, 180, 270)
    canvas.chevron("white", joined(bend, line((0.55, 0.22))), 0.17, 0.38)


def passing(canvas: Canvas) -> None:
    """An arrow down to the right."""
    canvas.chevron("white", [(-0.46, -0.46), (0.46, 0.46)], 0.23, 0.58)


def circling(canvas: Canvas) -> None:
    """Three arrows in a circle, against the clock."""
    for begin in (75, 195, 315):
        ring = arc(0, 0, 0.6, 0.6, begin, begin - 88)
        canvas.chevron("white", ring, 0.15, 0.3)
