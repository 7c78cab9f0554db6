"""A canvas for traffic signs: flat shapes in eight colours, from which templates are cut.

A sign fills the square from -1 to 1 on both axes, x to the right, y down.
"""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.domains.generators.digit_strokes import Stroke

COLOURS = ("none", "white", "black", "red", "blue", "yellow", "grey", "green")
"""What a place of a sign may be; "none" is beside it."""

SIDE = 80
"""Height and width of a template, in pixels; a sign leaves 2 pixels free on each side."""

FINE = 4
"""How much finer shapes are drawn than templates."""

Points = Sequence[tuple[float, float]] | Stroke
_PLACES = 6  # binary places of OpenCV's fixed-point coordinates
_SCALE = (SIDE / 2 - 2) * FINE


class Canvas:
    """Shapes laid over each other; the last one is seen."""

    def __init__(self) -> None:
        self._index = np.zeros((SIDE * FINE, SIDE * FINE), np.uint8)
        self._scale, self._origin = 1.0, (0.0, 0.0)

    def shrink(self, scale: float, x: float, y: float) -> None:
        """Make whatever is drawn from now on smaller, about a point that stays."""
        self._scale, self._origin = scale, ((1 - scale) * x, (1 - scale) * y)

    def polygon(self, colour: str, points: Points, corner: float = 0.0) -> None:
        """Fill a polygon, its corners rounded by a radius beyond its sides."""
        places = self._places(points)
        cv2.fillPoly(self._index, [places], COLOURS.index(colour), cv2.LINE_8, _PLACES)
        if corner:
            self.stroke(colour, [*points, points[0]], 2 * corner)

    def box(self, colour: str, left: float, top: float, right: float, bottom: float) -> None:
        """Fill an upright rectangle."""
        self.polygon(colour, [(left, top), (right, top), (right, bottom), (left, bottom)])

    def disc(self, colour: str, x: float, y: float, radius: float) -> None:
        """Fill a circle."""
        centre = self._places([(x, y)])[0].tolist()
        size = round(radius * self._scale * _SCALE * 2**_PLACES)
        cv2.circle(self._index, centre, size, COLOURS.index(colour), -1, cv2.LINE_8, _PLACES)

    def stroke(self, colour: str, points: Points, width: float) -> None:
        """Draw a polyline with a round pen."""
        pen = max(1, round(width * self._scale * _SCALE))
        cv2.polylines(
            self._index,
            [self._places(points)],
            False,
            COLOURS.index(colour),
            pen,
            cv2.LINE_8,
            _PLACES,
        )

    def arrow(
        self, colour: str, points: Points, width: float, head: float, spread: float = 1.6
    ) -> None:
        """Draw a polyline that ends in an arrow head: its length, and its width as a multiple of that."""
        path = np.asarray(points, float)
        along = path[-1] - path[-2]
        along /= np.linalg.norm(along)
        across = np.array([-along[1], along[0]]) * head * spread / 2
        foot = path[-1] - along * head
        self.stroke(colour, np.concatenate([path[:-1], [foot + along * head * 0.2]]), width)
        self.polygon(colour, np.stack([path[-1], foot + across, foot - across]))

    def chevron(self, colour: str, points: Points, width: float, head: float) -> None:
        """Draw a polyline that ends in an open arrow head, two strokes of a length at 45 degrees."""
        path = np.asarray(points, float)
        along = path[-1] - path[-2]
        along /= np.linalg.norm(along)
        across = np.array([-along[1], along[0]])
        self.stroke(colour, path, width)
        wings = [path[-1] + (side * across - along) * head / np.sqrt(2) for side in (-1, 1)]
        self.stroke(colour, np.stack([wings[0], path[-1], wings[1]]), width)

    def text(
        self,
        colour: str,
        letters: Iterable[Sequence[Stroke]],
        size: tuple[float, float],
        pen: float,
        gap: float,
    ) -> None:
        """Write letters in the middle of the sign.

        Args:
            colour: of the pen.
            letters: each as strokes, as in `digit_strokes`.
            size: height of the letters and factor of their width.
            pen: its width.
            gap: between letters.
        """
        height, wide = size
        scale = np.array([wide, 1.0]) * (height - pen)
        inked = [[stroke * scale for stroke in strokes] for strokes in letters]
        left = [min(stroke[:, 0].min() for stroke in strokes) for strokes in inked]
        right = [max(stroke[:, 0].max() for stroke in strokes) for strokes in inked]
        widths = np.array(right) - left + pen
        x = -(widths.sum() + gap * (len(widths) - 1)) / 2
        for strokes, begin, width in zip(inked, left, widths, strict=True):
            for stroke in strokes:
                shift = np.array([x + pen / 2 - begin, -(height - pen) / 2])
                self.stroke(colour, stroke + shift, pen)
            x += width + gap

    def mirrored(self) -> "Canvas":
        """The same with left and right exchanged."""
        other = Canvas()
        other._index = np.ascontiguousarray(self._index[:, ::-1])
        return other

    def cut(self) -> NDArray[np.float32]:
        """The template (SIDE, SIDE, 8): which share of each pixel has which colour."""
        shares = [
            cv2.resize(
                (self._index == k).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA
            )
            for k in range(len(COLOURS))
        ]
        return np.stack(shares, axis=2)

    def _places(self, points: Points) -> NDArray[np.int32]:
        middle = (SIDE * FINE - 1) / 2
        placed = np.asarray(points, float) * self._scale + self._origin
        places = placed * _SCALE + middle
        return np.asarray(np.round(places * 2**_PLACES), np.int32)
