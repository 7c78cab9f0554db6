"""The practical in a browser: questions show what they name, and a student comes to a handout."""

import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.page_text import wait_for_words
from tests.web.test_accessibility import findings, fits, picture_of, stretch, violations
from tests.web.test_framework import PROJECT, models
from wsl_core.practical import Question, Worksheet, answers, practical
from wsl_core.web import links
from wsl_core.web.stations import STATIONS

SHEETS = practical().worksheets
PAGES = {one.url: one for one in STATIONS}
ELSEWHERE = ".st-key-practical, details:not([open]) > :not(summary)"
"""The worksheet itself, and what is folded away: what a question names is seen beside them."""


def test_every_station_has_a_worksheet_in_the_lectures_order() -> None:
    assert [one.station for one in SHEETS] == [one.url for one in STATIONS]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda one: one.station)
def test_a_question_asks_for_what_its_station_takes(sheet: Worksheet) -> None:
    known = models(PROJECT / PAGES[sheet.station].page)
    for question in sheet.questions:
        for name, value in question.link.items():
            takes = [one for one in known if name in one.model_fields]
            assert takes, f"{sheet.station} has no {name} in its link"
            parsed, notices = links.parse(takes[0], {name: value})
            assert not notices
            assert links.as_text(getattr(parsed, name)) == value


def opened(visit, station: str, **query: str):
    """A station with its worksheet open."""
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    visit.page.goto(f"{visit.url}/{station}?{asked}")
    visit.page.get_by_test_id("stHeading").first.wait_for()
    visit.idle()
    return visit.expander("Practical: predict, try, explain")


def asked(visit, key: str):
    """A question of the worksheet."""
    return visit.widget(f"question-{key}")


def tried(visit, question: Question) -> None:
    """Press its button, and wait for what it names."""
    asked(visit, question.key).get_by_role("button", name="Try it").click()
    for words in question.shows:
        wait_for_words(visit, words, ELSEWHERE)
    visit.idle()


@pytest.mark.browser
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda one: one.station)
def test_every_question_shows_what_it_says(visit, sheet: Worksheet) -> None:
    opened(visit, sheet.station)
    known = models(PROJECT / PAGES[sheet.station].page)
    defaults = {
        name: links.as_text(field.default)
        for model in known
        for name, field in model.model_fields.items()
    }
    for question in sheet.questions:
        tried(visit, question)
        expect(visit.page.get_by_test_id("stException")).to_have_count(0)
        expect(visit.page.get_by_test_id("stAlertContentError")).to_have_count(0)
        expect(visit.page.get_by_text("The link asks for")).to_have_count(0)
        wanted = {name: value for name, value in question.link.items() if defaults[name] != value}
        expect_link(visit, wanted)  # and nothing is left of the questions before


def expect_link(visit, wanted: dict[str, str]) -> None:
    """Wait until the address says this, beside what stays from page to page."""
    visit.page.wait_for_function(
        "([wanted, stays]) => { const here = [...new URL(location.href).searchParams]\n"
        "  const own = here.filter(([name]) => name in wanted || !stays.includes(name))\n"
        "  return own.length === Object.keys(wanted).length\n"
        "    && own.every(([name, value]) => wanted[name] === value) }",
        arg=[wanted, list(links.STAYS)],
    )


