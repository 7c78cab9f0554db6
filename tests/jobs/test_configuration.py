"""What a job is configured with: plain values become parameters, or a sentence that names the field."""

import pytest
from pydantic import BaseModel, ConfigDict, Field

from wsl_core.errors import ParameterError
from wsl_core.jobs.configuration import configured


class Inner(BaseModel):
    sizes: int | tuple[int, ...] = 3


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rate: float = Field(0.1, gt=0)
    inner: Inner = Field(default_factory=Inner)


def test_plain_values_become_parameters() -> None:
    assert configured(Outer, {"inner": {"sizes": [1, 2]}}, "race").inner.sizes == (1, 2)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (
            {"rate": -1},
            r"The race's rate -1 is not accepted: input should be greater than 0\. Correct",
        ),
        ({"speed": 1}, "The race's speed 1 is not accepted: extra inputs"),
        ({"inner": {"sizes": "many"}}, r"The race's inner\.sizes 'many' is not accepted"),
        ({"rate": "x" * 99}, "The race's rate is not accepted"),
        ([], r"The race's configuration \[\] is not accepted"),
    ],
)
def test_what_is_not_accepted_is_named(config: object, sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        configured(Outer, config, "race")
