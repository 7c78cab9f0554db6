"""`wsl train-head`: a head from a labelled set, refused in words, taken up again after a kill."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.fcn import toy_set
from tests.jobs.waiting import eventually, worker_of
from wsl_core import jobs
from wsl_core.fcn.heads import Head
from wsl_core.fcn.pronet import ProNet, ProNetParameters

pytestmark = pytest.mark.usefixtures("runs")

Run = Callable[..., Any]
ROOT = Path(__file__).parents[2]
QUICK = ("--format", "coco", "--sizes", "97", "--batch", "6")


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_set.coco(tmp_path_factory.mktemp("toys") / "coco")


def test_a_head_is_trained_and_written(wsl: Run, toys: Path, tmp_path: Path) -> None:
    asked = (
        "train-head", "--data", toys, *QUICK, "--epochs", 2, "--scheme", "wildcat", "--maps", 2,
        "--positive", "25%", "--rate", "0.01", "--title", "Toys", "--chosen", "by hand",
    )  # fmt: skip
    ran = wsl(*asked, "--out", tmp_path / "head", "--json")
    assert ran.status == 0, ran.err
    head = Head.load(tmp_path / "head")
    assert ran.json == json.loads((tmp_path / "head" / "card.json").read_text(encoding="utf-8"))
    assert head.card.classes == toy_set.CLASSES
    assert head.card.parameters == {
        "positive": "25%", "negative": "20%", "scale": "sum", "maps": 2, "alpha": 0.7,
    }  # fmt: skip
    assert (head.card.title, head.card.chosen) == ("Toys", "by hand")
    assert (head.card.recipe.rate, head.card.recipe.decay) == (0.01, 2)
    assert head.card.data.pictures == 18
    assert head.weight.shape == (6, 1280)
    assert str(tmp_path) not in json.dumps(ran.json)  # no path of this machine

    # The command on the card makes the same head again.
    words = shlex.split(head.card.command)[3:]
    again = {"ROOT": toys, "DIR": tmp_path / "again"}
    assert wsl(*(again.get(word, word) for word in words)).status == 0
    first, second = head.tensors(), Head.load(tmp_path / "again").tensors()
    assert all(np.array_equal(first[name], second[name]) for name in first)

    refused = wsl(*asked, "--out", tmp_path / "head")
    assert refused.status == 2
    assert "is a head in" in refused.err
    assert "--overwrite" in refused.err


def test_a_pronet_is_trained_and_written(wsl: Run, toys: Path, tmp_path: Path) -> None:
    asked = ("--data", toys, *QUICK, "--epochs", 2, "--scheme", "pronet", "--box-side", 65)
    ran = wsl("train-head", *asked, "--beta", 3, "--out", tmp_path / "pronet", "--json")
    assert ran.status == 0, ran.err
    assert (ran.json["name"], ran.json["scheme"], ran.json["sizes"]) == ("pronet", "pronet", [97])
    assert ran.json["command"].endswith(
        "--scheme pronet --box-side 65 --beta 3 --data ROOT --out DIR"
    )
    found = ProNet.load(tmp_path / "pronet")
    assert found.parameters == ProNetParameters(beta=3, box_side=65)
    assert found.first.card.parameters == {"beta": 3}


def test_a_training_that_was_killed_goes_on_with_the_same_command(
    wsl: Run, toys: Path, tmp_path: Path
) -> None:
    """The command and its worker are killed; what is written is what an unbroken run writes."""
    from wsl_core.fcn.heads import training

    asked = ["train-head", "--data", toys, *QUICK, "--scheme", "lse", "--epochs", 60]
    words = [sys.executable, "-m", "wsl_core", *map(str, asked), "--out", str(tmp_path / "head")]
    command = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        (run,) = eventually(jobs.runs)
        eventually((run.folder / "checkpoint.safetensors").exists)
        os.kill(worker_of(run), signal.SIGKILL)
    finally:
        command.kill()
        command.wait()
    eventually(lambda: run.state == "interrupted")
    assert not (tmp_path / "head").exists()
    before = run.progress.step
    ran = wsl(*asked, "--out", tmp_path / "head")
    assert ran.status == 0, ran.err
    assert f"run {run.id} goes on" in ran.err
    assert [one.id for one in jobs.runs()] == [run.id]
    steps = [one.step for one in run.history() if one.step]
    assert steps == list(range(1, 181))
    assert before < 180
    *_, whole = training.fit(jobs.Task(run.config))
    written = Head.load(tmp_path / "head").tensors()
    assert written.keys() == whole.arrays.keys()
    assert all(np.array_equal(written[name], whole.arrays[name]) for name in written)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--scheme", "median"], r"median.* max, average, lse, spleap, weldon, wildcat"),
        (["--scheme", "max", "--beta", "3"], r"--beta is no parameter of max"),
        (["--scheme", "lse", "--beta", "0"], r"--beta 0 is not accepted.* from 0.01 to 100"),
        (["--scheme", "weldon", "--positive", "0"], r"--positive 0 is not accepted"),
        (["--scheme", "weldon", "--negative", "120%"], r"--negative 120% is not accepted"),
        (["--alpha", "2"], r"--alpha 2 is not accepted. Accepted is a number from 0 to 1"),
        (["--rate", "0"], r"--rate 0 is not accepted. Accepted is a number from above 0 to 1"),
        (["--sizes", "wide"], r"--sizes wide is not accepted. Accepted is longer sides in pixels"),
        (["--epochs", "1001"], r"--epochs 1001 is not accepted"),
        (["--epochs", "0"], r"With 0 epochs nothing is trained"),
        (["--read-at", "9000"], r"size 9000"),
        (["--initialisation", "zero"], r"one of relatives, random"),
        (["--split", "valley"], r"no split 'valley'"),
        (["--format", "tar"], r"no format of labelled sets called 'tar'"),
        (["--network", "resnet1"], r"no network named 'resnet1'"),
        (["--scheme", "lse", "--boxes", "3"], r"--boxes is no parameter of lse"),
        (["--scheme", "pronet", "--maps", "3"], r"--maps is no parameter of pronet"),
        (["--scheme", "pronet", "--box-side", "224"], r"the nearest that it accepts is 225 px"),
        (
            ["--scheme", "pronet", "--finetune", "head"],
            r"ProNet is trained on the network as it is",
        ),
        (["--finetune", "stage9"], r"cannot be fine-tuned from 'stage9'"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_a_run_is_made(
    words: list[str], sentence: str, wsl: Run, toys: Path, tmp_path: Path
) -> None:
    ran = wsl("train-head", "--data", toys, "--out", tmp_path / "head", *QUICK, *words)
    assert (ran.status, ran.out) == (2, "")
    assert re.search(sentence, ran.err), ran.err
    assert jobs.runs() == []


def test_missing_pictures_are_named_and_the_rest_is_used_on_request(
    wsl: Run, tmp_path: Path
) -> None:
    root = toy_set.coco(tmp_path / "coco")
    (root / "images" / "03.png").unlink()
    asked = ("train-head", "--data", root, *QUICK, "--epochs", 1, "--scheme", "max")
    ran = wsl(*asked, "--out", tmp_path / "head")
    assert ran.status == 2
    assert "03 (picture)" in ran.err
    ran = wsl(*asked, "--skip-missing", "--out", tmp_path / "head")
    assert ran.status == 0
    assert "17 pictures; 1 were missing" in ran.out
    assert Head.load(tmp_path / "head").card.data.subset


def test_a_class_without_pictures_and_a_single_class_are_refused(wsl: Run, tmp_path: Path) -> None:
    alone = toy_set.folders(tmp_path / "alone", classes=("dots",))
    ran = wsl("train-head", "--data", alone, "--format", "folders", "--out", tmp_path / "head")
    assert ran.status == 2
    assert "only the class 'dots'" in ran.err
    (toy_set.folders(tmp_path / "some") / "train" / "empty").mkdir()
    ran = wsl(
        "train-head", "--data", tmp_path / "some", "--format", "folders", "--out", tmp_path / "head"
    )
    assert ran.status == 2
    assert "no picture of the class 'empty'" in ran.err
