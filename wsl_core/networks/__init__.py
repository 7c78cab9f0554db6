"""Networks: cards, weights, geometry of cells and windows, export, runtimes -> ClassMaps.

`load(name)` gives a `Network`; its `class_maps(photo, size)` is the main road of the whole program.
"""

from wsl_core.networks.cards import Card, DownloadedWeights, Sides
from wsl_core.networks.class_maps import ClassMaps, ClassScore
from wsl_core.networks.class_names import ClassNames
from wsl_core.networks.geometry import Axis, Geometry, Placement
from wsl_core.networks.network import PRECISIONS, RUNTIMES, Network, load
from wsl_core.networks.zoo import CARDS, DEFAULT, card

__all__ = [
    "CARDS",
    "DEFAULT",
    "PRECISIONS",
    "RUNTIMES",
    "Axis",
    "Card",
    "ClassMaps",
    "ClassNames",
    "ClassScore",
    "DownloadedWeights",
    "Geometry",
    "Network",
    "Placement",
    "Sides",
    "card",
    "load",
]
