"""The Segmentation page in a browser: the CRF at work, sliders, a prediction, examples, the table."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.web.test_accessibility import findings, fits, picture_of, stretch

pytestmark = pytest.mark.browser

PLAYER = ".st-key-player .player[data-painted]"
PATIENCE = 90_000  # ms, for the whole picture on a busy machine


def go(visit, figure: str = PLAYER, **query: object):
    """Open the page with this in the link, and wait for what it shows."""
    visit.page.goto(f"{visit.url}/segmentation?{urlencode(query)}")
    visit.page.get_by_role("heading", name="From where to which pixels").wait_for()
    visit.page.locator(figure).first.wait_for()
    visit.idle()
    return visit


def said(visit) -> str:
    return visit.page.locator(".st-key-player figcaption").inner_text()


def painted(visit) -> int:
    """How many pixels of the labels have a colour."""
    return visit.page.locator(".st-key-player canvas").evaluate(
        "c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
        "for (let i = 3; i < d.length; i += 4) if (d[i]) n++; return n }"
    )


def repainted(visit, before: str) -> None:
    """Wait until something else is painted."""
    player = visit.page.locator(".st-key-player .player")
    expect(player).not_to_have_attribute("data-painted", before)
    expect(player).to_have_attribute("data-painted", re.compile(".+"))
    visit.idle()


def token(visit) -> str:
    return visit.page.locator(PLAYER).get_attribute("data-painted")


@pytest.fixture(scope="module")
def scene(opened, server):
    """A tab whose controls are moved one after the other."""
    with opened(server.url) as visit:
        yield go(visit)


def test_the_first_sight_is_a_worked_scene_with_its_figures(visit) -> None:
    go(visit)
    assert visit.link == {}
    assert said(visit).startswith("After 10 updates: background ")
    words = visit.page.locator(".st-key-player img").get_attribute("alt")
    assert words.startswith("Astronaut and motorcycle, 900 by 600 pixels")
    assert said(visit) in words
    main = visit.page.get_by_test_id("stMain")
    expect(main).to_contain_text("The CRF brings the labels nearer to the mask")
    for text in (
        "Class map of motorbike",
        "Probability of person before the CRF",
        "The mask (known",
    ):
        expect(main.get_by_role("img", name=re.compile(re.escape(text)))).to_have_count(1)
    expect(main.locator("figcaption, [data-testid=stImageCaption]").last).to_be_visible()


def test_the_updates_are_gone_through_without_the_server(scene) -> None:
    before = painted(scene)
    slider = scene.page.locator(".st-key-player input[type=range]")
    slider.focus()
    slider.press("Home")
    assert said(scene).startswith("Before the CRF: background ")
    assert painted(scene) > before  # the maps reach further than the things
    expect(scene.page.locator(".st-key-player output")).to_have_text("0 of 10")
    expect(slider).to_have_attribute("aria-valuetext", "0 of 10 updates")
    scene.idle()
    scene.page.wait_for_url(re.compile("update=0"))
    play = scene.page.get_by_role("button", name="Play the updates of the CRF")
    play.click()
    expect(scene.page.locator(".st-key-player output")).to_have_text("10 of 10", timeout=15_000)
    scene.page.wait_for_url(re.compile("update=10"))
    assert painted(scene) == before


def test_a_pixel_is_named_under_the_pointer(scene) -> None:
    scene.still()  # nothing moves under the pointer
    scene.page.locator(".st-key-player .picture").hover(position={"x": 5, "y": 5})
    expect(scene.page.locator(".st-key-player figcaption")).to_have_text("Here: background.")
    scene.page.mouse.move(0, 0)
    expect(scene.page.locator(".st-key-player figcaption")).to_contain_text("updates")


@pytest.mark.parametrize("key", ["colour_width", "smoothness_weight", "background"])
def test_a_slider_acts_at_once_and_is_in_the_link(scene, key: str) -> None:
    before = token(scene)
    scene.widget(key).get_by_role("slider").press("ArrowRight")
    repainted(scene, before)
    assert key in scene.link


def test_a_published_set_goes_into_all_sliders(scene) -> None:
    before = token(scene)
    scene.page.get_by_role("button", name="The paper's own").click()
    repainted(scene, before)
    expect(scene.page.get_by_text("Kernels: The paper's own.")).to_be_visible()
    assert scene.link["normalised"] == scene.link["itself"] == "false"
    assert "colour_width" not in scene.link
    before = token(scene)
    scene.page.get_by_role("button", name="As measured").click()
    repainted(scene, before)
    assert {"alike", "sharpness"} <= scene.link.keys()


def test_classes_are_chosen_by_hand(visit) -> None:
    go(visit, labels="chosen", classes="motorbike")
    expect(visit.page.get_by_text("You say that the picture shows motorbike.")).to_be_visible()
    before = token(visit)
    field = visit.widget("chosen_classes").get_by_role("combobox")
    field.fill("person")
    visit.page.get_by_role("option", name="person").click()
    repainted(visit, before)
    assert visit.link["classes"] == "motorbike,person"


def test_nothing_gives_the_answer_away_before_a_prediction(visit) -> None:
    go(visit, predict="true")
    expect(visit.page.get_by_text("larger or smaller?")).to_be_visible()
    text = visit.page.get_by_test_id("stMain").inner_text()
    assert not re.search(r"After \d+ update|brings the labels|Labels after", text)
    expect(visit.page.locator(".st-key-player input[type=range]")).to_be_hidden()
    visit.page.get_by_role("radio", name="larger", exact=True).click()
    expect(visit.notices).to_contain_text(
        re.compile(r"You said: larger\. (That is|It is otherwise)")
    )
    expect(visit.page.get_by_text("brings the labels")).to_be_visible()


def test_the_whole_picture_is_worked_on_when_asked(visit) -> None:
    go(visit, whole="true", picture="cat", source="your picture")
    expect(visit.page.get_by_text("The CRF works on all 451 x 300 pixels.")).to_be_visible(
        timeout=PATIENCE
    )


def test_a_picture_without_a_mask_is_not_judged(visit) -> None:
    go(visit, source="your picture", picture="coffee")
    expect(
        visit.page.get_by_text("Nobody has outlined the objects of this picture")
    ).to_be_visible()
    expect(visit.page.get_by_test_id("stMain")).not_to_contain_text("over union with")


def test_drawers_hold_updates_a_pixel_files_and_code(visit) -> None:
    go(visit)
    expect(visit.expander("All updates as a table").get_by_role("table")).to_have_count(2)
    expect(visit.expander("One pixel as a sum")).to_contain_text("near and alike")
    expect(visit.expander("The same in Python")).to_contain_text("found.updates(crf)")
    with visit.page.expect_download() as got:
        visit.expander("Download").get_by_role("button", name="palette PNG").click()
    assert got.value.suggested_filename == "collage-wall-segments.png"


@pytest.mark.parametrize("case", ["clear edges", "thin things", "wrong colours"])
def test_an_example_gives_its_figures(visit, case: str) -> None:
    go(visit, ".st-key-example .player[data-painted]", chapter="repairs and damage", case=case)
    main = visit.page.get_by_test_id("stMain")
    expect(main).to_contain_text(re.compile(r"union 0\.\d\d before the CRF, 0\.\d\d after"))
    expect(visit.page.get_by_role("table")).to_have_count(2)
    expect(main).to_contain_text("Thin parts with the right label")


def test_an_example_is_predicted_first(visit) -> None:
    go(
        visit, ".st-key-example .player[data-painted]",
        chapter="repairs and damage", case="wrong colours", predict="true",
    )  # fmt: skip
    expect(visit.page.get_by_role("table")).to_have_count(0)
    visit.page.get_by_role("radio", name="nearer to the mask").click()
    expect(visit.notices).to_contain_text("It is otherwise.")


def test_the_table_says_what_was_published_and_where(visit) -> None:
    go(visit, "text=Published", chapter="table")
    main = visit.page.get_by_test_id("stMain")
    expect(visit.page.get_by_role("heading", name="Published")).to_be_visible()
    expect(main.get_by_role("table").last).to_contain_text("MIL-FCN")
    expect(visit.expander("The same in Python")).to_contain_text('published.rows("segmentation")')


def test_nonsense_in_a_link_is_named_and_replaced(visit) -> None:
    bad = {
        "chapter": "boxes",
        "colour_width": "0",
        "classes": "unicorn",
        "update": "99",
        "case": "x",
    }
    go(visit, **bad)
    for key, value in bad.items():
        expect(visit.page.get_by_text(f"The link asks for {key}={value},")).to_have_count(1)
    assert visit.link == {}


def test_the_picture_comes_along_from_localization(visit) -> None:
    visit.page.goto(f"{visit.url}/localization?picture=motorcycle")
    visit.page.locator(".figure[data-painted]").first.wait_for()
    visit.idle()
    visit.page.get_by_role("link", name="Segmentation, with this picture").click()
    visit.page.locator(PLAYER).wait_for()
    visit.idle()
    words = visit.page.locator(".st-key-player img").get_attribute("alt")
    assert words.startswith("Motorcycle")


def test_the_scene_goes_along_to_localization(visit) -> None:
    go(visit)
    visit.page.get_by_role("link", name="Localization, with this picture").click()
    visit.page.locator(".figure[data-painted]").first.wait_for()
    visit.idle()
    assert visit.link["picture"] == "collage-wall"


@pytest.mark.parametrize("visit", ["light", "dark", "phone"], indirect=True)
@pytest.mark.parametrize("chapter", ["from map to segment", "repairs and damage", "table"])
def test_axe_finds_nothing(visit, chapter: str, request) -> None:
    figure = "text=Published" if chapter == "table" else ".player[data-painted]"
    go(visit, figure, chapter=chapter)
    if chapter == "from map to segment":
        for name in ("All updates as a table", "One pixel as a sum"):
            visit.expander(name)
    stretch(visit)
    look = request.node.callspec.params["visit"]
    picture_of(visit, f"segmentation-{chapter.replace(' ', '-')}-{look}")
    assert findings(visit) == []
    assert fits(visit)
