"""The Pooling page in a browser: the strip of schemes, its sliders, and the other parts."""

import contextlib
import re
import time
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, expect

from tests.web.test_accessibility import findings, fits, picture_of, stretch
from wsl_core.fcn.pooling import SCHEMES

pytestmark = pytest.mark.browser

QUICK = 0.3  # s in which a slider is to repaint; a busy machine is given more


class Station:
    """The page as its visitor sees it."""

    def __init__(self, visit) -> None:
        self.visit, self.page = visit, visit.page

    def open(self, figure: str = "strip", **query: object) -> "Station":
        self.page.goto(f"{self.visit.url}/pooling?{urlencode(query)}")
        self.page.get_by_role("heading", name="One map, many ways to a score").wait_for()
        if figure:
            self.painted(figure).wait_for()
        self.visit.idle()
        return self

    def figure(self, key: str) -> Locator:
        return self.visit.widget(key).locator(".figure, table.numbers")

    def painted(self, key: str) -> Locator:
        return self.figure(key).and_(self.page.locator("[data-painted]"))

    @contextlib.contextmanager
    def repaint(self, key: str = "strip"):
        """Do something, then wait until another state is painted."""
        before = self.figure(key).get_attribute("data-painted")
        yield
        expect(self.figure(key)).not_to_have_attribute("data-painted", before)
        self.visit.idle()

    def titles(self, key: str = "strip") -> list[str]:
        return self.figure(key).locator(".title span:first-child").all_inner_texts()

    def scores(self, key: str = "strip") -> list[float]:
        texts = self.figure(key).locator(".title span:last-child").all_inner_texts()
        return [float(re.search(r"[+−]([\d.]+)$", text)[0].replace("−", "-")) for text in texts]

    def slide(self, name: str, key: str = "End") -> None:
        self.visit.widget(name).get_by_role("slider").press(key)


@pytest.fixture
def station(visit) -> Station:
    return Station(visit)


@pytest.fixture(scope="module")
def strip(opened, server):
    """A tab with the first sight, which nothing changes."""
    with opened(server.url) as visit:
        yield Station(visit).open()


@pytest.fixture(scope="module")
def installed(opened, with_heads):
    """`with installed(*schemes) as station`: an installation that has heads for just these schemes."""

    @contextlib.contextmanager
    def one(*schemes: str):
        with with_heads(*schemes) as server, opened(server.url) as visit:
            visit.home()  # the first visitor of a deep link would not come in through this app.py
            yield Station(visit)

    return one


@pytest.fixture(scope="module")
def trained(installed):
    """A tab of an installation that has a head for every scheme."""
    with installed(*SCHEMES) as station:
        yield station


def test_the_first_sight_has_all_schemes_on_one_scale(strip) -> None:
    assert strip.titles() == ["Max", "Average (GAP)", "LSE", "WELDON", "WILDCAT"]
    highest, mean, smooth, *_ = strip.scores()
    assert mean < smooth < highest
    assert strip.visit.link == {}
    expect(strip.page.get_by_text("In the place of SPLeaP")).to_be_visible()
    expect(strip.figure("strip").locator(".ticks")).to_contain_text("one scale for all schemes")


def test_every_panel_says_in_words_what_it_shows(strip) -> None:
    pictures = strip.figure("strip").get_by_role("img")
    expect(pictures).to_have_count(5)
    for title, score, picture in zip(strip.titles(), strip.scores(), pictures.all(), strict=True):
        text = picture.get_attribute("alt")
        assert text.startswith(f"{title}, contribution of Egyptian cat: score {score:.2f} logits")
        assert ("Selected: " in text) == (title in ("Max", "WELDON", "WILDCAT"))


def test_the_arrow_keys_describe_a_cell_without_python(strip) -> None:
    strip.page.evaluate(
        "window.runs = []; new MutationObserver(() => window.runs.push(1)).observe("
        "document.querySelector('[data-testid=stApp]'), { attributeFilter: ['data-test-script-state'] })"
    )
    grid, caption = (
        strip.figure("strip").locator(".grid").first,
        strip.figure("strip").locator(".caption"),
    )
    grid.focus()
    seen = set()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowLeft"):
        grid.press(key)
        text = caption.inner_text()
        assert re.search(r"Row \d+, column \d+: Max [+−][\d.]+ logits × cells", text)
        seen |= set(re.findall(r"in h[⁺⁻]", text))
    assert "in h⁺" in seen
    grid.press("Escape")
    assert strip.page.evaluate("window.runs") == []


