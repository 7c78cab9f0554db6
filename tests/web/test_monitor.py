"""The job monitor: what it says of a run, and a run watched, reloaded, cancelled, resumed in a browser."""

import math
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from wsl_core import jobs
from wsl_core.jobs import Progress
from wsl_core.web.components import monitor

PROJECT = Path(__file__).resolve().parents[2]
browser_test = pytest.mark.browser


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0, "a few seconds left"),
        (30, "less than a minute left"),
        (65, "about a minute left"),
        (200, "about 3 minutes left"),
        (5000, "about 83 minutes left"),
        (9000, "about 2 hours left"),
    ],
)
def test_time_left_in_words(seconds: float | None, words: str) -> None:
    assert monitor.time_left(seconds) == words


def test_every_figure_has_its_curve() -> None:
    history = [
        Progress(0.1, "reading"),
        Progress(0.2, step=10, figures={"loss": 4.0}),
        Progress(0.3, step=20, figures={"loss": 2.0, "accuracy": 0.5}),
    ]
    loss, accuracy = monitor.curves(history)
    assert (loss.name, loss.steps, loss.values, loss.last) == ("loss", [10, 20], [4.0, 2.0], 2.0)
    assert (accuracy.steps, accuracy.values) == ([20], [0.5])
    assert loss.drawn()["alt"] == "loss over 2 values: now 2, lowest 2, highest 4."


def test_a_job_that_counts_no_steps_is_drawn_over_its_events() -> None:
    history = [Progress(0.1, figures={"rate": 1.0}), Progress(0.2, figures={"rate": 3.0})]
    assert monitor.curves(history)[0].steps == [1, 2]


def test_a_long_curve_is_thinned_and_keeps_its_latest_value() -> None:
    count = 10 * monitor.POINTS + 7
    history = [Progress(0, step=i, figures={"loss": float(i)}) for i in range(count)]
    curve = monitor.curves(history)[0]
    assert monitor.POINTS / 2 < len(curve.values) <= monitor.POINTS
    assert curve.steps[-1] == curve.values[-1] == count - 1
    assert len({b - a for a, b in zip(curve.steps, curve.steps[1:], strict=False)}) == 1


def test_a_diverged_figure_is_named_and_not_drawn() -> None:
    history = [
        Progress(0, step=i, figures={"loss": value})
        for i, value in enumerate((1.0, math.inf, 0.5, math.nan))
    ]
    curve = monitor.curves(history)[0]
    assert curve.values == [1.0, 0.5]
    assert curve.drawn()["last"] == "nan"
    only = monitor.curves([Progress(0, figures={"loss": math.nan})])[0]
    assert (only.drawn()["low"], only.drawn()["values"]) == ("", [])


def test_the_monitor_imports_no_pandas_and_no_torch() -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import sys, wsl_core.web.components.monitor; print(*sys.modules)"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "wsl_core.web.components.monitor" in found
    assert {"pandas", "torch", "altair", "matplotlib"}.isdisjoint(found)


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """The folder of the server's runs."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def page(serve, kept: Path):
    """A server of the page with the counting job; its runs are its own."""
    paths = os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))
    with serve("tests/web/monitor_page.py", WSL_RUNS=str(kept), PYTHONPATH=paths) as server:
        yield server


def button(visit, name: str):
    return visit.page.get_by_role("button", name=name, exact=True)


def count(visit, **query: object) -> None:
    """Open the page and start to count."""
    visit.page.goto(visit.url + "?" + "&".join(f"{key}={value}" for key, value in query.items()))
    button(visit, "Count").click()


@browser_test
def test_a_run_is_watched_to_its_end_and_the_page_goes_on_once(page, opened) -> None:
    with opened(page.url) as visit:
        count(visit, to=30, seconds=0.1)
        bar = visit.page.get_by_role("progressbar")
        expect(visit.page.get_by_text("Counting to 30, ")).to_be_visible()
        assert 0 < float(bar.get_attribute("aria-valuenow")) < 100
        expect(button(visit, "Count")).to_be_disabled()
        loss = visit.page.get_by_role("img", name="loss over")
        expect(loss).to_be_visible()
        before = loss.get_attribute("aria-label")
        expect(loss).not_to_have_attribute("aria-label", before)  # it lives
        expect(visit.page.get_by_text("Counted to 30.")).to_be_visible()
        expect(bar).to_have_count(0)
        expect(loss).to_have_attribute(
            "aria-label", "loss over 30 values: now 0.1333, lowest 0.1333, highest 4."
        )
        # Opened, started, ended: however often the fragment looked, the page ran no oftener.
        expect(visit.page.get_by_text("The page ran 3 times.")).to_be_visible()
        expect(button(visit, "Count")).to_be_enabled()


@browser_test
def test_a_reload_finds_the_run_which_is_cancelled_and_resumed(page, opened) -> None:
    with opened(page.url) as visit:
        count(visit, to=60, seconds=0.1)
        expect(visit.page.get_by_text("Counting to 60, ")).to_be_visible()
        run = visit.link["run"]
        visit.page.reload()
        expect(visit.page.get_by_text("Counting to 60, ")).to_be_visible()
        button(visit, "Cancel").click()
        expect(visit.page.get_by_text("The run was cancelled at")).to_be_visible(timeout=4_000)
        expect(visit.page.get_by_role("progressbar")).to_have_count(0)
        button(visit, "Resume").click()
        expect(visit.page.get_by_text("Counted to 60.")).to_be_visible()
        assert visit.link["run"] == run
        expect(visit.page.get_by_text("The run was cancelled")).to_have_count(0)


@browser_test
def test_a_failure_is_told_as_written_and_can_be_resumed(page, opened) -> None:
    with opened(page.url) as visit:
        count(visit, to=12, seconds=0.01, refuse_at=7)
        sentence = "It does not count past <b>7</b>, *ever*. Resume it."
        expect(visit.notices).to_contain_text(sentence)
        button(visit, "Resume").click()
        expect(visit.page.get_by_text("Counted to 12.")).to_be_visible()
        expect(visit.notices).to_have_count(0)


@browser_test
@pytest.mark.parametrize("run", ["20000101-000000-abcdef", "../../etc"])
def test_a_run_that_is_gone_is_told_and_leaves_the_link(page, opened, run: str) -> None:
    with opened(page.url) as visit:
        visit.page.goto(f"{visit.url}?run={run}")
        expect(visit.notices).to_contain_text(f"There is no run '{run}'")
        expect(button(visit, "Count")).to_be_enabled()
        assert "run" not in visit.link


@browser_test
def test_a_paused_run_is_shown_as_such_and_goes_on(page, kept: Path, opened) -> None:
    with opened(page.url) as visit:
        count(visit, to=20, seconds=0.2)
        expect(visit.page.get_by_text("Counting to 20, ")).to_be_visible()
        (run,) = parse_qs(urlsplit(visit.page.url).query)["run"]
        jobs.Run(kept / run).pause()
        paused = visit.page.get_by_text(re.compile(r"The run is paused at \d+%, after step \d+\."))
        expect(paused).to_be_visible()
        expect(visit.page.get_by_role("progressbar")).to_have_count(0)
        assert jobs.Run(kept / run).state == "paused"
        button(visit, "Resume").click()
        expect(visit.page.get_by_text("Counted to 20.")).to_be_visible()
