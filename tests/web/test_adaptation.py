"""The Domain adaptation page in a browser: finished runs, alone and beside each other, without training."""

import contextlib
import re
import time
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, expect

from tests.web import adaptation_by_hand as by_hand
from tests.web.conftest import PROJECT
from tests.web.test_accessibility import findings, fits, picture_of, stretch

pytestmark = pytest.mark.browser

HEADING = "Labels from one world, pictures from another"
DANN, SOURCE_ONLY = f"{by_hand.PAIR}-dann", f"{by_hand.PAIR}-source-only"
TRANSLATION = f"{by_hand.PAIR}-translation"
QUICK = 0.3  # s in which a slider is to repaint; a busy machine is given more
BUSY = 20  # times as long

WITH_RUNS = """
from pathlib import Path

from wsl_core.transfer.adaptation import finished

finished.PLACES = (Path(__file__).parent / "runs",)
exec(compile(Path({app!r}).read_text(encoding="utf-8"), __file__, "exec"))
"""


class Station:
    """The page as its visitor sees it."""

    def __init__(self, visit) -> None:
        self.visit, self.page = visit, visit.page

    def open(self, **query: object) -> "Station":
        self.page.goto(f"{self.visit.url}/adaptation?{urlencode(query)}")
        self.page.get_by_role("heading", name=HEADING).wait_for()
        self.visit.idle()
        return self

    def seen(self, *keys: str) -> None:
        """Wait until the browser has drawn these figures."""
        for key in keys:
            expect(self.figure(key).first).to_be_visible()

    def figure(self, key: str) -> Locator:
        return self.visit.widget(key).get_by_role("img")

    def words(self, key: str) -> str:
        return self.figure(key).first.get_attribute("aria-label")

    def chart(self, title: str) -> Locator:
        return self.visit.widget("charts").get_by_role("img", name=title)

    @contextlib.contextmanager
    def redrawn(self, *keys: str, timeout: float = 30_000):
        """Do something, then wait until other figures are there."""
        before = [self.words(key) for key in keys]
        yield
        for key, words in zip(keys, before, strict=True):
            expect(self.figure(key).first).not_to_have_attribute(
                "aria-label", words, timeout=timeout
            )
        self.visit.idle()

    def slide(self, name: str, key: str) -> None:
        self.visit.widget(name).get_by_role("slider").press(key)

    def row(self, name: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=name).first


@pytest.fixture(scope="module")
def with_runs(serve, tmp_path_factory):
    """`with with_runs("dann", ...) as server`: an app that comes with just these runs, made by hand."""

    @contextlib.contextmanager
    def run(*methods: str, **environment: str):
        place = tmp_path_factory.mktemp("installed")
        (place / "runs").mkdir()
        by_hand.ship(place / "runs", *methods)
        for name in ("pages", "assets"):
            (place / name).symlink_to(PROJECT / name)
        (place / "app.py").write_text(WITH_RUNS.format(app=str(PROJECT / "app.py")))
        own = {"WSL_RUNS": str(place / "trained"), "PYTHONPATH": str(PROJECT)} | environment
        with serve(script=str(place / "app.py"), **own) as server:
            yield server

    return run


@pytest.fixture(scope="module")
def installed(with_runs):
    """The app with a run of every kind."""
    with with_runs(*by_hand.TARGETS) as server:
        yield server


@pytest.fixture
def station(request, opened, installed):
    """A tab on it; an indirect parameter names its look."""
    with opened(installed.url, getattr(request, "param", "light")) as visit:
        visit.home()  # the first visitor of a deep link would not come in through this app.py
        yield Station(visit)


