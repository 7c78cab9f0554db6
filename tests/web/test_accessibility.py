"""All pages in light, in dark and on a phone: axe-core, words for pictures, no sideways scrolling."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
SCREENSHOTS = Path(__file__).resolve().parents[2] / "screenshots"
LOOKS = ("light", "dark", "phone")
LONG = 5000  # px: axe judges the contrast of what is within the window only

# Streamlit's own: its menu nests a div between list and items; its drop zone is said to be presentation
# and can be focused all the same; it colours the words of code, to which the page gives only text. Each
# is allowed where Streamlit puts it, nowhere else.
STREAMLITS = {
    "list": "[data-testid=stSidebarNavItems]",
    "listitem": "[data-testid=stSidebarNavItems] li",
    "presentation-role-conflict": "[data-testid=stFileUploaderDropzone]",
    "color-contrast": "[data-testid=stCode] .token",
}
EXPANDERS = (
    "Row", "Pixel by pixel", "All cells as a table", "Download", "The same in Python",
    "What the lecture says", "Size and scales", "Published and measured",
)  # fmt: skip


def findings(visit) -> list[str]:
    """What axe-core finds on a page of the app at rest, less what is Streamlit's own."""
    visit.still()
    return violations(visit)


def violations(visit) -> list[str]:
    """The same of any page, as it is now."""
    found = []
    for violation in Axe().run(visit.page).response["violations"]:
        rule = violation["id"]
        for node in violation["nodes"]:
            *hosts, selector = node["target"]
            outside = isinstance(selector, str) and not hosts  # of any shadow root
            if rule in STREAMLITS and outside and is_at(visit, selector, STREAMLITS[rule]):
                continue
            found.append(f"{rule}: {node['html'][:200]} {node.get('failureSummary', '')}")
    return found


def is_at(visit, selector: str, place: str) -> bool:
    return visit.page.evaluate(
        "([one, place]) => document.querySelector(one).matches(place)", [selector, place]
    )


def stretch(visit) -> None:
    """Make the window as long as the page."""
    visit.page.set_viewport_size({"width": visit.page.viewport_size["width"], "height": LONG})
    visit.idle()


def picture_of(visit, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    height = visit.page.get_by_test_id("stMainBlockContainer").bounding_box()["height"]
    clip = {"x": 0, "y": 0, "width": visit.page.viewport_size["width"], "height": height}
    visit.page.screenshot(path=SCREENSHOTS / f"{name}.png", clip=clip)


def fits(visit) -> bool:
    """Whether nothing can be scrolled sideways, on a page at rest."""
    visit.still()
    return visit.page.evaluate(
        "['body', '[data-testid=stMain]'].map(s => document.querySelector(s))"
        ".every(e => e.scrollWidth <= window.innerWidth)"
    )


@pytest.fixture(scope="module", params=LOOKS)
def station(request, opened, server):
    """The activation maps in one look, in a window as long as the page."""
    with opened(server.url, request.param) as visit:
        visit.maps()
        stretch(visit)
        picture_of(visit, f"activation-maps-{request.param}")
        yield visit


@pytest.fixture(scope="module", params=LOOKS)
def home(request, opened, server):
    """The first page in one look."""
    with opened(server.url, request.param) as visit:
        visit.home()
        stretch(visit)
        visit.page.get_by_role("img").first.wait_for()
        picture_of(visit, f"home-{request.param}")
        yield visit


def test_axe_finds_nothing_on_the_first_page(home) -> None:
    assert findings(home) == []


def test_the_first_page_does_not_scroll_sideways(home) -> None:
    assert fits(home)


def test_axe_finds_nothing_on_the_activation_maps(station) -> None:
    assert findings(station) == []


def test_the_activation_maps_do_not_scroll_sideways(station) -> None:
    assert fits(station)


def test_nor_does_axe_find_anything_when_all_is_open(station) -> None:
    for name in EXPANDERS:
        station.expander(name)
    expect(station.page.get_by_test_id("stDataFrame")).to_be_visible()
    assert findings(station) == []
    assert fits(station)


@pytest.mark.parametrize(
    ("visit", "part", "figure"),
    [
        ("light", "digits", ".figure[data-painted]"),
        ("dark", "digits", ".figure[data-painted]"),
        ("phone", "digits", ".figure[data-painted]"),
        ("dark", "window", ".st-key-difference .figure[data-painted]"),
        ("phone", "window", ".st-key-difference .figure[data-painted]"),
        ("phone", "any size", ".st-key-kept .figure[data-painted]"),
        ("phone", "objects", "table"),
        ("phone", "layers", "details"),
        ("phone", "race", ".st-key-start-run"),
    ],
    indirect=["visit"],
)
def test_axe_finds_nothing_on_the_parts_of_the_sliding_window(
    visit, part: str, figure: str, request
) -> None:
    visit.page.goto(f"{visit.url}/sliding_window?part={part}")
    visit.page.locator(figure).first.wait_for()
    visit.idle()
    if part == "layers":
        visit.expander("VGG16").locator("table").wait_for()
    stretch(visit)
    look = request.node.callspec.params["visit"]
    picture_of(visit, f"sliding-window-{part.replace(' ', '-')}-{look}")
    assert findings(visit) == []
    assert fits(visit)


@pytest.mark.parametrize("visit", ["light", "dark"], indirect=True)
def test_nor_where_a_visitor_asks_for_a_picture_of_their_own(visit) -> None:
    visit.maps(view="two classes", second="281")
    visit.segment("picture_source", "Your own").click()
    visit.widget("upload").wait_for()
    stretch(visit)
    assert findings(visit) == []
    assert fits(visit)


def test_every_picture_says_in_words_and_numbers_what_it_shows(visit) -> None:
    visit.maps(first="tabby")
    words = visit.figure.get_by_role("img").get_attribute("alt")
    score = visit.figure.locator(".title span").last.inner_text()
    assert re.search(r"score ([\d.]+) logits", words)[1] == re.search(r"[\d.]+", score)[0]
    assert re.search(r"Highest [\d.]+ at \d+ across, \d+ down of 451 by 300 pixels", words)


def test_the_thumbnail_says_so_too(visit) -> None:
    visit.home()
    words = visit.widget("station-activation_maps").get_by_role("img").first.get_attribute("alt")
    assert re.search(r"score [\d.]+ logits. Highest [\d.]+ at", words)
