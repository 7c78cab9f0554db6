"""The registry of domain pairs. Light to read: pictures are made and files are opened by `load` alone."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wsl_core.datasets.domains.pair import DomainPair
from wsl_core.datasets.domains.sets import SETS, folder_of, is_there
from wsl_core.errors import DatasetError, ParameterError

PARTS = ("source", "target", "evaluation", "source_evaluation")
"""What `counts` may bound."""


@dataclass(frozen=True)
class Request:
    """What a loader is asked for.

    Attributes:
        card: of the pair.
        seed: of all that is drawn: which pictures are taken, and how pictures are made.
        counts: how many pictures of a part, at most where they are read.
    """

    card: "PairCard"
    seed: int
    counts: Mapping[str, int]

    def random(self, part: str) -> np.random.Generator:
        """A generator of its own for each part, so that the count of one changes no other."""
        return np.random.default_rng([self.seed, PARTS.index(part)])

    def some(self, part: str, labels: NDArray[np.int64], usual: int | None = None) -> NDArray:
        """Places of the pictures that are taken, in their order: all, or a random choice.

        A choice takes of every class its share, and one at least while they last, so that no class is lost.

        Args:
            part: of `PARTS`.
            labels: (N,) of all pictures.
            usual: how many where `counts` does not say; None for all.
        """
        wanted = self.counts.get(part, usual)
        if wanted is None or wanted >= len(labels):
            return np.arange(len(labels))
        order = self.random(part).permutation(len(labels))
        # One picture of each class first, then the others as they come.
        first = np.unique(labels[order], return_index=True)[1]
        rest = np.setdiff1d(np.arange(len(order)), first)
        return np.sort(order[np.concatenate([first, rest])[:wanted]])

    def count(self, part: str, usual: int) -> int:
        """How many pictures are made."""
        return self.counts.get(part, usual)

    def seed_of(self, part: str) -> int:
        """A seed of its own for each part."""
        return int(self.random(part).integers(2**31))


class PairCard(BaseModel):
    """What is known of a pair before anything is read."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    source: str = Field(description="What the source is.")
    target: str = Field(description="What the target is.")
    sentence: str = Field(description="What changes between the domains.")
    needs: tuple[str, ...] = Field((), description="Sets under WSL_DATA, as in `sets.SETS`.")
    side: int = Field(description="Height and width of the pictures, in pixels.")
    classes: int = Field(description="Number of classes.")
    features: bool = Field(
        False, description="Methods work on features of the default network, not on the pictures."
    )
    instead: str = Field("digits-dimmed", description="A pair that needs no data.")
    loader: str = Field(description="module:function of a loader, below domains.loaders.")

    @property
    def offline(self) -> bool:
        """Whether the pair needs no data."""
        return not self.needs

    @property
    def files(self) -> str:
        """What has to be under WSL_DATA, in words; empty for an offline pair."""
        return "; ".join(f"{SETS[name].title}: {SETS[name].accepted}" for name in self.needs)

    @property
    def there(self) -> bool:
        """Whether everything that the pair needs is there; nothing is opened."""
        return all(is_there(name) for name in self.needs)

    def missing(self) -> str | None:
        """The sentence that says which files are missing and where to put them, or None."""
        try:
            for name in self.needs:
                folder_of(name, self.instead)
        except DatasetError as error:
            return str(error)
        return None


