"""How pictures are looked at for segments: at several sizes, mirrored, on cells 16 pixels apart."""

from collections.abc import Callable
from functools import partial

from wsl_core.fcn.localization.evaluation import reader as _reader
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps

Read = Callable[[Photo], ClassMaps]
STRIDE = 16
"""Pixels between cells, by dilation: every second cell is one of the network's own (Chen et al., DeepLab)."""

reader = partial(_reader, stride=STRIDE)
