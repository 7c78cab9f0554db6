"""What every evaluation over a labelled set is asked: which pictures, and who looks at them, and how."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.errors import ParameterError
from wsl_core.fcn.heads import folder
from wsl_core.fcn.heads.parameters import SIZES, Sizes

USUAL_SIZES = (449,)


class EvaluatedParameters(BaseModel):
    """A set, and a head or a network without training."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: str = Field(title="Data", description="Root of the set in its published layout.")
    split: str = Field("val", title="Split", description="Any split of the set.")
    year: int = Field(2012, title="Year", description="Of the VOC challenge.")
    skip_missing: bool = Field(
        False, title="Skip missing", description="Leave out pictures whose files are not there."
    )
    head: str | None = Field(None, title="Head", description="Name or folder of a trained head.")
    network: str | None = Field(
        None,
        title="Network",
        description="Without a head: its ImageNet maps are grouped into VOC's classes, untrained.",
    )
    sizes: Sizes | None = Field(
        None,
        title="Sizes",
        description="Longer sides whose maps are fused; those of the head's card where none are given.",
        json_schema_extra={"accepted": SIZES},
    )
    mirror: bool | None = Field(
        None,
        title="Mirror",
        description="Fuse with the maps of the mirrored picture; as the head's card says where not "
        "given.",
    )
    asked: str = Field(
        "",
        title="Digest",
        description="Of set and head when this was asked for: with others it is other work.",
    )

    def read(self) -> LabelledPictures:
        """The pictures; every evaluation says which.

        Raises:
            DatasetError: the set is missing, damaged, or has no such split.
        """
        raise NotImplementedError


def class_order(
    known: Sequence[str], pictures: LabelledPictures, head: str = "the head"
) -> list[int]:
    """The place of every class of the pictures among those that a head knows.

    Args:
        known: names of the head's classes.
        pictures: whose classes are looked for.
        head: what it is called.

    Raises:
        ParameterError: the head does not know them all.
    """
    place = {name: index for index, name in enumerate(known)}
    unknown = [name for name in pictures.classes if name not in place]
    if unknown:
        raise ParameterError(
            f"{pictures.title} has {len(unknown)} classes that {head} does not know: "
            f"{', '.join(unknown[:5])}. It knows {len(place)}, such as {', '.join(list(place)[:5])}. "
            f"Choose a head that was trained on these classes."
        )
    return [place[name] for name in pictures.classes]


def digest(pictures: LabelledPictures, head: str | Path | None) -> str:
    """Twelve hexadecimal digits over names, labels and objects, and the head's tensors.

    Raises:
        HeadError: the head is not there, or damaged.
    """
    tensors = "" if head is None else folder.read(folder.find(head))[0].tensors_sha256
    found = hashlib.sha256(tensors.encode())
    found.update(repr(pictures.classes).encode())
    for one in pictures.pictures:
        found.update(repr((one.name, one.labels, one.objects, one.mask is not None)).encode())
    return found.hexdigest()[:12]