def test_sums_rankings_and_the_pipeline_are_there_as_text(strip) -> None:
    tables = strip.page.get_by_role("table")
    expect(tables.nth(0).get_by_role("row")).to_have_count(6)
    for row in tables.nth(0).get_by_role("row").all()[1:]:
        cells = row.get_by_role("cell").all_inner_texts()
        assert cells[1] == cells[4]
    expect(tables.nth(1).locator("td:first-child")).to_have_text(strip.titles())
    expect(tables.nth(1).locator("td:nth-child(2)").first).to_have_text("Egyptian cat +16.5")
    stages = strip.page.locator("ol.pipeline li")
    expect(stages).to_have_count(5)
    expect(stages.nth(0)).to_contain_text("1280 × 10 × 15")
    expect(stages.nth(3)).to_contain_text("30 cells h⁺, 30 h⁻")
    assert all(one.get_attribute("alt") for one in stages.locator("img").all())
    assert stages.locator("img").first.evaluate("image => image.naturalWidth") == 47


def test_sliders_repaint_without_a_forward_pass(station) -> None:
    station.open()
    before = station.scores()
    with station.repaint():
        station.slide("beta", "Home")  # towards the mean
    after = station.scores()
    assert after[2] < before[2]
    assert after[2] == pytest.approx(after[1], abs=0.2)
    assert after[:2] == before[:2]
    with station.repaint():
        station.slide("alpha", "Home")  # no negative evidence
    assert station.scores()[4] != before[4]
    assert station.scores()[3] == before[3]
    with station.repaint():
        station.slide("negative", "Home")
    with station.repaint():
        station.slide("positive", "Home")  # one region: max pooling
    assert station.scores()[3] == station.scores()[4] == station.scores()[0]
    assert station.visit.link == {
        "beta": "0.01", "alpha": "0", "negative": "0", "positive": "1",
    }  # fmt: skip
    spent = []
    for key in ("ArrowRight", "ArrowLeft", "ArrowRight", "ArrowLeft", "ArrowRight"):
        started = time.perf_counter()
        with station.repaint():
            station.slide("alpha", key)
        spent.append(time.perf_counter() - started)
    print(f"A slider repaints in {min(spent):.2f} to {max(spent):.2f} s.")
    assert min(spent) < 5 * QUICK


def test_a_link_restores_every_slider(station) -> None:
    asked = {
        "beta": "1", "positive": "3", "negative": "10%", "alpha": "0.25", "scale": "half",
        "layer": "weight", "first": "tabby", "scheme": "lse", "cell": "3,4",
    }  # fmt: skip
    station.open(**asked)
    for key in ("beta", "positive", "negative"):
        thumb = station.visit.widget(key).get_by_test_id("stSliderThumbValue")
        expect(thumb).to_have_text(asked[key])
    for key in ("scale", "layer", "scheme"):
        expect(station.visit.segment(key, asked[key])).to_be_checked()
    expect(station.page.get_by_text("Row 3, column 4 under every scheme")).to_be_visible()
    expect(station.page.get_by_text("The link asks for")).to_have_count(0)
    assert station.visit.link == asked
    first = station.figure("strip").get_by_role("img").first.get_attribute("alt")
    assert first.startswith("Max, weight of tabby")
    assert "Highest 150.00 equal shares" in first


def test_bad_values_of_a_link_are_named_and_replaced(station) -> None:
    station.open(beta="7", positive="0", grid="x", chapter="everything", first="tabby")
    notices = station.page.get_by_text("The link asks for")
    expect(notices).to_have_count(4)
    expect(notices.filter(has_text="numbers apart by commas")).to_have_count(1)
    assert station.visit.link == {"first": "tabby"}
    assert len(station.titles()) == 5


def test_a_click_keeps_a_cell_and_sums_it_up_under_every_scheme(station) -> None:
    station.open()
    with station.repaint():
        station.figure("strip").locator(".grid").nth(3).click(position={"x": 90, "y": 70})
    row, column = station.visit.link["cell"].split(",")
    drawer = station.visit.expander(f"Row {row}, column {column} under every scheme")
    expect(drawer.get_by_role("row")).to_have_count(6)
    expect(
        station.visit.expander("All cells as a table").get_by_test_id("stDataFrame")
    ).to_be_visible()
    code = station.visit.expander("The same in Python")
    expect(code).to_contain_text("comparison.untrained(maps, {})")


