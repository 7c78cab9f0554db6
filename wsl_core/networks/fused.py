"""Class maps of one picture at several sizes, upright and mirrored, averaged on exact geometry."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from wsl_core.errors import ParameterError
from wsl_core.networks.class_maps import ClassMaps


def fuse(maps: Sequence[ClassMaps]) -> ClassMaps:
    """Several maps of one picture (scales, flips) averaged on the cells of the finest upright one.

    Each is sampled where the cells of that one lie in the picture, so nothing shifts. Features are
    averaged; head and sums stay exact.

    Raises:
        ParameterError: no maps, or maps of different pictures or networks.
    """
    if not maps:
        raise ParameterError("There are no class maps to fuse. Give at least one.")
    if len({(one.network, one.trained, one.digest) for one in maps}) != 1:
        raise ParameterError(
            "Only class maps of the same picture and the same network can be fused."
        )
    if len(maps) == 1:
        return maps[0]
    finest = max(
        maps, key=lambda one: (one.cells[0] * one.cells[1], not one.placement.across.mirrored)
    )
    y = finest.placement.down.centres()
    x = np.sort(finest.placement.across.centres())
    upright = replace(finest.placement, across=replace(finest.placement.across, mirrored=False))
    if finest.placement.across.mirrored:
        x = upright.across.centres()
    features = np.mean([one.placement.sample(one.features, y, x) for one in maps], axis=0)
    return replace(finest, features=features, placement=upright)
