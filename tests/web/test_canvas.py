"""The figure: painted at once, answering pointer and keys in the browser, keeping cells in the link."""

import re
from statistics import median

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HINT = "Point at a cell, or focus the picture and use the arrow keys; click or Enter keeps it."
# Notes how long after each pointer event the caption says something else, and any run of Python.
MEASURE = """() => {
  const figure = document.querySelector('.figure')
    ?? [...document.querySelectorAll('*')].map(e => e.shadowRoot?.querySelector('.figure')).find(Boolean)
  const caption = figure.querySelector('figcaption'), app = document.querySelector('[data-testid=stApp]')
  window.measured = { milliseconds: [], states: [] }
  let since = null
  figure.addEventListener('pointermove', event => { since = event.timeStamp }, true)
  new MutationObserver(() => {
    if (since !== null) window.measured.milliseconds.push(performance.now() - since)
    since = null
  }).observe(caption, { childList: true, characterData: true, subtree: true })
  new MutationObserver(() => window.measured.states.push(app.dataset.testScriptState))
    .observe(app, { attributeFilter: ['data-test-script-state'] })
}"""


def ink(canvas) -> int:
    """How many pixels of a canvas are painted."""
    return canvas.evaluate(
        "c => c.width === 0 ? 0 : c.getContext('2d').getImageData(0, 0, c.width, c.height)"
        ".data.filter((v, i) => i % 4 === 3 && v > 0).length"
    )


@pytest.fixture(scope="module")
def pinned(opened, server):
    """A tab whose pointer and keys are moved, and in which nothing is chosen."""
    with opened(server.url) as visit:
        yield visit.maps(first="tabby", cell="1,14")


@pytest.fixture(scope="module")
def difference(opened, server):
    """A tab that nothing changes."""
    with opened(server.url) as visit:
        yield visit.maps(view="difference", first="tabby", second="lynx")


def test_the_first_view_shows_the_cat_with_a_map_before_any_upload(visit) -> None:
    visit.maps()
    expect(visit.figure.locator(".title")).to_have_text(re.compile("cat.* logits, "))
    assert visit.figure.get_by_role("img").evaluate("i => i.complete && i.naturalWidth") == 451
    assert ink(visit.figure.locator("canvas.map")) > 10_000


def test_a_cell_under_the_pointer_is_described_without_python(visit, capsys) -> None:
    visit.maps(first="tabby")
    visit.page.evaluate(MEASURE)
    box = visit.grid.bounding_box()
    for column in range(2, 14):
        visit.page.mouse.move(box["x"] + box["width"] * column / 14, box["y"] + box["height"] / 9)
        expect(visit.caption).to_have_text(
            re.compile(
                rf"^Row 2, column {column + 1}: tabby [+−]\d+\.\d\d logits "
                r"\(largest: channel \d+ [+−]\d+\.\d\d, channel \d+ .*, channel \d+ .*\)"
            )
        )
    measured = visit.page.evaluate("window.measured")
    assert measured["states"] == []
    assert len(measured["milliseconds"]) == 12
    with capsys.disabled():
        print(f"\nhover to caption: median {median(measured['milliseconds']):.1f} ms")
    assert median(measured["milliseconds"]) <= 50


def test_the_caption_says_what_the_cell_of_the_table_says(visit) -> None:
    visit.maps(first="tabby", cell="4,5")
    visit.grid.focus()
    visit.page.keyboard.press("ArrowRight")
    value = re.search(r"tabby ([+−][\d.]+) logits", visit.caption.inner_text())[1]
    with visit.repaint():
        visit.page.keyboard.press("Enter")
    assert re.search(r"the cell\s+([+−][\d.]+)", visit.expander("Row 4, column 6").inner_text())[
        1
    ].startswith(value[:-1])


def test_leaving_the_picture_brings_the_hint_back(pinned) -> None:
    pinned.grid.hover(position={"x": 50, "y": 50})
    expect(pinned.caption).not_to_have_text(HINT)
    pinned.page.mouse.move(5, 5)
    expect(pinned.caption).to_have_text(HINT)


