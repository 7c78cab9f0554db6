"""Links and controls from the page's model, field by field, without a browser."""

import pytest
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from wsl_core.web import controls, links
from wsl_core.web.activation_maps.shown import ActivationMapView

FIELDS = ActivationMapView.model_fields


def good(field: FieldInfo) -> list[tuple[str, object]]:
    """Texts that a field accepts, and what they stand for: all choices, both ends of a range."""
    if counted := controls.choices(field):
        typed = ["timm:resnet34", "timm:resnet18.a1_in1k"] if controls.extra(field, "also") else []
        return [(str(choice), choice) for choice in [*counted, *typed]]
    if controls.extra(field, "class"):
        return [
            ("0", "tench"), ("281", "tabby"), ("n02123045", "tabby"),
            ("Tabby Cat", "tabby"), ("999", "toilet tissue"),
            (str(field.default), field.default),
        ]  # fmt: skip
    if field.annotation is bool:
        return [("true", True), ("false", False)]
    if field.annotation is float:
        low, high = controls.limits(field)
        return [(str(low), float(low)), (str(high), float(high)), ("0.35", 0.35), ("1e-1", 0.1)]
    if field is FIELDS["head"]:
        return [(text, text) for text in ("", "20261127-1a2b/frozen-svm")]
    return [("", ""), ("1,1", "1,1"), ("12,345", "12,345"), ("0,0", "0,0")]


def bad(field: FieldInfo) -> list[str]:
    """Texts that a field refuses: another type, and just outside its ends."""
    nonsense = ["zzz", "<script>", "😀", "x" * 5000]
    if controls.choices(field):
        typed = ["timm:", "timm:a/b", "timm:resnet34\n", "TIMM:resnet34", "timm:" + "x" * 200]
        return [*nonsense, *typed, "", str(field.default).upper() + " "]
    if controls.extra(field, "class"):
        return [*nonsense, "1000", "-1", "cat", "n99999999"]
    if field.annotation is bool:
        return [*nonsense, "", "True", "1", "yes"]
    if field.annotation is float:
        return [*nonsense, "", "-0.001", "1.001", "nan", "inf", "-inf", "0,5"]
    if field is FIELDS["head"]:
        return [*nonsense, "run", "../x/scratch", "run/", "/scratch", "run/scratch\n", "run/a/b"]
    return [*nonsense, "1", "1,", "-1,2", "1,2,3", "1000,1", "1, 2", "1,2\n"]


def cases(of) -> list:
    return [
        pytest.param(name, one, id=f"{name}-{str(one)[:30]!r}")
        for name in FIELDS
        for one in of(FIELDS[name])
    ]


@pytest.mark.parametrize(("name", "case"), cases(good))
def test_what_a_field_accepts_is_taken_from_the_link(name: str, case: tuple[str, object]) -> None:
    text, value = case
    parameters, notices = links.parse(ActivationMapView, {name: text})
    assert getattr(parameters, name) == value
    assert type(getattr(parameters, name)) is type(value)
    assert notices == []


@pytest.mark.parametrize(("name", "text"), cases(bad))
def test_what_a_field_refuses_is_named_and_its_default_is_used(name: str, text: str) -> None:
    parameters, notices = links.parse(ActivationMapView, {name: text})
    assert parameters == ActivationMapView()
    assert name not in parameters.model_fields_set
    (notice,) = notices
    assert f"{name}={text[:40]}" in notice
    assert len(notice) < 2000


@pytest.mark.parametrize("name", FIELDS)
def test_a_value_survives_the_way_into_a_link_and_back(name: str) -> None:
    for _, value in good(FIELDS[name]):
        parameters, notices = links.parse(ActivationMapView, {name: links.as_text(value)})
        assert (getattr(parameters, name), notices) == (value, [])


def test_an_empty_link_is_the_default() -> None:
    assert links.parse(ActivationMapView, {}) == (ActivationMapView(), [])


def test_unknown_keys_are_passed_over_in_silence() -> None:
    query = {"utm_source": "x", "Picture": "coffee", "model_config": "{}", "__class__": "x"}
    assert links.parse(ActivationMapView, query) == (ActivationMapView(), [])


def test_one_bad_value_does_not_take_the_good_ones_with_it() -> None:
    parameters, notices = links.parse(
        ActivationMapView, {"opacity": "2", "drawing": "cells", "first": "cat", "own": "true"}
    )
    assert (parameters.drawing, parameters.own, parameters.opacity) == ("cells", True, 0.7)
    assert len(notices) == 2


def test_a_refusal_says_what_is_accepted() -> None:
    query = {"opacity": "2", "drawing": "jet", "own": "yes", "cell": "a1"}
    _, notices = links.parse(ActivationMapView, query)
    for wanted in (
        "a number from 0 to 1",
        "one of smooth, cells",
        "true or false",
        "row,column, counted from 1",
    ):
        assert any(wanted in notice for notice in notices), wanted


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "cell"])
def test_every_field_says_how_its_control_is_named_and_what_it_does(name: str) -> None:
    field = FIELDS[name]
    assert field.title
    assert field.description.endswith(".")


@pytest.mark.parametrize("name", FIELDS)
def test_a_default_is_among_what_the_field_accepts(name: str) -> None:
    field = FIELDS[name]
    assert links.parse(ActivationMapView, {name: links.as_text(field.default)})[1] == []


def test_limits_are_those_of_the_field() -> None:
    class Model(BaseModel):
        share: float = Field(0.5, ge=0.25, le=0.75)
        open: float = Field(0.5, ge=0)
        name: str = "x"

    fields = Model.model_fields
    assert controls.limits(fields["share"]) == (0.25, 0.75)
    assert controls.limits(fields["open"]) == (0, None)
    assert controls.limits(fields["name"]) == (None, None)


def test_a_number_without_a_range_has_no_slider() -> None:
    class Model(BaseModel):
        open: float = Field(0.5, ge=0)

    with pytest.raises(TypeError, match="open has no range"):
        controls.control(Model, "open")
