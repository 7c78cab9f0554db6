"""An axis of a chart: where values are drawn, and its round values."""

import math
from dataclasses import dataclass

FLOOR = 1e-6  # what a logarithmic axis has for zero


@dataclass(frozen=True)
class Axis:
    """Values from low to high along a side of the plot."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where a value is drawn; what lies beyond the ends is drawn at them."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        share = (self._scaled(value) - low) / (high - low)
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)

    def _scaled(self, value: float) -> float:
        return math.log10(max(value, FLOOR)) if self.logarithmic else value

    def ticks(self) -> list[float]:
        """Round values, at most six."""
        if self.logarithmic:
            first, last = (
                math.ceil(math.log10(self.low) - 1e-9),
                math.floor(math.log10(self.high) + 1e-9),
            )
            every = max(1, -(-(last - first) // 5))
            return [10.0**power for power in range(first, last + 1, every)]
        step = round_up((self.high - self.low) / 5)
        first = math.ceil(self.low / step - 1e-9)
        return [i * step for i in range(first, math.floor(self.high / step + 1e-9) + 1)]


def round_up(step: float) -> float:
    """The next larger of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * one for one in (1, 2, 5, 10) if power * one >= step * (1 - 1e-9))


def tick(value: float) -> str:
    """A round value as it stands beside an axis."""
    return (
        f"{value:.10g}"
        if not value or 1e-3 <= abs(value) < 1e5
        else f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")
    ).replace("-", "−")
