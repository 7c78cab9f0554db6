"""Pixel by pixel: what a link asks for, what is said of an attribution, and a run of it in a browser."""

import argparse
import io
import json
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import scipy.stats
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from safetensors.numpy import load_file

from wsl_core.cli import attributing
from wsl_core.fcn.attributions import (
    METHODS,
    Attribution,
    AttributionParameters,
    Completeness,
    Randomised,
)
from wsl_core.figures import Scale
from wsl_core.images import Photo
from wsl_core.networks import Geometry, Placement
from wsl_core.web import controls, links
from wsl_core.web.activation_maps import attribution_figures as drawn
from wsl_core.web.activation_maps import attribution_sentences as words
from wsl_core.web.activation_maps import attributions as page
from wsl_core.web.activation_maps.attributions import Asked, AttributionView
from wsl_core.web.activation_maps.shown import ActivationMapView
from wsl_core.web.colour_bar import bar
from wsl_core.web.pictures import Chosen

PROJECT = Path(__file__).resolve().parents[2]
browser_test = pytest.mark.browser
FIELDS = AttributionView.model_fields
HEIGHT, WIDTH = 65, 97
SCOPE = {"include": [[".st-key-pixels"]]}
OCCLUSION = AttributionParameters(method="occlusion", patch=32, step=16)


@pytest.fixture
def chosen() -> Chosen:
    pixels = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    return Chosen(Photo.from_array(pixels, "own.png"), "Own", "", None)


def asked_of(chosen: Chosen, **parameters: Any) -> Asked:
    return Asked(
        "efficientnet_lite0", chosen, 281, "tabby", 97, AttributionParameters(**parameters)
    )


def attribution(values: np.ndarray, **facts: Any) -> Attribution:
    """Of pixels as fed, on a picture as large."""
    values = np.asarray(values, np.float32)
    size = values.shape
    return Attribution(
        **{
            "network": "efficientnet_lite0",
            "parameters": OCCLUSION,
            "index": 0,
            "name": "tabby",
            "score": 8.5,
            "values": values,
            "placement": Placement.of(Geometry(1, 1, 0), size, size, size),
            "seconds": 1.25,
        }
        | facts
    )


# The link


def good(name: str) -> list[Any]:
    field = FIELDS[name]
    return controls.choices(field) or list(controls.limits(field))


@pytest.mark.parametrize("name", FIELDS)
def test_a_link_holds_every_choice_and_both_ends_of_every_range(name: str) -> None:
    for value in good(name):
        parameters, notices = links.parse(AttributionView, {name: links.as_text(value)})
        assert (getattr(parameters, name), notices) == (value, [])


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("text", ["zzz", "", "-1", "1000000", "nan", "class-activation-map"])
def test_what_a_field_refuses_is_named_and_its_default_is_used(name: str, text: str) -> None:
    parameters, (notice,) = links.parse(AttributionView, {name: text})
    assert parameters == AttributionView()
    assert f"{name}={text}" in notice
    assert links.accepted(FIELDS[name]) in notice


def test_half_a_step_is_none() -> None:
    _, (notice,) = links.parse(AttributionView, {"steps": "16.5"})
    assert "a whole number from 8 to 256" in notice


def test_no_field_is_one_of_the_page_too() -> None:
    assert not FIELDS.keys() & ActivationMapView.model_fields.keys()
    assert "run" not in FIELDS.keys() | ActivationMapView.model_fields.keys()


def test_the_page_imports_no_torch_and_no_pandas() -> None:
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, wsl_core.web.activation_maps.attribution_drawer; print(*sys.modules)",
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "wsl_core.web.activation_maps.attribution_drawer" in found
    assert {"torch", "captum", "pandas", "matplotlib", "altair"}.isdisjoint(found)


# Which run answers


def test_a_run_answers_what_it_was_started_for(chosen) -> None:
    asked = asked_of(chosen, method="occlusion", patch=32)
    config, arrays = asked.request()
    assert asked.differs(json.loads(json.dumps(config))) == []
    assert arrays["picture"].shape == (*asked.input_size, 3)


