"""The card of an index: which network made it, how, and of which pictures; plain values, kept as JSON."""

from pathlib import PurePath

from pydantic import BaseModel, ConfigDict, field_validator

from wsl_core.transfer.retrieval.parameters import DescriptorParameters

VERSION = 1  # of the layout


class Indexed(BaseModel):
    """One picture of an index.

    Attributes: `name` is its path below the folder of all; `sha256` is of the upright pixels, so that two
    files of one picture have the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str | None = None
    split: str | None = None
    width: int
    height: int
    sha256: str

    @field_validator("name")
    @classmethod
    def _below(cls, name: str) -> str:
        """An index from elsewhere must not open other files than its own."""
        path = PurePath(name)  # as this system reads it: elsewhere "c:1.png" is an ordinary name
        if path.anchor or ".." in path.parts:
            raise ValueError("it is not below its folder")
        return name


class IndexCard(BaseModel):
    """All of an index that is no array.

    Attributes: `root` is the folder of the pictures, or None where they lie in the index; `skipped` has the
    sentence for each picture that could not be read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = VERSION
    title: str
    descriptor: DescriptorParameters
    identity: str
    root: str | None
    pictures: tuple[Indexed, ...]
    skipped: dict[str, str] = {}
    tensors_sha256: str = ""
