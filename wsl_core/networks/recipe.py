"""How a network is to be made from its card: with which weights, and how fine."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.errors import WeightsError
from wsl_core.networks.cards import Card

PUBLISHED, RANDOM = "published", "random"


class Recipe(BaseModel):
    """Everything that decides what a network computes; plain values, handed to workers."""

    model_config = ConfigDict(frozen=True)

    card: Card
    random: bool = Field(False, description="Random weights in the place of the published ones.")
    seed: int = Field(0, description="Of the random weights.")
    path: Path | None = Field(None, description="A weights file instead of the published one.")
    stride: int | None = Field(
        None, description="Pixels between cells; None for the network's own."
    )

    @classmethod
    def of(cls, card: Card, weights: str = PUBLISHED, stride: int | None = None) -> "Recipe":
        """From what `networks.load` is asked for.

        Raises:
            WeightsError: `weights` is neither "published", nor "random", nor a weights file.
        """
        if weights in {PUBLISHED, RANDOM}:
            return cls(card=card, random=weights == RANDOM, stride=stride)
        path = Path(weights).expanduser().absolute()
        if path.suffix not in {".safetensors", ".pth"} or not path.is_file():
            raise WeightsError(
                f"There is no weights file {weights}. Accepted are {PUBLISHED}, {RANDOM}, or the path "
                f"of a .safetensors or .pth file."
            )
        return cls(card=card, path=path, stride=stride)

    @property
    def trained(self) -> str:
        """Whose weights these are: "published", "random", or the name of a file."""
        if self.path is not None:
            return self.path.name
        return RANDOM if self.random else PUBLISHED

    def weights_path(self) -> Path | None:
        """The file that the weights come from; None for random ones.

        Raises:
            WeightsError: it is not there; the sentence says how to get it.
        """
        return None if self.random else self.path or self.card.weights_path()
