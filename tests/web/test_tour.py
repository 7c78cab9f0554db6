"""The tour, walked in a browser: every step shows what its sentence says, and the way in, out and back."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.web.page_text import wait_for_words
from tests.web.test_accessibility import findings, fits
from tests.web.test_framework import PROJECT, models
from wsl_core.lecture import Step, lecture
from wsl_core.web import links, tour
from wsl_core.web.stations import STATIONS

STEPS = lecture().steps


@pytest.mark.parametrize("step", STEPS, ids=lambda one: one.title)
def test_a_step_asks_for_what_its_station_takes(step: Step) -> None:
    station = next((one for one in STATIONS if one.url == step.station), None)
    assert station is not None, f"there is no station {step.station}"
    known = models(PROJECT / station.page)
    for name, value in step.link.items():
        takes = [one for one in known if name in one.model_fields]
        assert takes, f"{step.station} has no {name} in its link"
        parsed, notices = links.parse(takes[0], {name: value})
        assert not notices
        assert links.as_text(getattr(parsed, name)) == value


def says(visit, step: Step) -> None:
    """Wait for the station to show every word."""
    for words in step.shows:
        wait_for_words(visit, words)


def at(visit, number: int) -> None:
    """Wait until address and bar are those of a step."""
    step = STEPS[number - 1]
    visit.page.wait_for_url(re.compile(rf"/{step.station}\?(.*&)?{tour.STEP}={number}(&|$)"))
    expect(visit.widget("tour")).to_contain_text(step.title)
    visit.idle()
    visit.page.wait_for_function("Number(document.documentElement.dataset.keys) >= 2")


def opened(visit, number: int = 1):
    visit.page.goto(f"{visit.url}/{STEPS[number - 1].station}?{urlencode(tour.address(number))}")
    at(visit, number)
    return visit


@pytest.mark.browser
def test_every_step_shows_what_it_says(visit) -> None:
    opened(visit)
    for number, step in enumerate(STEPS, 1):
        at(visit, number)
        says(visit, step)
        expect(visit.page.get_by_test_id("stException")).to_have_count(0)
        asked = visit.link
        for name, value in asked.items():  # nothing is left of the steps before
            assert name in (tour.STEP, *links.STAYS) or step.link.get(name) == value
        if number == len(STEPS):
            expect(visit.page.get_by_role("button", name="Next")).to_be_disabled()
        elif number % 2:
            visit.page.keyboard.press("ArrowRight")
        else:
            visit.page.get_by_role("button", name="Next").click()


@pytest.mark.browser
def test_back_by_button_by_key_and_by_the_menu(visit) -> None:
    opened(visit, 3)
    visit.page.get_by_role("button", name="Back", exact=True).click()
    at(visit, 2)
    visit.page.keyboard.press("ArrowLeft")
    at(visit, 1)
    expect(visit.page.get_by_role("button", name="Back", exact=True)).to_be_disabled()
    visit.choose("tour-step-1", f"5 of {len(STEPS)}: {STEPS[4].title}")
    at(visit, 5)


@pytest.mark.browser
def test_a_map_keeps_its_arrow_keys(visit) -> None:
    opened(visit, 5)
    visit.grid.focus()
    before = visit.caption.inner_text()
    visit.page.keyboard.press("ArrowRight")
    expect(visit.caption).not_to_have_text(before)
    at(visit, 5)


@pytest.mark.browser
def test_who_leaves_comes_back(visit) -> None:
    opened(visit, 8)
    visit.page.get_by_role("button", name="Leave the tour").click()
    way = visit.page.get_by_role("link", name=f"Back to the tour, step 8: {STEPS[7].title}")
    expect(way).to_be_visible()
    expect(visit.widget("tour")).to_have_count(0)
    way.click()
    at(visit, 8)
    says(visit, STEPS[7])


@pytest.mark.browser
def test_the_map_of_the_lecture_is_the_way_in(visit) -> None:
    visit.home()
    visit.page.get_by_role("link", name="Take the tour").click()
    at(visit, 1)


@pytest.mark.browser
@pytest.mark.parametrize("asked", ["0", "99", "one", "-1", "1e1"])
def test_a_step_that_is_not_there_is_refused(visit, asked: str) -> None:
    visit.page.goto(f"{visit.url}/framework?tour={asked}")
    expect(visit.notices.first).to_contain_text(f"from 1 to {len(STEPS)}")
    visit.idle()
    assert visit.link == {}


@pytest.mark.browser
def test_each_thing_that_a_link_asks_for_in_vain_is_told(visit) -> None:
    visit.page.goto(f"{visit.url}/probes?tour=99&layer=nose&projector=maybe")
    for asked in ("tour=99", "layer=nose", "projector=maybe"):
        expect(visit.page.get_by_text(f"The link asks for {asked}")).to_be_visible()
    visit.idle()
    assert visit.link == {}


@pytest.mark.browser
@pytest.mark.parametrize("visit", ["light", "dark", "phone"], indirect=True)
def test_the_bar_can_be_read_by_everybody(visit) -> None:
    opened(visit, 16)
    assert fits(visit)
    assert findings(visit) == []
