"""`Head`: class maps and scores for classes that a network was not trained on.

A head is one 1x1 convolution on the features of a network, and a pooling scheme. It was trained from
labels of whole pictures; at use it is NumPy alone. The standardisation of the channels that it was
trained with is part of its weights.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core import networks
from wsl_core.errors import HeadError
from wsl_core.fcn.heads import folder
from wsl_core.fcn.heads.card import HeadCard
from wsl_core.fcn.heads.head_maps import HeadMaps
from wsl_core.fcn.heads.parameters import PRONET
from wsl_core.fcn.pooling import SPLeaPWeights
from wsl_core.networks import ClassMaps, Network
from wsl_core.networks.recipe import PUBLISHED

Float32 = NDArray[np.float32]
NETWORK = "network."  # before the names of retrained tensors
LEARNED = ("sharpness", "combination", "class_bias")  # of SPLeaP


@dataclass(frozen=True, eq=False)
class Head:
    """A trained head.

    Attributes:
        card: what it is.
        weight: (maps, C) float32, one row a map: K classes times M maps, or SPLeaP's P parts.
        bias: (maps,) float32.
        learned: what SPLeaP's pooling has learned; None for other schemes.
        retrained: tensors of the network's retrained stages, by their names in its torch module.
    """

    card: HeadCard
    weight: Float32 = field(repr=False)
    bias: Float32 = field(repr=False)
    learned: SPLeaPWeights | None = field(default=None, repr=False)
    retrained: Mapping[str, NDArray[Any]] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, head: str | Path) -> "Head":
        """A shipped head by its name, or any head by its folder.

        Raises:
            HeadError: it is not there, damaged, or does not fit its card.
        """
        card, tensors = folder.read(folder.find(head))
        return cls.of(card, tensors)

    @classmethod
    def of(cls, card: HeadCard, tensors: Mapping[str, NDArray[Any]]) -> "Head":
        """A head from its card and its tensors, by the names they have in the file.

        Raises:
            HeadError: a tensor is missing, left over, not finite, or of another shape; or it is a ProNet.
        """
        if card.scheme == PRONET:
            raise HeadError(
                f"The head {card.name} is a ProNet, which looks at a picture in two stages. Load it with "
                f"wsl_core.fcn.pronet.load, or choose a head with one pooling scheme."
            )
        scheme, parameters = card.pooling
        classes, parts = len(card.classes), card.scheme == "spleap"
        rows = parameters.parts if parts else classes * scheme.maps_a_class(parameters)  # type: ignore[attr-defined]
        channels = tensors["weight"].shape[-1] if "weight" in tensors else None
        wanted = {"weight": (rows, channels), "bias": (rows,)}
        if parts:
            wanted |= {
                "sharpness": (rows,),
                "combination": (classes, rows),
                "class_bias": (classes,),
            }
        retrained = {
            name.removeprefix(NETWORK): value
            for name, value in tensors.items()
            if name.startswith(NETWORK)
        }
        if extra := {name for name in tensors if not name.startswith(NETWORK)} - set(wanted):
            raise _unfit(card, f"it has a tensor {min(extra)} that its scheme does not know")
        if bool(retrained) != bool(card.finetuned):
            raise _unfit(card, "its retrained stages are missing, or not named on the card")
        found = {}
        for name, shape in wanted.items():
            if name not in tensors:
                raise _unfit(card, f"the tensor {name} is missing")
            found[name] = np.asarray(tensors[name], np.float32)
            if found[name].shape != shape:
                raise _unfit(card, f"the tensor {name} has shape {found[name].shape}, not {shape}")
        for name, value in (found | retrained).items():
            if not np.isfinite(np.asarray(value, np.float32)).all():
                raise _unfit(card, f"the tensor {name} holds values that are not finite")
        learned = SPLeaPWeights(*(found[name] for name in LEARNED)) if parts else None
        return cls(card, found["weight"], found["bias"], learned, retrained)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """What is written to the file: weights in float16, to which a trained head is rounded."""
        found: dict[str, NDArray[Any]] = {
            "weight": self.weight.astype(np.float16),
            "bias": self.bias,
        }
        if self.learned is not None:
            values = (self.learned.sharpness, self.learned.combination, self.learned.bias)
            found |= {name: np.asarray(one) for name, one in zip(LEARNED, values, strict=True)}
        return found | {NETWORK + name: value for name, value in self.retrained.items()}

    def save(self, place: str | Path) -> HeadCard:
        """Write head.safetensors and card.json into a folder; the card with the file's digest.

        Raises:
            HeadError: the folder cannot be written.
        """
        return folder.write(Path(place), self.card, self.tensors())

    def read(self, maps: ClassMaps) -> HeadMaps:
        """Maps and scores of this head's classes, from a network's class maps.

        Args:
            maps: of the network it was trained on, at any size, fused or not. They carry the features.

        Raises:
            HeadError: the maps are another network's, or one's with other weights.
        """
        found, wanted = (
            _called(maps.network, maps.trained),
            _called(self.card.network, self.trained),
        )
        if found != wanted:
            raise HeadError(
                f"The head {self.card.name} was made for {wanted}, and these are features of {found}. "
                f"Use the maps of its own network, or a head that was made for {maps.network}."
            )
        if len(maps.features) != self.weight.shape[1]:
            raise HeadError(
                f"The head {self.card.name} reads {self.weight.shape[1]} channels, and these features of "
                f"{found} have {len(maps.features)}. Train the head again."
            )
        weight, bias = self._linear
        return HeadMaps(
            network=maps.network,
            classes=self.card.class_names,
            features=maps.features,
            weight=weight,
            bias=bias,
            placement=maps.placement,
            digest=maps.digest,
            trained=maps.trained,
            head=self,
        )

    @cached_property
    def _linear(self) -> tuple[Float32, Float32]:
        """(K, C) and (K,): the class maps as one linear layer; of SPLeaP without its ReLU and weights."""
        classes = len(self.card.classes)
        if self.learned is not None:
            combination = np.asarray(self.learned.combination, np.float32)
            return combination @ self.weight, combination @ self.bias + self.learned.bias
        channels = self.weight.shape[1]
        return (
            self.weight.reshape(classes, -1, channels).mean(1),
            self.bias.reshape(classes, -1).mean(1),
        )

    @cached_property
    def trained(self) -> str:
        """Whose weights its network must have: "published", or the name of the file of its own."""
        if not self.card.finetuned:
            return PUBLISHED
        digest = hashlib.sha256(networks.card(self.card.network).weights.sha256.encode())
        for name in sorted(self.retrained):
            value = np.ascontiguousarray(self.retrained[name])
            digest.update(f"{name} {value.dtype} {value.shape}".encode())
            digest.update(value.tobytes())
        name = networks.card(self.card.network).file_name
        return f"{name}-{digest.hexdigest()[:12]}.safetensors"

    def network(self, **options: Any) -> Network:
        """The network that it reads, with its own retrained stages where it has some.

        Args:
            **options: of `networks.load`, but `weights`.

        Raises:
            WeightsError: the network's weights are missing.
            HeadError: the retrained tensors are not the network's.
        """
        if not self.card.finetuned:
            return networks.load(self.card.network, **options)
        from wsl_core.fcn.heads import retrained

        path = retrained.weights_file(self.card.network, self.trained, self.retrained)
        return networks.load(self.card.network, weights=str(path), **options)


def _called(network: str, trained: str) -> str:
    return network if trained == PUBLISHED else f"{network} with the weights {trained}"


def _unfit(card: HeadCard, what: str) -> HeadError:
    return HeadError(
        f"The tensors of the head {card.name} do not fit its card: {what}. Get the head again, or train "
        f"it again."
    )
