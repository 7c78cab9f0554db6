"""A lesson is made in one tab and taken in another: question, hidden and frozen controls, link and code."""

import json
import re

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.web.test_accessibility import findings, fits, stretch
from wsl_core.figures import qr
from wsl_core.web.lessons.lesson import Lesson, LessonStep
from wsl_core.web.lessons.taken import known

pytestmark = pytest.mark.browser
STEPS = (
    LessonStep(
        station="pooling", link={"picture": "coffee", "opacity": "0.5"}, title="Which region?",
        question="What *carries* the score? <b>![x](http://192.0.2.1/x.png)",
        hidden=("network", "opacity"), frozen=("picture", "trained"),
    ),
    LessonStep(station="segmentation", sentence="The same cat, pixel by pixel."),
)  # fmt: skip
WORD = Lesson(title="Where is it?", steps=STEPS).packed()


def opened(visit, path: str = ""):
    visit.page.goto(f"{visit.url}/{path}")
    visit.page.get_by_role("heading", level=1).wait_for()
    visit.idle()
    return visit


def step(visit, number: int):
    return visit.widget(f"lesson-step-{number}")


def pick(visit, number: int, label: str, name: str) -> None:
    """Choose one of a step's controls to be hidden or frozen."""
    box = step(visit, number).get_by_test_id("stMultiSelect").filter(has_text=label)
    box.get_by_role("combobox").click()
    box.get_by_role("combobox").fill(name)
    visit.page.get_by_role("option", name=f"({name})").click()
    visit.page.keyboard.press("Escape")
    visit.idle()


def link(visit) -> str:
    return visit.page.get_by_test_id("stCode").inner_text().strip()


