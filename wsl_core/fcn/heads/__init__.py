"""Heads trained from image labels: a 1x1 convolution on a network's features, and a pooling scheme.

`Head.load("wildcat").read(maps)` gives class maps and scores of other classes than the network's own;
`WeaklySupervised` trains one. What needs torch is in modules that only workers import.
"""

from wsl_core.fcn.heads.card import HeadCard, TrainingData
from wsl_core.fcn.heads.folder import names
from wsl_core.fcn.heads.head import Head
from wsl_core.fcn.heads.head_maps import HeadMaps
from wsl_core.fcn.heads.parameters import RECIPES, TrainingParameters
from wsl_core.fcn.heads.weakly_supervised import WeaklySupervised

__all__ = [
    "RECIPES", "Head", "HeadCard", "HeadMaps", "TrainingData", "TrainingParameters",
    "WeaklySupervised", "names",
]  # fmt: skip