def test_two_classes_stand_below_each_other_on_one_scale(station) -> None:
    station.open(two="true")
    station.painted("strip-2").wait_for()
    ticks = [station.figure(key).locator(".ticks").inner_text() for key in ("strip", "strip-2")]
    assert ticks[0] == ticks[1]
    expect(
        station.page.get_by_text("tiger cat by ImageNet class maps of EfficientNet-Lite0")
    ).to_be_visible()


def test_predict_first_hides_the_strip_until_one_has_answered(station) -> None:
    station.open(figure="", predict="true", picture="temple")
    expect(station.page.get_by_text("Do all schemes put the same class first?")).to_be_visible()
    expect(station.visit.widget("strip")).to_have_count(0)
    expect(station.page.get_by_text("bell cote", exact=False)).to_have_count(0)
    station.visit.segment("choose_schemes", "All the same").click()
    station.painted("strip").wait_for()
    answer = station.visit.notices.filter(has_text="You said: All the same")
    expect(answer).to_contain_text("It is otherwise. The schemes disagree.")
    station.visit.widget("again_schemes").get_by_role("button").click()
    expect(station.visit.widget("choose_schemes")).to_be_visible()


def test_a_map_of_ones_own_numbers_is_pooled_at_once(station) -> None:
    station.open("numbers", chapter="own numbers")
    with station.repaint("numbers"):
        station.page.get_by_role("button", name="the tests' map").click()
    scores = station.page.get_by_role("table").filter(has_text="cells that carry it")
    expect(scores.get_by_role("row", name="LSE")).to_contain_text("+2.643")
    expect(scores.get_by_role("row", name="WELDON")).to_contain_text("+1.000")
    field = station.figure("numbers").get_by_label("Row 2, column 1")
    field.fill("")
    refusal = station.visit.widget("numbers").locator(".refusal")
    expect(refusal).to_contain_text("Row 2, column 1 holds no number")
    with station.repaint("numbers"):
        field.fill("9")
        field.press("ArrowUp")  # leaves the field, which sends the map
    expect(scores.get_by_role("row", name="Max")).to_contain_text("+9.000")
    expect(refusal).to_be_empty()
    assert station.visit.link["grid"] == "2, -1, 0.5; 9, 0, -2"
    expect(station.page.get_by_role("table", name="weight, Max")).to_contain_text("+1.000")
    expect(station.figure("numbers").get_by_label("Row 1, column 1")).to_be_focused()


def test_a_prediction_about_ones_own_numbers(station) -> None:
    station.open("numbers", chapter="own numbers", predict="true", grid="1, 2; 3, 4")
    question = station.page.get_by_text("where is WELDON's score?")
    expect(question).to_be_visible()
    expect(station.page.get_by_role("table", name="weight, Max")).to_have_count(0)
    expect(station.page.get_by_text("cells that carry it")).to_have_count(0)
    station.visit.page.get_by_role("radio", name="Below the average").click()
    expect(station.visit.notices).to_contain_text("It is otherwise. The average is +2.500")
    expect(station.page.get_by_text("cells that carry it")).to_be_visible()
    with station.repaint("numbers"):  # another map is another question
        station.page.get_by_role("button", name="evidence against").click()
    expect(question).to_be_visible()
    station.visit.page.get_by_role("radio", name="Below the average").click()
    expect(station.visit.notices).to_contain_text("That is how it is.")


def test_another_network_makes_the_maps(station) -> None:
    station.open(network="efficientnet_lite1")
    expect(station.page.get_by_text("by ImageNet class maps of EfficientNet-Lite1")).to_be_visible()
    before = station.scores()
    with station.repaint():
        station.visit.choose("network", "efficientnet_lite0")
    assert station.scores() != before
    assert station.visit.link == {}


def test_where_the_single_best_region_misleads(station) -> None:
    station.open("ends", chapter="limit of max")
    table = station.page.get_by_role("table")
    expect(table.get_by_role("row", name="Max")).to_contain_text("wrong")
    expect(table.get_by_role("row", name="WELDON")).to_contain_text("right")
    assert station.titles("ends") == ["bell cote, wrong", "palace, right"]
    with station.repaint("ends"):
        station.visit.choose("case", "rocket")
    expect(table.get_by_role("row", name="Max")).to_contain_text("right")
    expect(table.get_by_role("row", name="Average")).to_contain_text("wrong")
    assert station.visit.link == {"chapter": "limit of max", "case": "rocket"}


