"""`ProNet`: two stages as one trained whole, on disk and at work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import HeadError, ParameterError
from wsl_core.fcn import activation_maps
from wsl_core.fcn.heads import Head, HeadCard, TrainingData, folder
from wsl_core.fcn.heads.parameters import PRONET
from wsl_core.fcn.pronet import boxes, parameters
from wsl_core.fcn.pronet.maps import ProNetMaps, Streams
from wsl_core.fcn.pronet.parameters import ProNetParameters
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps, Network

FIRST, SECOND = "first", "second"


@dataclass(frozen=True, eq=False)
class ProNet:
    """Both stages of a trained ProNet.

    Attributes:
        card: what it is; its scheme is "pronet".
        first: scores every cell of every stream; LSE pooling.
        second: scores the mean features of a crop; a picture has its best crop's score.
    """

    card: HeadCard
    first: Head = field(repr=False)
    second: Head = field(repr=False)

    @classmethod
    def load(cls, head: str | Path) -> "ProNet":
        """A shipped one by its name, or any by its folder.

        Raises:
            HeadError: it is not there, damaged, or a head of another kind.
        """
        return cls.of(*folder.read(folder.find(head)))

    @classmethod
    def of(cls, card: HeadCard, tensors: Mapping[str, NDArray[Any]]) -> "ProNet":
        """Both stages from their card and their tensors, by the names they have in the file.

        Raises:
            HeadError: a tensor is missing, left over, not finite, or of another shape; or the card is of
                another kind.
        """
        if card.scheme != PRONET:
            raise HeadError(
                f"The head {card.name} is a head for {card.scheme} pooling, and no ProNet. Load it with "
                f"Head.load, or choose a head that was trained with --scheme pronet."
            )
        try:
            how = parameters.read(card.parameters)
        except ParameterError as error:
            raise HeadError(
                f"The card of the head {card.name} is damaged. {error} Get the head again, or train it "
                f"again."
            ) from None
        stages: dict[str, dict[str, NDArray[Any]]] = {FIRST: {}, SECOND: {}}
        for name, value in tensors.items():
            stage, _, rest = name.partition(".")
            if stage not in stages:
                raise HeadError(
                    f"The tensors of the head {card.name} do not fit its card: {name} belongs to neither "
                    f"stage. Get the head again, or train it again."
                )
            stages[stage][rest] = value
        first = Head.of(stage_card(card, parameters.STREAM, how.stream), stages[FIRST])
        second = Head.of(stage_card(card, "max", {}), stages[SECOND])
        if first.weight.shape != second.weight.shape:
            raise HeadError(
                f"The stages of the head {card.name} read {first.weight.shape[1]} and "
                f"{second.weight.shape[1]} channels, and one network has the same for both. Get the head "
                f"again, or train it again."
            )
        return cls(card, first, second)

    @classmethod
    def random(cls, network: Network, classes: Sequence[str]) -> "ProNet":
        """One that was never trained, with all defaults: it takes as long as a trained one."""
        how, draw = ProNetParameters(), np.random.default_rng(0)
        card = HeadCard(
            name=PRONET,
            title="ProNet, not trained",
            network=network.card.name,
            features=network.card.features,
            classes=tuple(classes),
            scheme=PRONET,
            parameters=how.model_dump(mode="json"),
            data=TrainingData(title="none: random weights", split="none", pictures=1, subset=True),
            sizes=parameters.SIZES,
        )
        shape = len(classes), network.runtime.weight.shape[1]
        tensors = {}
        for stage in (FIRST, SECOND):
            tensors[f"{stage}.weight"] = draw.normal(0, 0.05, shape)
            tensors[f"{stage}.bias"] = np.zeros(len(classes))
        return cls.of(card, tensors)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """What is written to the file."""
        return {
            f"{stage}.{name}": value
            for stage, head in ((FIRST, self.first), (SECOND, self.second))
            for name, value in head.tensors().items()
        }

    def save(self, place: str | Path) -> HeadCard:
        """Write head.safetensors and card.json into a folder; the card with the file's digest.

        Raises:
            HeadError: the folder cannot be written.
        """
        return folder.write(Path(place), self.card, self.tensors())

    @cached_property
    def parameters(self) -> ProNetParameters:
        """As its card says."""
        return parameters.read(self.card.parameters)

    def network(self, **options: Any) -> Network:
        """The network that it reads; options are those of `networks.load`.

        Raises:
            WeightsError: the network's weights are missing.
        """
        return self.first.network(**options)

    def look(
        self,
        network: Network,
        photo: Photo,
        sizes: Sequence[int] | None = None,
        mirror: bool | None = None,
    ) -> ProNetMaps:
        """Both stages on a picture: one pass a stream (two where mirrored), then the crops, four a pass.

        Args:
            network: its own.
            photo: the picture.
            sizes: longer side of every stream, in pixels; for None those of the card.
            mirror: average each stream with that of the mirrored picture (crops are fed upright only);
                for None as the card says.

        Raises:
            HeadError: it was made for another network.
            ParameterError: a size outside the limits.
        """
        flips = (False, True) if (self.card.mirror if mirror is None else mirror) else (False,)
        looked = [
            activation_maps.fuse([network.class_maps(photo, size, mirrored=flip) for flip in flips])
            for size in sizes or self.card.sizes
        ]
        return self.rescored(network, photo, looked)

    def rescored(self, network: Network, photo: Photo, streams: Sequence[ClassMaps]) -> ProNetMaps:
        """The second stage on a picture whose streams were looked at; raises as `look` does."""
        how, first = self.parameters, Streams.of(self.first, streams, self.parameters.box_side)
        proposals = boxes.proposed(first.edges, first.confidence, first.scores, how)
        crops = boxes.crops_of(proposals)
        seen = boxes.crop_features(network, photo, first.edges[crops], how.box_side)
        fused = self.first.read(activation_maps.fuse(streams))
        return ProNetMaps(
            **{one.name: getattr(fused, one.name) for one in fields(fused)},
            pronet=self,
            streams=first,
            proposals=proposals,
            crops=tuple(crops),
            second=seen @ self.second.weight.T + self.second.bias,
        )


AnyHead: TypeAlias = Head | ProNet


def stage_card(card: HeadCard, scheme: str, own: Mapping[str, Any]) -> HeadCard:
    """The card of one stage, a head of its own."""
    # Not a copy: what the card has worked out of its own scheme would go with it.
    return HeadCard.model_validate(card.model_dump() | {"scheme": scheme, "parameters": dict(own)})


def load(head: str | Path) -> AnyHead:
    """A trained head of either kind, by its name or folder.

    Raises:
        HeadError: it is not there or damaged.
    """
    return of(*folder.read(folder.find(head)))


def of(card: HeadCard, tensors: Mapping[str, NDArray[Any]]) -> AnyHead:
    """A head of either kind from its card and its tensors.

    Raises:
        HeadError: a tensor is missing, left over, not finite, or of another shape.
    """
    return ProNet.of(card, tensors) if card.scheme == PRONET else Head.of(card, tensors)
