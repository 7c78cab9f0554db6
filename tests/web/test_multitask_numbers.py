"""What the Multitask page makes of comparisons, without a browser."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.transfer.multitask_toys import by_hand
from wsl_core.transfer.multitask import TASK_SETS, card, finished
from wsl_core.transfer.multitask.finished import Finished
from wsl_core.transfer.multitask.results import Training, estimate, summarised, trainings_of
from wsl_core.web import links
from wsl_core.web.multitask import downloads as files
from wsl_core.web.multitask import figures as drawn
from wsl_core.web.multitask import in_python as code
from wsl_core.web.multitask import pictures
from wsl_core.web.multitask import sentences as words
from wsl_core.web.multitask.finished import Seen
from wsl_core.web.multitask.intervals import Change, intervals
from wsl_core.web.multitask.view import AMOUNTS, MultitaskView

PROJECT = Path(__file__).resolve().parents[2]
DIGITS = card("digits")


@pytest.fixture
def harmed() -> list:
    """The first task loses half, the second gains a tenth; three seeds."""
    return [
        by_hand((0.8, 0.5), (0.4 + 0.001 * k, 0.55), seed=k, steps=600, batch=64) for k in range(3)
    ]


def test_curves_are_means_over_the_seeds() -> None:
    trainings = [Training(("digit",), ((0, {"x": 1.0}), (5, {"x": value}))) for value in (2.0, 4.0)]
    assert drawn.mean(trainings, "x") == ([0, 5], [1.0, 3.0])
    short = Training(("digit",), ((0, {"x": 3.0}),))
    assert drawn.mean([*trainings, short], "x") == ([0], [pytest.approx(5 / 3)])
    assert drawn.mean([], "x") == ([], [])


def test_the_layers_say_what_is_shared(harmed) -> None:
    how = harmed[0].parameters
    for shared, boxes in ((0, 11), (2, 9), (4, 7)):
        figure = drawn.diagram(DIGITS, how.model_copy(update={"shared": shared}), harmed)
        assert figure.count("<rect") == boxes  # the picture, the blocks, two last layers
    words_of = words.layers(DIGITS, 2, {1: -0.25})
    assert (
        "The first 2 are shared by both tasks, the other 2 and the last layers are private."
        in words_of
    )
    assert "block 1 −0.25" in words_of
    assert "None is shared" in words.layers(DIGITS, 0, {})
    assert "only the last layers are private" in words.layers(DIGITS, 4, {})


def test_negative_transfer_is_named_with_its_interval(harmed) -> None:
    summary = summarised(harmed)
    sentence = words.negative(DIGITS, summary)
    assert sentence.startswith("**Negative transfer**: in one network, *which digit* (−49.9 %, ")
    assert "mean cosine of −0.050: nearly at right angles" in sentence
    assert words.gained(DIGITS, summary) == (
        "**Gain**: in one network, *how it is turned* (+10.0 %, +10.0 % to +10.0 %) is learned better."
    )
    rows = words.rows(DIGITS, summary)
    assert [row[4] for row in rows] == ["negative transfer", "gain", "negative transfer"]
    assert rows[0][1:3] == ["80.0 %", "40.1 %"]
    single = summarised(harmed[:1])
    assert words.negative(DIGITS, single) is None
    assert words.rows(DIGITS, single)[0][3:] == ["−50.0 % (one seed, no interval)", "one seed"]


def test_the_figure_of_changes_is_drawn_to_scale(harmed) -> None:
    rows = [
        Change("left", -0.5, -0.6, -0.4, "harm", "#000"),
        Change("right", 0.5, None, None, "help", "#000"),
    ]
    figure = intervals(rows, "Changes", "alt & words")
    svg = ElementTree.fromstring(figure[figure.index("<svg") : figure.index("</svg>") + 6])
    centres = [float(one.get("cx")) for one in svg.iter("circle")]
    zero = next(float(o.get("x1")) for o in svg.iter("line") if o.get("stroke-width") == "2")
    assert (zero - centres[0]) == pytest.approx(centres[1] - zero, abs=0.3)
    assert len(list(svg.iter("path"))) == 1
    assert 'aria-label="alt &amp; words"' in figure
    told = drawn.changes(DIGITS, {"": summarised(harmed)}, "Change")
    assert "which digit: −49.9 %, interval" in told
    assert "negative transfer" in told


def test_charts_hold_both_ways_and_the_cosine(harmed) -> None:
    charts = drawn.charts(DIGITS, harmed)
    assert len(charts) == 5
    assert "which digit: held-out accuracy by step." in charts[0]
    assert "alone: from 10.0 % at step 0, to 80.0 % at step 600" in charts[0]
    assert "Cosine of the tasks’ gradients" in charts[4]
    assert "lowest −0.200 at step 300" in charts[4]


def test_the_progress_of_a_job_becomes_trainings() -> None:
    told = [
        (0, {"alone_digit.digit_rate": 0.1, "alone_digit.digit_loss": 2.0}),
        (4, {}),
        (5, {"alone_digit.digit_rate": 0.5, "alone_digit.digit_loss": 1.0}),
        (0, {"together.digit_rate": 0.1, "together.rotation_rate": 0.2, "together.cosine": 0.5}),
    ]
    found = trainings_of(told)
    assert found["alone_digit"] == Training(
        ("digit",),
        ((0, {"digit_rate": 0.1, "digit_loss": 2.0}), (5, {"digit_rate": 0.5, "digit_loss": 1.0})),
    )
    assert found["together"].tasks == ("digit", "rotation")


def test_sizes_are_told_as_shares(harmed) -> None:
    separate, one = drawn.sizes(DIGITS, harmed[0].parameters)
    sentence = words.size(separate, one, 3)
    assert (
        f"{one.parameters:,} parameters where two separate ones have {separate.parameters:,}"
        in sentence
    )
    assert "Nothing is shared" in words.size(separate, separate, 0)


def test_a_verdict_answers_the_question() -> None:
    assert words.verdict(estimate([0.1, 0.101, 0.102])) == "+10.1 %, gain"
    assert words.signed(-0.02) == "−2.0 %"
    assert set(words.ANSWER.values()) < set(words.ANSWERS)
    assert "100 training pictures" in words.question(DIGITS, 100)


def test_every_amount_is_a_fraction_of_every_set() -> None:
    for own in TASK_SETS.values():
        assert len(own.fractions) == len(AMOUNTS)
    assert MultitaskView(tasks="digits", amount="few").fraction == 0.0167


def test_a_bad_link_is_said_and_replaced() -> None:
    view, notices = links.parse(MultitaskView, {"tasks": "cifar", "shared": "7", "share": "0.5"})
    assert (view.tasks, view.shared, view.share) == ("digits", 3, 0.5)
    assert len(notices) == 2
    assert "a whole number from 0 to 4" in notices[1]


def test_downloads_hold_every_figure(harmed) -> None:
    seen = Seen(DIGITS, MultitaskView(), harmed)
    told = {name: make() for name, make, _, _ in files.of(seen)}
    summary = json.loads(told["Figures (JSON)"])["summary"]
    assert summary["tasks"]["digit"]["verdict"] == "negative transfer"
    rows = list(csv.DictReader(io.StringIO(told["Curves (CSV)"])))
    last = [
        one for one in rows if one["figure"] == "rotation_rate" and one["training"] == "together"
    ]
    assert [float(one["value"]) for one in last] == [0.55] * 3
    svg = ElementTree.fromstring(told["Layers (SVG)"])
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"


def test_the_python_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [by_hand((0.8, 0.9), (0.7, 0.9), seed=k, shared=3) for k in range(2)]
    Finished.of("digits", made).save(tmp_path / "digits.json")
    monkeypatch.setattr(finished, "PLACES", (tmp_path,))
    finished.shipped.cache_clear()
    finished.load_shipped.cache_clear()
    try:
        exec(compile(code.finished(MultitaskView()), "page", "exec"), {})
    finally:
        finished.shipped.cache_clear()
        finished.load_shipped.cache_clear()
    view = MultitaskView(share=0.0167, steps=50, weighting="uncertainty")
    lines = code.training(view.request()).replace("steps=50", "steps=2")
    assert "weighting='uncertainty'" in lines
    done = subprocess.run(
        [sys.executable, "-c", lines], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("digit 0.")


def test_the_shown_pictures_say_both_labels() -> None:
    figure = pictures.examples("digits")
    told = [word.split() for word in figure.split("both labels: ")[1].split(".", 1)[0].split(", ")]
    assert len(told) == 10
    assert {turn for _, turn in told} <= {"0°", "90°", "180°", "270°"}
    assert pictures.examples("voc") is None
    assert words.amounts((100, 1000, 6000)) == "In this order 100, 1,000 and 6,000."
