"""The Zero-shot page in a browser: the lecture's table, rows that are changed, calibration, two networks."""

import re
import time
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, expect

from tests.web.test_accessibility import findings, fits, stretch
from wsl_core.images import gallery
from wsl_core.web.zero_shot.view import ZeroShotView

pytestmark = pytest.mark.browser
HEADING = "Classes that no picture ever showed"
LOOKS = ["light", "dark", "phone"]


class Station:
    """The page as its visitor sees it."""

    def __init__(self, visit) -> None:
        self.visit, self.page = visit, visit.page
        self.table = self.page.locator("table.attributes")

    def open(self, **query: object) -> "Station":
        self.page.goto(f"{self.visit.url}/zero_shot?{urlencode(query)}")
        self.page.get_by_role("heading", name=HEADING).wait_for()
        self.visit.idle()
        return self

    def says(self, text: str) -> None:
        told = self.page.get_by_test_id("stMarkdown").filter(has_text=re.compile(text))
        expect(told.first).to_be_visible(timeout=60_000)

    def cell(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def slider(self, label: str) -> Locator:
        return self.page.get_by_role("slider", name=re.compile(f"^{label} "))


@pytest.fixture
def page(visit) -> Station:
    return Station(visit)


def test_an_attribute_is_deleted_until_it_breaks(page) -> None:
    page.open()
    page.says("^Yes. With furry, 4 legs and tail")
    page.cell("Delete tail").click()
    page.says("^Yes. With furry and 4 legs")
    page.cell("Delete 4 legs").click()
    page.says("^No. With furry dog and chimp have the same row")
    expect(page.table.get_by_text("the same as chimp")).to_be_visible()
    assert page.visit.link == {"kept": "100"} | {"cells": ZeroShotView().cells}
    page.cell("Put back tail").click()
    page.says("^Yes. With furry and tail")


def test_the_table_is_turned_over_by_keyboard_and_the_link_restores_it(page) -> None:
    page.open()
    page.says("^Yes.")
    page.cell("dog, furry").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.page.keyboard.press(key)
    expect(page.cell("chimp, 4 legs")).to_be_focused()
    page.page.keyboard.press("Space")
    expect(page.cell("chimp, 4 legs")).to_have_attribute("aria-pressed", "true")
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Enter")
    page.says("^No. With furry, 4 legs and tail dog and chimp have the same row")
    expect(page.cell("chimp, tail")).to_be_focused()  # the table is not built anew
    page.open(**page.visit.link)
    page.says("^No. With furry, 4 legs and tail dog and chimp")
    page.page.get_by_role("button", name="The lecture's table again").click()
    page.says("^Yes.")


def test_predict_first_hides_the_answer(page) -> None:
    page.open(predict="true", cells="111-001-111")
    expect(page.visit.widget("choose_zero_shot_sufficient")).to_be_visible()
    expect(page.table.get_by_text("the same as")).to_have_count(0)
    page.visit.segment("choose_zero_shot_sufficient", "any one of them").click()
    expect(page.page.get_by_text("You said: any one of them. That is how it is.")).to_be_visible()
    expect(page.table.get_by_text("the same as chimp")).to_be_visible()


def test_a_value_is_changed_and_the_decision_moves(page) -> None:
    page.open(chapter="describe a class")
    page.says("^giraffe wins")
    slider = page.slider("spots")
    slider.focus()
    slider.press("Home")
    page.visit.idle()
    page.says("^antelope wins")
    page.page.get_by_role("button", name="As published").click()
    page.says("^giraffe wins")
    expect(page.slider("spots")).not_to_have_attribute("aria-valuenow", "0")


def test_a_change_is_answered_quickly(page) -> None:
    page.open(chapter="describe a class")
    page.says("^giraffe wins")
    bars = page.page.get_by_role("img", name=re.compile("^Score of the best"))
    slider = page.slider("spots")
    took = []
    for key in ("Home", "End", "Home", "End", "Home"):
        before = bars.get_attribute("aria-label")
        slider.focus()
        started = time.perf_counter()
        slider.press(key)
        expect(bars).not_to_have_attribute("aria-label", before)
        took.append(time.perf_counter() - started)
        page.visit.idle()
    assert min(took) < 1.5  # s; on a machine that does nothing else, .3


def test_a_class_is_added_that_no_picture_showed(page) -> None:
    page.open(chapter="describe a class")
    page.says("^giraffe wins")
    page.page.get_by_role("button", name="Add a class").click()
    body = page.page.get_by_test_id("stPopoverBody")
    body.get_by_label("Name").fill("okapi")
    body.get_by_label("Name").press("Enter")
    page.visit.idle()
    page.visit.choose("zero_shot_like", "giraffe")
    page.visit.idle()
    body.get_by_role("button", name="Add", exact=True).click()
    page.page.keyboard.press("Escape")
    expect(page.page.get_by_role("button", name="Remove okapi")).to_be_visible()
    bars = page.page.get_by_role("img", name=re.compile("^Score of the best")).first
    expect(bars).to_have_attribute("aria-label", re.compile("okapi"))
    page.page.get_by_role("button", name="Remove okapi").click()
    expect(bars).not_to_have_attribute("aria-label", re.compile("okapi"))


def test_a_picture_of_ones_own_is_asked_about(page) -> None:
    page.open(chapter="describe a class", asked_of="your picture")
    page.says("wins, ")
    page.visit.segment("picture_source", "Your own").click()
    page.visit.widget("upload").locator("input[type=file]").set_input_files(
        {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": gallery.load("rocket").jpeg(300)}
    )
    expect(page.page.get_by_alt_text("mine.jpg")).to_be_visible()
    page.says("wins, ")
    table = page.visit.expander("Every class as a table")
    expect(table.get_by_role("row")).to_have_count(51)


def test_a_table_that_does_not_fit_is_refused_in_place(page) -> None:
    page.open(chapter="describe a class")
    page.says("^giraffe wins")
    drawer = page.visit.expander("A table of your own")
    drawer.locator("input[type=file]").set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": b"class,furry\ncow,1\nhorse,many\n"}
    )
    expect(page.visit.notices.filter(has_text="row 3 (horse) has 'many' for furry")).to_be_visible()
    page.says("^giraffe wins")


def test_the_slider_trades_seen_for_unseen(page) -> None:
    page.open(chapter="seen and unseen")
    chart = page.page.locator("figure.calibration").first
    chart.wait_for(timeout=60_000)
    before = chart.get_attribute("aria-label")
    slider = page.visit.widget("gamma").get_by_role("slider")
    slider.focus()
    for _ in range(12):
        slider.press("ArrowRight")
    expect(chart).not_to_have_attribute("aria-label", before)
    expect(chart).to_have_attribute("aria-label", re.compile("marked at 0.60"))
    page.visit.idle()
    assert page.visit.link["gamma"] == "0.6"
    page.visit.choose("method", "eszsl")
    page.says("Among themselves")
    labels = page.visit.expander("Is a class in the network's own label set?")
    expect(labels.get_by_role("row", name=re.compile("^giraffe unseen no"))).to_be_visible()


def test_two_networks_are_drawn_before_and_after(page) -> None:
    page.open(chapter="two networks")
    planes = page.page.locator("figure.scatter")
    expect(planes).to_have_count(3, timeout=60_000)
    names = [one.get_attribute("aria-label") or "" for one in planes.all()]
    assert [one.split(":")[0] for one in names] == [
        "Before training", "After training", "Trained without negatives",
    ]  # fmt: skip
    page.visit.segment("shown", "unseen").click()
    expect(planes.first).to_have_attribute("aria-label", re.compile("giraffe"))


@pytest.mark.parametrize("visit", LOOKS, indirect=True)
@pytest.mark.parametrize(
    "chapter", ["three classes", "describe a class", "seen and unseen", "two networks", "table"]
)
def test_every_part_can_be_read_by_everybody(page, chapter: str) -> None:
    page.open(chapter=chapter)
    waited = {
        "three classes": "table.attributes[data-painted]",
        "seen and unseen": "figure.calibration",
        "two networks": "figure.scatter",
    }
    if chapter in waited:
        page.page.locator(waited[chapter]).first.wait_for(timeout=60_000)
    page.visit.idle()
    assert fits(page.visit)
    stretch(page.visit)
    assert findings(page.visit) == []
