"""Are the attributes sufficient for a one to one mapping: has every class a row of its own?"""

import itertools

import numpy as np
from numpy.typing import NDArray

Has = NDArray[np.bool_]
MOST = 12  # attributes of which all choices are tried


def coinciding(has: Has) -> list[list[int]]:
    """Groups of classes whose rows (classes, attributes) are equal; one whose row is its own is in none."""
    groups: dict[bytes, list[int]] = {}
    for place, row in enumerate(np.asarray(has, bool)):
        groups.setdefault(row.tobytes(), []).append(place)
    return [one for one in groups.values() if len(one) > 1]


def fewest(classes: int) -> int:
    """How many attributes that are there or not can at best tell so many classes apart: 2^n rows."""
    return max(classes - 1, 0).bit_length()


def minimal(has: Has) -> list[tuple[int, ...]]:
    """All choices of attributes that suffice, and from which none can be left out.

    Args:
        has: (classes, attributes), at most `MOST` of these.

    Raises:
        ValueError: too many attributes to try.
    """
    count = has.shape[1]
    if count > MOST:
        raise ValueError(f"{count} attributes")
    found: list[tuple[int, ...]] = []
    for size in range(count + 1):
        for columns in itertools.combinations(range(count), size):
            smaller = any(set(one) <= set(columns) for one in found)
            if not smaller and not coinciding(has[:, list(columns)]):
                found.append(columns)
    return found


def greedy(has: Has) -> tuple[int, ...]:
    """Few attributes that suffice: each tells most pairs of classes apart that are still alike.

    Not always the fewest. Where all attributes together do not suffice, those that still tell pairs apart.
    """
    apart = has[:, None, :] != has[None, :, :]
    alike = ~np.eye(len(has), dtype=bool)
    taken: list[int] = []
    while True:
        counts = apart[alike].sum(axis=0)
        if not len(counts) or counts.max() == 0:
            return tuple(taken)
        best = int(counts.argmax())
        taken.append(best)
        alike &= ~apart[:, :, best]
