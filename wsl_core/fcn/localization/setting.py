"""An evaluation with nothing left open: every default settled, and refused before a picture is looked at."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wsl_core import networks
from wsl_core.datasets import relatives
from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.errors import ParameterError
from wsl_core.fcn import pronet
from wsl_core.fcn.heads import folder
from wsl_core.fcn.heads.card import HeadCard, TrainingData
from wsl_core.fcn.localization.evaluation import (
    USUAL_SIZES,
    EvaluationParameters,
    class_order,
    digest,
)

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
        if how.head is not None and how.network is not None:
            raise ParameterError(
                f"Both the head {how.head!r} and the network {how.network!r} are given. A head has its "
                f"own network: give one of the two."
            )
        card = pronet.load(how.head).card if how.head is not None else None
        network = networks.card(card.network if card else how.network or networks.DEFAULT)
        usual, mirror = (card.sizes, card.mirror) if card else (USUAL_SIZES, False)
        sizes = how.sizes or usual
        for size in sizes:
            network.sides.fit(1, 1, size)
        pictures = how.read()
        pictures.check_several()
        if card:
            class_order(card.classes, pictures, f"the head {card.name}")
        else:
            _check_relatives(pictures, network.name)
        settled: dict[str, Any] = {
            "data": str(Path(how.data).absolute()),
            "head": str(folder.find(how.head).absolute()) if how.head is not None else None,
            "network": None if card else network.name,
            "sizes": sizes,
            "mirror": mirror if how.mirror is None else how.mirror,
            "asked": digest(pictures, how.head),
        }
        return cls(how.model_copy(update=settled), pictures, card, network.name)

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