def test_arrow_keys_move_from_cell_to_cell_and_stop_at_the_edges(pinned) -> None:
    pinned.grid.focus()
    for key, place in (
        ("ArrowRight", "Row 1, column 15"),
        ("ArrowRight", "Row 1, column 15"),
        ("ArrowUp", "Row 1, column 15"),
        ("ArrowDown", "Row 2, column 15"),
        ("ArrowLeft", "Row 2, column 14"),
    ):
        pinned.page.keyboard.press(key)
        expect(pinned.caption).to_contain_text(place)


def test_enter_keeps_the_cell_in_the_link_and_sums_it_up(visit) -> None:
    visit.maps(cell="2,2")
    visit.grid.focus()
    visit.page.keyboard.press("ArrowDown")
    with visit.repaint():
        visit.page.keyboard.press("Enter")
    assert visit.link["cell"] == "3,2"
    expect(visit.expander("Row 3, column 2 as a sum over 1280 channels")).to_be_visible()


def test_escape_leaves_the_cell_and_keeps_the_pinned_one(pinned) -> None:
    pinned.grid.focus()
    pinned.page.keyboard.press("ArrowDown")
    expect(pinned.caption).not_to_have_text(HINT)
    pinned.page.keyboard.press("Escape")
    expect(pinned.caption).to_have_text(HINT)
    assert pinned.link["cell"] == "1,14"


def test_a_click_keeps_the_cell_under_the_pointer(visit) -> None:
    visit.maps()
    with visit.repaint():
        visit.grid.click(position={"x": 4, "y": 4})
    assert visit.link["cell"] == "1,1"


@pytest.mark.parametrize("visit", ["phone"], indirect=True)
def test_a_finger_keeps_a_cell_too(visit) -> None:
    visit.maps()
    with visit.repaint():
        visit.grid.tap(position={"x": 4, "y": 4})
    assert visit.link["cell"] == "1,1"


@pytest.mark.parametrize("key", ["opacity", "threshold"])
def test_a_slider_repaints_within_a_second(pinned, key: str) -> None:
    visit = pinned
    slider = visit.widget(key).get_by_role("slider")
    for press in ("ArrowRight", "ArrowLeft"):  # the first move of a server may import something
        with visit.repaint(within=5_000 if press == "ArrowRight" else 1_000):
            slider.press(press)


def test_opacity_zero_paints_nothing_but_the_outline(visit) -> None:
    visit.maps(opacity="0", threshold="1")
    assert ink(visit.figure.locator("canvas.map")) < 1_000


def test_two_classes_are_two_panels_on_one_scale(visit) -> None:
    visit.maps(view="two classes", first="tabby", second="lynx")
    heads = visit.figure.locator(".title").all_inner_texts()
    assert [head.split("\n")[0] for head in heads] == ["tabby", "lynx"]
    assert visit.figure.locator(".bar canvas").count() == 1
    expect(visit.figure.locator(".ticks")).to_contain_text("one scale for all")
    visit.grid.hover(position={"x": 50, "y": 50})
    expect(visit.caption).to_contain_text(re.compile("tabby .* logits .*; lynx .* logits"))


def test_the_difference_is_one_panel(difference) -> None:
    expect(difference.figure.locator(".title")).to_have_count(1)
    expect(difference.figure.locator(".title")).to_contain_text("tabby − lynx")


def test_the_difference_of_the_scores_is_that_of_the_two_classes(difference) -> None:
    scores = re.findall(
        r"this is the score, (-?\d+\.\d+)", difference.page.get_by_test_id("stMain").inner_text()
    )
    head = difference.figure.locator(".title").inner_text()
    shown = float(re.search(r"([+−][\d.]+) logits", head)[1].replace("−", "-"))
    assert shown == pytest.approx(float(scores[0]) - float(scores[1]), abs=0.011)


def test_own_scales_say_that_they_cannot_be_compared(visit) -> None:
    visit.maps(view="two classes", own="true")
    ticks = visit.figure.locator(".ticks")
    expect(ticks).to_contain_text("colours cannot be compared")
    assert ticks.locator("span").all_inner_texts() == ["0"]