def test_what_a_method_does_not_look_at_makes_no_difference(chosen) -> None:
    config, _ = asked_of(chosen, method="gradient", steps=32).request()
    assert asked_of(chosen, method="gradient", steps=64, patch=8, seed=3).differs(config) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"index": 282}, ["class"]),
        ({"network": "efficientnet_lite1"}, ["network"]),
        ({"size": 65}, ["picture size"]),
        ({"parameters": OCCLUSION.model_copy(update={"patch": 64, "step": 8})}, ["patch", "step"]),
        (
            {"parameters": OCCLUSION.model_copy(update={"randomise": "head"})},
            ["randomise the weights"],
        ),
        ({"parameters": AttributionParameters(method="gradient")}, ["method"]),
        ({"index": 3, "size": 65}, ["class", "picture size"]),
    ],
)
def test_a_run_for_something_else_says_in_what(chosen, change, what: list[str]) -> None:
    asked = asked_of(chosen, **OCCLUSION.model_dump())
    config, _ = asked.request()
    assert replace(asked, **change).differs(config) == what


def test_a_run_of_another_picture_is_never_shown(chosen) -> None:
    asked = asked_of(chosen, method="gradient")
    config, _ = asked.request()
    darker = Photo.from_array(chosen.photo.pixels // 2, "own.png")
    other = replace(asked, chosen=replace(chosen, photo=darker))
    assert other.differs(config) == ["picture"]
    sentence = words.earlier(config, ["picture", "method", "size"])
    assert "explains **tabby** by Gradient" in sentence
    assert "in its picture, method and size: set them back" in sentence


@pytest.mark.parametrize(
    ("parameters", "label"),
    [
        ({"method": "gradient"}, "Explain (1 gradient)"),
        ({"method": "gradient", "randomise": "all"}, "Explain (2 gradients)"),
        ({"method": "integrated-gradients", "steps": 16}, "Explain (16 gradients)"),
        ({"method": "smoothgrad", "draws": 9, "randomise": "head"}, "Explain (18 gradients)"),
        # 65 x 97: tops 0, 16, 32, 33 and lefts 0, 16, 32, 48, 64, 65
        ({"method": "occlusion", "patch": 32, "step": 16}, "Explain (24 passes)"),
    ],
)
def test_the_button_says_what_it_takes(chosen, parameters, label: str) -> None:
    asked = asked_of(chosen, **parameters)
    assert asked.input_size == (HEIGHT, WIDTH)
    assert words.label(asked, None) == label
    assert words.label(asked, 61) == label[:-1] + ", about a minute)"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "a few seconds"),
        (4, "about 5 seconds"),
        (22, "about 20 seconds"),
        (200, "about 3 minutes"),
    ],
)
def test_a_time_to_wait_is_said_roughly(seconds: float, text: str) -> None:
    assert words.rough(seconds) == text


def test_the_expected_time_grows_with_the_work_of_the_last_run(chosen, monkeypatch) -> None:
    monkeypatch.setattr(page, "_pace", {})
    small = asked_of(chosen, method="smoothgrad", draws=10)
    assert page.expected_seconds(small) is None
    config, arrays = small.request()
    result = SimpleNamespace(
        facts={"geometry": {"jump": 1, "receptive_field": 1, "first_centre": 0}, "index": 281,
               "score": 1.0, "seconds": 5.0, "completeness": None},
        arrays={"values": arrays["picture"][..., 0].astype(np.float32)},
    )  # fmt: skip
    found = page.answer(SimpleNamespace(id="x", config=config, result=lambda: result), small)
    assert (found.name, found.values.shape) == ("tabby", (HEIGHT, WIDTH))
    assert page.expected_seconds(small) == pytest.approx(5)
    assert page.expected_seconds(asked_of(chosen, method="smoothgrad", draws=40)) == pytest.approx(
        20
    )
    assert page.expected_seconds(asked_of(chosen, method="gradient")) is None


# What is said and drawn


def test_nine_places_share_all_there_is() -> None:
    values = np.zeros((6, 9))
    values[0, 8], values[5, 0], values[3, 4] = 3, -5, 2
    found = attribution(values)
    shares, means, sums = drawn.ninths(found.values, found.placement)
    assert dict(zip(map(drawn.place, range(9)), shares, strict=True)) == pytest.approx(
        {"upper right": 0.3, "lower left": 0.5, "middle": 0.2}
        | {drawn.place(i): 0 for i in (0, 1, 3, 5, 7, 8)}
    )
    assert (means[2], means[6], sums[6]) == pytest.approx((3 / 6, -5 / 6, -5))


