"""The plates of road signs: what stands around their pictograms (Germany's, as of 2011)."""

import numpy as np

from wsl_core.datasets.domains.generators.sign_canvas import Canvas


def prohibition() -> Canvas:
    """White in a red ring."""
    canvas = Canvas()
    canvas.disc("white", 0, 0, 1)
    canvas.disc("red", 0, 0, 0.97)
    canvas.disc("white", 0, 0, 0.74)
    return canvas


def end() -> Canvas:
    """White with a thin edge; the stripes are laid over the pictogram, by `stripes`."""
    canvas = Canvas()
    canvas.disc("white", 0, 0, 1)
    canvas.disc("grey", 0, 0, 0.97)
    canvas.disc("white", 0, 0, 0.93)
    return canvas


def stripes(canvas: Canvas) -> None:
    """Five dark stripes from below left to above right."""
    along = np.array([1, -1]) / np.sqrt(2)
    across = np.array([1, 1]) / np.sqrt(2)
    for k in range(-2, 3):
        away = across * k * 0.092
        reach = np.sqrt(0.88**2 - (k * 0.092) ** 2)
        canvas.stroke("black", np.stack([away - along * reach, away + along * reach]), 0.05)


def warning() -> Canvas:
    """A white triangle with a red edge, point up."""
    canvas = Canvas()
    for colour, inset, corner in (
        ("white", 0.0, 0.09),
        ("red", 0.03, 0.07),
        ("white", 0.18, 0.025),
    ):
        canvas.polygon(colour, _triangle(inset + corner), corner)
    return canvas


def giving_way() -> Canvas:
    """The same, point down, and empty."""
    canvas = Canvas()
    for colour, inset, corner in (("white", 0.0, 0.09), ("red", 0.03, 0.07), ("white", 0.22, 0.03)):
        canvas.polygon(colour, -_triangle(inset + corner), corner)
    return canvas


def _triangle(inset: float) -> np.ndarray:
    """An equilateral triangle within the square, its sides moved inwards."""
    middle, circle = 0.29, 1.16 - 2 * inset
    angle = np.radians([270, 30, 150])
    return np.stack([circle * np.cos(angle), middle + circle * np.sin(angle)], axis=1)


def mandatory() -> Canvas:
    """Blue with a thin white rim."""
    canvas = Canvas()
    canvas.disc("white", 0, 0, 1)
    canvas.disc("blue", 0, 0, 0.96)
    return canvas


def priority() -> Canvas:
    """A yellow diamond in a white one."""
    canvas = Canvas()
    for colour, reach, corner in (
        ("grey", 0.86, 0.08), ("white", 0.83, 0.08), ("black", 0.62, 0.02), ("yellow", 0.58, 0.02)
    ):  # fmt: skip
        canvas.polygon(colour, np.array([(0, -1), (1, 0), (0, 1), (-1, 0)]) * reach, corner)
    return canvas


def octagon() -> Canvas:
    """A red octagon with a white rim."""
    canvas = Canvas()
    angle = np.radians(np.arange(8) * 45 + 22.5)
    corners = np.stack([np.cos(angle), np.sin(angle)], axis=1) / np.cos(np.pi / 8)
    canvas.polygon("white", corners)
    canvas.polygon("red", corners * 0.94)
    return canvas
