"""Why a picture goes to one class and not to another, attribute by attribute, for any method.

A method is asked again with one value changed, so what is told holds for the method as it is. For a method
that is not linear in the attributes the parts need not add up to the whole lead.
"""

import numpy as np
from numpy.typing import NDArray

from wsl_core.transfer.zero_shot.methods import Fitted
from wsl_core.transfer.zero_shot.scaling import Float

Float64 = NDArray[np.float64]


def carried(fitted: Fitted, row: Float, winner: Float, other: Float) -> Float64:
    """How much of a class's score would be lost with another class's value for an attribute.

    Args:
        fitted: the method.
        row: (D,) of the picture.
        winner: (A,) signature of the class that won.
        other: (A,) signature of the class that it is compared with.

    Returns:
        (A,) in the method's unit; above 0 the attribute speaks for the winner, 0 where both have the same.
    """
    changed = np.repeat(np.asarray(winner, np.float64)[None], len(winner), axis=0)
    np.fill_diagonal(changed, other)
    before = fitted.scores(row[None], winner[None])[0, 0]
    return np.asarray(before - fitted.scores(row[None], changed)[0], np.float64)