def test_a_lesson_is_made_given_and_taken(visit) -> None:
    opened(visit, "lesson")
    expect(visit.page.get_by_text("The lesson has no steps yet")).to_be_visible()
    visit.page.get_by_label("Title of the lesson").fill("Where is it?")
    visit.page.get_by_role("button", name="Add this step").click()
    expect(step(visit, 1)).to_contain_text("Sliding window")
    field = visit.page.get_by_role("textbox", name="Or the address of a station")
    field.fill("http://elsewhere/pooling?beta=0")
    visit.page.get_by_role("button", name="Add this station").click()
    expect(visit.notices.filter(has_text="beta is '0', which is not accepted")).to_be_visible()
    field.fill(f"{visit.url}/pooling?picture=coffee&opacity=0.5&tour=3")
    visit.page.get_by_role("button", name="Add this station").click()
    expect(step(visit, 2)).to_contain_text("Pooling (Gallery picture: coffee; Opacity: 0.5)")
    visit.idle()
    step(visit, 2).get_by_label("Your question").fill("What carries the score?")
    step(visit, 2).get_by_label("Your question").press("Enter")
    pick(visit, 2, "Hide", "opacity")
    pick(visit, 2, "Freeze", "picture")
    step(visit, 2).get_by_role("button", name="Up").click()
    expect(step(visit, 1)).to_contain_text("Pooling")
    step(visit, 2).get_by_role("button", name="Remove").click()
    expect(step(visit, 2)).to_have_count(0)
    visit.idle()

    made = known(link(visit).partition("lesson=")[2])
    assert made == Lesson(
        title="Where is it?",
        steps=(
            LessonStep(
                station="pooling", link={"picture": "coffee", "opacity": "0.5"},
                question="What carries the score?", hidden=("opacity",), frozen=("picture",),
            ),
        ),
    )  # fmt: skip
    shown = visit.page.get_by_role("img", name="QR code of the lesson's link")
    drawn = cv2.imdecode(np.frombuffer(shown.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
    edged = cv2.copyMakeBorder(drawn, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=255)
    assert cv2.QRCodeDetector().detectAndDecode(edged)[0] == link(visit)
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name="Keep the lesson as a file").click()
    kept = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert kept["steps"][0]["hidden"] == ["opacity"]


def test_a_lesson_that_is_taken_asks_hides_and_holds(visit) -> None:
    opened(visit, f"?lesson={WORD}")
    visit.page.get_by_role("link", name="Begin the lesson: Where is it? (2 steps)").click()
    bar = visit.widget("tour")
    expect(bar).to_contain_text("Which region?")
    expect(bar).to_contain_text("What *carries* the score? <b>![x](http://192.0.2.1/x.png)")
    visit.page.locator(".figure[data-painted]").first.wait_for()
    visit.idle()
    expect(visit.widget("network")).to_have_count(0)
    visit.expander("Size and colours")
    expect(visit.widget("size")).to_be_visible()
    expect(visit.widget("opacity")).to_have_count(0)
    expect(visit.widget("picture_source")).to_have_count(0)
    expect(visit.widget("picture").get_by_role("combobox")).to_be_disabled()
    expect(visit.widget("trained").locator("input")).to_be_disabled()
    expect(visit.page.get_by_text("espresso", exact=False).first).to_be_visible()

    bar.get_by_role("button", name="Next").click()
    expect(bar).to_contain_text("The same cat, pixel by pixel.")
    visit.page.wait_for_url(re.compile(r"/segmentation\?"))
    visit.idle()
    assert visit.link["lesson"] == WORD
    assert visit.link["tour"] == "2"
    expect(visit.widget("scheme").get_by_role("combobox")).to_be_enabled()  # nothing is held here
    expect(bar.get_by_role("button", name="Next")).to_be_disabled()
    bar.get_by_role("button", name="Leave the lesson").click()
    expect(bar).to_have_count(0)
    visit.idle()
    assert "lesson" not in visit.link
    opened(visit)
    expect(visit.page.get_by_role("link", name="Take the tour")).to_be_visible()


def test_what_is_held_stays_whatever_the_address_says(visit) -> None:
    opened(visit, f"pooling?lesson={WORD}&tour=1&picture=cat&opacity=1.0&trained=true")
    visit.page.locator(".figure[data-painted]").first.wait_for()
    visit.idle()
    expect(visit.widget("trained").locator("input")).not_to_be_checked()
    expect(visit.page.get_by_text("espresso", exact=False).first).to_be_visible()  # not the cat
    expect(visit.page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("path", ["", "pooling"])
def test_a_lesson_that_was_cut_off_is_told_and_the_page_works(visit, path) -> None:
    opened(visit, f"{path}?lesson={WORD[:-12]}")
    told = visit.notices.filter(has_text="which is not accepted: it must be a whole lesson")
    expect(told).to_have_count(1)
    assert "lesson" not in visit.link
    expect(visit.widget("tour")).to_have_count(0)


def test_a_bad_file_leaves_what_there_was(visit) -> None:
    opened(visit, "lesson")
    visit.page.get_by_role("button", name="Add this step").click()
    expect(step(visit, 1)).to_be_visible()
    visit.expander("Open a lesson file")
    field = visit.widget("lesson_file").locator("input[type=file]")
    bad = b'{"steps":\n [{"station": "poling"}]}'
    field.set_input_files({"name": "a.json", "mimeType": "application/json", "buffer": bad})
    expect(visit.notices.filter(has_text="Line 2: there is no station 'poling'")).to_be_visible()
    expect(step(visit, 1)).to_contain_text("Sliding window")
    good = json.dumps({"title": "From a file", "steps": [{"station": "framework"}] * 2}).encode()
    field.set_input_files({"name": "b.json", "mimeType": "application/json", "buffer": good})
    expect(step(visit, 2)).to_contain_text("Framework map")
    visit.idle()
    expect(visit.page.get_by_label("Title of the lesson")).to_have_value("From a file")
    expect(step(visit, 3)).to_have_count(0)


@pytest.mark.parametrize("visit", ["light", "dark", "phone"], indirect=True)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(visit) -> None:
    opened(visit, "lesson")
    visit.page.get_by_role("button", name="Add this step").click()
    expect(visit.page.get_by_role("img", name="QR code of the lesson's link")).to_be_visible()
    stretch(visit)
    assert findings(visit) == []
    assert fits(visit)


def test_the_code_is_of_the_address_that_the_class_types(visit) -> None:
    opened(visit, "lesson")
    visit.page.get_by_role("button", name="Add this step").click()
    expect(visit.page.get_by_text("This address is your own machine's alone")).to_be_visible()
    field = visit.page.get_by_role("textbox", name="Address of this program for the class")
    field.fill("http://192.168.1.20:8501")
    field.press("Enter")
    expect(visit.page.get_by_text("This address is your own machine's alone")).to_have_count(0)
    assert link(visit).startswith("http://192.168.1.20:8501/?lesson=")
    assert qr.modules(link(visit)) < 177
