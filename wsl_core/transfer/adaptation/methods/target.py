"""Train on target: the ceiling; imported in workers only.

The problem's source is the labelled target here. It is no adaptation, and nothing else is ever given target
labels.
"""

from wsl_core.transfer.adaptation.methods.source_only import SourceOnly


class Target(SourceOnly):
    """The training of source only, on labelled target data, read with their own mean and statistics."""
