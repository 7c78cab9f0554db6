"""A trained strategy as a head: the folder that `heatmap --head` and the other pages read.

The classifier is the head's 1 x 1 convolution with average pooling, whatever was trained below it are its
retrained stages.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from wsl_core import networks
from wsl_core.errors import HeadError
from wsl_core.networks import head_files
from wsl_core.transfer.finetuning.strategies import strategy

LICENCE = "As the pictures that it was trained on"
COMMAND = "python -m wsl_core finetune --data FOLDER"


def card_of(facts: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The card of a strategy's head, as `wsl_core.fcn.heads` reads it.

    Args:
        facts: of the race.
        name: of the strategy.

    Raises:
        HeadError: the race has no such strategy, or it ends in more than one layer.
    """
    found = {one["name"]: one for one in facts["strategies"]}
    if name not in found:
        raise HeadError(
            f"The strategy {name!r} was not trained here. There are: {', '.join(found)}."
        )
    one, how = found[name], facts["parameters"]
    if not one["delivered"]:
        others = ", ".join(other for other, it in found.items() if it["delivered"]) or "none here"
        raise HeadError(
            f"{strategy(name).title} ends in two layers, and a head is one linear layer on a map. Strategies "
            f"that make one: {others}."
        )
    retrained = [
        block
        for block, state in one["blocks"].items()
        if one["factors"][block] and block != "classifier"
    ]
    return {
        "name": name,
        "title": f"{strategy(name).title}, on {facts['title']}",
        "network": how["network"],
        "features": networks.card(how["network"]).features,
        "classes": facts["classes"],
        "scheme": "average",
        "parameters": {},
        "single": True,
        "data": {
            "title": facts["title"],
            "split": "train",
            "pictures": facts["counts"]["train"],
            "subset": facts["subset"],
        },
        "date": facts["date"],
        "seed": how["seed"],
        "command": f"{COMMAND} --strategies {name}",
        "finetuned": retrained,
        "sizes": [how["size"]],
        "figures": {
            f"{facts['title']}, test pictures": {
                "accuracy": one["accuracy"], "pictures": facts["counts"]["test"],
            }
        },
        "chosen": "The epoch on a part of the training pictures; nothing on test pictures",
        "licence": LICENCE,
    }  # fmt: skip


def tensors_of(arrays: Mapping[str, NDArray[Any]], name: str) -> dict[str, NDArray[Any]]:
    """The tensors of a strategy's head, from the arrays of the race."""
    prefix = f"{name}/"
    return {n.removeprefix(prefix): v for n, v in arrays.items() if n.startswith(prefix)}


def save(
    place: str | Path, facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], name: str
) -> None:
    """Write the head of a strategy into a folder.

    Args:
        place: the folder.
        facts: of the race.
        arrays: of the race.
        name: of the strategy.

    Raises:
        HeadError: no such strategy, one that is no head, or a folder that cannot be written.
    """
    head_files.write(Path(place), card_of(facts, name), tensors_of(arrays, name))
