"""`wsl adapt`: figures over seeds beside both baselines, refused in words, written and tested further."""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.jobs.waiting import clear
from wsl_core import jobs
from wsl_core.cli import adapt
from wsl_core.datasets.domains.readers import sheets
from wsl_core.jobs import Result
from wsl_core.settings import settings

Run = Callable[..., Any]
KEYS = [
    "accuracy_mean", "accuracy_sd", "source_only", "source_only_centred", "target", "gap_covered",
    "seconds_per_seed", "steps", "data",
]  # fmt: skip
PAIR = "digits-dimmed"
QUICK = ("adapt", "--pair", PAIR, "--steps", 6, "--batch", 8, "--interval", 6)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all tests, so that a worker that is warm serves the next test too."""
    return tmp_path_factory.mktemp("jobs") / "runs"


@pytest.fixture(autouse=True)
def runs(_plain: None, place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("WSL_RUNS", str(place))
    settings.cache_clear()
    yield place
    clear(place)


def test_a_pair_is_adapted_over_seeds_written_and_tested_further(wsl: Run, tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    pictures = draw.integers(0, 256, (30, 32, 32, 3), dtype=np.uint8)
    sheets.write(tmp_path, "test", pictures, draw.integers(0, 10, 30))
    out = tmp_path / "out"
    ran = wsl(*QUICK, "--seeds", 2, "--json", "--out", out, "--evaluate", tmp_path)
    assert ran.status == 0, ran.err
    found = ran.json
    assert list(found) == [*KEYS, "evaluated"]
    assert (found["steps"], found["data"]) == (6, "shipped and generated")
    assert 0 <= found["accuracy_mean"] <= 1
    assert found["accuracy_sd"] >= 0
    assert found["evaluated"]["folder"] == str(tmp_path)
    assert found["evaluated"]["count"] == 30
    assert 0 <= found["evaluated"]["accuracy"] <= 1
    names = sorted(path.name for path in out.glob("*.json"))
    kinds = [f"{name}-{seed}.json" for name in ("dann", "source-only", "target") for seed in (0, 1)]
    assert names == sorted([*kinds, "summary.json"])
    assert (out / "dann-1.safetensors").is_file()
    facts = json.loads((out / "dann-0.json").read_text(encoding="utf-8"))
    assert facts["parameters"]["seed"] == 0
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["accuracies"][0] == facts["accuracy"]
    assert shlex.split(summary["command"])[3:] == [
        "adapt", "--pair", PAIR, "--steps", "6", "--batch", "8", "--interval", "6", "--seeds", "2",
    ]  # fmt: skip


def test_the_figures_are_told_in_a_table(wsl: Run) -> None:
    ran = wsl(*QUICK, "--seeds", 1, "--method", "source-only")
    assert ran.status == 0, ran.err
    assert "source only, target's own mean" in ran.out
    assert "6 steps, 1 seeds" in ran.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), r"No pair of domains is named.* mnist-mnistm"),
        (("--pair", "mnist-cifar"), r"no pair of domains called 'mnist-cifar'.* digits-dimmed"),
        (("--pair", PAIR, "--method", "cdan"), r"no method of adaptation named 'cdan'.* adabn"),
        (
            ("--pair", PAIR, "--steps", "0"),
            r"--steps 0 is not accepted. Accepted is a number from 1",
        ),
        (("--pair", PAIR, "--seeds", "0"), r"--seeds 0 is not accepted"),
        (("--pair", PAIR, "--network", "vgg"), r"--network vgg is not accepted.* fast, paper"),
        (
            ("--pair", PAIR, "--decay", "cosine"),
            r"--decay cosine is not accepted.* constant, tail, paper",
        ),
        (("--pair", PAIR, "--dimensions", "3"), r"--dimensions is no parameter of dann"),
        (
            ("--pair", PAIR, "--method", "sa", "--gamma", "3"),
            r"--gamma is no parameter of sa.* --dimensions",
        ),
        (("--pair", PAIR, "--evaluate", "nowhere"), r"--evaluate nowhere is no folder"),
        (("--pair", "mnist-mnistm"), r"MNIST"),
    ],
)
def test_what_cannot_be_adapted_is_refused_before_a_run_is_made(
    words: tuple[str, ...], sentence: str, wsl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_DATA", str(tmp_path))
    settings.cache_clear()
    ran = wsl("adapt", *words)
    assert (ran.status, ran.out) == (2, "")
    assert re.search(sentence, ran.err, re.DOTALL), ran.err
    assert jobs.runs() == []


def test_a_pair_without_a_ceiling_reports_none(wsl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither are runs made for it."""
    asked: list[str] = []

    def result(job: str, config: dict[str, Any]) -> Result:
        parameters = config["adaptation"]
        asked.append(parameters["method"])
        facts = {
            "parameters": parameters, "ceiling": False, "accuracy": 0.8, "accuracy_centred": 0.5,
            "seconds": 1.0, "steps": 6, "data": "subset",
        }  # fmt: skip
        return Result(facts)

    monkeypatch.setattr(adapt.following, "result", result)
    ran = wsl(*QUICK, "--seeds", 2, "--json")
    assert ran.status == 0, ran.err
    assert asked == ["dann", "dann", "source-only", "source-only"]
    assert (ran.json["target"], ran.json["gap_covered"]) == (None, None)


def test_pictures_of_another_class_are_refused(tmp_path: Path) -> None:
    from wsl_core.transfer.adaptation import training

    draw = np.random.default_rng(0)
    facts = {"shape": [32, 32, 3], "classes": list("0123456789"), "title": "Toys", "model": {}}

    def refused(folder: Path) -> str:
        task = jobs.Task({"folder": str(folder), "facts": facts})
        with pytest.raises(Exception, match=r"\. ") as caught:
            list(training.evaluate(task))
        return str(caught.value)

    many = tmp_path / "many"
    many.mkdir()
    sheets.write(
        many, "test", draw.integers(0, 256, (3, 32, 32, 3), dtype=np.uint8), np.arange(9, 12)
    )
    assert "label sets differ" in refused(many)