def test_a_place_without_a_cell_says_so(hand_made) -> None:
    maps = hand_made(np.ones((2, 2, 4)))
    head, rows = drawn.table(attribution(np.eye(9)), maps)
    assert head == ["place", "share", "mean", "class map"]
    assert [row[0] for row in rows[3:6]] == ["middle left", "middle", "middle right"]
    assert [row[-1] for row in rows[3:6]] == ["no cell"] * 3
    assert rows[0] == ["upper left", "33%", "0.333", "1.00"]


def test_a_sum_is_shown_where_pixels_add_up_and_shares_before_and_after(hand_made) -> None:
    found = attribution(
        np.eye(9),
        parameters=AttributionParameters(method="integrated-gradients", randomise="all"),
        completeness=Completeness(9.0, 9.0),
        randomised=Randomised(np.ones((9, 9), np.float32), 0.0, None, None),
    )
    head, rows = drawn.table(found, hand_made(np.ones((2, 3, 3))))
    assert head == ["place", "share", "sum", "class map"]
    sentence = words.table(found)
    assert (
        "with learned weights and with random ones; the values' sum in logits; the mean" in sentence
    )
    assert sentence.count(";") == len(head) - 2
    assert rows[4][1:3] == ["33%, 11%", "3.00"]


def test_the_words_for_an_attribution_name_its_peak_and_its_largest_place() -> None:
    values = np.zeros((30, 60))
    values[25, 50] = 0.5
    values[2, 3] = -0.25
    text = drawn.words_for("Own with Occlusion of tabby", values, attribution(values))
    assert "highest 0.5 logits at 50 across, 25 down of 60 by 30 pixels, lowest -0.25" in text
    assert "The lower right ninth of the picture holds the largest share, 67%." in text


def test_the_residual_is_the_sum_minus_the_difference() -> None:
    text = words.completeness(Completeness(9.0, 10.0))
    assert "+9.00" in text
    assert "**+10.00**" in text
    assert "residual, is **−1.00** logits, 10.0% of the difference" in text
    assert "of the difference" not in words.completeness(Completeness(0.5, 0.0))


@pytest.mark.parametrize(
    ("sizes", "says"),
    [
        (0.95, "hardly changed"),
        (0.5, "Part of the order stayed"),
        (0.1, "depends on what these weights have learned"),
        (-0.2, "Little of the order stayed"),
        (-0.8, "turned round"),
    ],
)
def test_a_rank_correlation_is_given_its_meaning(sizes: float, says: str) -> None:
    chance = Randomised(np.zeros((2, 2), np.float32), 0.25, sizes, None)
    text = words.correlation(chance, "head and last block")
    assert f"{sizes:+.2f}".replace("-", "−") in text
    assert says in text
    assert "the weights of the head and the last block left to chance the score is +0.25" in text
    assert "with their signs" not in text


def test_a_correlation_that_there_is_not_is_not_made_up() -> None:
    chance = Randomised(np.zeros((2, 2), np.float32), 0.0, None, None)
    assert "there is no rank correlation" in words.correlation(chance, "all")


@pytest.mark.parametrize("name", [name for name in METHODS if METHODS[name].work])
@pytest.mark.parametrize("randomise", ["none", "all"])
def test_every_method_is_drawn_beside_the_class_map(
    hand_made, chosen, name: str, randomise: str
) -> None:
    maps = hand_made(np.arange(24).reshape(2, 3, 4), (HEIGHT, WIDTH))
    rng = np.random.default_rng(1)
    cells = METHODS[name].level == "cells"
    values, chance = rng.normal(size=(2, *((3, 4) if cells else (HEIGHT, WIDTH))))
    if not METHODS[name].signed:
        values, chance = abs(values), abs(chance)
    parameters = AttributionParameters(method=name, randomise=randomise)
    found = attribution(
        values,
        parameters=parameters,
        placement=maps.placement if cells else attribution(values).placement,
        randomised=Randomised(np.float32(chance), 0.0, 0.0, None) if randomise == "all" else None,
    )
    asked = asked_of(chosen, **parameters.model_dump())
    shown = drawn.drawings(found, maps, asked, Scale(23.0), ActivationMapView())
    assert len(shown) == (3 if randomise == "all" else 2)
    sizes = {int.from_bytes(one.png[16:20], "big") for one in shown}
    assert sizes == {WIDTH}  # all as wide as the picture
    assert len({one.png for one in shown}) == len(shown)
    for one in shown[1:]:
        assert one.alt.startswith(f"Own with {METHODS[name].title}")
        assert one.pale is not cells
        assert METHODS[name].unit in words.colours(one)
        assert ("Blue speaks against" in words.colours(one)) is METHODS[name].signed
        assert ("lie beyond its end" in words.colours(one)) is not cells


