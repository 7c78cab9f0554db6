"""The Multitask page in a browser: the branching point by keyboard, predictions, a training of one's own."""

import contextlib
import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.web.test_accessibility import findings, fits, picture_of, stretch

pytestmark = pytest.mark.browser

HEADING = "Two tasks, one trunk"
SLOW = 240_000  # ms that a worker may need to start and to train on a busy machine


class Station:
    """The page as its visitor sees it."""

    def __init__(self, visit) -> None:
        self.visit, self.page = visit, visit.page

    def open(self, **query: object) -> "Station":
        self.page.goto(f"{self.visit.url}/multitask?{urlencode(query)}")
        self.page.get_by_role("heading", name=HEADING).wait_for()
        self.visit.idle()
        return self

    def figure(self, key: str):
        return self.visit.widget(key).get_by_role("img").first

    def words(self, key: str) -> str:
        expect(self.figure(key)).to_be_visible()
        return self.figure(key).get_attribute("aria-label")

    @contextlib.contextmanager
    def redrawn(self, *keys: str):
        before = [self.words(key) for key in keys]
        yield
        for key, words in zip(keys, before, strict=True):
            expect(self.figure(key)).not_to_have_attribute("aria-label", words)
        self.visit.idle()

    def row(self, name: str):
        return self.page.get_by_role("row").filter(has_text=name).first


@pytest.fixture
def station(visit):
    return Station(visit)


@pytest.fixture(scope="module")
def training(serve, opened, tmp_path_factory):
    """The page of a server with runs of its own, and without any labelled data."""
    place = tmp_path_factory.mktemp("training")
    (place / "data").mkdir()
    with (
        serve(WSL_RUNS=str(place / "runs"), WSL_DATA=str(place / "data")) as server,
        opened(server.url) as visit,
    ):
        yield Station(visit)


def test_the_branching_point_moves_by_keyboard_and_all_is_drawn_anew(station) -> None:
    station.open()
    assert "The first 3 are shared by both tasks" in station.words("layers")
    expect(station.row("Delta")).to_be_visible()
    slider = station.visit.widget("shared").get_by_role("slider")
    with station.redrawn("layers", "changes"):
        slider.press("ArrowLeft")
    assert "The first 2 are shared by both tasks" in station.words("layers")
    assert "Change from sharing 2 of 4 blocks" in station.words("changes")
    assert station.visit.link["shared"] == "2"
    with station.redrawn("layers", "changes"):
        slider.press("Home")
    assert "None is shared" in station.words("layers")
    expect(station.page.get_by_text("together is alone, bit for bit")).to_be_visible()
    assert "+0.0 %" not in station.words("changes")
    assert ": 0.0 %" in station.words("changes")


def test_a_prediction_comes_before_the_answer(station) -> None:
    station.open(predict="true", amount="few")
    question = station.page.get_by_text("There are 100 training pictures.")
    expect(question).to_be_visible()
    expect(station.visit.widget("changes")).to_have_count(0)
    station.visit.segment("choose_multitask-digits-few", "It helps").click()
    expect(station.page.get_by_text("You said: It helps.")).to_be_visible()
    expect(station.figure("changes")).to_be_visible()
    station.visit.segment("amount", "all").click()
    expect(station.page.get_by_text("There are 6,000 training pictures.")).to_be_visible()
    station.visit.segment("choose_multitask-digits-all", "Just show me").click()
    expect(station.figure("changes")).to_be_visible()
    expect(station.page.get_by_text("You said:")).to_have_count(0)


def test_sizes_branching_points_and_the_table(station) -> None:
    station.open(chapter="sizes")
    assert "100 pictures, which digit" in station.words("by-size")
    assert "4 of 4 shared, how it is turned" in station.words("by-point")
    station.open(chapter="table")
    expect(station.row("uncertainty")).to_be_visible()
    expect(station.row("as many parameters")).to_be_visible()
    expect(station.row("reported")).to_be_visible()


def test_a_training_is_started_watched_and_cancelled(training) -> None:
    training.open(chapter="train", share=0.0167, steps=800)
    training.page.get_by_role("button", name="Start", exact=True).click()
    live = training.visit.widget("live")
    expect(live.get_by_text(re.compile(r"Digit alone: step \d+ of 800"))).to_be_visible(
        timeout=SLOW
    )
    expect(live.get_by_role("img").first).to_be_visible()
    training.page.get_by_role("button", name="Cancel", exact=True).click()
    expect(training.page.get_by_text("The run was cancelled")).to_be_visible(timeout=SLOW)
    expect(live.get_by_role("img").first).to_be_visible()


def test_a_training_ends_with_its_comparison(training) -> None:
    training.open(chapter="train", share=0.0167, steps=50, shared=1)
    training.page.get_by_role("button", name="Start", exact=True).click()
    expect(training.figure("changes")).to_be_visible(timeout=SLOW)
    assert "The first 1 are shared" in training.words("layers")
    expect(training.row("Delta")).to_contain_text("one seed")
    training.visit.idle()
    training.page.reload()  # the link finds the run again
    expect(training.figure("changes")).to_be_visible()


def test_missing_pictures_are_said_and_others_offered(training) -> None:
    training.open(chapter="train", tasks="voc")
    expect(training.page.get_by_text("VOC, what and where are not there")).to_be_visible()
    training.visit.widget("instead").get_by_role("button").click()
    expect(training.page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    assert "tasks" not in training.visit.link or training.visit.link["tasks"] == "digits"


@pytest.mark.parametrize(
    ("visit", "chapter", "figure"),
    [
        ("light", "branch", "charts"),
        ("dark", "branch", "charts"),
        ("phone", "branch", "charts"),
        ("phone", "sizes", "by-point"),
        ("dark", "sizes", "by-point"),
        ("phone", "table", None),
        ("phone", "train", None),
    ],
    indirect=["visit"],
)
def test_axe_finds_nothing_in_any_look(visit, chapter: str, figure: str | None, request) -> None:
    station = Station(visit).open(chapter=chapter)
    if figure:
        expect(station.figure(figure)).to_be_visible()
    stretch(visit)
    picture_of(visit, f"multitask-{chapter}-{request.node.callspec.params['visit']}")
    assert findings(visit) == []
    assert fits(visit)
