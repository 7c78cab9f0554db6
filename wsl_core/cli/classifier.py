"""Whose maps `wsl heatmap` paints: those of a network, or of a trained head with its own classes."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from wsl_core import networks
from wsl_core.errors import ParameterError
from wsl_core.fcn import activation_maps, pronet
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.attribution_methods import CLASS_ACTIVATION_MAP, Method
from wsl_core.fcn.heads import Head
from wsl_core.fcn.pronet import ProNet
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps, ClassNames, Network


@dataclass(frozen=True, eq=False)
class Classifier:
    """A network, or a head on one.

    Attributes:
        card: of the network.
        head: None where the network speaks for itself.
    """

    card: networks.Card
    head: Head | ProNet | None = None

    @classmethod
    def of(cls, args: argparse.Namespace, network: str, method: Method) -> "Classifier":
        """What `--head` or `--network` names.

        Raises:
            NetworkError: there is no such network.
            HeadError: the head is not there, or damaged.
            ParameterError: the method does not work with a head.
        """
        name = getattr(args, "head", None)
        if name is None:
            return cls(networks.card(network))
        if method.work:
            raise ParameterError(
                f"--method {method.name} attributes the scores of a network's own classes, and --head "
                f"{name} brings others. Leave --head out, or use --method {CLASS_ACTIVATION_MAP}."
            )
        head = pronet.load(name)
        if isinstance(head, ProNet):
            for one in (one for one in ("size", "scales") if one in vars(args)):
                raise ParameterError(
                    f"--{one} is not used by the head {name}: a ProNet looks at the sizes of its streams, "
                    f"{', '.join(map(str, head.card.sizes))}. Leave it out."
                )
        return cls(networks.card(head.card.network), head)

    @property
    def classes(self) -> int:
        """How many there are."""
        return len(self.head.card.classes) if self.head else self.card.classes

    def load(self, **options: Any) -> Network:
        """The network, with the head's retrained stages where it has some; options of `networks.load`."""
        if self.head is not None:
            return self.head.network(**options)
        return networks.load(self.card.name, **options)

    def wanted(self, network: Network, words: Sequence[str]) -> list[int]:
        """Indices of the classes that the words name, each once.

        A word with commas that is no name itself, such as cat,dog, stands for several.

        Raises:
            ClassNameError: no class, or more than one, is named so.
        """
        names = self.head.card.class_names if self.head else network.classes
        parts = [part for word in words for part in _parts(word, names)]
        return list(dict.fromkeys(names.find(part) for part in parts))

    def reader(
        self, network: Network, parameters: ActivationMapParameters
    ) -> Callable[[Photo], ClassMaps]:
        """What gives the class maps of a picture."""
        head = self.head
        if isinstance(head, ProNet):
            return partial(head.look, network, mirror=parameters.mirror or None)

        def read(photo: Photo) -> ClassMaps:
            maps = activation_maps.compute(network, photo, parameters)
            return maps if head is None else head.read(maps)

        return read

    def score_facts(self, maps: ClassMaps, index: int) -> dict[str, Any]:
        """What is said of a class beside its score, which a head's scheme has pooled."""
        return {} if self.head is None else {"probability": maps.score(index).probability}

    @property
    def facts(self) -> dict[str, Any]:
        """What the manifest says of the head; nothing for a network."""
        if self.head is None:
            return {}
        card = self.head.card
        return {
            "head": {
                "name": card.name,
                "title": card.title,
                "scheme": card.scheme,
                "parameters": card.parameters,
                "probability": "softmax" if card.single else "sigmoid",
            }
        }


def described(head: dict[str, Any], network: str) -> str:
    """The head in the summary, from what the manifest says."""
    return (
        f"Head {head['name']} ({head['title']}) on {network}: scores are pooled by {head['scheme']}, "
        f"probabilities are their {head['probability']}."
    )


def _parts(word: str, names: ClassNames) -> list[str]:
    if "," not in word or names.matches(word):
        return [word]
    return [part.strip() for part in word.split(",")]
