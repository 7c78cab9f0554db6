"""Sets whose classes are described by attributes: AwA2, CUB, SUN, aPY as published, and plain tables.

found = attributes.read(Path("AwA2"))
found.table.values          # (classes, attributes), 0 .. 1
"""

from wsl_core.datasets.attributes.labelled import AttributePicture, AttributeSet
from wsl_core.datasets.attributes.layouts import LAYOUTS, read
from wsl_core.datasets.attributes.splits import PROPOSED, SPLITS, STANDARD
from wsl_core.datasets.attributes.table import AttributeTable

__all__ = [
    "LAYOUTS", "PROPOSED", "SPLITS", "STANDARD", "AttributePicture", "AttributeSet", "AttributeTable", "read",
]  # fmt: skip
