"""A number of regions is a count or a share, and never the one for the other."""

import pytest
from pydantic import BaseModel, Field, ValidationError

from wsl_core.errors import ParameterError
from wsl_core.fcn.pooling import Count, Regions, Share, WILDCATParameters, number, parse


class Chosen(BaseModel):
    k: Regions = Field(Share(0.2))


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("1", Count(1)), ("0", Count(0)), (" 12 ", Count(12)), ("100%", Share(1.0)), ("20%", Share(0.2)),
        ("12.5 %", Share(0.125)), ("0.5%", Share(0.005)),
    ],
)  # fmt: skip
def test_text_is_read(text: str, regions: Count | Share) -> None:
    assert parse(text) == regions
    assert parse(str(regions)) == regions
    assert Chosen(k=text).k == regions


@pytest.mark.parametrize(
    "text",
    ["", "1.0", "0.2", "-1", "+3", "0%", "100.1%", "-5%", "%", "nan%", "1e9", "²", "3 %%", "9" * 5000],
)  # fmt: skip
def test_other_text_is_refused_in_words(text: str) -> None:
    with pytest.raises(ParameterError) as refusal:
        parse(text)
    assert str(refusal.value).endswith(".")
    with pytest.raises(ValidationError):
        Chosen(k=text)


@pytest.mark.parametrize("value", [1.0, 0.2, True, None, [3], -1])
def test_a_field_takes_no_other_numbers(value: object) -> None:
    with pytest.raises(ValidationError):
        Chosen(k=value)


@pytest.mark.parametrize("value", [3, "3", Count(3)])
def test_a_field_takes_a_count_and_prints_it_back_as_text(value: object) -> None:
    assert Chosen(k=value).model_dump() == {"k": "3"}


def test_parameters_go_through_json_and_back() -> None:
    given = WILDCATParameters(positive="12.5%", negative=2, maps=8)
    text = given.model_dump_json()
    assert '"positive":"12.5%","negative":"2"' in text
    assert WILDCATParameters.model_validate_json(text) == given
    third = WILDCATParameters(positive=Share(1 / 3))
    again = WILDCATParameters.model_validate_json(third.model_dump_json())
    assert number(again.positive, 10**9) == number(third.positive, 10**9)
    assert "positive" in WILDCATParameters.model_json_schema()["properties"]


@pytest.mark.parametrize(
    ("k", "n", "expected"),
    [
        (Share(0.2), 49, 10), (Share(0.2), 196, 39), (Share(0.4), 196, 78), (Share(0.2), 225, 45),
        (Share(0.05), 49, 2), (Share(0.25), 6, 2), (Share(0.25), 10, 2), (Share(1.0), 6, 6),
        (Share(0.25), 2, 1), (Share(0.05), 9, 1), (Share(0.2), 1, 1), (Count(1), 6, 1), (Count(9), 6, 6),
        (Count(0), 6, 0),
    ],
)  # fmt: skip
def test_how_many_cells_that_is(k: Count | Share, n: int, expected: int) -> None:
    assert number(k, n) == expected


def test_counts_and_shares_out_of_range_are_refused() -> None:
    for wrong in (-1, 1.0, True):
        with pytest.raises(ParameterError, match="whole number"):
            Count(wrong)
    for wrong in (0, -0.1, 1.5, float("nan")):
        with pytest.raises(ParameterError, match="above 0%"):
            Share(wrong)
