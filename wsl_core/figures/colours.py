"""One signed colour scale for all maps of a figure: blue below zero, clear at zero, red above.

Zero is where nothing is painted, so a place without evidence shows the photograph as it is. Paint
grows in strength and depth with distance from zero, in proportion: nothing is stretched or squared, and
nothing is clipped but the few largest of an attribution's pixels (`Scale.of_pixels`), which the scale
says. Colours are the same in pictures drawn here and in the browser (`stops` travels there).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from wsl_core.networks import ClassMaps

# From near zero to the end of the scale; told apart with any kind of colour vision.
ABOVE = ("#ffe08a", "#fb8b24", "#c1121f")
BELOW = ("#b8e0f6", "#3f8fd8", "#123a8c")
STEPS = 256
BEYOND = 0.005  # of the pixels of an attribution
LIKELY = 5  # classes that the scale of a picture always holds


@dataclass(frozen=True)
class Scale:
    """Values from -limit to +limit, in logits, share one scale.

    Attributes:
        limit: the largest distance from zero, more than 0.
        own: whether each map was given a scale of its own, which makes maps incomparable.
        beyond: share of the values that lie past its end, and are painted as strong as its end.
    """

    limit: float
    own: bool = False
    beyond: float = 0

    @classmethod
    def of(cls, maps: Iterable[NDArray[np.float32]], *, own: bool = False) -> "Scale":
        """The scale that holds all finite values of `maps`; 1 where they hold nothing but zeros."""
        reach = [float(np.abs(one[np.isfinite(one)]).max(initial=0.0)) for one in maps]
        return cls(max(reach, default=0.0) or 1.0, own)

    @classmethod
    def of_pixels(cls, maps: Iterable[NDArray[np.float32]]) -> "Scale":
        """The scale of attributions of pixels: all but the few largest values (`BEYOND`) lie on it.

        A handful of pixels is many times as large as all others; a scale that held them would show
        nothing else.
        """
        sizes = np.abs(np.concatenate([np.ravel(one) for one in maps]))
        sizes = sizes[np.isfinite(sizes)]
        limit = float(np.quantile(sizes, 1 - BEYOND)) if sizes.size else 0.0
        if not limit:
            return cls.of([sizes])
        return cls(limit, beyond=float((sizes > limit).mean()))

    @classmethod
    def of_picture(cls, maps: ClassMaps, shown: Sequence[str | int] = ()) -> "Scale":
        """The scale of a picture: holds its likeliest classes, and those that are shown.

        So a class that is not in the picture stays pale beside those that are, and nothing is clipped.
        """
        likely = [one.index for one in maps.top(LIKELY)]
        return cls.of([maps.map(which) for which in (*likely, *shown)])

    def ticks(self) -> tuple[float, ...]:
        """Round values for the colour bar, always with 0 among them."""
        step = 10 ** np.floor(np.log10(self.limit))
        step = next(s for s in (step, 2 * step, 5 * step, 10 * step) if self.limit / s <= 3)
        count = int(self.limit / step + 1e-9)
        return tuple(float(i * step) for i in range(-count, count + 1))


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


@cache
def palette() -> NDArray[np.float32]:
    """(2 * STEPS + 1, 4) float32: RGB 0 .. 255 and strength 0 .. 1, from -limit over zero to +limit."""
    distance = np.linspace(0, 1, STEPS + 1)

    def side(colours: tuple[str, ...]) -> NDArray[np.float64]:
        stops = np.array([_rgb(colour) for colour in colours], dtype=float)
        at = np.linspace(0, 1, len(stops))
        rgb = [np.interp(distance, at, stops[:, channel]) for channel in range(3)]
        return np.stack([*rgb, distance], axis=1)

    return np.concatenate([side(BELOW)[:0:-1], side(ABOVE)]).astype(np.float32)


def paint(values: NDArray[np.float32], scale: Scale) -> NDArray[np.float32]:
    """Values of any shape -> (..., 4): RGB 0 .. 255 and strength 0 .. 1; not finite is not painted."""
    share = np.clip(np.nan_to_num(values / scale.limit, nan=0, posinf=0, neginf=0), -1, 1)
    return palette()[np.rint((share + 1) * STEPS).astype(np.intp)]
