"""Pooling: from class maps to scores, once for NumPy and torch (the array API), with its closed forms.

    scheme("weldon").score(maps)                       # (..., K, h, w) -> (..., K)
    scheme("lse").pool(maps, LSEParameters(beta=2))    # the same, and what the scores are made of

`torch_pooling.Pooling` is the module for training; importing this package does not import torch.
"""

from wsl_core.fcn.pooling.parameters import (
    AverageParameters,
    LSEParameters,
    MaxParameters,
    PoolingParameters,
    SPLeaPParameters,
    WELDONParameters,
    WILDCATParameters,
)
from wsl_core.fcn.pooling.pooled import Pooled
from wsl_core.fcn.pooling.regions import Count, Regions, Share, number, parse
from wsl_core.fcn.pooling.schemes import SCHEMES, Scheme, scheme
from wsl_core.fcn.pooling.selection import class_wise_mean
from wsl_core.fcn.pooling.spleap import SPLeaPWeights

__all__ = [
    "SCHEMES",
    "AverageParameters",
    "Count",
    "LSEParameters",
    "MaxParameters",
    "Pooled",
    "PoolingParameters",
    "Regions",
    "SPLeaPParameters",
    "SPLeaPWeights",
    "Scheme",
    "Share",
    "WELDONParameters",
    "WILDCATParameters",
    "class_wise_mean",
    "number",
    "parse",
    "scheme",
]
