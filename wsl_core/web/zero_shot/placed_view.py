"""What the link holds of the part "any word"."""

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.transfer.zero_shot.vectors import LONGEST
from wsl_core.transfer.zero_shot.words_parameters import WordParameters
from wsl_core.web.class_choice import class_field

_TAXONOMY = WordParameters.model_fields["taxonomy"]


class PlacedView(BaseModel):
    """A word, and how it is placed."""

    model_config = ConfigDict(frozen=True)

    word: str = Field(
        "kitten",
        max_length=LONGEST,
        title="Any word",
        description="A word or a short phrase that no class of the network has to be called by.",
        json_schema_extra={"accepted": f"a word or a short phrase of at most {LONGEST} letters"},
    )
    taxonomy: bool = Field(False, title=_TAXONOMY.title, description=_TAXONOMY.description)
    beside: str = class_field(
        "Class beside it", "the class that gave most", "One of the network's own classes."
    )
    predict_place: bool = Field(
        False,
        title="Predict first",
        description="Hide the map, choose where you expect the word, then see.",
    )
