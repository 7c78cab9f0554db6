"""Domain adaptation: from labelled pictures of one kind to unlabelled ones of another.

`METHODS` lists the methods, `AdaptationParameters` what can be chosen; `fitting.fit(source, target,
parameters)` trains one, `training.adapt` is the same as a job. What needs torch is in modules that only
workers import. Labels of the target reach the evaluation alone.
"""

from wsl_core.transfer.adaptation.contract import Adapted, Labelled, Unlabelled
from wsl_core.transfer.adaptation.methods import METHODS, MethodCard, method
from wsl_core.transfer.adaptation.parameters import AdaptationParameters

JOB = "wsl_core.transfer.adaptation.training:adapt"

__all__ = [
    "JOB", "METHODS", "AdaptationParameters", "Adapted", "Labelled", "MethodCard", "Unlabelled", "method",
]  # fmt: skip
