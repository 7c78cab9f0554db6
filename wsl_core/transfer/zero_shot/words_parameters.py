"""Which word vectors stand for classes: shared by ConSE and by words that are placed on a picture."""

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.transfer.zero_shot.vectors.sources import SOURCES, SourceName


class WordParameters(BaseModel):
    """How a word and a class come together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vectors: SourceName = Field(
        "minilm",
        title="Word vectors",
        description="Whence the vectors of words and names come.",
        json_schema_extra={"choices": list(SOURCES)},
    )
    taxonomy: bool = Field(
        False,
        title="With taxonomy",
        description="Let the names of a class's ancestors in WordNet (dog, animal) count, too.",
    )