def test_a_prediction_about_the_two_ends(station) -> None:
    station.open(figure="", chapter="limit of max", predict="true")
    expect(station.page.get_by_role("table")).to_have_count(0)
    station.visit.segment("choose_limit", "Average alone").click()
    station.painted("ends").wait_for()
    expect(station.visit.notices).to_contain_text("That is how it is.")


def test_three_verdicts_on_one_picture(station) -> None:
    station.open("verdicts", chapter="three verdicts")
    assert station.titles("verdicts") == ["tabby", "lynx", "gibbon"]
    right, *wrong = station.scores("verdicts")
    assert right > max(wrong)
    with station.repaint("verdicts"):
        station.visit.type("other", "tench")
    assert station.titles("verdicts")[2] == "tench"
    station.visit.type("wrong", "cat")
    expect(station.page.get_by_role("button", name="Egyptian cat")).to_be_visible()
    expect(station.page.get_by_text("WELDON's verdict")).to_be_visible()


def test_another_part_and_back_keeps_the_sliders(station) -> None:
    station.open(beta="1", first="tabby")
    station.visit.segment("chapter", "own numbers").click()
    station.painted("numbers").wait_for()
    station.visit.segment("chapter", "schemes").click()
    station.painted("strip").wait_for()
    station.visit.idle()
    expect(station.visit.widget("first").get_by_role("textbox")).to_have_value("tabby")
    expect(station.visit.widget("beta").get_by_test_id("stSliderThumbValue")).to_have_text("1")


def test_with_trained_heads_there_are_six_schemes(trained) -> None:
    trained.open(trained="true", scheme="wildcat", voc="dog")
    assert trained.titles() == ["Max", "Average (GAP)", "LSE", "SPLeaP", "WELDON", "WILDCAT"]
    expect(trained.page.get_by_text("dog by trained VOC heads")).to_be_visible()
    stages = trained.page.locator("ol.pipeline li")
    expect(stages.nth(1)).to_contain_text("80 × 10 × 15")
    expect(stages.nth(2)).to_contain_text("the mean of 4 maps")
    with trained.repaint():
        trained.slide("alpha", "Home")
    expect(trained.page.get_by_text("WILDCAT was trained with")).to_be_visible()


def test_with_a_trained_head_a_class_has_several_maps(trained) -> None:
    trained.open("modalities", chapter="modalities", voc="cat")
    assert trained.titles("modalities") == [*(f"Map {i} of 4" for i in range(1, 5)), "their mean"]
    expect(trained.page.get_by_text("M adds no capacity")).to_be_visible()


def test_a_prediction_about_the_maps_of_a_class(trained) -> None:
    trained.open(figure="", chapter="modalities", voc="cat", predict="true")
    expect(trained.page.get_by_text("In which cells are they highest?")).to_be_visible()
    expect(trained.page.get_by_text("WILDCAT's score is")).to_have_count(0)
    trained.page.get_by_role("radio", name="All in one cell").click()
    trained.painted("modalities").wait_for()
    expect(trained.visit.notices).to_contain_text(re.compile("It is otherwise. Highest are map"))


def test_without_one_the_page_says_what_it_needs(installed) -> None:
    with installed() as station:
        station.open(figure="", chapter="modalities", trained="true")
        expect(station.visit.notices).to_contain_text("needs a trained WILDCAT head")
        station.visit.segment("chapter", "schemes").click()
        station.painted("strip").wait_for()
        expect(station.visit.notices).to_contain_text("none is in this installation")


@pytest.mark.parametrize(
    ("visit", "chapter", "figure"),
    [
        ("dark", "schemes", "strip"),
        ("phone", "schemes", "strip"),
        ("phone", "limit of max", "ends"),
        ("dark", "own numbers", "numbers"),
        ("phone", "three verdicts", "verdicts"),
    ],
    indirect=["visit"],
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(visit, chapter, figure, request) -> None:
    Station(visit).open(figure, chapter=chapter)
    for drawer in ("under every scheme", "Download", "LSE, SPLeaP and ProNet"):
        if chapter == "schemes":
            visit.expander(drawer)
    stretch(visit)
    look = request.node.callspec.params["visit"]
    picture_of(visit, f"pooling-{chapter.replace(' ', '-')}-{look}")
    assert findings(visit) == []
    assert fits(visit)