PAIRS: dict[str, PairCard] = {
    one.name: one
    for one in (
        PairCard(
            name="mnist-mnistm", title="MNIST → MNIST-M", source="MNIST", target="MNIST-M",
            sentence="Digits on black become digits blended into photographs.",
            needs=("mnist", "mnist_m"), side=32, classes=10, instead="mnist-mnistm-shipped",
            loader="digits:mnist_mnistm",
        ),
        PairCard(
            name="synnumbers-svhn", title="SYN NUMBERS → SVHN", source="SYN NUMBERS", target="SVHN",
            sentence="House numbers rendered from fonts become photographed ones.",
            needs=("svhn",), side=32, classes=10, instead="rendered-digits",
            loader="digits:synnumbers_svhn",
        ),
        PairCard(
            name="svhn-mnist", title="SVHN → MNIST", source="SVHN", target="MNIST",
            sentence="Photographed house numbers become handwritten digits.",
            needs=("svhn", "mnist"), side=32, classes=10, instead="rendered-digits",
            loader="digits:svhn_mnist",
        ),
        PairCard(
            name="synsigns-gtsrb", title="SYN SIGNS → GTSRB", source="SYN SIGNS", target="GTSRB",
            sentence="Rendered traffic signs become photographed ones.",
            needs=("syn_signs", "gtsrb"), side=32, classes=43, loader="signs:synsigns_gtsrb",
        ),
        PairCard(
            name="drawnsigns-gtsrb", title="Signs drawn here → GTSRB", source="drawn signs",
            target="GTSRB",
            sentence="Traffic signs that this program draws become photographed ones.",
            needs=("gtsrb",), side=32, classes=43, loader="signs:drawnsigns_gtsrb",
        ),
        PairCard(
            name="mnist-usps", title="MNIST → USPS", source="MNIST", target="USPS",
            sentence="Digits become those of other writers, framed more closely.",
            needs=("mnist", "usps"), side=28, classes=10, instead="rendered-digits",
            loader="digits:mnist_usps",
        ),
        PairCard(
            name="usps-mnist", title="USPS → MNIST", source="USPS", target="MNIST",
            sentence="Digits become those of other writers, with a margin.",
            needs=("usps", "mnist"), side=28, classes=10, instead="rendered-digits",
            loader="digits:usps_mnist",
        ),
        PairCard(
            name="photo-sketch", title="PACS, photo → sketch", source="photographs",
            target="sketches",
            sentence="Photographs of seven things become sketches of them.",
            needs=("pacs",), side=225, classes=7, features=True, loader="photo_sketch:photo_sketch",
        ),
        PairCard(
            name="edges-sketch", title="PACS, edges of photographs → sketch",
            source="edges of photographs", target="sketches",
            sentence="Drawings of the edges in photographs become sketches.",
            needs=("pacs",), side=225, classes=7, features=True, loader="photo_sketch:edges_sketch",
        ),
        PairCard(
            name="mnist-mnistm-shipped", title="MNIST → MNIST-M, shipped", source="MNIST (6,000)",
            target="digits in the gallery's photographs",
            sentence="Digits on black become digits blended into photographs, with what comes with the "
            "program.",
            side=32, classes=10, loader="offline:mnist_mnistm_shipped",
        ),
        PairCard(
            name="digits-dimmed", title="Digits → dimmed digits", source="small digits",
            target="dimmed digits",
            sentence="Contrast falls to 30 %, a ramp of light and noise come in.",
            side=32, classes=10, loader="offline:digits_dimmed",
        ),
        PairCard(
            name="digits-photos", title="Digits → digits in photographs", source="small digits",
            target="digits in photographs",
            sentence="Digits are blended into photographs.",
            side=32, classes=10, loader="offline:digits_photos",
        ),
        PairCard(
            name="digits-colours", title="Digits → coloured digits", source="small digits",
            target="coloured digits",
            sentence="Ink and paper take random colours, so that ink may be darker or brighter: adaptation "
            "mostly fails here.",
            side=32, classes=10, loader="offline:digits_colours",
        ),
        PairCard(
            name="rendered-digits", title="Printed → handwritten digits", source="printed digits",
            target="MNIST (6,000)",
            sentence="Digits rendered from fonts become handwritten ones.",
            side=32, classes=10, loader="offline:rendered_digits",
        ),
    )
}  # fmt: skip
"""Every pair by its name: those of the lecture first, then those that need no data."""


def card(name: str) -> PairCard:
    """The card of a pair.

    Raises:
        ParameterError: no such pair; the sentence lists them.
    """
    if name not in PAIRS:
        raise ParameterError(
            f"There is no pair of domains called {name!r}. There are: {', '.join(PAIRS)}."
        )
    return PAIRS[name]


def load(name: str, *, seed: int = 0, counts: Mapping[str, int] | None = None) -> DomainPair:
    """A pair, read or made.

    Args:
        name: one of `PAIRS`.
        seed: which pictures are drawn, and how pictures are made; the same seed gives the same pair.
        counts: how many pictures of "source", "target", "evaluation" and "source_evaluation": at most
            so many where they are read, exactly so many where they are made.

    Raises:
        ParameterError: no such pair, or counts of something else or below 1.
        DatasetError: data are missing, damaged, or do not fit together.
    """
    found = card(name)
    counts = dict(counts or {})
    for part, count in counts.items():
        if part not in PARTS or count < 1:
            raise ParameterError(
                f"The count {count} of {part!r} is not accepted. Accepted are counts from 1 of "
                f"{', '.join(PARTS)}."
            )
    if sentence := found.missing():
        raise DatasetError(sentence)
    module, _, function = found.loader.partition(":")
    loader = getattr(
        importlib.import_module(f"wsl_core.datasets.domains.loaders.{module}"), function
    )
    return cast(Callable[[Request], DomainPair], loader)(Request(found, seed, counts))
