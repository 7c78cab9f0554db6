"""Batches of pictures of unlike shapes: as many as fit together of one shape."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

Shape = tuple[int, ...]


def alike(shapes: Sequence[Shape], count: int, random: np.random.Generator) -> list[list[int]]:
    """Batches of pictures, as many as fit together of one shape; the few left over are mixed.

    Args:
        shapes: of the pictures, or of their features.
        count: pictures a batch.
        random: draws the order.

    Returns:
        numbers of pictures, each once, in batches of `count` but one that may be smaller.
    """
    groups: dict[Shape, list[int]] = defaultdict(list)
    for i in random.permutation(len(shapes)).tolist():
        groups[shapes[i]].append(i)
    whole: list[list[int]] = []
    rest: list[int] = []
    for group in groups.values():
        full = len(group) - len(group) % count
        whole += [group[i : i + count] for i in range(0, full, count)]
        rest += group[full:]
    whole += [rest[i : i + count] for i in range(0, len(rest), count)]
    return [whole[i] for i in random.permutation(len(whole))]
