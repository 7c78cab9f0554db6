"""Layer probes: features tapped off every layer, and a linear classifier on each.

`probing.probe_job` measures a labelled set by the protocol of Zeiler and Fergus (ECCV 2014); its result is
a `Probes`. What is imported here is light; fits need SciPy and run in workers.
"""

from wsl_core.transfer.probes.classifiers import CLASSIFIERS, RIDGE, SOFTMAX, SVM
from wsl_core.transfer.probes.parameters import ProbeParameters
from wsl_core.transfer.probes.results import TOGETHER, Layer, Probes

JOB = "wsl_core.transfer.probes.probing:probe_job"

__all__ = [
    "CLASSIFIERS", "JOB", "RIDGE", "SOFTMAX", "SVM", "TOGETHER", "Layer", "ProbeParameters", "Probes",
]  # fmt: skip
