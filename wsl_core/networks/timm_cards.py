"""Cards of timm's networks, by the name "timm:NAME": described in a worker once, and kept."""

import re

from wsl_core.errors import NetworkError
from wsl_core.networks import kept
from wsl_core.networks.cards import Card

JOB = "wsl_core.networks.timm_networks:describe"
PREFIX = "timm:"


def card(name: str) -> Card:
    """The card of one of timm's networks.

    Raises:
        NetworkError: timm has no network of that name (the sentence gives close ones), or it has no map
            of places, or it cannot be made fully convolutional.
    """
    if not re.fullmatch(rf"{PREFIX}[A-Za-z0-9_.-]{{1,100}}", name):
        raise NetworkError(
            f"{name!r} names no network of timm's. Accepted is {PREFIX}NAME with a name of timm's, such "
            f"as {PREFIX}resnet34."
        )
    config = {"name": name.removeprefix(PREFIX)}
    return kept.computed(
        f"card-{name.replace(':', '-')}",
        JOB,
        config,
        Card.model_validate,
        packages=("torch", "timm"),
    )
