"""The Retrieval page in a browser: neighbours in three ways, a drawn region, a zip file of one's own."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.transfer import retrieval_pictures as made
from tests.web.test_accessibility import findings, fits, picture_of, stretch

pytestmark = pytest.mark.browser

SLOW = 240_000  # ms that workers may need on a busy machine: two networks, one of them exported
CELLS = ".st-key-cells-1 .figure[data-painted]"


def go(visit, ready: str = CELLS, **query: object):
    """Open the page with this in the link, and wait for what it shows last."""
    visit.page.goto(f"{visit.url}/retrieval?{urlencode(query)}")
    visit.page.locator(ready).first.wait_for(timeout=SLOW)
    visit.idle()
    return visit


def cosines(visit, kind: str) -> list[float]:
    """Of a row of neighbours, as their alternative texts say."""
    pictures = visit.widget(f"row-{kind}").get_by_role("img")
    expect(pictures).to_have_count(6)
    texts = [one.get_attribute("alt") or "" for one in pictures.all()]
    return [float(re.search(r"cosine (-?[\d.]+)$", text)[1]) for text in texts]


def total(visit) -> str:
    """What the cells of both pictures are said to add up to."""
    sums = visit.page.locator(".figure .title span:last-child").all_inner_texts()
    assert len(set(sums)) == 1
    return sums[0].removeprefix("sum ")


def test_first_sight_shows_what_learning_brought(visit) -> None:
    go(visit)
    assert visit.link == {}
    for kind in ("learned", "random", "pixels"):
        found = cosines(visit, kind)
        assert found == sorted(found, reverse=True)
    expect(visit.widget("row-learned")).to_contain_text("vote for cat (5 of 5), which is right")
    assert float(total(visit)) == pytest.approx(cosines(visit, "learned")[0], abs=0.006)
    expect(visit.page.get_by_text(f"the cosine of the two vectors, {total(visit)}")).to_be_visible()
    pictures = visit.page.locator(".figure").get_by_role("img")
    expect(pictures.first).to_have_attribute(
        "alt", re.compile(r"^Cat, with what each of 8 by 11 cells")
    )


def test_a_region_is_drawn_typed_and_refused(visit) -> None:
    go(visit)
    before = total(visit)
    pad = visit.widget("query").locator(".pad")
    box = pad.bounding_box()
    mouse = visit.page.mouse
    mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.2 * box["height"])
    mouse.down()
    mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.7 * box["height"], steps=4)
    mouse.up()
    field = visit.widget("region").get_by_role("textbox")
    expect(field).to_have_value(re.compile(r"^11\d,(59|6\d),22\d,1[45]\d$"))
    expect(visit.page.locator(".figure .title span:last-child").first).not_to_have_text(
        f"sum {before}"
    )
    visit.idle()
    assert visit.link["region"] == field.input_value()
    visit.type("region", "400,0,200,100")
    expect(visit.notices).to_contain_text(
        "not inside the picture, which is 451 px wide and 300 px high"
    )
    expect(visit.page.locator(".figure .title span:last-child").first).to_have_text(f"sum {before}")
    pad.focus()
    for key in ("ArrowRight", "Shift+ArrowUp", "Enter"):
        visit.page.keyboard.press(key)
    expect(field).to_have_value("113,75,226,135")


@pytest.mark.parametrize("visit", ["phone"], indirect=True)
def test_two_taps_are_a_region(visit) -> None:
    go(visit)
    box = visit.widget("query").locator(".pad").bounding_box()
    for share in (0.25, 0.75):
        visit.page.touchscreen.tap(
            box["x"] + share * box["width"], box["y"] + share * box["height"]
        )
    field = visit.widget("region").get_by_role("textbox")
    expect(field).to_have_value(re.compile(r"^11\d,7\d,22\d,1[45]\d$"))


def test_a_prediction_comes_before_the_neighbours(visit) -> None:
    go(visit, ".st-key-choose_pixels", predict="true")
    expect(visit.widget("row-learned")).to_have_count(0)
    visit.segment("choose_pixels", "none").click()
    expect(visit.page.get_by_text("You said: none. It is otherwise. Of the network's six, pixels name")
           ).to_be_visible(timeout=SLOW)  # fmt: skip


def test_colours_and_neighbours_change_at_once(visit) -> None:
    """What needs no forward pass is painted again at once; digits are asked with a digit."""
    go(visit)
    figure = visit.page.locator(".st-key-cells-0 .figure")
    before = figure.get_attribute("data-painted")
    visit.widget("opacity").get_by_role("slider").press("ArrowRight")
    expect(figure).not_to_have_attribute("data-painted", before or "")
    visit.segment("collection", "digits").click()
    number = visit.widget("number").get_by_role("spinbutton")
    expect(number).to_have_value("1")
    expect(visit.widget("row-pixels")).to_contain_text("vote for 0")
    number.fill("120")
    number.press("Enter")
    expect(visit.page.get_by_text("120 of 120: a handwritten 9")).to_be_visible()
    visit.segment("collection", "things").click()
    expect(visit.widget("row-learned")).to_contain_text("vote for cat (5 of 5)")
    visit.segment("ask", "one of them").click()
    expect(visit.page.get_by_text("84 of 84: flower before a white wall")).to_be_visible()


def test_layers_and_table_have_their_figures(visit) -> None:
    go(visit, "[data-testid=stMarkdown] >> text=finds most", chapter="layers")
    shown = visit.page.get_by_role("img", name="Mean average precision, all ranks, by layer")
    expect(shown).to_have_attribute("aria-label", re.compile(r"9, head: 99\.\d %"))
    visit.segment("chapter", "table").click()
    expect(visit.page.get_by_role("heading", name="Published")).to_be_visible()
    expect(visit.page.get_by_role("table").last).to_contain_text("Oxford5k")


@pytest.mark.parametrize("visit", ["light", "dark", "phone"], indirect=True)
def test_the_page_fits_and_speaks(visit, request) -> None:
    go(visit)
    stretch(visit)
    picture_of(visit, f"retrieval-{request.node.callspec.params['visit']}")
    assert fits(visit)
    assert findings(visit) == []


def test_a_zip_file_is_indexed_asked_and_scored(serve, opened, tmp_path) -> None:
    folder = made.class_folders(tmp_path / "textures", 4)
    (folder / "dots" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    packed = made.zipped(folder, tmp_path / "textures.zip")
    with serve(WSL_RUNS=str(tmp_path / "runs")) as server, opened(server.url) as visit:
        go(visit, ".st-key-own_zip", chapter="your own")
        chosen = visit.widget("own_zip").locator("input[type=file]")
        chosen.set_input_files(
            {"name": "text.zip", "mimeType": "application/zip", "buffer": b"no zip"}
        )
        expect(visit.notices).to_contain_text("text.zip cannot be read as a zip file")
        chosen.set_input_files(packed)
        visit.page.get_by_role("button", name="Index 13 pictures").click()
        visit.page.locator(CELLS).wait_for(timeout=SLOW)
        visit.idle()
        expect(
            visit.page.get_by_text("textures.zip: 12 pictures of 3 classes, layer head.")
        ).to_be_visible()
        expect(visit.page.get_by_text("Skipped:")).to_contain_text("broken.png")
        expect(visit.page.get_by_text("12 pictures of 3 classes, all ranks")).to_be_visible()
        visit.segment("ask", "one of them").click()
        expect(visit.widget("row-learned")).to_contain_text("which is right")
        visit.page.reload()  # the run is in the link; the file is still in the server's memory
        visit.page.locator(CELLS).wait_for(timeout=SLOW)