def test_everything_is_there_without_a_click(station) -> None:
    station.open()
    assert "step 100" in station.words("diagram-0")
    assert "80 points" in station.words("features-0") or "40 source" in station.words("features-0")
    for title in ("Accuracy", "Domain classifier is right", "Lambda", "Losses", "Proxy A-distance"):
        expect(station.chart(title)).to_be_visible()
    accuracy = station.chart("Accuracy").get_attribute("aria-label")
    assert "seen by the evaluation only" in accuracy
    assert "Level 40.0 %: target, source only." in accuracy
    assert "Level 55.0 %: target, source only, centred." in accuracy
    assert "50.0 %" in station.chart("Domain classifier is right").get_attribute("aria-label")
    expect(station.row("Domain-adversarial training")).to_contain_text("90.0 %")
    expect(station.row("Source only, centred")).to_contain_text("55.0 %")
    expect(station.page.get_by_text("covers 88 % of the gap")).to_be_visible()
    expect(station.page.get_by_text("4 of 40 target pictures")).to_be_visible()
    expect(station.row("InfoMax")).to_contain_text("25")
    expect(station.page.get_by_text("The oracle, which sees")).to_be_visible()
    assert station.visit.link == {}


def test_the_slider_moves_diagram_features_and_mistakes(station) -> None:
    station.open(finished=DANN)
    with station.redrawn("diagram-0", "features-0"):
        station.slide("look", "Home")
    expect(station.page.get_by_text("Step 0 of 100")).to_be_visible()
    expect(station.page.get_by_text("36 of 40 target pictures")).to_be_visible()
    assert "3.00" not in station.words("features-0")
    assert "at step 0" in station.words("features-0")
    assert station.visit.link["look"] == "0"
    marked = station.chart("Accuracy").get_attribute("aria-label")
    assert "marked 10.0 %" in marked
    spent = []
    for key in ("ArrowRight", "ArrowRight", "ArrowRight"):
        began = time.perf_counter()
        with station.redrawn("diagram-0", timeout=1000 * QUICK * BUSY):
            station.slide("look", key)
        spent.append(time.perf_counter() - began)
    print("repaints, s:", [f"{one:.2f}" for one in spent])


def test_the_lambda_slider_moves_the_reversed_arrow(station) -> None:
    station.open(finished=DANN)
    assert "minus 0.200" in station.words("diagram-0")
    with station.redrawn("diagram-0"):
        station.slide("weight", "ArrowRight")  # to 0
    assert "0, no arrow: nothing passes" in station.words("diagram-0")
    with station.redrawn("diagram-0"):
        station.slide("weight", "End")  # to 3
    assert "minus 0.600" in station.words("diagram-0")
    assert station.visit.link["weight"] == "3.0"


def test_colours_by_domain(station) -> None:
    station.open(finished=DANN)
    with station.redrawn("features-0"):
        station.visit.segment("colour", "domain").click()
    assert "coloured by domain" in station.words("features-0")


def test_without_features_there_is_no_tsne_and_the_page_says_why(station) -> None:
    station.open(finished=DANN, projection="t-SNE")
    expect(station.visit.notices).to_contain_text("has kept the points of its PCA and no features")
    expect(station.figure("features-0").first).to_be_visible()


def test_two_runs_beside_each_other(station) -> None:
    station.open(finished=DANN, beside=TRANSLATION, look=2)
    assert "step 50" in station.words("diagram-0")
    assert "step 50" in station.words("diagram-1")
    words = station.chart("Accuracy").get_attribute("aria-label")
    assert "Domain-adversarial training: target" in words
    assert "Image translation: target" in words
    expect(station.row("Image translation")).to_contain_text("40.0 %")
    expect(station.visit.notices).to_contain_text("A remark on translation.")
    drawn = station.page.get_by_role("img", name="in 4 rows: as they are; as drawn at step 0")
    expect(drawn.first).to_be_visible()
    expect(drawn).to_have_count(2)


def test_a_link_restores_everything(station) -> None:
    query = {
        "finished": TRANSLATION, "beside": DANN, "look": "1", "weight": "0.5", "colour": "domain",
    }  # fmt: skip
    station.open(**query)
    assert "step 25" in station.words("diagram-0")
    assert "coloured by domain" in station.words("features-1")
    assert station.visit.link == query


