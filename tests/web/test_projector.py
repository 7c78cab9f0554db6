"""The projector: one key, large type, no controls, and nothing that scrolls at 1280 x 720."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from wsl_core.lecture import Step, lecture
from wsl_core.web.stations import STATIONS

pytestmark = pytest.mark.browser
WINDOW = {"width": 1280, "height": 720}
CONTROLS = ", ".join(
    f'[data-testid="st{name}"]'
    for name in (
        "ButtonGroup",
        "Slider",
        "Selectbox",
        "Checkbox",
        "Button",
        "TextInput",
        "Expander",
    )
)
SIZES = """() => {
  const frame = document.querySelector('[data-testid="stMain"]')
  const shown = (one) => one.getBoundingClientRect().height > 0
  return {
    zoom: Number(document.documentElement.dataset.projector),
    bars: getComputedStyle(frame).overflowY,
    body: document.documentElement.scrollHeight - innerHeight,
    sideways: document.documentElement.scrollWidth - innerWidth,
    controls: [...frame.querySelectorAll(CONTROLS)].filter(shown).length,
    header: shown(document.querySelector('[data-testid="stHeader"]')),
  }
}""".replace("CONTROLS", repr(CONTROLS))


def opened(visit, url: str, **query: str):
    visit.page.set_viewport_size(WINDOW)
    visit.page.goto(f"{visit.url}/{url}?{urlencode(query)}")
    visit.page.get_by_test_id("stHeading").first.wait_for()
    visit.idle()
    return visit


def listening(visit, count: int = 1) -> None:
    """Wait until the page hears its keys: the projector's, and the tour's."""
    visit.page.wait_for_function(f"Number(document.documentElement.dataset.keys) >= {count}")


def first_steps() -> list[Step]:
    """The first step of the tour at each station."""
    found = {one.url: None for one in STATIONS}
    for step in reversed(lecture().steps):
        found[step.station] = step
    return [one for one in found.values() if one is not None]


@pytest.mark.parametrize("step", first_steps(), ids=lambda one: one.station)
def test_nothing_scrolls_and_no_control_is_seen(visit, step: Step) -> None:
    opened(visit, step.station, projector="true", **step.link)
    visit.page.wait_for_function("document.documentElement.dataset.projector")
    sizes = visit.page.evaluate(SIZES)
    assert sizes["bars"] == "hidden"
    assert sizes["body"] <= 0
    assert sizes["sideways"] <= 0
    assert sizes["controls"] == 0
    assert not sizes["header"]
    expect(visit.page.get_by_text("The link asks for")).to_have_count(0)


def test_one_key_puts_it_on_and_off(visit) -> None:
    opened(visit, "probes")
    before = visit.page.evaluate(SIZES)
    assert before["header"]
    assert before["controls"]
    listening(visit)
    visit.page.keyboard.press("p")
    visit.page.wait_for_function("document.documentElement.dataset.projector")
    visit.idle()
    assert visit.link == {"projector": "true"}
    listening(visit)
    visit.page.keyboard.press("P")
    visit.page.wait_for_function("!document.documentElement.dataset.projector")
    visit.idle()
    assert visit.link == {}
    assert visit.page.evaluate(SIZES)["header"]


def test_a_field_keeps_its_letters(visit) -> None:
    opened(visit, "activation_maps")
    visit.widget("first").get_by_role("textbox").press("p")
    visit.idle()
    assert "projector" not in visit.link


def test_what_does_not_fit_comes_with_page_down(visit) -> None:
    opened(visit, "framework", projector="true")
    visit.page.wait_for_function("document.documentElement.dataset.projector")
    place = "document.querySelector('[data-testid=stMain]').scrollTop"
    assert visit.page.evaluate(place) == 0
    visit.page.keyboard.press("PageDown")
    visit.page.wait_for_function(f"{place} > 300")
    visit.page.keyboard.press("PageUp")
    visit.page.wait_for_function(f"{place} === 0")


def test_it_goes_along_through_the_tour(visit) -> None:
    opened(visit, "adaptation", tour="27", projector="true")
    visit.page.wait_for_function("document.documentElement.dataset.projector")
    expect(visit.widget("tour")).to_be_visible()
    listening(visit, 2)
    visit.page.keyboard.press("ArrowLeft")  # to another station
    visit.page.wait_for_url("**/multitask?*")
    visit.idle()
    assert visit.link["projector"] == "true"
    visit.page.wait_for_function("document.documentElement.dataset.projector")


def test_a_bad_value_is_told(visit) -> None:
    opened(visit, "probes", projector="maybe")
    expect(visit.notices.first).to_contain_text("projector=maybe")
