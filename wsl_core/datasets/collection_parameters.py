"""What can be chosen of a collection of pictures that a job reads: each declared once."""

from pydantic import BaseModel, ConfigDict, Field


class CollectionParameters(BaseModel):
    """How much is accepted, and what was found when the job was asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    most: int = Field(
        20_000, ge=1, le=1_000_000, title="Most", description="Pictures a set may hold."
    )
    archive_megabytes: float = Field(
        2000,
        gt=0,
        le=100_000,
        title="Archive",
        description="Largest zip file as unpacked, in megabytes.",
    )
    asked: str = Field(
        "",
        title="Digest",
        description="Of files and network when this was asked for: with others it is other work.",
    )