def test_a_link_that_asks_for_nonsense_is_told(station) -> None:
    run = "20000101-000000-abcdef"
    station.open(finished="<b>x</b>", look="-1", weight="much", run=run, chapter="watch")
    for words in ("finished=<b>x</b>", "look=-1", "weight=much", f"no run '{run}'"):
        expect(station.visit.notices.filter(has_text=words)).to_have_count(1)
    assert not {"finished", "look", "weight", "run"} & station.visit.link.keys()
    expect(station.figure("diagram-0").first).to_be_visible()


def test_a_prediction_comes_before_the_figures(station) -> None:
    station.open(finished=DANN, predict="true")
    expect(
        station.page.get_by_text("what does the domain classifier's accuracy do?")
    ).to_be_visible()
    expect(station.visit.widget("charts")).to_have_count(0)
    station.page.get_by_role("radio", name="It falls").click()
    expect(station.visit.notices).to_contain_text("That is how it is.")
    expect(station.figure("diagram-0").first).to_be_visible()


def test_the_domain_classifier_should_struggle(station) -> None:
    station.open(chapter="struggle")
    expect(station.visit.widget("struggle")).to_have_count(0)
    station.page.get_by_role("radio", name="At chance, near 50 %").click()
    expect(station.visit.notices).to_contain_text("That is how it is.")
    charts = station.figure("struggle")
    expect(charts).to_have_count(4)
    expect(charts.first).to_have_attribute("aria-label", re.compile("from 97.5 % to 50.0 %"))
    expect(station.row("Domain-adversarial training")).to_contain_text("90.0 %")


def test_the_table_of_looks_and_the_lines_of_python(station) -> None:
    station.open(finished=DANN)
    station.visit.expander("All looks as a table")
    expect(station.page.get_by_role("row").filter(has_text="50.0 %").first).to_be_visible()
    python = station.visit.expander("The same in Python")
    expect(python).to_contain_text(f'finished.load_shipped("{DANN}")')


def test_files_to_take_away(station) -> None:
    station.open(finished=DANN)
    station.visit.expander("Download")
    for label in ("Run (JSON)", "Looks (CSV)", "Curves (SVG)"):
        with station.page.expect_download() as download:
            station.page.get_by_role("button", name=label).click()
        assert download.value.path().stat().st_size > 300


def test_without_any_run_the_page_leads_to_a_training(with_runs, opened) -> None:
    with with_runs() as server, opened(server.url) as visit:
        visit.home()
        station = Station(visit).open()
        expect(visit.notices).to_contain_text("No finished run comes with this installation")
        visit.segment("chapter", "struggle").click()
        expect(visit.notices).to_contain_text(
            "no run here whose domain classifier could be watched"
        )
        station.visit.segment("chapter", "train").click()
        expect(visit.widget("start-run").get_by_role("button")).to_be_enabled()


@pytest.mark.parametrize("station", ["light", "dark", "phone"], indirect=True)
@pytest.mark.parametrize("chapter", ["watch", "beside", "train", "struggle"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(station, chapter, request) -> None:
    if chapter == "beside":
        station.open(finished=DANN, beside=TRANSLATION, look=2)
        station.seen("features-0", "features-1", "diagram-0", "diagram-1", "charts")
    elif chapter == "watch":
        station.open(finished=DANN)
        station.seen("features-0", "diagram-0", "charts")
        for name in ("All looks as a table", "Download", "The same in Python", "What the lecture"):
            station.visit.expander(name)
    else:
        station.open(chapter=chapter)
        expect(station.visit.widget("chapter").get_by_role("radio").first).to_be_visible()
    if chapter == "struggle":
        station.page.get_by_role("radio", name="Just show me").click()
        expect(station.figure("struggle").first).to_be_visible()
    stretch(station.visit)
    look = request.node.callspec.params["station"]
    picture_of(station.visit, f"adaptation-{chapter}-{look}")
    assert findings(station.visit) == []
    assert fits(station.visit)
