"""Is a class among those that the network was taught? Then it is new to the method, and not to the features.

The leak that most demonstrations of zero-shot learning hide: features of an ImageNet network have seen what
ImageNet shows, under the same name or another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from wsl_core.datasets.attributes.table import plain, spoken
from wsl_core.networks.class_names import ClassNames

Kind = Literal["name", "relative", "no"]


@dataclass(frozen=True)
class Taught:
    """What a network was taught of a class.

    Attributes:
        kind: "name" where one of its classes has this very name, "relative" where one shows the same or a
            near kind under another name, or the kind that its name ends with (a blue jay is a jay), else
            "no".
        classes: titles of those classes.
    """

    kind: Kind
    classes: tuple[str, ...] = ()


def taught(
    names: Sequence[str], of: ClassNames, relatives: Mapping[str, Sequence[int]] | None = None
) -> dict[str, Taught]:
    """Of each class what the network was taught.

    Args:
        names: of classes.
        of: the network's own classes.
        relatives: by class the network's classes that show it or a near kind, where somebody has listed them;
            else names alone are compared.
    """
    listed = {plain(name): tuple(of_it) for name, of_it in (relatives or {}).items()}
    synonyms: dict[str, list[int]] = {}
    for index, full in enumerate(of.names):
        for one in full.split(","):
            synonyms.setdefault(spoken(one), []).append(index)
    found = {}
    for name in names:
        exact = synonyms.get(spoken(name), [])
        related = listed.get(plain(name))
        if related is not None:  # a name can mean something else: the mouse of a computer
            exact = [one for one in exact if one in related]
        else:
            words = spoken(name).split()
            ends = (" ".join(words[start:]) for start in range(1, len(words)))
            related = next((tuple(synonyms[one]) for one in ends if one in synonyms), ())
        kind: Kind = "name" if exact else "relative" if related else "no"
        found[name] = Taught(kind, tuple(of.titles[one] for one in (exact or related or ())))
    return found
