"""What happens to every block of a network: copied or made anew, trained at which rate or left alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from wsl_core.errors import ParameterError
from wsl_core.networks import Card

State = Literal["freeze", "copy", "reset"]
STATES: Mapping[State, str] = {
    "freeze": "copied and left as it is",
    "copy": "copied and trained further",
    "reset": "begun anew with random weights and trained",
}
CLASSIFIER = "classifier"
"""The last block: pooling and a linear layer. It is begun anew, unless the classes are the network's own."""


@dataclass(frozen=True)
class Treatment:
    """Of one block.

    Attributes:
        block: its name.
        state: frozen, copied or reset.
        factor: its learning rate over that of the classifier; 0 where it is frozen.
        normalise: whether batch normalisation is trained and measures its statistics; else it stays.
    """

    block: str
    state: State
    factor: float = 0.0
    normalise: bool = False


Plan = tuple[Treatment, ...]


def blocks_of(card: Card) -> tuple[str, ...]:
    """Names of a network's blocks, from the input up, the classifier last: each ends at a tap."""
    return (*card.taps, CLASSIFIER)


def frozen(names: Sequence[str]) -> Plan:
    """Everything is left as it is but the classifier."""
    return (*(Treatment(name, "freeze") for name in names[:-1]), Treatment(names[-1], "reset", 1.0))


def moving(
    names: Sequence[str], state: State, factor: float, falling: float = 1.0, *, normalise: bool
) -> Plan:
    """Everything is trained: the block below the classifier at `factor`, each one below at less.

    Args:
        names: of the blocks.
        state: of all but the classifier.
        factor: rate of the uppermost block, over that of the classifier.
        falling: what the factor is divided by from one block to the next one below (2.6 in ULMFiT, Howard
            and Ruder, ACL 2018).
        normalise: train batch normalisation, too.
    """
    count = len(names) - 1
    below = [
        Treatment(name, state, factor / falling ** (count - 1 - place), normalise)
        for place, name in enumerate(names[:-1])
    ]
    return (*below, Treatment(names[-1], "reset", 1.0))


def written(plan: Plan) -> str:
    """A plan as `parsed` reads it."""
    return ",".join(f"{one.block}={one.state}" for one in plan)


def parsed(text: str, names: Sequence[str], factor: float) -> Plan:
    """A plan from words such as "stem=freeze,stage7=reset".

    A block that is not named is as the next one below that is; the lowest ones are frozen. `first:N` and
    `last:N` copy so many blocks at the bottom or below the classifier, and begin the others anew.

    Args:
        text: the words.
        names: of the blocks, the classifier last.
        factor: rate of copied blocks, over that of new ones.

    Raises:
        ParameterError: no such block, no such state, or a number of blocks that there are not.
    """
    given = _shares(text, names) or _named(text, names)
    plan, state = [], "freeze"
    for name in names[:-1]:
        state = given.get(name, state)
        rate = {"freeze": 0.0, "copy": factor, "reset": 1.0}[state]
        plan.append(Treatment(name, _state(state), rate, normalise=state == "reset"))
    last = given.get(names[-1], "reset")
    rate = {"freeze": 0.0, "copy": 1.0, "reset": 1.0}[last]
    found = (*plan, Treatment(names[-1], _state(last), rate))
    if not any(one.factor for one in found):
        raise ParameterError(
            "With every block frozen nothing is trained. Let one or more of them be copied or reset."
        )
    return found


def _shares(text: str, names: Sequence[str]) -> dict[str, State]:
    end, found, count = text.partition(":")
    if not found or end not in ("first", "last"):
        return {}
    most = len(names) - 1
    if not count.isdecimal() or not 0 <= int(count) <= most:
        raise ParameterError(
            f"{text!r} does not say how many blocks are copied. Accepted is a number from 0 to {most}, as in "
            f"{end}:{min(3, most)}."
        )
    edge = int(count) if end == "first" else most - int(count)
    first, second = ("copy", "reset") if end == "first" else ("reset", "copy")
    return {
        name: _state(first if place < edge else second) for place, name in enumerate(names[:-1])
    }


def _named(text: str, names: Sequence[str]) -> dict[str, State]:
    given: dict[str, State] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, state = part.partition("=")
        if name not in names:
            raise ParameterError(
                f"The network has no block {name!r}. There are: {', '.join(names)}."
            )
        given[name] = _state(state)
    return given


def _state(word: str) -> State:
    found: State | None = next((one for one in STATES if one == word), None)
    if found is None:
        raise ParameterError(
            f"A block cannot be {word or 'nothing'!r}. Accepted are "
            f"{', '.join(STATES)}, as in stem=freeze,stage7=reset, or first:3, or last:3."
        )
    return found
