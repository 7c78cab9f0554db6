"""`wsl zero-shot`: figures, tables for people, refusals, pictures that are skipped."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from wsl_core.jobs import Result, Task
from wsl_core.transfer.zero_shot.evaluation import zero_shot_job

pytestmark = pytest.mark.usefixtures("runs")

Run = Callable[..., Any]
TINY = ("--sizes", "65", "--no-mirrored", "--repeats", 1)
TABLE = """class,red,green,blue
ruby,0.9,0.1,0.1
grass,0.1,0.8,0.1
sea,0.1,0.1,0.9
lemon,0.9,0.9,0.1
snow,1,1,1
"""


@pytest.fixture
def colours(tmp_path: Path) -> Path:
    root = tmp_path / "colours"
    random = np.random.default_rng(0)
    for line in TABLE.splitlines()[1:]:
        name, *values = line.split(",")
        folder = root / name
        folder.mkdir(parents=True)
        for number in range(3):
            noise = random.integers(-5, 6, (48, 48, 3))
            pixels = np.clip(255 * np.array(values, float) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / f"{number}.png")
    (root / "attributes.csv").write_text(TABLE)
    return root


def test_the_figures_are_those_of_the_job(wsl: Run, colours: Path) -> None:
    """No list of unseen classes, so they are drawn."""
    ran = wsl("zero-shot", "--data", colours, "--draws", 2, *TINY, "--json")
    assert ran.status == 0, ran.err
    config = {"data": str(colours), "draws": 2, "sizes": [65], "mirrored": False, "repeats": 1}
    *_, last = zero_shot_job(Task(config))
    assert isinstance(last, Result)
    assert ran.json == json.loads(json.dumps(last.facts))
    assert ran.json["split"] == "random"
    for name in ("unseen", "seen", "harmonic"):
        assert 0 <= ran.json[name] <= 1
    assert set(ran.json["classes"]) <= {"ruby", "grass", "sea", "lemon", "snow"}


def test_people_read_a_table(wsl: Run, colours: Path) -> None:
    (colours / "testclasses.txt").write_text("lemon\nsnow\n")
    ran = wsl("zero-shot", "--data", colours, "--method", "eszsl", "--split", "standard", *TINY)
    assert ran.status == 0, ran.err
    for word in ("ESZSL", "3 seen and 2 unseen classes", "harmonic mean", "yes: lemon", "snow"):
        assert word in ran.out


def test_a_picture_that_cannot_be_read_is_skipped(wsl: Run, colours: Path) -> None:
    (colours / "sea" / "0.png").write_bytes(b"not a picture")
    ran = wsl("zero-shot", "--data", colours, "--draws", 1, *TINY, "--json")
    assert ran.status == 1
    assert ran.json["skipped_count"] == 1
    assert "sea/0.png" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--data", "nowhere"), "is not there"),
        (("--data", "colours", "--method", "telepathy"), "one of prototype, eszsl"),
        (("--data", "colours", "--split", "proposed"), "no proposed split. There are: random"),
        (("--data", "colours", "--split", "sideways"), "one of proposed, standard, random"),
        (("--data", "colours", "--unseen", 4), "4 unseen classes of 5"),
        (("--data", "colours", "--draws", 0), "from 1 to 1000"),
        (("--data", "colours", "--ridge", "-1"), "--ridge -1"),
    ],
)
def test_refusals(wsl: Run, colours: Path, words: tuple[Any, ...], said: str) -> None:
    ran = wsl("zero-shot", *(colours if word == "colours" else word for word in words))
    assert ran.status == 2
    assert said in ran.err
    assert not ran.out


def test_a_class_that_is_both_is_refused(wsl: Run, colours: Path) -> None:
    (colours / "testclasses.txt").write_text("lemon\nsnow\n")
    (colours / "trainclasses.txt").write_text("lemon\nsea\n")
    ran = wsl("zero-shot", "--data", colours)
    assert ran.status == 2
    assert "lemon among the seen and among the unseen" in ran.err
