"""CorLoc: the share of a class's pictures whose one box covers an object of the class by half."""

from wsl_core.datasets.boxes import intersection_over_union
from wsl_core.fcn.localization.evidence import Evidence
from wsl_core.fcn.localization.per_class import ShareOfPictures


class CorLoc(ShareOfPictures):
    """Per class, over the pictures that show it (Deselaers et al., IJCV 2012).

    The box is that of the largest region above a threshold fixed in advance (`evidence.collect`);
    a class without a box is missed. Difficult objects are no targets.
    """

    def __init__(self, overlap: float = 0.5) -> None:
        self.overlap = overlap
        super().__init__()

    def _is_right(self, evidence: Evidence, place: int, index: int) -> bool:
        covered = intersection_over_union(evidence.boxes[place], evidence.truth(index))
        return bool(covered.max() >= self.overlap)
