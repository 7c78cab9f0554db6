"""How many regions a pooling selects: a count or a share of them, which are never confused.

The released code of WELDON and WILDCAT takes one number for both: below 1 a share, from 1 on a count, so
that its 1 is one region and no number is "all regions". Here "1" is one region and "100%" all of them.
"""

import re
from dataclasses import dataclass
from numbers import Integral
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

from wsl_core.errors import ParameterError

ACCEPTED = 'a count such as "3" or a share such as "20%"'
_COUNT = re.compile(r"[0-9]{1,9}")
_SHARE = re.compile(r"([0-9]+(?:\.[0-9]*)?(?:e-[0-9]+)?)\s*%")


@dataclass(frozen=True)
class Count:
    """So many regions, whatever the size of the map; as text "3".

    Attributes:
        regions: from 0, which selects none.

    Raises:
        ParameterError: below 0, or not a whole number.
    """

    regions: int

    def __post_init__(self) -> None:
        whole = isinstance(self.regions, Integral) and not isinstance(self.regions, bool)
        if not whole or self.regions < 0:
            raise ParameterError(
                f"A count of regions is a whole number from 0 on, not {self.regions!r}."
            )

    def __str__(self) -> str:
        return str(int(self.regions))


@dataclass(frozen=True)
class Share:
    """This share of the regions of a map; as text "20%".

    Attributes:
        of_all: above 0, up to 1.

    Raises:
        ParameterError: outside that range.
    """

    of_all: float

    def __post_init__(self) -> None:
        if not 0 < self.of_all <= 1:
            raise ParameterError(
                f"A share of the regions is above 0% and at most 100%, not {100 * self.of_all:g}%."
            )

    def __str__(self) -> str:
        return f"{100 * self.of_all:.12g}%"


def parse(text: str) -> Count | Share:
    """Regions from their text: "3" is a count, "20%" a share.

    Raises:
        ParameterError: any other text, a share of 0% or above 100%.
    """
    text = text.strip()
    if _COUNT.fullmatch(text):
        return Count(int(text))
    if share := _SHARE.fullmatch(text):
        return Share(float(share[1]) / 100)
    raise ParameterError(f"{text!r} is no number of regions. Accepted is {ACCEPTED}.")


def number(k: Count | Share, n: int) -> int:
    """How many cells of a map of n cells are selected, 1 to n; 0 only for a count of 0.

    A share is rounded as in the released code (Python's `round`: a half to the even number), but to 1 at
    least: there, a share that rounds to 0 divides by 0. A count above n is n.
    """
    if isinstance(k, Count):
        return min(int(k.regions), n)
    return max(1, round(k.of_all * n))


def _read(value: Any) -> Count | Share:
    """A field's value; pydantic turns a ValueError into its own message."""
    if isinstance(value, Count | Share):
        return value
    try:
        if isinstance(value, str):
            return parse(value)
        if isinstance(value, Integral) and not isinstance(value, bool):
            return Count(int(value))
    except ParameterError as error:
        raise ValueError(str(error)) from None
    ask = f"Accepted is {ACCEPTED}."
    if isinstance(value, float):
        raise ValueError(f"{value!r} could be a count or a share, so it is neither. {ask}")
    raise ValueError(f"{value!r} is no number of regions. {ask}")


Regions = Annotated[
    Count | Share, BeforeValidator(_read), PlainSerializer(str, return_type=str)
]  # in a pydantic model: takes "3", 3 or "20%", and prints back as text
