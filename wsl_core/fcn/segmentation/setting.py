"""An evaluation of segments with nothing left open, refused before a picture is looked at."""

from dataclasses import dataclass
from typing import Any

from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.fcn.evaluated_by import looked_with, settled
from wsl_core.fcn.heads.card import HeadCard
from wsl_core.fcn.segmentation.evaluation import EvaluationParameters
from wsl_core.fcn.segmentation.reading import STRIDE

PUBLISHED = {
    (2012, "train"): 1464, (2012, "val"): 1449, (2012, "trainval"): 2913, (2007, "train"): 209,
    (2007, "val"): 213, (2007, "trainval"): 422, (2007, "test"): 210,
}  # fmt: skip
"""Pictures with masks in VOC's lists, by year and split."""


@dataclass(frozen=True)
class Setting:
    """What is measured, how, and on which pictures.

    Attributes:
        how: its sizes and mirroring are those that are used; its folders are absolute.
        pictures: what was read.
        card: of the head; None for a network without training.
        network: name of its card.
    """

    how: EvaluationParameters
    pictures: LabelledPictures
    card: HeadCard | None
    network: str

    @classmethod
    def of(cls, how: EvaluationParameters) -> "Setting":
        """Read the set and the head, and settle what was left open.

        Raises:
            DatasetError: the set cannot be read.
            HeadError: the head is not there, or damaged.
            NetworkError: there is no such network.
            ParameterError: set and head have other classes, both a head and a network are given, or a size
                is outside the network's limits.
        """
        card, network = looked_with(how)
        pictures = how.read()
        update = settled(how, pictures, card, network)
        return cls(how.model_copy(update=update), pictures, card, network)

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
