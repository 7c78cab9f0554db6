"""What the Few examples page makes of its figures, without a browser."""

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from wsl_core import images
from wsl_core.figures.few_shot_curves import ShotCurve, shots_chart
from wsl_core.figures.signed_bars import signed_bars
from wsl_core.transfer.few_shot import HEADS, Answer, ExampleClassifier, seen
from wsl_core.web import links, station
from wsl_core.web.few_shot import downloads as files
from wsl_core.web.few_shot import in_python as code
from wsl_core.web.few_shot import measured
from wsl_core.web.few_shot import sentences as words
from wsl_core.web.few_shot.view import STARTS, FewShotView

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def answer() -> Answer:
    start = STARTS[FewShotView().start].classes
    load = images.gallery.load
    examples = {name: [load(key) for key in keys] for name, keys in start.items()}
    return ExampleClassifier.of(examples).answer(seen(load(FewShotView().asked)))


def test_the_first_sight_is_right_and_says_so(answer: Answer) -> None:
    """A photographer among one astronaut, one cat and one motorcycle."""
    assert answer.names[answer.best] == "people"
    said = words.verdict(answer, (1, 1, 1))
    assert said.startswith("**people**, ")
    assert "One-shot: one example of each class." in said
    assert words.shots((2, 5)) == "2 to 5 examples of each class."


def test_the_alternative_text_gives_every_score_and_the_strongest_cell(answer: Answer) -> None:
    text = words.alternative_text(answer, 0, "Photographer")
    for name, score in zip(answer.names, answer.scores, strict=True):
        assert f"{name} {score:.2g}".replace("-", "−") in text
    row, column = np.unravel_index(answer.maps[0].argmax(), answer.maps[0].shape)
    x, _ = answer.placement.centre(int(row), int(column))
    assert f"at {x / answer.placement.across.picture_side:.0%} of the width" in text


def test_the_download_holds_maps_whose_mean_is_the_score(answer: Answer) -> None:
    facts = json.loads(files.as_json(answer))
    assert facts["unit"] == "cosine"
    for one in facts["classes"]:
        assert np.mean(one["map"]) == pytest.approx(one["score"], abs=1e-4)


def test_the_lines_of_python_run() -> None:
    start = {name: list(keys) for name, keys in STARTS[FewShotView().start].classes.items()}
    lines = code.live(start, "photographer", "nearest-mean")
    done = subprocess.run(
        [sys.executable, "-c", lines], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("people")
    assert "images.read('mine.jpg')" in code.live({"a": ["mine.jpg"], "b": []}, None, "cosine")
    compile(code.MEASURED, "measured", "exec")


def test_the_example_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n([^`]*ExampleClassifier[^`]*)```", readme)
    exec(compile(program, "README", "exec"), {})
    assert capsys.readouterr().out.startswith("people")


def test_a_chart_says_every_figure_and_draws_its_bands() -> None:
    curve = ShotCurve("Nearest <mean>", (1, 5), (0.7, 0.9), (0.02, 0.01))
    drawn = shots_chart([curve], "Accuracy")
    root = ElementTree.fromstring(drawn)
    assert "70.0 % plus or minus 2.0 % at 1" in root.get("aria-label")
    (band,) = [p for p in root.iter("path") if p.get("class") == "band"]
    heights = [float(pair.split()[1]) for pair in band.get("d").strip("MZ").split("L")]
    assert heights[0] < heights[-1]  # the upper edge first, then the lower one
    assert heights[0] - heights[-1] == pytest.approx(2 * (heights[1] - heights[2]), rel=0.05)


def test_signed_bars_stand_on_both_sides_of_zero() -> None:
    root = ElementTree.fromstring(signed_bars([("for", 0.5), ("against", -0.25)], "words", 1.0))
    fills = [one.get("style") for one in root.iter("div") if "left:" in (one.get("style") or "")]
    assert "left:50.0%;width:25.0%" in fills[0]
    assert "left:37.5%;width:12.5%" in fills[2]


def test_the_shipped_figures_are_those_of_the_benchmark() -> None:
    found = measured.shipped()
    assert found is not None
    kept = station.measured("few_shot")
    pick = ("ways", "head", "shots", "accuracy", "interval_95", "date")
    assert [[str(row[k]) for k in pick] for row in found.rows] == [
        [row[k] for k in pick] for row in kept
    ]
    assert set(found.per_class) == {
        f"{head}, {row['shots']}" for head in HEADS for row in found.of_ways(100)
    }
    for row in found.of_ways(100):
        values = found.per_class[f"{row['head']}, {row['shots']}"]
        assert len(values) == len(found.classes) == 100
        assert np.mean(values) == pytest.approx(float(row["accuracy"]), abs=1e-3)


def test_the_targets_are_reached() -> None:
    """100-way on the subset of Caltech-101, the best head at each number of examples."""
    rows = measured.shipped().of_ways(100)
    for shots, target in ((1, 0.66), (5, 0.86), (10, 0.89)):
        best = max(float(row["accuracy"]) for row in rows if int(row["shots"]) == shots)
        assert best >= target
    for head in HEADS:
        curve = [float(row["accuracy"]) for row in rows if row["head"] == head]
        assert curve == sorted(curve)


def test_every_field_of_the_link_is_parsed() -> None:
    for start in STARTS:
        view, notices = links.parse(FewShotView, {"start": start, "asked": "cat", "ways": "5"})
        assert not notices
        assert (view.start, view.ways) == (start, 5)
    _, notices = links.parse(FewShotView, {"head": "svm", "start": "mine"})
    assert len(notices) == 2
