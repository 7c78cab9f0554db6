"""Every way of recognising a class without a picture of it: a registry for command line, page and tests.

    fitted = METHODS["prototype"].fit(features, labels, signatures, MethodParameters())
    fitted.scores(features_of_a_picture, signatures_of_any_classes)

A method is a card here and a function of (rows, labels, signatures, parameters), in NumPy, since the page
makes it live. Classes without pictures enter with their signatures alone, when scores are asked for, so that
a row can be changed or added without fitting anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from types import MappingProxyType
from typing import Any, Literal, Protocol

from wsl_core.transfer.zero_shot.method_parameters import MethodParameters
from wsl_core.transfer.zero_shot.scaling import AsGiven, Binary, Float, Labels, OfLengthOne, Rows

KINDS: Mapping[str, Callable[[Float], "Preparation"]] = {
    "length 1": OfLengthOne.of,
    "binary": Binary.of,
    "as given": AsGiven.of,
}
PLACE = "wsl_core.transfer.zero_shot"


class Model(Protocol):
    """What a method's function gives."""

    def scores(self, rows: Float, signatures: Float) -> Float:
        """(N, D) and (classes, A), both prepared -> (N, classes); the highest wins."""


class Preparation(Protocol):
    """What is done to rows or signatures first."""

    def apply(self, values: Float) -> Float:
        """The same number of rows."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """A method that has seen the seen classes.

    Attributes:
        model: the method's own; prototypes, probabilities of attributes or places are asked of it.
        rows: what is done to the rows of pictures before.
        signatures: what is done to signatures before.
    """

    model: Any = field(repr=False)
    rows: Preparation = field(repr=False)
    signatures: Preparation = field(repr=False)

    def scores(self, features: Float, signatures: Float) -> Float:
        """Scores of any classes, seen or not.

        Args:
            features: (N, D) of pictures.
            signatures: (classes, A) in the unit of those that it was fitted with.

        Returns:
            (N, classes); the highest wins.
        """
        scores: Float = self.model.scores(
            self.rows.apply(features), self.signatures.apply(signatures)
        )
        return scores


@dataclass(frozen=True)
class MethodCard:
    """A method, as menus and tables name it.

    Attributes:
        name: on the command line.
        title: for people.
        sentence: what it does.
        source: paper.
        function: "module:function" of (rows, labels, signatures, parameters) -> `Model`.
        kind: what its function is given of signatures: of length 1, 0 and 1, or as they are.
        grid: the fields of `MethodParameters` that are chosen on left-out classes, with what among.
        reads: the network's "features", or the "probabilities" of its own 1,000 classes.
        describes: "" where classes are described by the set's attributes, else "module:function" of
            (names, parameters) -> signatures (classes, A).
    """

    name: str
    title: str
    sentence: str
    source: str
    function: str
    kind: Literal["length 1", "binary", "as given"]
    grid: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    reads: Literal["features", "probabilities"] = "features"
    describes: str = ""

    def fit(
        self, features: Float, labels: Labels, signatures: Float, how: MethodParameters
    ) -> Fitted:
        """Fit it to the seen classes.

        Args:
            features: (N, D) of their pictures.
            labels: (N,) of 0 .. classes - 1; every class has a picture.
            signatures: (classes, A), attributes 0 .. 1.
            how: parameters.
        """
        rows = Rows.of(features) if self.reads == "features" else AsGiven.of(features)
        made = KINDS[self.kind](signatures)
        model = resolved(self.function)(rows.apply(features), labels, made.apply(signatures), how)
        return Fitted(model, rows, made)

    def kept(self) -> "MethodCard":
        """The same without a grid: its parameters are taken as they are given."""
        return replace(self, grid={})

    def describe(self, names: Sequence[str], how: MethodParameters) -> Float:
        """Signatures of classes that are not described by attributes (classes, A), from their names."""
        signatures: Float = resolved(self.describes)(names, how)
        return signatures


def resolved(place: str) -> Any:
    """What "module:function" names."""
    module, name = place.split(":")
    return getattr(import_module(module), name)


_CARDS = (
    MethodCard(
        "prototype",
        "Visual prototypes",
        "From a class's attributes to where its pictures should lie; a picture goes to the nearest.",
        "Y. Shigeto et al., ECML 2015",
        f"{PLACE}.prototype:fit",
        "length 1",
        {"width": (2.0, 4.0, 16.0), "shrinkage": (3.0, 10.0)},
    ),
    MethodCard(
        "eszsl",
        "ESZSL",
        "One matrix between pictures and attributes, in closed form.",
        "B. Romera-Paredes, P. Torr, ICML 2015",
        f"{PLACE}.eszsl:fit",
        "length 1",
        {"picture_penalty": (1.0, 3.0, 10.0), "class_penalty": (0.03, 0.1, 0.3)},
    ),
    MethodCard(
        "dap",
        "Direct attribute prediction",
        "First what the picture has, attribute by attribute; then the class that has just that.",
        "C. Lampert, H. Nickisch, S. Harmeling, CVPR 2009",
        f"{PLACE}.attribute_probabilities:dap",
        "binary",
        {"c": (1.0, 10.0)},
    ),
    MethodCard(
        "iap",
        "Indirect attribute prediction",
        "First which seen classes the picture is like; their attributes say which class it is.",
        "C. Lampert, H. Nickisch, S. Harmeling, CVPR 2009",
        f"{PLACE}.attribute_probabilities:iap",
        "binary",
        {"c": (1.0, 10.0)},
    ),
    MethodCard(
        "ale",
        "Attribute label embedding",
        "A matrix between pictures and attributes, trained so that the right class leads the ranking.",
        "Z. Akata et al., TPAMI 2016",
        f"{PLACE}.compatibility:fit",
        "length 1",
        {"margin": (0.1, 0.3, 1.0), "epochs": (10, 30)},
    ),
    MethodCard(
        "two-networks",
        "Two networks",
        "The lecture's f(x) and g(y): two small networks that bring a picture and its class together.",
        "A. Frome et al., NIPS 2013; the lecture's two networks",
        f"{PLACE}.two_networks:fit",
        "length 1",
        {"epochs": (30, 60)},
    ),
    MethodCard(
        "conse",
        "ConSE",
        "The network's own best guesses, their words weighed by probability; the nearest word wins.",
        "M. Norouzi et al., ICLR 2014",
        f"{PLACE}.words:conse",
        "as given",
        reads="probabilities",
        describes=f"{PLACE}.words:describe",
    ),
)
METHODS: Mapping[str, MethodCard] = MappingProxyType({one.name: one for one in _CARDS})
"""Every method by its name, in the order in which they are shown."""
