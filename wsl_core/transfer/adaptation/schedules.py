"""How lambda and the learning rate go with a training's progress, from 0 at its start to 1."""

import math
from typing import Literal

Decay = Literal["constant", "tail", "paper"]


def lambda_at(progress: float, gamma: float = 10.0, largest: float = 1.0) -> float:
    """Weight of the reversed gradient (Ganin et al., JMLR 17(59), 2016, section 5.2.2).

    Args:
        progress: 0 .. 1.
        gamma: how fast it rises; 0 keeps it at 0.
        largest: what it approaches.

    Returns:
        largest (2 / (1 + exp(-gamma progress)) - 1): 0 at the start; .46 of it at .1 with gamma 10.
    """
    return largest * math.tanh(gamma * progress / 2)  # the same function, and 0 exactly at 0


def rate_at(progress: float, rate: float, decay: Decay = "constant", tail: float = 0.7) -> float:
    """The learning rate.

    Args:
        progress: 0 .. 1.
        rate: at the start.
        decay: "constant"; "tail", which falls to a hundredth along a line from `tail` on; "paper", the
            rate / (1 + 10 progress)^.75 of the DANN papers, which ends at a sixth.
        tail: progress from which the tail falls.
    """
    if decay == "paper":
        return rate / (1 + 10 * progress) ** 0.75
    if decay == "tail" and progress > tail:
        return rate * max(0.01, (1 - progress) / (1 - tail))
    return rate
