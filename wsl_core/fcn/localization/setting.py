"""An evaluation with nothing left open: every default settled, and refused before a picture is looked at."""

from typing import Any

from wsl_core.datasets import relatives
from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.errors import ParameterError
from wsl_core.fcn.evaluated_by import Settled
from wsl_core.fcn.heads.card import HeadCard, TrainingData
from wsl_core.fcn.localization.evaluation import EvaluationParameters

UNTRAINED_SCHEME = "average"  # the score of a network's own map is its mean


class Setting(Settled[EvaluationParameters]):
    """What is measured, how, and on which pictures."""

    @classmethod
    def check(cls, pictures: LabelledPictures, card: HeadCard | None, network: str) -> None:
        """Refuse a set of one class, and classes without relatives where nothing was trained.

        Raises:
            DatasetError: the set shows a single class.
            ParameterError: a class has no relatives.
        """
        pictures.check_several()
        if card is None:
            _check_relatives(pictures, network)

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
