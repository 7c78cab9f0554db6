"""What `wsl generate` makes: a registry of generators, each with what it takes and what it says of itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wsl_core.datasets.domains import photographs
from wsl_core.datasets.domains.sets import folder_of, is_there
from wsl_core.errors import ParameterError

MOST = 1_000_000
"""Most pictures that are made at once."""


class GenerateParameters(BaseModel):
    """How many pictures are made, and from which half of what is at hand."""

    model_config = ConfigDict(frozen=True)

    count: int = Field(1000, ge=1, le=MOST, title="Count", description="Pictures to make.")
    seed: int = Field(
        0, ge=0, le=2**31 - 1, title="Seed", description="The same seed gives the same pictures."
    )
    split: Literal["train", "test"] = Field(
        "test",
        title="Split",
        description="Name of the sheets, and the half of digits and photographs that is used; both halves "
        "differ for the same seed.",
    )


@dataclass(frozen=True, eq=False)
class Generated:
    """Pictures that were made.

    Attributes:
        pictures: (N, side, side, 3) uint8.
        labels: (N,) int64.
        classes: names, in the order of the labels.
        made_of: a sentence.
        licence: what may be done with them.
        columns: further columns for the sheet.
    """

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    made_of: str
    licence: str
    columns: dict[str, NDArray] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """What the file beside a sheet says, without the pictures."""
        return {
            "count": len(self.labels),
            "side": self.pictures.shape[1],
            "classes": list(self.classes),
            "made_of": self.made_of,
            "licence": self.licence,
        }


def generate(name: str, parameters: GenerateParameters) -> Generated:
    """Make pictures of one kind.

    Raises:
        ParameterError: no such generator.
        DatasetError: what they are made of is damaged or not installed.
    """
    if name not in GENERATORS:
        raise ParameterError(
            f"There is no generator called {name!r}. There are: {', '.join(GENERATORS)}."
        )
    return GENERATORS[name].function(parameters)


def _seed(parameters: GenerateParameters) -> int:
    """The seed of the split, so that train and test have nothing in common."""
    halves = {"train": 0, "test": 1}
    stream = np.random.default_rng([parameters.seed, halves[parameters.split]])
    return int(stream.integers(2**31))


def _syn_numbers(parameters: GenerateParameters) -> Generated:
    from wsl_core.datasets.domains.generators.syn_numbers import syn_numbers

    pictures, labels = syn_numbers(parameters.count, _seed(parameters))
    made_of = (
        "House numbers rendered from fonts that come with matplotlib and Pillow, and by a pen."
    )
    return Generated(pictures, labels, tuple("0123456789"), made_of, "as this program's")


def _syn_signs(parameters: GenerateParameters) -> Generated:
    from wsl_core.datasets.domains.generators.sign_templates import CLASSES
    from wsl_core.datasets.domains.generators.syn_signs import syn_signs

    found, title = photographs.at_hand(parameters.split)
    pictures, labels = syn_signs(parameters.count, found, _seed(parameters))
    made_of = f"The 43 signs of GTSRB, drawn before pieces of {title}."
    return Generated(pictures, labels, CLASSES, made_of, f"as that of {title}")


def _mnist_m(parameters: GenerateParameters) -> Generated:
    from wsl_core.datasets.digits import mnist
    from wsl_core.datasets.domains.generators.blending import mnist_m
    from wsl_core.datasets.domains.readers.handwritten import shipped

    if is_there("mnist"):
        digits, step = mnist(folder_of("mnist"), parameters.split), 1
    else:
        train, test = shipped()
        digits, step = (train, 10) if parameters.split == "train" else (test, 5)
    seed = _seed(parameters)
    # Each digit once before any comes again.
    rounds = -(-parameters.count // len(digits))
    random = np.random.default_rng([seed, 1])
    order = np.concatenate([random.permutation(len(digits)) for _ in range(rounds)])
    chosen = order[: parameters.count]
    found, title = photographs.at_hand(parameters.split)
    return Generated(
        mnist_m(digits.pictures[chosen], found, seed),
        digits.labels[chosen],
        tuple("0123456789"),
        f"Digits of MNIST's {parameters.split} half, blended into pieces of {title}; `index` is MNIST's.",
        f"CC BY-SA 3.0, as MNIST's, and as that of {title}",
        {"index": (chosen * step).astype(np.int32)},
    )


@dataclass(frozen=True)
class Generator:
    """A kind of pictures that can be made: what it is, and the function that makes it."""

    title: str
    function: Callable[[GenerateParameters], Generated]


GENERATORS = {
    "syn-numbers": Generator("house numbers rendered from fonts, 32 x 32", _syn_numbers),
    "syn-signs": Generator("the 43 German signs of GTSRB, 32 x 32", _syn_signs),
    "mnist-m": Generator("MNIST's digits blended into photographs, 32 x 32", _mnist_m),
}
"""Every generator by its name."""
