"""What is asked about on the Zero-shot page: the visitor's picture, or an animal that was kept aside."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wsl_core import images
from wsl_core.errors import WslError
from wsl_core.settings import settings
from wsl_core.web import pictures
from wsl_core.web.controls import lasting
from wsl_core.web.zero_shot import animals
from wsl_core.web.zero_shot.view import ZeroShotView

FOLDER = "awa2"  # in WSL_DATA
SIDE = 420  # px of the picture on the page
NOT_HERE = (
    "Its features come with the program, the picture does not: it belongs to its photographer. Where the "
    "folder awa2 lies under WSL_DATA it is shown."
)


@dataclass(frozen=True)
class Asked:
    """A picture that is asked about.

    Attributes:
        key: names it.
        title: for people.
        about: a sentence.
        picture: JPEG; None where it is not here.
        row: gives its features (D,); raises WslError.
        name: of a gallery picture; None for others.
        number: row of an animal that was kept aside; None for others.
    """

    key: str
    title: str
    about: str
    picture: bytes | None = field(repr=False)
    row: Callable[[], NDArray[np.float32]] = field(repr=False)
    name: str | None = None
    number: int | None = None


def asked() -> Asked:
    """Ask for it."""
    if lasting(ZeroShotView, "asked_of") == "your picture":
        chosen = pictures.choose()
        photo = chosen.photo
        return Asked(
            photo.digest[:12], chosen.title, chosen.caption, pictures.jpeg(photo),
            lambda: animals.row_of(photo), chosen.key,
        )  # fmt: skip
    return kept_aside(lasting(ZeroShotView, "animal"), lasting(ZeroShotView, "which"))


def kept_aside(name: str, which: int) -> Asked:
    """A picture of an animal that neither split has for learning.

    Args:
        name: of the class.
        which: of its pictures, counted from 1; beyond the last, the last one.
    """
    known = animals.known()
    label = known.table.index(name)
    aside = np.ones(len(known.labels), bool)
    for split in known.splits:
        aside &= _judged(split)
    own = np.flatnonzero(aside & (known.labels == label))
    place = int(own[min(which, len(own)) - 1])
    return Asked(
        f"{name} {which}", name, NOT_HERE, _jpeg(place), lambda: known.rows[place], number=place
    )


def _judged(split: str) -> NDArray[np.bool_]:
    division = animals.divided_by(animals.known(), split)
    return division.aside | division.asked


def _jpeg(place: int) -> bytes | None:
    names, folder = animals.known().names, settings().data
    if not names or folder is None:
        return None
    try:
        return images.read(folder / FOLDER / names[place], name=names[place]).jpeg(SIDE)
    except (WslError, OSError):
        return None