def test_the_bar_has_the_ticks_of_its_scale_and_no_minus_where_there_is_no_sign() -> None:
    scale = Scale(2.5)
    signed = bar(scale, "logits <b>", signed=True, opacity=1)
    assert [float(t.replace("−", "-")) for t in re.findall(r">([+−]?[\d.]+)</span>", signed)] == [
        -2, -1, 0, 1, 2
    ]  # fmt: skip
    assert "left:90.0%" in signed  # of +2
    assert "<b>" not in signed
    unsigned = bar(scale, "", signed=False, opacity=1)
    assert re.findall(r">([+−]?[\d.]+)</span>", unsigned) == ["0", "1", "2"]
    assert "left:80.0%" in unsigned


def test_the_code_asks_for_what_is_shown(chosen) -> None:
    asked = asked_of(chosen, method="occlusion", patch=64, fill="mean colour", randomise="head")
    code = page.in_python(asked)
    compile(code, "shown on the page", "exec")
    made = eval(re.search(r"attributions\.(AttributionParameters\(.*\))", code)[1])
    assert made == asked.parameters
    assert '"efficientnet_lite0", photo, 281, parameters, size=97' in code
    assert "Scale.of_pixels" in code
    cells = page.in_python(asked_of(chosen, method="grad-cam"))
    assert "faded" not in cells
    assert "Scale.of(" in cells


def test_the_command_line_asks_for_what_is_shown(chosen) -> None:
    asked = asked_of(chosen, method="occlusion", patch=64, fill="mean colour")
    words_of_command = shlex.split(page.command_line(asked))
    assert words_of_command[:4] == ["python", "-m", "wsl_core", "heatmap"]
    assert words_of_command[words_of_command.index("--classes") + 1] == "281"
    parser = argparse.ArgumentParser()
    attributing.add_arguments(parser)
    args, _ = parser.parse_known_args(words_of_command[4:])
    assert attributing.read(args) == asked.parameters


def test_the_files_hold_the_values(chosen) -> None:
    values = np.random.default_rng(2).normal(size=(HEIGHT, WIDTH))
    found = attribution(values)
    assert np.array_equal(np.load(io.BytesIO(drawn.as_npy(found.values))), np.float32(values))
    png = drawn.as_png(found, asked_of(chosen, method="occlusion"), 1)
    assert png.startswith(b"\x89PNG")


# In a browser


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def app(serve, runs):
    """A server whose runs are its own."""
    with serve(WSL_RUNS=str(runs)) as server:
        yield server


def pictures(visit):
    return visit.widget("pixels").get_by_role("img")


def explain(visit):
    return visit.widget("start-run").get_by_role("button")


def explained(visit, count: int) -> list[str]:
    """Wait until so many pictures are beside each other; their alternative texts."""
    expect(visit.page.get_by_text("Explained is the network's own score")).to_be_visible(
        timeout=60_000
    )
    expect(pictures(visit)).to_have_count(count)
    return [one.get_attribute("alt") or "" for one in pictures(visit).all()]


@browser_test
def test_a_shut_drawer_draws_nothing_and_a_link_alone_computes_nothing(app, opened, runs) -> None:
    before = set(runs.iterdir())
    with opened(app.url) as visit:
        visit.maps(size=225)
        expect(visit.page.get_by_text("Pixel by pixel")).to_be_visible()
        expect(visit.widget("method")).to_have_count(0)
        visit.maps(size=225, method="integrated-gradients", steps=64, baseline="black")
        expect(explain(visit)).to_have_text(re.compile(r"Explain \(64 gradients\)"))
        expect(visit.widget("steps").get_by_test_id("stSliderThumbValue")).to_have_text("64")
        expect(visit.segment("baseline", "black")).to_be_checked()
        expect(visit.widget("patch")).to_have_count(0)
        expect(pictures(visit)).to_have_count(0)
        assert set(runs.iterdir()) == before


@pytest.fixture(scope="module")
def compared(app, opened) -> SimpleNamespace:
    """A gradient with learned and with random weights, explained once: its run, pictures and words."""
    with opened(app.url) as visit:
        visit.maps(size=225, method="gradient", randomise="all")
        explain(visit).click()
        alts = explained(visit, 3)
        return SimpleNamespace(
            run=visit.link["run"], alts=alts, text=visit.widget("pixels").inner_text()
        )


