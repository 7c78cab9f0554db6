"""What `benchmarks.adaptation_pairs` trains: one entry a row of its table. Rows are added here."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.adaptation_trainings import Training
from wsl_core.transfer.adaptation import AdaptationParameters
from wsl_core.transfer.adaptation.request import Request

SOURCE_ONLY, TARGET = "source-only", "target"


@dataclass(frozen=True)
class Entry:
    """What a row of the table is about.

    Attributes:
        pair: name of the pair of domains.
        method: name of the method.
        network: "fast" or "paper".
        variant: what is other than in the recipe, in words; empty for the recipe.
        extra: fields of `AdaptationParameters` beside them.
    """

    pair: str
    method: str
    network: str = "fast"
    variant: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> tuple[str, str, str, str]:
        """What no other entry has."""
        return self.pair, self.method, self.network, self.variant

    def request(self, seed: int) -> Request:
        """Of one training."""
        how = {"method": self.method, "network": self.network, "seed": seed, **self.extra}
        return Request(pair=self.pair, adaptation=AdaptationParameters.model_validate(how))

    def trainings(self, seed: int) -> dict[str, Training]:
        """The method's, source only's and the ceiling's, by the method's name."""
        request = self.request(seed)
        own = {
            name: Training.of(request.baseline(name))
            for name in (SOURCE_ONLY, TARGET)
            if name != self.method
        }
        return {self.method: Training.of(request), **own}

    def command(self, seeds: int) -> str:
        """What trains the same from the command line."""
        words = ["python", "-m", "wsl_core", "adapt", "--pair", self.pair, "--method", self.method]
        words += ["--network", self.network, "--seeds", str(seeds)]
        for name, value in self.extra.items():
            flag = name.replace("_", "-")
            if name == "adversarial":
                words.append(f"--{flag}" if value else f"--no-{flag}")
            elif isinstance(value, bool):
                words += [f"--{flag}", "yes" if value else "no"]
            else:
                words += [f"--{flag}", str(value)]
        return shlex.join(words)


def entries(pair: str, *methods: str, network: str = "fast") -> tuple[Entry, ...]:
    """The recipes of several methods."""
    return tuple(Entry(pair, method, network) for method in methods)


INGREDIENTS = tuple(
    Entry("mnist-mnistm", method, variant=variant, extra=extra)
    for method, variant, extra in (
        ("source-only", "nothing added", {}),
        ("source-only", "negatives of the source", {"negatives": True}),
        ("dann", "the reversed gradient", {}),
        ("dann", "the reversed gradient, negatives of the source", {"negatives": True}),
        ("self-training", "the teacher, negatives in its strong view", {"adversarial": False}),
        ("self-training", "the reversed gradient, the teacher", {"strong_negatives": False}),
        ("self-training", "all three", {}),
    )
)
"""What each ingredient adds; the words say what is used beside labelled source pictures."""

OTHERS = (
    "source-only", "sa", "adda", "translation", "self-training", "coral", "adabn", "target",
)  # fmt: skip
LAMBDAS = tuple(
    Entry(
        "mnist-mnistm-shipped",
        "dann",
        variant=f"lambda to {most:g}",
        extra={"lambda_largest": most},
    )
    for most in (0.1, 3.0)
)
"""What the largest lambda does to the struggle."""

SURE = tuple(
    Entry(
        pair,
        "self-training",
        variant="no reversal, sure from 0.7",
        extra={"adversarial": False, "confidence": 0.7},
    )
    for pair in ("photo-sketch", "edges-sketch")
)
"""By InfoMax on the unlabelled sketches the best of eight ways on the edges."""

ENTRIES: tuple[Entry, ...] = (
    *entries("mnist-mnistm", "source-only", "sa", "dann", "adabn", "coral", "self-training", "target"),
    *INGREDIENTS,
    Entry("mnist-mnistm", "dann", variant="in a minute", extra={"steps": 1900}),
    *entries("digits-dimmed", "dann", "source-only", "target"),
    *entries("digits-photos", "dann", "source-only", "target"),
    Entry("digits-photos", "dann", variant="without negatives", extra={"negatives": False}),
    *entries("mnist-mnistm-shipped", "dann", *OTHERS),
    *LAMBDAS,
    *entries("mnist-usps", "dann", "self-training", "adda", "translation"),
    *entries("usps-mnist", "dann", "self-training", "adda", "translation"),
    *entries("photo-sketch", "sa", "coral", "dann", "self-training"),
    *entries("edges-sketch", "sa", "coral", "dann", "self-training"),
    *SURE,
    *entries("synsigns-gtsrb", "sa", "dann", "self-training", "adabn"),
    *entries("drawnsigns-gtsrb", "dann", "self-training"),
    Entry("synnumbers-svhn", "dann", extra={"lambda_largest": 0.1}),
    *entries("synnumbers-svhn", "adabn", "coral", "sa"),
    *entries("svhn-mnist", "sa", "dann"),
)  # fmt: skip
"""All rows, in the order in which they are trained. Rows are added here."""
