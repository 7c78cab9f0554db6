"""Predict first, then reveal: nothing tells the answer before a place is chosen."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
ANSWER = re.compile(r"[Hh]ighest|[Pp]eak,|spans|add up to")


@pytest.fixture(scope="module")
def hidden(opened, server):
    """A tab in which no place has been chosen."""
    with opened(server.url) as visit:
        yield visit.maps(predict="true", cell="8,8")


def test_the_map_is_hidden_until_a_place_is_chosen(hidden) -> None:
    visit = hidden
    assert visit.figure.locator("canvas.map").evaluate("c => c.width") == 0
    expect(visit.figure.locator(".bar")).to_be_hidden()
    expect(visit.page.get_by_text("Where does Egyptian cat have its peak?")).to_be_visible()


def test_neither_text_nor_alternative_text_gives_the_answer_away(hidden) -> None:
    visit = hidden
    assert not ANSWER.search(visit.page.get_by_test_id("stMain").inner_text())
    assert not ANSWER.search(visit.figure.get_by_role("img").get_attribute("alt"))
    visit.grid.hover(position={"x": 50, "y": 50})
    expect(visit.caption).to_have_text(re.compile("^Row .* to choose this place.$"))


def test_a_click_reveals_the_map_and_says_how_far_it_was(visit) -> None:
    visit.maps(predict="true")
    with visit.repaint():
        visit.grid.click(position={"x": 4, "y": 4})
    expect(visit.notices).to_have_text(
        re.compile(
            r"Your cell holds .* logits for Egyptian cat; \d+ of 150 cells hold.*\d+ px from"
        )
    )
    assert visit.figure.locator("canvas.map").evaluate("c => c.width") > 0
    expect(visit.page.get_by_text("cells add up to")).to_be_visible()
    assert "cell" not in visit.link


def test_one_may_guess_again(visit) -> None:
    visit.maps(predict="true")
    with visit.repaint():
        visit.grid.click(position={"x": 4, "y": 4})
    with visit.repaint():
        visit.page.get_by_role("button", name="Guess again").click()
    assert visit.figure.locator("canvas.map").evaluate("c => c.width") == 0


def test_a_guess_is_made_by_keyboard_too(visit) -> None:
    visit.maps(predict="true")
    visit.grid.focus()
    visit.page.keyboard.press("ArrowUp")
    with visit.repaint():
        visit.page.keyboard.press("Enter")
    expect(visit.notices).to_contain_text("Your cell holds")
