"""What all parts of the Zero-shot page say."""

from wsl_core.transfer.zero_shot import METHODS
from wsl_core.transfer.zero_shot.backbone import Taught
from wsl_core.web.sentences import listed, plain

SHOW = "Just show me"


def method(name: str) -> str:
    """What a method does, and its source."""
    card = METHODS[name]
    return f"{plain(card.title)}: {plain(card.sentence)} *{plain(card.source)}*"


def in_network(found: Taught) -> str:
    """Whether the network itself was taught a class."""
    if found.kind == "name":
        return "yes"
    if found.kind == "relative":
        return f"a relative: {listed(found.classes[:3])}"
    return "no"