@browser_test
def test_random_weights_show_the_correlation(compared, runs) -> None:
    assert "class activation map of Egyptian cat" in compared.alts[0]
    assert "Gradient, learned weights of Egyptian cat" in compared.alts[1]
    assert "Gradient, random weights of Egyptian cat" in compared.alts[2]
    shown = re.search(r"sizes before and after is ([+−]\d\.\d\d)", compared.text)[1]
    arrays = load_file(runs / compared.run / "result.safetensors")
    expected = scipy.stats.spearmanr(arrays["values"].ravel(), arrays["randomised"].ravel())
    assert float(shown.replace("−", "-")) == pytest.approx(expected.statistic, abs=0.0051)


@browser_test
def test_a_link_finds_the_run_and_hides_it_where_something_else_is_chosen(
    compared, app, opened
) -> None:
    with opened(app.url) as visit:
        visit.maps(size=225, method="gradient", randomise="all", run=compared.run)
        assert explained(visit, 3) == compared.alts
        visit.type("first", "tabby")
        expect(visit.notices).to_contain_text("explains Egyptian cat by Gradient. It differs")
        expect(visit.notices).to_contain_text("in its class: set it back")
        expect(pictures(visit)).to_have_count(0)
        visit.type("first", "")
        assert explained(visit, 3) == compared.alts


@browser_test
@pytest.mark.parametrize("look", ["dark", "phone"])
def test_a_link_with_nothing_but_a_run_shows_it_within_its_drawer(
    compared, app, opened, look: str
) -> None:
    with opened(app.url, look) as visit:
        visit.maps(size=225, run=compared.run)
        assert explained(visit, 3) == compared.alts
        assert (visit.link["randomise"], visit.link["run"]) == ("all", compared.run)
        table = visit.widget("ninths").locator("table")
        visit.widget("ninths").locator("summary").click()
        expect(table.locator("tr")).to_have_count(10)
        drawer = visit.widget("pixels").bounding_box()
        assert drawer["x"] + drawer["width"] <= visit.page.viewport_size["width"]
        for inner in (table, *pictures(visit).all()):
            box = inner.bounding_box()
            assert box["x"] + box["width"] <= drawer["x"] + drawer["width"]
        found = Axe().run(visit.page, SCOPE).response["violations"]
        assert [one["id"] for one in found] == []


@browser_test
def test_grad_cam_has_its_peak_where_the_class_map_has_it(app, opened) -> None:
    with opened(app.url) as visit:
        visit.maps(size=225)
        visit.expander("Pixel by pixel")
        visit.choose("method", "grad-cam")
        expect(visit.page.get_by_text("weighted by the mean gradient")).to_be_visible()
        explain(visit).click()
        alts = explained(visit, 2)
        peaks = [re.search(r"at (\d+) across, (\d+) down", alt)[0] for alt in alts]
        assert peaks[0] == peaks[1]
        assert visit.link["method"] == "grad-cam"


@browser_test
def test_a_slow_one_is_found_again_and_cancelled(app, opened) -> None:
    with opened(app.url) as visit:
        visit.maps(size=641, method="smoothgrad", draws=100)
        explain(visit).click()
        expect(visit.page.get_by_text("This explains Egyptian cat by SmoothGrad.")).to_be_visible()
        expect(visit.page.get_by_role("progressbar")).to_be_visible()
        visit.page.reload()
        expect(visit.page.get_by_text(re.compile("^SmoothGrad, "))).to_be_visible(timeout=40_000)
        expect(explain(visit)).to_be_disabled()
        visit.page.get_by_role("button", name="Cancel", exact=True).click()
        expect(visit.page.get_by_text("The run was cancelled")).to_be_visible(timeout=5_000)
        expect(explain(visit)).to_be_enabled()
        expect(pictures(visit)).to_have_count(0)


@browser_test
def test_what_cannot_be_is_said_where_the_button_would_be(app, opened) -> None:
    with opened(app.url) as visit:
        visit.maps(size=225, method="occlusion", patch=16, step=64)
        expect(visit.notices).to_contain_text("A step of 64 px leaves gaps")
        expect(explain(visit)).to_have_count(0)
        visit.maps(size=225, method="saliency", steps=3)
        expect(visit.notices.first).to_contain_text("The link asks for method=saliency")
        expect(visit.notices.last).to_contain_text("a whole number from 8 to 256")
