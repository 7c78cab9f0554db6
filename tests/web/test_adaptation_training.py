"""A training of one's own on the Domain adaptation page: live, paused, stepped, continued, cancelled."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.test_adaptation import Station
from wsl_core.errors import ParameterError
from wsl_core.jobs import Progress
from wsl_core.jobs.files import RunFiles
from wsl_core.jobs.recording import record
from wsl_core.transfer.adaptation import JOB
from wsl_core.transfer.adaptation.request import Request
from wsl_core.web.adaptation import training as adaptation_training

pytestmark = pytest.mark.browser

SLOW = 240_000  # ms that a worker may need to start and to train on a busy machine
PAIR = "digits-dimmed"
BARE = "digits-colours"  # no run of it comes with the program


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where runs and data lie."""
    return tmp_path_factory.mktemp("training")


@pytest.fixture(scope="module")
def server(serve, place):
    """The app with runs of its own, and without any labelled data."""
    (place / "data").mkdir()
    with serve(WSL_RUNS=str(place / "runs"), WSL_DATA=str(place / "data")) as running:
        yield running


@pytest.fixture
def station(opened, server):
    with opened(server.url) as visit:
        yield Station(visit)


def button(station: Station, name: str):
    return station.page.get_by_role("button", name=name, exact=True)


def click(station: Station, name: str) -> None:
    """Click when there is one such button: until a run is over, one that it moves stands there twice."""
    expect(button(station, name)).to_have_count(1, timeout=SLOW)
    station.visit.idle()
    button(station, name).click()


def progress(station: Station) -> int:
    text = station.page.get_by_text(re.compile(r"^Step [\d,]+ of [\d,]+$")).first.inner_text()
    return int(re.search(r"[\d,]+", text)[0].replace(",", ""))


def test_a_training_is_watched_paused_stepped_continued_and_cancelled(station) -> None:
    station.open(chapter="train", pair=PAIR, steps=1200)
    click(station, "Start")
    live = station.visit.widget("live")
    expect(live.get_by_role("img", name="Parts of the network")).to_be_visible(timeout=SLOW)
    click(station, "Pause")
    expect(station.page.get_by_text("The run is paused at")).to_be_visible(timeout=SLOW)
    expect(
        live.get_by_role("img", name="points").or_(live.get_by_role("img", name="Features of"))
    ).to_be_visible()
    station.visit.idle()  # the page that says so has drawn its figures, too
    before = progress(station)
    assert 0 < before < 1200
    station.page.reload()
    click(station, "Step")
    expect(station.page.get_by_text("The run is paused at")).to_have_count(0)
    expect(station.page.get_by_text("The run is paused at")).to_be_visible(timeout=SLOW)
    further = station.page.get_by_text(re.compile(rf"^Step {before + 84} of"))  # one look
    expect(further.first).to_be_visible()
    click(station, "Continue")
    click(station, "Cancel")
    expect(station.page.get_by_text("The run was cancelled")).to_be_visible(timeout=SLOW)
    expect(live.get_by_role("img", name="Accuracy")).to_be_visible()  # what was learned stays
    expect(button(station, "Resume")).to_have_count(1)


def test_a_finished_training_is_looked_at_like_a_shipped_one(station) -> None:
    station.open(chapter="train", pair=BARE, steps=40, seed=3)
    click(station, "Start")
    expect(station.figure("diagram-0")).to_be_visible(timeout=SLOW)
    assert "step 40" in station.words("diagram-0")
    expect(station.page.get_by_text("Which network is kept")).to_be_visible()
    expect(station.page.get_by_text("of 200 target pictures")).to_be_visible()
    expect(button(station, "Train source only")).to_have_count(1)
    with station.redrawn("diagram-0", "features-0"):
        station.slide("look", "Home")
    with station.redrawn("features-0", timeout=SLOW):
        station.visit.segment("projection", "t-SNE").click()
    assert "t-SNE" in station.words("features-0")
    station.visit.segment("chapter", "watch").click()
    station.visit.choose("finished", "your own run")
    expect(station.figure("diagram-0")).to_be_visible()
    assert station.visit.link["run"]


def test_a_pair_whose_data_are_missing_says_which_and_offers_another(station) -> None:
    station.open(chapter="train", pair="mnist-mnistm")
    expect(station.visit.notices.filter(has_text="Expected under WSL_DATA")).to_have_count(1)
    expect(button(station, "Start")).to_have_count(0)
    station.page.get_by_role("button", name="which needs no data").click()
    expect(button(station, "Start")).to_be_enabled()
    assert "pair" not in station.visit.link  # the pair that needs none is the default


def test_a_run_that_diverged_is_kept_and_explained(station, place) -> None:
    asked = Request(pair=PAIR, adaptation={"method": "dann", "steps": 100})
    files = RunFiles.create(place / "runs", JOB, asked.model_dump(mode="json"), None, "training")

    def events():
        for step in (1, 5, 10, 15):
            figures = {"loss": 2.0**step, "domain_loss": 0.7, "lambda": 0.1}
            yield Progress(step / 100, "training", step, figures)
        yield Progress(0.2, "training", 20, {"loss": float("nan"), "lambda": 0.1})
        raise ParameterError("The training diverged at step 20. Choose a smaller rate.")

    record(files, events(), lambda: False)
    station.open(chapter="train", run=files.facts().id)
    expect(station.visit.notices).to_contain_text("The training diverged at step 20.")
    losses = station.visit.widget("live-charts").get_by_role("img", name="Losses")
    expect(losses).to_have_attribute("aria-label", re.compile("at step 15"))
    expect(button(station, "Resume")).to_have_count(1)


def test_another_lambda_is_trained_from_the_figure_and_stands_beside(station) -> None:
    station.open(chapter="train", pair=PAIR, steps=40, seed=3)
    click(station, "Start")
    expect(station.figure("diagram-0").first).to_be_visible(timeout=SLOW)
    station.visit.segment("chapter", "struggle").click()
    station.page.get_by_role("radio", name="Just show me").click()
    expect(station.figure("struggle").first).to_have_attribute(
        "aria-label", re.compile("Domain-adversarial training.*: domain classifier is right from")
    )
    button(station, "Train with lambda 0").click()
    expect(button(station, "Cancel")).to_have_count(1, timeout=SLOW)
    assert station.visit.link["lambda_largest"] == "0.0"
    click(station, "Cancel")
    expect(station.page.get_by_text("The run was cancelled")).to_be_visible(timeout=SLOW)


def test_a_preset_trains_with_one_click(station) -> None:
    station.open(chapter="train", method="coral", steps=20, seed=4)
    for pair in adaptation_training.PRESETS:
        expect(station.visit.widget(f"preset-{pair}").get_by_role("button")).to_be_enabled()
    station.visit.widget("preset-digits-photos").get_by_role("button").click()
    expect(button(station, "Cancel")).to_have_count(1, timeout=SLOW)
    expect(station.visit.widget("preset-digits-photos").get_by_role("button")).to_be_disabled()
    expect(station.page.get_by_text("digits in photographs, Domain-adversarial")).to_be_visible()
    link = station.visit.link
    assert link.pop("run")
    assert link == {"chapter": "train", "pair": "digits-photos"}
    click(station, "Cancel")
    expect(station.page.get_by_text("The run was cancelled")).to_be_visible(timeout=SLOW)
