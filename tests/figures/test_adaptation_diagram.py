"""Living diagrams: thickness is the norm on one scale, and the sign turns at the reversal layer."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest

from wsl_core.figures.adaptation_diagram import (
    adda,
    dann,
    diagram,
    largest_norm,
    plain,
    translation,
)
from wsl_core.figures.diagram_parts import THICKEST, THINNEST, thickness


@dataclass(frozen=True)
class Part:
    name: str
    title: str
    wants: str


ENCODER = Part("encoder", "Features", "serve & fool <everyone>")
CLASSIFIER = Part("classifier", "Label classifier", "tell classes apart")
DOMAIN = Part("domain_classifier", "Domain classifier", "tell source from target")
DANN = (ENCODER, CLASSIFIER, DOMAIN)
ADDA = (Part("source_encoder", "Source features", "nothing any more: frozen"), *DANN)
TRANSLATION = (*DANN, Part("decoders", "Decoders", "draw"), Part("critics", "Critics", "judge"))
NORMS = {
    "gradient_label": 0.04, "gradient_domain": 0.08, "gradient_reversed": -0.02, "lambda": 0.25,
    "gradient_encoder": 1.5, "gradient_classifier": 2.0, "gradient_domain_classifier": 1.0,
    "loss": 0.5, "domain_loss": 0.6, "domain_accuracy": 0.72,
}  # fmt: skip
OTHERS = {
    "gradient_encoder": 0.5, "gradient_classifier": 2.0, "gradient_domain_classifier": 0.125,
    "gradient_decoders": 0.02, "gradient_critics": 0.3, "critics_loss": 0.4, "loss": 0.1, "domain_loss": 0.7,
}  # fmt: skip


def arrows(html: str, way: str = "wide") -> dict[str, ElementTree.Element]:
    """Of one of the two ways, by the name of the figure."""
    (svg,) = [one for one in ElementTree.fromstring(html).iter("svg") if one.get("class") == way]
    return {one.get("data-name", ""): one for one in svg.iter() if one.get("data-name")}


def thick(html: str, way: str = "wide") -> dict[str, float]:
    return {
        name: float(one.get("data-thickness", "nan")) for name, one in arrows(html, way).items()
    }


def words(html: str) -> str:
    return ElementTree.fromstring(html).get("aria-label", "")


def text(html: str, way: str = "wide") -> str:
    (svg,) = [one for one in ElementTree.fromstring(html).iter("svg") if one.get("class") == way]
    return " ".join(one.text or "" for one in svg.iter("tspan"))


def test_thickness_rises_with_the_norm_and_is_its_square_root() -> None:
    sizes = [thickness(norm, 2.0) for norm in (0, 1e-9, 0.01, 0.1, 0.5, 1, 2)]
    assert sizes[0] == 0
    assert sizes[1] == THINNEST
    assert sizes[2:] == sorted(set(sizes[2:]))
    assert thickness(0.5, 2.0) == pytest.approx(THICKEST / 2)
    assert thickness(2.0, 2.0) == THICKEST


@pytest.mark.parametrize("way", ["wide", "narrow"])
def test_all_arrows_of_a_diagram_share_one_scale(way: str) -> None:
    found = thick(dann(NORMS, step=1, wants=DANN, largest=0.32), way)
    for name, size in found.items():
        assert size == pytest.approx(THICKEST * math.sqrt(abs(NORMS[name]) / 0.32), abs=0.01)
    assert set(found) == {"gradient_label", "gradient_domain", "gradient_reversed"}
    found = thick(translation(OTHERS, step=1, wants=TRANSLATION), way)
    for name, size in found.items():
        assert size == pytest.approx(THICKEST * math.sqrt(OTHERS[name] / 2.0), abs=0.01)
    assert len(found) == 5


def test_drawn_ribbons_are_as_thick_as_they_say() -> None:
    for way, axis in (("wide", 1), ("narrow", 0)):
        for one in arrows(dann(NORMS, step=1, wants=DANN), way).values():
            points = [tuple(map(float, p.split(","))) for p in one.get("points", "").split()]
            ends = points[0][axis], points[-1][axis]
            assert abs(ends[1] - ends[0]) == pytest.approx(
                float(one.get("data-thickness", "")), abs=0.2
            )


def test_the_sign_turns_at_the_reversal_layer() -> None:
    html = dann(NORMS, step=1, wants=DANN)
    before, after = (arrows(html)[f"gradient_{name}"] for name in ("domain", "reversed"))
    assert before.get("class") == "gradient kept"
    assert after.get("class") == "gradient turned"
    assert (before.get("data-direction"), after.get("data-direction")) == ("lower", "raise")
    assert before.get("fill") != after.get("fill")
    assert "+0.0800" in text(html)
    assert "−0.0200" in text(html)
    assert "raise the domain loss" in text(html)
    halves = [one.get("class") for one in ElementTree.fromstring(html).iter("path")]
    assert Counter(halves)["twist kept"] == Counter(halves)["twist turned"] == 2


def test_without_lambda_nothing_is_reversed_and_it_is_said() -> None:
    html = dann(NORMS, step=1, wants=DANN, lambda_=0.0)
    assert "gradient_reversed" not in arrows(html)
    assert "gradient_domain" in arrows(html)
    assert "twist turned" not in html
    assert "0: no arrow" in text(html)
    assert "0: no arrow" in text(html, "narrow")
    assert "0, no arrow: nothing passes" in words(html)


def test_a_gradient_that_was_not_turned_is_drawn_as_such() -> None:
    html = dann(NORMS | {"gradient_reversed": 0.02}, step=1, wants=DANN)
    after = arrows(html)["gradient_reversed"]
    assert after.get("class") == "gradient kept"
    assert after.get("data-direction") == "lower"
    assert "−0.0200" not in text(html)


def test_lambda_moves_the_reversed_arrow_alone() -> None:
    found = [
        thick(dann(NORMS, step=1, wants=DANN, lambda_=one, largest=1.0)) for one in (0.1, 0.5, 2.0)
    ]
    sizes = [one["gradient_reversed"] for one in found]
    assert sizes == pytest.approx(
        [THICKEST * math.sqrt(one * 0.08) for one in (0.1, 0.5, 2.0)], abs=0.01
    )
    assert len({one["gradient_label"] for one in found}) == 1
    moved = dann(NORMS, step=1, wants=DANN, lambda_=0.5)
    assert "Lambda is set to 0.500 here; at this step the training had 0.250." in words(moved)
    assert "is set to" not in words(dann(NORMS, step=1, wants=DANN, lambda_=0.25))


def test_lambda_as_it_was_gives_what_was_measured() -> None:
    measured, asked = (dann(NORMS, step=1, wants=DANN, lambda_=one) for one in (None, 0.25))
    assert thick(measured) == thick(asked)


def test_arrows_of_gradients_point_to_the_features() -> None:
    for way, axis in (("wide", 0), ("narrow", 1)):
        points = [
            tuple(map(float, p.split(",")))
            for p in arrows(dann(NORMS, step=1, wants=DANN), way)["gradient_label"]
            .get("points", "")
            .split()
        ]
        tip = min(points, key=lambda one: one[axis])
        assert points.index(tip) == 3
        assert sum(one[axis] == tip[axis] for one in points) == 1


@pytest.mark.parametrize("value", [math.nan, math.inf, None])
def test_a_norm_that_is_not_finite_breaks_nothing(value: float | None) -> None:
    norms = {name: one for name, one in NORMS.items() if name != "gradient_domain"}
    if value is not None:
        norms |= {"gradient_domain": value, "gradient_reversed": -value}
    html = dann(norms, step=1, wants=DANN)
    assert thick(html)["gradient_label"] == THICKEST
    assert math.isnan(thick(html)["gradient_domain"])
    assert "nan" not in re.sub(r'aria-label="[^"]*"', "", html)
    assert ("not finite" if value == math.inf else "not measured") in words(html)


def test_nothing_measured_is_still_a_diagram() -> None:
    for html in (
        dann({}, step=0, wants=DANN), adda({}, step=0, wants=ADDA), plain({}, step=0, wants=DANN),
        translation({}, step=0, wants=TRANSLATION),
    ):  # fmt: skip
        assert "not measured" in words(html)
        assert "No norm was measured at this step" in html
        assert not [one for one in thick(html).values() if not math.isnan(one)]


def test_the_words_hold_goals_and_norms() -> None:
    html = dann(NORMS, step=120, wants=DANN)
    for one in (
        "step 120", "serve & fool <everyone>", "plus 0.0400", "plus 0.0800", "minus 0.0200", "loss 0.600",
        "minus lambda, −0.250", "right 72\u00a0% (chance: 50\u00a0%)", "1.50",
    ):  # fmt: skip
        assert one in words(html), one
    html = translation(OTHERS, step=7, wants=TRANSLATION)
    for one in ("0.500", "2.00", "0.125", "0.0200", "0.300", "judge"):
        assert one in words(html), one


def test_adda_trains_one_side_then_the_other() -> None:
    first = {"gradient_encoder": 1.0, "gradient_classifier": 2.0, "loss": 0.1}
    html = adda(first, step=1, wants=ADDA)
    assert "not made yet" in text(html)
    assert {one.get("class") for one in arrows(html).values()} == {"gradient kept"}
    assert "To the Source features: plus 1.00" in words(html)
    second = {"gradient_encoder": 1.0, "gradient_domain_classifier": 2.0, "domain_loss": 0.7}
    html = adda(second, step=9, wants=ADDA, doing="training the target's encoder")
    assert arrows(html)["gradient_encoder"].get("class") == "gradient turned"
    assert "inverted labels" in text(html)
    assert "nothing any more: frozen" in " ".join(text(html).split())
    assert html.count('class="part frozen"') == 4  # two parts, laid out two ways
    assert "−1.00" not in text(html)  # its loss is another one; no sign is turned


def test_every_method_has_a_diagram() -> None:
    assert "Reversal" in diagram("dann", NORMS, step=1, wants=DANN)
    assert "Domain loss" in diagram("adda", NORMS, step=1, wants=ADDA)
    assert "Decoders" in diagram("translation", OTHERS, step=1, wants=TRANSLATION)
    teacher = (*DANN, Part("teacher", "Averaged teacher", "name what it is sure of"))
    html = diagram("self-training", NORMS | {"teacher_sure": 0.4}, step=1, wants=teacher)
    assert "Reversal" in html
    assert "sure of 40 % at this step" in words(html)
    alone = {"gradient_encoder": 1.0, "gradient_classifier": 1.0}
    assert "Reversal" not in diagram("self-training", alone, step=1, wants=teacher)
    assert "Target pictures" in diagram("target", alone, step=1, wants=DANN)
    assert "Source pictures" in diagram("coral", alone, step=1, wants=DANN)


def test_the_largest_norm_is_that_of_the_arrows_of_all_steps() -> None:
    rows = [
        NORMS,
        {"infomax": 3.0},
        NORMS | {"gradient_reversed": -0.3, "gradient_label": math.inf},
    ]
    assert largest_norm(rows) == 0.3
    assert largest_norm([OTHERS, OTHERS | {"gradient_critics": 7.0}]) == 7.0
    assert largest_norm([]) is None


@pytest.mark.parametrize("way", ["wide", "narrow"])
@pytest.mark.parametrize("name", ["dann", "adda", "translation", "plain"])
def test_text_in_boxes_stays_inside_them(name: str, way: str) -> None:
    from wsl_core.transfer.adaptation.methods import METHODS

    wants = METHODS["source-only" if name == "plain" else name].parts
    html = diagram(
        METHODS["source-only" if name == "plain" else name].name,
        NORMS | OTHERS,
        step=1,
        wants=wants,
    )
    if name == "dann":
        html = diagram("dann", NORMS, step=1, wants=wants)
    (svg,) = [one for one in ElementTree.fromstring(html).iter("svg") if one.get("class") == way]
    for group in svg.iter("g"):
        if not group.get("class", "").startswith("part"):
            continue
        rect, said = group.find("rect"), group.find("text")
        assert rect is not None
        assert said is not None
        y, height = float(rect.get("y", "")), float(rect.get("height", ""))
        last = float(said.get("y", "")) + sum(float(row.get("dy", "")) for row in said)
        assert y < float(said.get("y", ""))
        assert last < y + height - 2, " ".join(row.text or "" for row in said)
