"""A measurement as plain JSON values, for command line, page and benchmark."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wsl_core import networks
from wsl_core.datasets.attributes import AttributeSet
from wsl_core.networks.network import classes_of
from wsl_core.transfer.zero_shot.backbone import Taught, taught
from wsl_core.transfer.zero_shot.features import Pictures
from wsl_core.transfer.zero_shot.measurement import Measured
from wsl_core.transfer.zero_shot.measures import Stacking, hubness
from wsl_core.transfer.zero_shot.parameters import ZeroShotParameters

POINTS = 200  # of a curve


def facts_of(
    how: ZeroShotParameters,
    found: AttributeSet,
    split: str,
    pictures: Pictures,
    measured: Sequence[Measured],
) -> dict[str, Any]:
    """Plain JSON values: figures (means over the draws), of each class, of each draw, and the protocol.

    `unseen` is the accuracy of unseen classes among themselves; `seen`, `unseen_among_all` and `harmonic` are
    where all compete, with gamma. Of `classes` the unseen ones have their accuracy among themselves, the seen
    ones theirs among all. Accuracies are shares.
    """
    names = found.table.classes
    figures = [one.figures for one in measured]
    mean = {key: float(np.mean([one[key] for one in figures])) for key in figures[0]}
    spread = {
        key: float(np.std([one[key] for one in figures], ddof=1)) if len(figures) > 1 else None
        for key in figures[0]
    }
    first = measured[0]
    known = taught(found.pictured, classes_of(networks.card(how.network)), found.relatives)
    return {
        **mean,
        "classes": _of_classes(names, measured),
        "deviation": spread,
        "method": how.method,
        "data": found.title,
        "split": split,
        "split_from": found.said.get(split, "drawn"),
        "draws": [_draw(names, one) for one in measured],
        "seen_classes": [names[k] for k in first.division.seen],
        "unseen_classes": [names[k] for k in first.division.unseen],
        "curve": _curve(first.curve),
        "in_network": {
            name: {"kind": one.kind, "classes": list(one.classes)} for name, one in known.items()
        },
        "unseen_in_network": _leak(names, measured, known),
        "without_pictures": [name for name in names if name not in found.pictured],
        "pictures": len(pictures.labels),
        "attributes": len(found.table.attributes),
        "table_classes": len(names),
        "skipped": pictures.skipped,
        "skipped_count": len(pictures.skipped),
        "network": how.network,
        "sizes": list(how.sizes),
        "power": how.power,
        "mirrored": how.mirrored,
        "seed": how.seed,
    }


def _of_classes(names: Sequence[str], measured: Sequence[Measured]) -> dict[str, float]:
    """Accuracy of each class: unseen ones among themselves, else seen ones among all; means over draws."""
    alone: dict[str, list[float]] = {}
    among: dict[str, list[float]] = {}
    for one in measured:
        for number, value in zip(one.division.unseen, one.alone, strict=True):
            alone.setdefault(names[number], []).append(float(value))
        for number, value in zip(one.division.seen, one.together[one.seen], strict=True):
            among.setdefault(names[number], []).append(float(value))
    found = among | alone
    return {name: float(np.mean(found[name])) for name in names if name in found}


def _draw(names: Sequence[str], one: Measured) -> dict[str, Any]:
    division = one.division
    return {
        **one.figures,
        "unseen_classes": {
            names[k]: float(value) for k, value in zip(division.unseen, one.alone, strict=True)
        },
        "predicted": {
            names[k]: int(count) for k, count in zip(division.unseen, one.counts, strict=True)
        },
        "hubness": hubness(one.counts),
        "chosen": one.choice.values,
        "gamma": one.choice.gamma,
        "chosen_accuracy": one.choice.accuracy,
        "chosen_harmonic": one.choice.harmonic,
        "train": int(division.train.sum()),
        "seen_judged": int(division.aside.sum()),
        "unseen_judged": int(division.asked.sum()),
    }


def _curve(curve: Stacking) -> dict[str, list[float]]:
    """At most `POINTS` of the curve; gamma of the first is its lowest finite one."""
    kept = np.unique(np.linspace(0, len(curve.gammas) - 1, POINTS).round().astype(int))
    finite = np.maximum(curve.gammas[kept], curve.gammas[1:].min() - 1e-6)
    return {
        "gamma": finite.tolist(),
        "seen": curve.seen[kept].tolist(),
        "unseen": curve.unseen[kept].tolist(),
    }


def _leak(
    names: Sequence[str], measured: Sequence[Measured], known: Mapping[str, Taught]
) -> dict[str, float | None]:
    """Mean accuracy of unseen classes among themselves, by what the network was taught of them."""
    found: dict[str, list[float]] = {"name": [], "relative": [], "no": []}
    for one in measured:
        for number, value in zip(one.division.unseen, one.alone, strict=True):
            found[known[names[number]].kind].append(float(value))
    return {kind: float(np.mean(values)) if values else None for kind, values in found.items()}
