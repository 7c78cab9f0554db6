"""The Few examples page in a browser: a classifier from gallery pictures and from one's own."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.web.test_accessibility import findings, fits, stretch
from wsl_core.images import gallery

pytestmark = pytest.mark.browser
HEADING = "A classifier from a few pictures"


class Station:
    """The page as its visitor sees it."""

    def __init__(self, visit) -> None:
        self.visit, self.page = visit, visit.page

    def open(self, **query: object) -> "Station":
        self.page.goto(f"{self.visit.url}/few_shot?{urlencode(query)}")
        self.page.get_by_role("heading", name=HEADING).wait_for()
        self.visit.idle()
        return self

    def upload(self, key: str, *names: str) -> None:
        files = [
            {
                "name": f"{name}.jpg",
                "mimeType": "image/jpeg",
                "buffer": gallery.load(name).jpeg(400),
            }
            for name in names
        ]
        self.visit.widget(key).locator("input[type=file]").set_input_files(files)

    def says(self, name: str) -> None:
        verdict = self.page.get_by_test_id("stMarkdown").filter(has_text=re.compile(f"^{name}, "))
        expect(verdict).to_be_visible()


@pytest.fixture
def page(visit) -> Station:
    return Station(visit)


def test_another_picture_and_another_class_are_answered_at_once(page) -> None:
    page.open()
    page.says("people")
    page.visit.figure.locator(".title").wait_for()
    with page.visit.repaint():
        page.visit.choose("asked", "scene-sizes")
    page.says("cats")
    assert page.visit.link == {"asked": "scene-sizes"}
    with page.visit.repaint():
        page.page.get_by_role("radio", name="people", exact=True).click()
    expect(page.visit.figure.locator(".title")).to_contain_text("people")


def test_classes_of_ones_own_are_made_from_files(page) -> None:
    page.open(start="classes of your own", asked="scene-strip")
    expect(page.page.get_by_text("A classifier needs an example of every class")).to_be_visible()
    names = page.page.get_by_label("Class", exact=True)
    for place, (name, pictures) in enumerate(
        (("pet", ["cat"]), ("space", ["rocket", "astronaut"]))
    ):
        names.nth(place).fill(name)
        names.nth(place).press("Enter")
        page.visit.idle()
        button = page.page.get_by_role("button", name="Pictures").nth(place)
        button.click()
        body = page.page.get_by_test_id("stPopoverBody")
        body.locator("input[type=file]").set_input_files(
            [
                {"name": f"{key}.jpg", "mimeType": "image/jpeg", "buffer": gallery.load(key).jpeg(400)}
                for key in pictures
            ]
        )  # fmt: skip
        expect(page.page.get_by_alt_text(f"Example {len(pictures)} of {name}")).to_be_visible()
        page.page.keyboard.press("Escape")
        page.visit.idle()
    page.page.locator(".figure[data-painted]").wait_for()
    page.upload("few_asked_file", "scene-sizes")
    page.says("pet")
    expect(page.page.get_by_text("1 to 2 examples of each class")).to_be_visible()


def test_a_file_that_is_no_picture_is_said_in_place(page) -> None:
    page.open()
    page.says("people")
    page.visit.widget("few_asked_file").locator("input[type=file]").set_input_files(
        {"name": "bad.jpg", "mimeType": "image/jpeg", "buffer": b"nothing"}
    )
    expect(page.visit.notices.filter(has_text="Cannot read bad.jpg")).to_be_visible()
    page.says("people")


def test_predict_first_hides_the_answer(page) -> None:
    page.open(predict="true")
    expect(page.page.get_by_text("What will the classifier say of this picture?")).to_be_visible()
    expect(page.visit.figure).to_have_count(0)
    page.page.get_by_role("radio", name="vehicles", exact=True).click()
    expect(page.page.get_by_text("You said: vehicles. It is otherwise.")).to_be_visible()
    page.says("people")


@pytest.mark.parametrize("visit", ["light", "dark", "phone"], indirect=True)
def test_both_parts_can_be_read_by_everybody(page) -> None:
    page.open()
    page.says("people")
    assert fits(page.visit)
    stretch(page.visit)
    assert findings(page.visit) == []
    page.visit.segment("chapter", "measured").click()
    words = page.visit.widget("few_curves").get_by_role("img").get_attribute("aria-label")
    assert "Nearest class mean: " in words
    assert "plus or minus" in words
    assert fits(page.visit)
    assert findings(page.visit) == []
