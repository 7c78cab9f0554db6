"""Who looks at the pictures of an evaluation, with nothing left open; refused before one of them is read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from wsl_core import networks
from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.errors import ParameterError
from wsl_core.fcn import pronet
from wsl_core.fcn.evaluated import USUAL_SIZES, EvaluatedParameters, class_order, digest
from wsl_core.fcn.heads import folder
from wsl_core.fcn.heads.card import HeadCard


def looked_with(how: EvaluatedParameters) -> tuple[HeadCard | None, str]:
    """The head's card, None without one, and the name of the network; no picture is read.

    Raises:
        HeadError: the head is not there, or damaged.
        NetworkError: there is no such network.
        ParameterError: both a head and a network are given, or a size is outside the network's limits.
    """
    if how.head is not None and how.network is not None:
        raise ParameterError(
            f"Both the head {how.head!r} and the network {how.network!r} are given. A head has its "
            f"own network: give one of the two."
        )
    card = pronet.load(how.head).card if how.head is not None else None
    network = networks.card(card.network if card else how.network or networks.DEFAULT)
    for size in how.sizes or (card.sizes if card else USUAL_SIZES):
        network.sides.fit(1, 1, size)
    return card, network.name


def settled(
    how: EvaluatedParameters, pictures: LabelledPictures, card: HeadCard | None, network: str
) -> dict[str, Any]:
    """What was left open, by field; folders absolute.

    Raises:
        ParameterError: the head does not know all classes of the set.
    """
    usual, mirror = (card.sizes, card.mirror) if card else (USUAL_SIZES, False)
    if card:
        class_order(card.classes, pictures, f"the head {card.name}")
    return {
        "data": str(Path(how.data).absolute()),
        "head": str(folder.find(how.head).absolute()) if how.head is not None else None,
        "network": None if card else network,
        "sizes": how.sizes or usual,
        "mirror": mirror if how.mirror is None else how.mirror,
        "asked": digest(pictures, how.head),
    }


How = TypeVar("How", bound=EvaluatedParameters)


@dataclass(frozen=True)
class Settled(Generic[How]):
    """What is measured, how, and on which pictures.

    Attributes:
        how: its sizes and mirroring are those that are used; its folders are absolute.
        pictures: what was read.
        card: of the head; None for a network without training.
        network: name of its card.
    """

    how: How
    pictures: LabelledPictures
    card: HeadCard | None
    network: str

    @classmethod
    def of(cls, how: How) -> Self:
        """Read the set and the head, and settle what was left open.

        Raises:
            DatasetError: the set cannot be read, or is refused.
            HeadError: the head is not there, or damaged.
            NetworkError: there is no such network.
            ParameterError: set and head have other classes, both a head and a network are given, or a size
                is outside the network's limits.
        """
        card, network = looked_with(how)
        pictures = how.read()
        cls.check(pictures, card, network)
        update = settled(how, pictures, card, network)
        return cls(how.model_copy(update=update), pictures, card, network)

    @classmethod
    def check(cls, pictures: LabelledPictures, card: HeadCard | None, network: str) -> None:
        """Refuse a set that this evaluation cannot measure on; by default none."""
