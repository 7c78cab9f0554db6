"""The part "any word" of the Zero-shot page in a browser, and its sentences and code."""

import re
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.web.test_accessibility import findings, fits, stretch
from wsl_core import networks
from wsl_core.images import gallery
from wsl_core.transfer.zero_shot import placed
from wsl_core.transfer.zero_shot.vectors import shipped
from wsl_core.web import pictures
from wsl_core.web.zero_shot import placed as part
from wsl_core.web.zero_shot import placed_sentences as words

HEADING = "Classes that no picture ever showed"


@pytest.fixture
def open_word(visit):
    def go(**query: object):
        address = {"chapter": "any word"} | query
        visit.page.goto(f"{visit.url}/zero_shot?{urlencode(address)}")
        visit.page.get_by_role("heading", name=HEADING).wait_for()
        visit.idle()
        return visit

    return go


@pytest.fixture(scope="module")
def kitten() -> placed.PlacedWord:
    return placed.place(networks.load(), gallery.load("cat"), placed.carriers("kitten"))


@pytest.mark.browser
def test_a_word_is_placed_and_another_one_is_typed(open_word) -> None:
    visit = open_word()
    visit.figure.wait_for()
    expect(visit.page.locator(".figure .title").first).to_contain_text("kitten")
    expect(visit.page.get_by_text("is highest at")).to_be_visible()
    with visit.repaint():
        visit.type("word", "furry pet")
    expect(visit.page.locator(".figure .title").first).to_contain_text("furry pet")
    assert visit.link["word"] == "furry pet"


@pytest.mark.browser
def test_a_word_without_a_relative_is_refused_and_the_way_back_works(open_word) -> None:
    visit = open_word(word="theorem")
    expect(visit.notices.filter(has_text="no relative")).to_be_visible()
    expect(visit.figure).to_have_count(0)
    visit.page.get_by_role("button", name="kitten", exact=True).click()
    expect(visit.page.get_by_text("is highest at")).to_be_visible()
    expect(visit.notices.filter(has_text="no relative")).to_have_count(0)


@pytest.mark.browser
def test_an_empty_field_is_answered_in_words(open_word) -> None:
    visit = open_word()
    visit.type("word", "")
    expect(visit.notices.filter(has_text="There is no word")).to_be_visible()


@pytest.mark.browser
def test_the_map_of_a_carrying_class_stands_beside(open_word, kitten) -> None:
    visit = open_word()
    second = kitten.shares[1].carrier.title
    with visit.repaint():
        visit.page.get_by_role("button", name=re.compile(f"^{second} ")).click()
    expect(visit.page.locator(".figure .title").nth(1)).to_contain_text(second)
    table = visit.expander("The classes that carried it, as a table")
    expect(table.get_by_role("row")).to_have_count(words.SHOWN + 1)


@pytest.mark.browser
def test_predict_first_hides_map_and_classes(open_word) -> None:
    visit = open_word(predict_place="true")
    expect(visit.page.get_by_text("Where would the network look for")).to_be_visible()
    expect(visit.page.get_by_text("Classes that carried it")).to_have_count(0)
    with visit.repaint():
        visit.grid.click(position={"x": 4, "y": 4})
    expect(visit.page.get_by_text(re.compile("highest cell|cells? away"))).to_be_visible(
        timeout=30_000
    )
    expect(visit.page.get_by_text("Classes that carried it", exact=True)).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("visit", ["light", "dark", "phone"], indirect=True)
def test_the_part_can_be_read_by_everybody(open_word) -> None:
    visit = open_word()
    visit.figure.wait_for()
    visit.idle()
    assert fits(visit)
    stretch(visit)
    assert findings(visit) == []


def test_the_same_in_python_runs(capsys: pytest.CaptureFixture[str], kitten) -> None:
    exec(words.in_python("cat", "kitten", False), {})
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith(f"({kitten.peak[0]}, {kitten.peak[1]})")
    assert rest[0].startswith(kitten.shares[0].carrier.title)
    exec(words.in_python("cat", "theorem", True), {})
    assert "no relative" in capsys.readouterr().out


def test_sentences_say_the_numbers(kitten) -> None:
    said = words.carried(kitten)
    best = kitten.shares[0]
    assert best.carrier.title in said
    assert f"{best.share:.0%}" in said
    factor = float(np.exp(kitten.values.max()))
    assert words.times(float(kitten.values.max())) == f"{factor:.0f} times as likely as chance"
    assert words.times(float(np.log(1.26))) == "1.3 times as likely as chance"
    x, y = kitten.peak
    assert f"{x:.0f} across, {y:.0f} down" in words.alt("Cat", "kitten", kitten.values, kitten.peak)
    assert len(words.rows(kitten.shares)) == words.SHOWN


@pytest.mark.parametrize("key", [*gallery.names(), None])
def test_words_to_try_are_placed_but_the_last(key: str | None) -> None:
    *things, none = words.examples(key)
    assert {
        *things,
        none,
    } <= shipped.texts().numbers.keys()  # so that the page works without packages
    assert all(placed.carriers(one).verdict is None for one in things)
    assert placed.carriers(none).verdict


def test_the_files_are_made(kitten) -> None:
    chosen = pictures.from_gallery("cat")
    made = {name: make() for _, make, name, _ in part.files(chosen, kitten)}
    assert made["word.png"][:4] == b"\x89PNG"
    assert made["word.csv"].count("\n") == len(kitten.shares) + 1
    assert str(kitten.shares[0].carrier.title) in made["word.json"]
