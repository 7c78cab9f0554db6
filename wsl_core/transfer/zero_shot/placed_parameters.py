"""What decides the map of a word. The defaults were chosen on a half of VOC's train pictures."""

from pydantic import Field

from wsl_core.transfer.zero_shot.words_parameters import WordParameters


class PlacedParameters(WordParameters):
    """How a word is placed on a picture."""

    size: int = Field(
        641, title="Picture size",
        description="Longer side of the picture as the network sees it, in pixels.",
    )  # fmt: skip
    mirror: bool = Field(
        True, title="Mirror", description="Average with the maps of the mirrored picture.",
        json_schema_extra={"accepted": "yes or no"},
    )  # fmt: skip
    temperature: float = Field(
        0.1, gt=0, le=1, title="Temperature of the word",
        description="Cosines are divided by it: the lower, the fewer classes carry the word.",
    )  # fmt: skip
    kept: int = Field(
        50, ge=1, le=1000, title="Classes kept", description="How many classes carry a word at most."
    )  # fmt: skip
    evenness: float = Field(
        1.5, gt=0, le=10, title="Evenness of the classes",
        description="Logits of a cell are divided by it: the higher, the less one class takes all.",
    )  # fmt: skip


LEAST = {"minilm": 0.38, "glove": 0.66}
"""The least cosine of a word with its nearest class: below it no class is a relative, and no map is drawn."""
