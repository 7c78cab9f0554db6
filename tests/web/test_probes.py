"""The Layer probes page in a browser: depth, examples, mistakes, a live run, the table."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, expect

from wsl_core.figures.ink import percent
from wsl_core.transfer.probes import Probes
from wsl_core.transfer.probes.finished import finished
from wsl_core.web.probes import sentences as words

pytestmark = pytest.mark.browser
SLOW = 120_000  # ms for a live run on a busy machine


@pytest.fixture(scope="module")
def found() -> Probes:
    return finished()


def go(visit, figure: str, **query: object) -> Locator:
    """Open the page with this in the link, and wait for a figure; it is returned."""
    visit.page.goto(f"{visit.url}/probes?{urlencode(query)}")
    drawn = visit.page.locator(f"figure.{figure}").first
    drawn.wait_for(timeout=60_000)
    visit.idle()
    return drawn


def test_first_sight_is_accuracy_against_depth(visit, found: Probes) -> None:
    told = go(visit, "depth").get_attribute("aria-label") or ""
    for layer in found.layers:
        for name in ("softmax", "svm"):
            assert words.told(layer.mean(name), layer.deviation(name)).replace(" %", "") in (
                told.replace(" %", "")
            )
    expect(visit.page.get_by_text(words.best(found, "softmax").split(";")[0])).to_be_visible()
    visit.choose("layer", "stem")
    expect(visit.page.get_by_text("stem, Soft-max: pooling")).to_be_visible()


def test_nothing_is_told_before_the_prediction(visit, found: Probes) -> None:
    visit.page.goto(f"{visit.url}/probes?predict=true")
    visit.segment("choose_probes_best", words.THIRDS[0]).click(timeout=60_000)
    expect(visit.page.get_by_text(f"You said: {words.THIRDS[0]}.")).to_be_visible()
    visit.page.locator("figure.depth").wait_for()


def test_examples_of_a_class(visit, found: Probes) -> None:
    told = go(visit, "chart", chapter="examples").get_attribute("aria-label") or ""
    best = found.best("softmax")
    assert f"{percent(best.mean('softmax'))} with {found.train}" in told
    assert {1, 5} <= set(best.examples)


def test_what_one_layer_gets_and_another_misses(visit, found: Probes) -> None:
    matrix = go(visit, "confusion", chapter="mistakes", layer="stage7", beside="stem")
    assert f"{int(found.hits('softmax', 'stage7').sum())} of" in matrix.get_attribute("aria-label")
    said = words.between(found, "softmax", "stage7", "stem")
    expect(visit.page.get_by_text(said)).to_be_visible()
    visit.choose("beside", "stage7")
    expect(visit.page.get_by_text("Choose two different layers.")).to_be_visible()


def test_published_stands_beside_measured(visit, found: Probes) -> None:
    visit.page.goto(f"{visit.url}/probes?chapter=table")
    row = visit.page.get_by_role("row", name=re.compile(r"^SVM \(5\)"))
    expect(row).to_contain_text("86.2 % ± 0.8", timeout=60_000)
    expect(row).to_contain_text("65.6 %")
    own = found.layers[0]
    mine = visit.page.get_by_role("row", name=re.compile(r"^stem"))
    expect(mine).to_contain_text(words.told(own.mean("svm"), own.deviation("svm")))


def test_a_live_run_shows_its_own_pictures(visit) -> None:
    visit.page.goto(f"{visit.url}/probes?chapter=own&train=5&draws=1")
    visit.widget("start-run").get_by_role("button").click(timeout=60_000)
    visit.page.locator("figure.depth").wait_for(timeout=SLOW)
    told = visit.page.locator("figure.depth").get_attribute("aria-label") or ""
    assert "stage4" in told
    assert "together" in told
    expect(
        visit.page.get_by_role("img", name=re.compile(r"^\d; stage\d says \d$")).first
    ).to_be_visible()
    assert "run" in visit.link
