"""`--method` of `wsl heatmap`: its parameters, what they refuse, and the attributions of a picture."""

import argparse
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from wsl_core import images, networks
from wsl_core.cli import arguments
from wsl_core.errors import ParameterError
from wsl_core.fcn import attributions
from wsl_core.fcn.attribution_methods import (
    CLASS_ACTIVATION_MAP,
    METHODS,
    AttributionParameters,
    check,
    find,
)
from wsl_core.fcn.attributions import Attribution

METAVARS = {
    "steps": "N",
    "baseline": "COLOUR",
    "draws": "N",
    "noise": "SHARE",
    "patch": "PX",
    "step": "PX",
    "fill": "WITH",
    "randomise": "WEIGHTS",
    "seed": "N",
}
# What only the forward pass of the class maps knows.
OF_CLASS_MAPS = ("scales", "mirror", "runtime", "precision")
UNLIMITED = 10**9  # the side of a picture into which every patch fits


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is written and painted for one class.

    Attributes:
        index: of the class.
        name: of the class.
        score: the network's, in logits.
        values: (rows, columns) or (height, width) float32.
        placement: how they lie on the picture.
        peak: (x, y) in picture pixels.
        facts: what else the manifest says.
    """

    index: int
    name: str
    score: float
    values: NDArray[np.float32]
    placement: networks.Placement
    peak: tuple[float, float]
    facts: dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `--method` and what the methods use."""
    uses = [
        f"{method.name}: {', '.join(map(arguments.flag, method.uses)) or 'none of these'}"
        for method in METHODS.values()
    ]
    group = parser.add_argument_group(
        "method",
        "How the score of a class is attributed, to cells or to pixels, and what the methods use:\n  "
        + "\n  ".join(uses),
    )
    arguments.add(group, AttributionParameters, {"method": "NAME"} | METAVARS)


def read(args: argparse.Namespace) -> AttributionParameters:
    """The method and its parameters.

    Raises:
        ParameterError: an unknown method, a value out of range, or an option that the method does not
            use.
    """
    parameters = arguments.read(AttributionParameters, args)
    method = find(parameters.method)
    for name in (name for name in METAVARS if name in vars(args) and name not in method.uses):
        users = [one.name for one in METHODS.values() if name in one.uses]
        raise ParameterError(
            f"{arguments.flag(name)} is not used by {method.name}. Leave it out, or choose a method "
            f"that uses it with --method: {', '.join(users)}."
        )
    if method.name != CLASS_ACTIVATION_MAP:
        for name in (name for name in OF_CLASS_MAPS if name in vars(args)):
            raise ParameterError(
                f"{arguments.flag(name)} belongs to {CLASS_ACTIVATION_MAP}; {method.name} looks once, in "
                f"torch and float32. Leave it out."
            )
    check(parameters, UNLIMITED, UNLIMITED)
    return parameters


def drawn(
    network: str,
    photo: images.Photo,
    index: int,
    parameters: AttributionParameters,
    size: int | str,
) -> Drawn:
    """The attribution of one class, with a bar on standard error meanwhile."""
    title = find(parameters.method).title
    layout = "{desc}: {percentage:3.0f} %|{bar}| {elapsed}"
    bar = tqdm(total=100, desc=title, bar_format=layout, leave=False, file=sys.stderr)

    def report(share: float, doing: str) -> None:
        bar.set_description(doing, refresh=False)
        bar.update(round(100 * share) - bar.n)

    with bar:
        found = attributions.attribute(network, photo, index, parameters, size, report)
    return Drawn(
        found.index,
        found.name,
        found.score,
        found.values,
        found.placement,
        found.peak(),
        facts(found),
    )


def facts(attribution: Attribution) -> dict[str, Any]:
    """What the manifest says of an attribution beside score and peak; what was not asked for is null."""
    whole, chance = attribution.completeness, attribution.randomised
    return {
        "seconds": round(attribution.seconds, 3),
        "completeness": whole
        and {
            "sum": whole.total,
            "difference": whole.difference,
            "residual": whole.residual,
            "relative": whole.relative,
        },
        "randomised": chance
        and {"score": chance.score, "rank_correlation": chance.sizes, "signed": chance.signs},
    }


def sentences(attribution_facts: dict[str, Any]) -> list[str]:
    """The same for the summary."""
    found = []
    if whole := attribution_facts.get("completeness"):
        found.append(
            f"the pixels add up to {whole['sum']:.2f}, the scores differ by {whole['difference']:.2f}: "
            f"residual {whole['residual']:.2f}"
        )
    if chance := attribution_facts.get("randomised"):
        sizes = chance["rank_correlation"]
        shown = "not defined" if sizes is None else f"{sizes:.2f}"
        found.append(f"rank correlation with random weights {shown}")
    return found
