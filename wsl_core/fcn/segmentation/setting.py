"""An evaluation of segments with nothing left open, refused before a picture is looked at."""

from typing import Any

from wsl_core.fcn.evaluated_by import Settled
from wsl_core.fcn.segmentation.evaluation import EvaluationParameters
from wsl_core.fcn.segmentation.reading import STRIDE

PUBLISHED = {
    (2012, "train"): 1464, (2012, "val"): 1449, (2012, "trainval"): 2913, (2007, "train"): 209,
    (2007, "val"): 213, (2007, "trainval"): 422, (2007, "test"): 210,
}  # fmt: skip
"""Pictures with masks in VOC's lists, by year and split."""


class Setting(Settled[EvaluationParameters]):
    """What is measured, how, and on which pictures."""

    @property
    def facts(self) -> dict[str, Any]:
        """What was measured, as plain JSON values; absent ones None."""
        count = len(self.pictures.pictures)
        return {
            "head": self.card and self.card.name,
            "network": self.network,
            "sizes": list(self.how.sizes or ()),
            "mirror": bool(self.how.mirror),
            "stride": STRIDE,
            "given_labels": self.how.given_labels,
            "crf": self.how.crf,
            "background": self.how.background,
            "present": self.how.present,
            "split": self.how.split,
            "subset": count < PUBLISHED.get((self.how.year, self.how.split), count),
        }
