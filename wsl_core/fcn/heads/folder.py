"""A head on disk: a folder with head.safetensors and card.json; and where shipped heads lie.

Tensors are written first, the card last with their SHA-256, each beside its place and then renamed: a
half-written head, or tensors of another card, are never taken for a head.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from pydantic import ValidationError

from wsl_core import whole_files
from wsl_core.errors import HeadError
from wsl_core.fcn.heads.card import HeadCard
from wsl_core.fcn.heads.parameters import RECIPES
from wsl_core.networks import head_files
from wsl_core.networks.head_files import CARD, TENSORS

PREFIX = "voc-"
HERE = Path(__file__).parent
# In an installation they lie in the package; in a checkout of the project, in its assets.
PLACES = (HERE / "shipped", HERE.parents[2] / "assets" / "heads")


def names() -> tuple[str, ...]:
    """Names of the shipped heads, the schemes first, in their order."""
    order = list(RECIPES)
    found = {card.parent.name for place in PLACES for card in place.glob(f"{PREFIX}*/{CARD}")}
    heads = [name.removeprefix(PREFIX) for name in found]
    return tuple(sorted(heads, key=lambda n: (order.index(n) if n in order else len(order), n)))


def find(head: str | Path) -> Path:
    """The folder of a shipped head by its name, or the folder itself.

    Raises:
        HeadError: there is no such head.
    """
    if isinstance(head, str) and head in names():
        places = (place / f"{PREFIX}{head}" for place in PLACES)
        return next(place for place in places if (place / CARD).is_file())
    if (Path(head) / CARD).is_file():
        return Path(head)
    there = ", ".join(names()) or "none"
    raise HeadError(
        f"There is no head {str(head)!r}. Shipped are: {there}. Or give the folder of a head, with "
        f"{TENSORS} and {CARD} in it."
    )


def read(place: Path) -> tuple[HeadCard, dict[str, NDArray[Any]]]:
    """Card and tensors of a head.

    Raises:
        HeadError: a file is missing or damaged, or the tensors are not those of the card.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    again = "Get the head again, or train it again."
    try:
        card = HeadCard.model_validate_json((place / CARD).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise HeadError(
            f"The card of the head in {place} cannot be read: {error}. {again}"
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or CARD
        raise HeadError(
            f"The card of the head in {place} is damaged at {where}: {first['msg'].lower()}. {again}"
        ) from None
    try:
        data = (place / TENSORS).read_bytes()
    except OSError as error:
        raise HeadError(
            f"The tensors of the head in {place} cannot be read ({TENSORS}: {error.strerror}). {again}"
        ) from None
    if hashlib.sha256(data).hexdigest() != card.tensors_sha256:
        raise HeadError(
            f"The tensors of the head in {place} are damaged, or not those of its card: the SHA-256 is "
            f"another. {again}"
        )
    try:
        return card, load(data)
    except SafetensorError:
        raise HeadError(f"The file {TENSORS} in {place} holds no tensors. {again}") from None


def add_figures(place: Path, card: HeadCard, title: str, figures: Mapping[str, Any]) -> HeadCard:
    """Put on a head's card what was measured with it; tensors, and so their digest, stay as they are.

    Args:
        place: the head's folder.
        card: of the head that was measured.
        title: of the set and split, under which the figures stand.
        figures: plain JSON values.

    Raises:
        HeadError: another head lies there by now, or the card cannot be written.
    """
    there, _ = read(place)
    if there.tensors_sha256 != card.tensors_sha256:
        raise HeadError(
            f"The head in {place} was replaced while it was measured, so its card is left as it is. "
            f"Measure it again."
        )
    whole = there.model_copy(update={"figures": {**there.figures, title: dict(figures)}})
    try:
        whole_files.write(place / CARD, head_files.text(whole.model_dump(mode="json")))
    except OSError as error:
        raise head_files.unwritable(place, error) from None
    return whole


def write(place: Path, card: HeadCard, tensors: Mapping[str, NDArray[Any]]) -> HeadCard:
    """Write a head; the card, with the digest of its tensors.

    Raises:
        HeadError: the folder cannot be written.
    """
    digest = head_files.write(place, card.model_dump(mode="json"), tensors)
    return card.model_copy(update={"tensors_sha256": digest})
