"""Heads that look by themselves, and the links from station to station, in a browser."""

import re
import time
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.web.test_accessibility import findings, fits, picture_of, stretch

pytestmark = pytest.mark.browser

PAINTED = ".figure[data-painted]"
PATIENCE = 120_000  # ms in which a network is prepared on a busy machine
HEADS = ("max", "weldon", "wildcat", "pronet", "finetuned")


@pytest.fixture(scope="module")
def server_with_heads(with_heads):
    with with_heads(*HEADS) as server:
        yield server


@pytest.fixture
def visit(request, opened, server_with_heads):
    with opened(server_with_heads.url, getattr(request, "param", "light")) as one:
        yield one.home()  # the first visitor of a deep link would not come in through this app.py


def go(visit, page: str, figure: str = PAINTED, **query: object):
    visit.page.goto(f"{visit.url}/{page}?{urlencode(query)}")
    visit.page.locator(figure).first.wait_for(timeout=PATIENCE)
    visit.page.locator(f"{figure} >> nth=0").wait_for(timeout=PATIENCE)
    visit.idle()
    return visit


@pytest.mark.parametrize(
    ("scheme", "title", "cost"),
    [
        ("pronet", "ProNet", "ProNet reads EfficientNet-Lite0 as published, at its own sizes"),
        ("finetuned", "Fine-tuned", "reads EfficientNet-Lite0 with weights of its own"),
    ],
)
def test_a_head_is_chosen_in_the_menu_of_schemes(visit, scheme, title, cost) -> None:
    go(visit, "localization", trained="true", voc="cat")
    visit.choose("scheme", scheme)
    expect(visit.figure.locator(".title")).to_contain_text(f"logits, {title}", timeout=PATIENCE)
    visit.idle()
    assert visit.link["scheme"] == scheme
    expect(visit.page.get_by_text(cost)).to_be_visible()
    expect(visit.page.get_by_role("table").first.get_by_role("row", name=title)).to_be_visible()
    expect(visit.expander("From features to a score").locator("ol.pipeline li")).to_have_count(5)
    expect(visit.expander("All boxes as a table")).to_contain_text(
        "crop" if scheme == "pronet" else "beam search"
    )
    started = time.monotonic()
    with visit.repaint():
        visit.widget("threshold").get_by_role("slider").press("ArrowRight")
    assert time.monotonic() - started < 3  # no look at the picture


def test_where_there_is_none_a_sentence_says_so(opened, with_heads) -> None:
    with with_heads("max") as server, opened(server.url) as one:
        one.home()
        go(one, "localization", trained="true", scheme="finetuned")
        expect(one.notices.filter(has_text="In the place of Fine-tuned stands Max")).to_be_visible()
        expect(one.notices.filter(has_text="There is no head 'finetuned'")).to_have_count(2)
        go(one, "pooling", trained="true", beside="pronet")
        expect(one.notices.filter(has_text="There is no head 'pronet'")).to_have_count(1)
        expect(one.widget("strip-beside")).to_have_count(0)


@pytest.mark.parametrize("beside", ["pronet", "finetuned"])
def test_a_head_stands_beside_the_schemes(visit, beside) -> None:
    go(
        visit,
        "pooling",
        f".st-key-strip-beside {PAINTED}",
        trained="true",
        beside=beside,
        voc="cat",
    )
    title = "ProNet" if beside == "pronet" else "Fine-tuned (WELDON)"
    own = visit.widget("strip-beside").locator(".figure")
    expect(own.locator(".title span").first).to_have_text(title)
    score = own.locator(".title span").last.inner_text()
    scores = visit.page.get_by_role("table").filter(has_text="cells that carry it")
    row = scores.get_by_role("row", name=title)
    expect(row).to_contain_text(score)
    assert visit.page.locator("ol.pipeline").count() == 2
    expect(visit.expander("The same in Python")).to_contain_text(f'.load("{beside}")')
    before = visit.widget("strip").locator(".figure").get_attribute("data-painted")
    started = time.monotonic()
    visit.widget("negative").get_by_role("slider").press("Home")
    expect(visit.widget("strip").locator(".figure")).not_to_have_attribute("data-painted", before)
    visit.idle()
    assert time.monotonic() - started < 3
    assert (own.locator(".title span").last.inner_text() == score) == (beside == "pronet")


def test_links_take_picture_and_class_along(visit) -> None:
    asked = {"picture": "motorcycle", "voc": "motorbike", "trained": "true"}
    go(visit, "localization", **asked, scheme="pronet", size="225")
    visit.page.get_by_role("link", name="Pooling, with this picture").click()
    visit.page.locator(f".st-key-strip {PAINTED}").wait_for()
    visit.idle()
    assert visit.link == asked  # what this station does not know stays behind
    expect(visit.page.get_by_text("motorbike by trained VOC heads")).to_be_visible()
    with_dog = re.compile("localization.*voc=dog")
    visit.choose("voc", "dog")
    link = visit.page.get_by_role("link", name="Localization, with this picture")
    expect(link).to_have_attribute("href", with_dog)
    link.click()
    visit.page.get_by_role("heading", name="From what to where").wait_for()
    visit.page.locator(f".st-key-canvas {PAINTED}").wait_for()
    visit.idle()
    assert visit.link == asked | {"voc": "dog"}
    visit.page.get_by_role("link", name="Activation maps, with this picture").click()
    visit.page.get_by_role("heading", name="Which regions make which class?").wait_for()
    visit.page.locator(f".st-key-canvas {PAINTED}").wait_for()
    visit.idle()
    assert visit.link == {"picture": "motorcycle"}


def test_links_take_a_class_of_imagenet_along(visit) -> None:
    go(visit, "pooling", first="tabby", picture="motorcycle")
    visit.page.get_by_role("link", name="Activation maps, with this picture").click()
    visit.page.get_by_role("heading", name="Which regions make which class?").wait_for()
    expect(visit.page.locator(f".st-key-canvas {PAINTED} .title")).to_contain_text("tabby")
    visit.idle()
    assert visit.link == {"picture": "motorcycle", "first": "tabby"}


@pytest.mark.parametrize(
    ("visit", "page", "query"),
    [
        (look, *one)
        for look in ("dark", "phone")
        for one in (
            ("localization", {"scheme": "pronet"}),
            ("pooling", {"beside": "pronet"}),
            ("pooling", {"beside": "finetuned"}),
        )
    ],
    indirect=["visit"],
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(visit, page, query, request) -> None:
    go(visit, page, trained="true", **query)
    stretch(visit)
    look, name = request.node.callspec.params["visit"], next(iter(query.values()))
    picture_of(visit, f"{page}-{name}-{look}")
    assert findings(visit) == []
    assert fits(visit)
