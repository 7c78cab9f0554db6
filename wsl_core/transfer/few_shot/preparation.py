"""What is done to rows before a head sees them: centred on the examples, brought to length 1.

The mean is that of the examples alone; the pictures to be named take no part in it (that would be
transductive).
"""

from dataclasses import dataclass

from wsl_core.transfer.few_shot.softmax import Float32
from wsl_core.transfer.retrieval.descriptor import unit


@dataclass(frozen=True, eq=False)
class Preparation:
    """Centring of rows.

    Attributes:
        mean: (D,).
    """

    mean: Float32

    @classmethod
    def of(cls, examples: Float32) -> "Preparation":
        """With the mean of the examples (N, D)."""
        return cls(examples.mean(axis=0))

    def apply(self, rows: Float32) -> Float32:
        """(N, D) centred and of length 1."""
        return unit(rows - self.mean)