class Read(HTMLParser):
    """What is in a handout: text, pictures, links, and the names of all tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.pictures, self.links, self.tags = "", [], [], set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.add(tag)
        found = dict(attrs)
        if tag == "img":
            self.pictures.append(found)
        if tag == "a":
            self.links.append(found["href"])

    def handle_data(self, data: str) -> None:
        self.text += data


def downloaded(visit, button: str, folder: Path) -> str:
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name=button).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path.read_text(encoding="utf-8")


def write(visit, key: str, label: str, text: str) -> None:
    asked(visit, key).get_by_label(label).fill(text)


def keep(visit, key: str) -> None:
    asked(visit, key).get_by_role("button", name="Keep what is seen").click()
    expect(asked(visit, key).get_by_text(re.compile("Kept .* for your handout"))).to_be_visible()


def handout(visit) -> None:
    """Go to the page of the handout, even straight from a field that one writes in."""
    visit.page.get_by_role("button", name="To your handout").click()
    visit.page.get_by_role("heading", name="Your handout").wait_for()
    visit.idle()


SCRIPT = "<script>document.title = 'mine'</script>"


@pytest.mark.browser
def test_a_students_way_to_a_handout(visit, tmp_path: Path) -> None:
    (who,) = (one for one in practical().of_station("pooling") if one.key == "who-carries")
    opened(visit, "pooling")
    write(visit, who.key, "Your prediction", f"Max one, all of them {SCRIPT}")
    tried(visit, who)
    write(visit, who.key, "Your explanation", "A cell without weight\nlearns nothing & stays")
    keep(visit, who.key)
    row = visit.page.locator("tr", has_text="Average (GAP)").first.inner_text().split("\t")
    (one,) = (one for one in practical().of_station("probes") if one.key == "depth")
    handout(visit)
    visit.page.get_by_role("link", name=PAGES["probes"].title).click()
    visit.page.get_by_role("heading", name="What each layer knows").wait_for()
    visit.expander("Practical: predict, try, explain")
    tried(visit, one)
    keep(visit, one.key)

    handout(visit)
    visit.type("practical_name", "Ada <b>Lovelace</b>")
    visit.idle()
    text = downloaded(visit, "Download the handout (HTML)", tmp_path)
    found = Read(text)
    assert found.tags.isdisjoint({"script", "b", "iframe", "link", "object"})
    assert not re.search(r"\son\w+=", text)
    assert "Ada <b>Lovelace</b>, " in found.text
    assert f"Max one, all of them {SCRIPT}" in found.text
    assert "A cell without weight\nlearns nothing & stays" in found.text
    for words in (who.predict, who.explain, one.predict, "cells that carry it", *row):
        assert re.sub(r"[*`]", "", words) in found.text
    assert "Accuracy by layer" in text  # the chart, as the station draws it
    assert "svg" in found.tags
    assert len(found.pictures) == 5  # one for each scheme
    for picture in found.pictures:
        assert re.search(r"\d", picture["alt"])
        data = base64.b64decode(picture["src"].removeprefix("data:image/png;base64,"))
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            assert image.format == "PNG"
            assert image.width > 200
    assert f"{visit.url}/pooling" in found.links[0]
    assert found.links[1].startswith(f"{visit.url}/probes")
    assert not any(answers()[key] in text for key in (who.key, one.key))


@pytest.mark.browser
def test_links_of_page_and_handout_lead_back(visit, tmp_path: Path) -> None:
    (one,) = (one for one in practical().of_station("localization") if one.key == "threshold")
    opened(visit, "localization")
    tried(visit, one)
    keep(visit, one.key)
    handout(visit)
    found = Read(downloaded(visit, "Download the handout (HTML)", tmp_path))
    for setting in ("Gallery picture: motorcycle", "Threshold: 0.6"):
        assert setting in found.text
    visit.page.get_by_role("link", name=re.compile("What was seen, 1")).click()
    expect(visit.page.get_by_text("Above 60% of the maximum")).to_be_visible()
    visit.idle()
    assert visit.link == {"picture": "motorcycle", "threshold": "0.6"}
    visit.page.goto(found.links[0])
    expect(visit.page.get_by_text("Above 60% of the maximum")).to_be_visible()


@pytest.mark.browser
def test_what_is_written_outlasts_closing_and_leaving(visit) -> None:
    sheet = opened(visit, "framework")
    write(visit, "drawings", "Your prediction", "The domain differs")
    sheet.locator("summary").click()
    expect(asked(visit, "drawings")).to_have_count(0)
    expect(sheet.locator("details")).not_to_have_attribute("open", "")
    visit.idle()
    visit.expander("Practical: predict, try, explain")
    field = asked(visit, "drawings").get_by_label("Your prediction")
    expect(field).to_have_value("The domain differs")
    write(visit, "drawings", "Your explanation", "Draw them alike")
    handout(visit)
    expect(visit.widget("handout-drawings")).to_contain_text("The domain differs")
    expect(visit.widget("handout-drawings")).to_contain_text("Draw them alike")
    visit.page.get_by_role("link", name=PAGES["framework"].title, exact=True).click()
    visit.page.get_by_role("heading", name="Which transfer is it?").wait_for()
    visit.expander("Practical: predict, try, explain")
    expect(field).to_have_value("The domain differs")


@pytest.mark.browser
def test_what_is_kept_is_what_is_seen_now(visit, tmp_path: Path) -> None:
    """A fragment that was drawn alone, and tables of a part that was left."""
    opened(visit, "pooling", chapter="own numbers")
    visit.page.get_by_text("cells that carry it").first.wait_for()
    visit.segment("chapter", "limit of max").click()
    visit.page.get_by_role("columnheader", name="which is").first.wait_for()
    visit.idle()
    keep(visit, "temple")
    handout(visit)
    found = Read(downloaded(visit, "Download the handout (HTML)", tmp_path))
    assert "bell cote" in found.text
    assert "cells that carry it" not in found.text
    assert "Part: limit of max" in found.text


@pytest.mark.browser
def test_what_was_kept_can_be_removed(visit) -> None:
    opened(visit, "framework")
    keep(visit, "drawings")
    expect(asked(visit, "drawings")).to_contain_text("Kept once")
    keep(visit, "drawings")
    expect(asked(visit, "drawings")).to_contain_text("Kept 2 times")
    handout(visit)
    kept = visit.widget("handout-drawings")
    expect(kept.get_by_role("button", name="Remove")).to_have_count(2)
    kept.get_by_role("button", name="Remove").last.click()
    expect(kept.get_by_role("button", name="Remove")).to_have_count(1)
    kept.get_by_role("button", name="Remove").click()
    expect(kept).to_have_count(0)
    expect(visit.page.get_by_text("Nothing is in it yet")).to_be_visible()
    expect(visit.page.get_by_role("button", name="Download the handout")).to_be_disabled()


@pytest.mark.browser
def test_trying_brings_the_station_into_view(visit) -> None:
    opened(visit, "framework")
    (one,) = (one for one in practical().of_station("framework") if one.key == "drawings")
    place = "document.querySelector('[data-testid=stMain]').scrollTop"
    asked(visit, one.key).scroll_into_view_if_needed()
    assert visit.page.evaluate(place) > 200
    tried(visit, one)
    visit.page.wait_for_function(f"{place} === 0")


@pytest.mark.browser
def test_a_full_handout_says_so(serve, opened_tab) -> None:
    with serve(WSL_HANDOUT_MEGABYTES="0.02") as small, opened_tab(small.url) as visit:
        opened(visit, "pooling")
        asked(visit, "who-carries").get_by_role("button", name="Keep what is seen").click()
        sentence = asked(visit, "who-carries").get_by_text(
            "The handout holds 0.00 of 0.02 megabytes"
        )
        expect(sentence).to_be_visible()
        expect(sentence).to_contain_text("Remove something on the page Handout, then keep this.")
        expect(asked(visit, "who-carries").get_by_text("for your handout")).to_have_count(0)


@pytest.fixture
def opened_tab(request):
    """`opened` of the conftest, whose name means a worksheet here."""
    return request.getfixturevalue("opened")


def frames(visit) -> list[str]:
    """All that the server sends to this tab from now on."""
    sent: list[str] = []
    visit.page.on(
        "websocket",
        lambda socket: socket.on(
            "framereceived",
            lambda data: sent.append(
                data if isinstance(data, str) else data.decode("utf-8", "replace")
            ),
        ),
    )
    return sent


@pytest.mark.browser
def test_answers_are_not_sent_where_the_server_keeps_them(visit) -> None:
    sent = frames(visit)
    opened(visit, "framework", answers="1")
    expect(visit.widget("practical")).to_contain_text("on a teacher's own server only")
    expect(visit.widget("practical")).to_contain_text("WSL_ANSWERS=true")
    handout(visit)
    expect(visit.page.get_by_text("on a teacher's own server only")).to_be_visible()
    expect(visit.page.get_by_role("button", name="answer sheet")).to_have_count(0)
    heard = "".join(sent)
    assert practical().of_station("framework")[0].predict[:40] in heard  # frames can be read
    for one in practical().of_station("framework"):
        assert answers()[one.key][:40] not in heard


@pytest.mark.browser
def test_a_teachers_own_server_shows_them(serve, opened_tab, tmp_path: Path) -> None:
    with serve(WSL_ANSWERS="true") as own, opened_tab(own.url) as visit:
        opened(visit, "framework")
        expect(asked(visit, "drawings")).not_to_contain_text("Answer.")
        opened(visit, "framework", answers="1")
        for one in practical().of_station("framework"):
            expect(asked(visit, one.key)).to_contain_text(answers()[one.key][:60])
        handout(visit)
        sheet = Read(downloaded(visit, "Download the answer sheet (HTML)", tmp_path))
        for key, text in answers().items():
            assert re.sub(r"\*(.+?)\*", r"\1", text) in sheet.text, key
        visit.page.get_by_role("link", name=PAGES["framework"].title, exact=True).click()
        visit.page.get_by_role("heading", name="Which transfer is it?").wait_for()
        visit.expander("Practical: predict, try, explain")  # they come along
        expect(asked(visit, "drawings")).to_contain_text("Answer.")


@pytest.mark.browser
def test_a_bad_word_for_the_answers_is_told(visit) -> None:
    visit.page.goto(f"{visit.url}/framework?answers=please")
    expect(visit.notices.first).to_contain_text("answers=please")
    expect(visit.notices.first).to_contain_text("one of 0, 1")


@pytest.mark.browser
@pytest.mark.parametrize("visit", ["light", "dark", "phone"], indirect=True)
def test_worksheet_and_handout_can_be_used_by_everybody(visit, request) -> None:
    look = request.node.callspec.params["visit"]
    opened(visit, "framework")
    write(visit, "drawings", "Your prediction", "The domain differs")
    keep(visit, "drawings")
    stretch(visit)
    picture_of(visit, f"worksheet-{look}")
    assert findings(visit) == []
    assert fits(visit)
    handout(visit)
    visit.idle()
    picture_of(visit, f"handout-{look}")
    assert findings(visit) == []
    assert fits(visit)


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_file_itself_can_be_read_by_everybody(visit, tmp_path: Path, width: int) -> None:
    opened(visit, "probes")
    keep(visit, "depth")
    handout(visit)
    text = downloaded(visit, "Download the handout (HTML)", tmp_path)
    file = Visit(visit.page.context.new_page(), "")
    file.page.set_viewport_size({"width": width, "height": 3000})
    file.page.set_content(text)
    file.page.get_by_role("heading", name="Layer probes").wait_for()
    assert violations(file) == []
    assert file.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    file.page.close()
