"""Limited-memory BFGS in NumPy: small smooth problems are solved in the server, without scikit-learn.

J. Nocedal, S. Wright, Numerical Optimization, 2nd edition, algorithm 7.5; the step is halved until the value
falls enough (Armijo), and a pair without positive curvature is passed over.
"""

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.floating]
PAIRS = 10  # steps that are remembered
ENOUGH = 1e-4  # of the fall that the slope promises
SMALLEST = 1e-10  # share of a step


def minimise(
    function: Callable[[Float], tuple[float, Float]],
    start: Float,
    *,
    steps: int = 100,
    tolerance: float = 1e-4,
) -> Float:
    """Where a function is smallest, near a start.

    Args:
        function: of an array of any shape: its value, and its gradient in the same shape.
        start: where to begin.
        steps: at most.
        tolerance: largest entry of the gradient at which it ends.

    Returns:
        the place, in the shape of `start`.
    """
    place = np.array(start)
    value, gradient = function(place)
    pairs: deque[tuple[Float, Float]] = deque(maxlen=PAIRS)
    for _ in range(steps):
        if np.abs(gradient).max() <= tolerance:
            break
        direction = -_scaled(gradient, pairs)
        slope = float(np.vdot(direction, gradient))
        if slope >= 0:  # rounding has spoilt the memory
            pairs.clear()
            direction, slope = -gradient, -float(np.vdot(gradient, gradient))
        share = 1.0 if pairs else min(1.0, 1 / float(np.linalg.norm(gradient)))
        while True:
            moved = place + share * direction
            there, steeper = function(moved)
            if there <= value + ENOUGH * share * slope or share < SMALLEST:
                break
            share /= 2
        if share < SMALLEST:
            break
        step, change = moved - place, steeper - gradient
        if float(np.vdot(step, change)) > SMALLEST * float(np.vdot(step, step)):
            pairs.append((step, change))
        place, value, gradient = moved, there, steeper
    return place


def _scaled(gradient: Float, pairs: deque[tuple[Float, Float]]) -> Float:
    """The gradient times the inverse curvature that the last steps have shown."""
    found, kept = gradient.copy(), []
    for step, change in reversed(pairs):
        along = float(np.vdot(step, found)) / float(np.vdot(step, change))
        found -= along * change
        kept.append(along)
    if pairs:
        step, change = pairs[-1]
        found *= float(np.vdot(step, change)) / float(np.vdot(change, change))
    for (step, change), along in zip(pairs, reversed(kept), strict=True):
        found += (along - float(np.vdot(change, found)) / float(np.vdot(step, change))) * step
    return found
