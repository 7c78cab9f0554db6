"""An evaluation with nothing left open: every default settled, and refused before a picture is looked at."""

from dataclasses import dataclass
from typing import Any

from wsl_core.datasets import relatives
from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.errors import ParameterError
from wsl_core.fcn.evaluated_by import looked_with, settled
from wsl_core.fcn.heads.card import HeadCard, TrainingData
from wsl_core.fcn.localization.evaluation import EvaluationParameters

UNTRAINED_SCHEME = "average"  # the score of a network's own map is its mean


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
            DatasetError: the set cannot be read, or shows a single class.
            HeadError: the head is not there, or damaged.
            NetworkError: there is no such network.
            ParameterError: set and head have other classes, a class has no relatives, both a head and a
                network are given, or a size is outside the network's limits.
        """
        card, network = looked_with(how)
        pictures = how.read()
        pictures.check_several()
        if card is None:
            _check_relatives(pictures, network)
        update = settled(how, pictures, card, network)
        return cls(how.model_copy(update=update), pictures, card, network)

    @property
    def facts(self) -> dict[str, Any]:
        """What was measured, as plain JSON values; absent ones None."""
        card, pictures = self.card, self.pictures
        return {
            "head": card and card.name,
            "scheme": card.scheme if card else UNTRAINED_SCHEME,
            "initialisation": card and card.initialisation,
            "seed": card and card.seed,
            "network": self.network,
            "sizes": list(self.how.sizes or ()),
            "mirror": bool(self.how.mirror),
            "pointed": self.how.pointed,
            "threshold": self.how.threshold,
            "split": self.how.split,
            "subset": TrainingData.of(pictures, self.how.split).subset,
        }


def _check_relatives(pictures: LabelledPictures, network: str) -> None:
    alone = [name for name, found in relatives.kind_of(pictures.classes).items() if not found]
    if alone:
        raise ParameterError(
            f"{pictures.title} has {len(alone)} classes without relatives among those of {network}: "
            f"{', '.join(alone[:5])}. Untrained networks are measured on VOC's classes alone: for others "
            f"give a trained head with --head."
        )
