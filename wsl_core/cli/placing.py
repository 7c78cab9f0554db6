"""`--word` of `wsl heatmap`: a word that no class of the network has, placed by way of its classes."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from wsl_core import networks
from wsl_core.cli import arguments
from wsl_core.cli.classifier import Classifier
from wsl_core.errors import ParameterError
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.attribution_methods import CLASS_ACTIVATION_MAP, Method
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps, Network
from wsl_core.transfer.zero_shot import placed
from wsl_core.transfer.zero_shot.placed import Carriers, PlacedWord
from wsl_core.transfer.zero_shot.placed_parameters import PlacedParameters

NAMED = 5  # classes that carry a word, as the manifest and the summary name them
OPTIONS = {"vectors": "NAME", "taxonomy": None}


@dataclass(frozen=True, eq=False)
class PlacedClassifier(Classifier):
    """A network that is asked for one word instead of its classes.

    Attributes:
        carriers: of the word.
        placed: the picture that was read last.
    """

    carriers: Carriers | None = None
    placed: list[PlacedWord] = field(default_factory=list)

    @property
    def classes(self) -> int:
        """The word alone."""
        return 1

    def wanted(self, network: Network, words: Sequence[str]) -> list[int]:
        """The word."""
        return [0]

    def reader(
        self, network: Network, parameters: ActivationMapParameters
    ) -> Callable[[Photo], ClassMaps]:
        """What places the word on a picture."""
        assert self.carriers is not None
        carriers = self.carriers
        placed.check(network.classes, carriers)

        def read(photo: Photo) -> ClassMaps:
            self.placed[:] = [placed.place(network, photo, carriers)]
            return self.placed[0].maps

        return read

    def score_facts(self, maps: ClassMaps, index: int) -> dict[str, Any]:
        """The classes that gave most to the highest cell."""
        return {
            "carried_by": [
                {"index": one.carrier.index, "name": one.carrier.title, "share": one.share}
                for one in self.placed[0].shares[:NAMED]
            ]
        }

    @property
    def facts(self) -> dict[str, Any]:
        """What the manifest says of the word."""
        assert self.carriers is not None
        return {
            "word": {
                "word": self.carriers.word,
                "relation": self.carriers.relation,
                "classes": [vars(one) for one in self.carriers.classes[:NAMED]],
                **self.carriers.how.model_dump(mode="json"),
            }
        }


def add_arguments(parser: argparse.ArgumentParser, which: arguments.Arguments) -> None:
    """Declare `--word` and what belongs to it."""
    which.add_argument(
        "--word",
        metavar="WORD",
        help="Place any word, such as zebra crossing, by way of the network's classes; refused where no "
        "class is related to it. The map is the logarithm of its odds against an even guess.",
    )
    group = parser.add_argument_group(
        "word",
        f"For --word, which looks at --size {PlacedParameters().size}, upright and mirrored, unless a size "
        "is given.",
    )
    arguments.add(group, PlacedParameters, OPTIONS)


def of(args: argparse.Namespace, network: str, method: Method) -> PlacedClassifier | None:
    """What `--word` asks for; None without it.

    Raises:
        WordError: the word has no vector, or no relative among the classes.
        NetworkError: there is no such network.
        ParameterError: an option that goes with it is not used, or the other way round.
    """
    if args.word is None:
        for name in (name for name in OPTIONS if name in vars(args)):
            raise ParameterError(f"--{name} belongs to --word, which is not given. Leave it out.")
        return None
    for name in (name for name in ("head", "scales") if name in vars(args)):
        raise ParameterError(
            f"--{name} does not go with --word: words are placed by way of a network's own classes, at one "
            f"size. Leave one of the two out."
        )
    if method.name != CLASS_ACTIVATION_MAP:
        raise ParameterError(
            f"--method {method.name} attributes the scores of a network's own classes, and --word is none. "
            f"Leave --method out."
        )
    how = arguments.read(PlacedParameters, args)
    card = networks.card(network)
    card.sides.fit(1, 1, how.size)
    found = placed.carriers(args.word, how)
    placed.check(networks.network.classes_of(card), found)
    return PlacedClassifier(card, carriers=found)
