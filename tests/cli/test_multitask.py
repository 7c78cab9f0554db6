"""`wsl multitask`: figures over seeds and by data size, refused in words, taken up again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wsl_core import jobs
from wsl_core.cli import following
from wsl_core.settings import settings

Run = Callable[..., Any]
QUICK = ("multitask", "--data", "digits", "--steps", 4, "--batch", 8, "--interval", 2)


def test_two_sizes_over_two_seeds(wsl: Run, runs: Path) -> None:
    ran = wsl(*QUICK, "--seeds", 2, "--fraction", "0.02,0.01", "--shared", 2, "--json")
    assert ran.status == 0, ran.err
    found = ran.json
    assert (found["data"], found["shared"], found["seeds"], found["steps"]) == ("digits", 2, 2, 4)
    assert [one["fraction"] for one in found["fractions"]] == [0.01, 0.02]
    assert [one["pictures"] for one in found["fractions"]] == [60, 120]
    assert found["tasks"] == found["fractions"][-1]["tasks"]
    assert set(found["tasks"]) == {"digit", "rotation"}
    for one in found["tasks"].values():
        assert 0 <= one["alone"] <= 1
        assert 0 <= one["together"] <= 1
        assert one["change_low"] <= one["change"] <= one["change_high"]
        assert one["verdict"] in {"gain", "negative transfer", "no clear change"}
    changes = [one["change"] for one in found["tasks"].values()]
    assert found["delta"]["mean"] == pytest.approx(sum(changes) / 2)
    assert -1 <= found["cosine"]["mean"] <= 1
    assert found["parameters"]["together"] < found["parameters"]["alone"]
    assert found["multiply_accumulates"]["together"] < found["multiply_accumulates"]["alone"]
    assert "digit alone" in ran.err
    assert found["held_out"] == 2000


def test_the_figures_are_told_in_a_table_and_a_killed_run_goes_on(wsl: Run, runs: Path) -> None:
    asked = (*QUICK, "--seeds", 1, "--fraction", 0.01, "--shared", 0)
    from wsl_core.transfer.multitask import JOB, MultitaskParameters, Request

    how = MultitaskParameters(shared=0, steps=4, batch=8, interval=2, fraction=0.01)
    config = Request(data="digits", multitask=how).model_dump(mode="json")
    begun = jobs.submit(JOB, config)
    begun.cancel()
    begun.wait()
    ran = wsl(*asked)
    assert ran.status == 0, ran.err
    assert f"run {begun.id} goes on" in ran.err
    assert "60" in ran.out
    assert "one seed" in ran.out
    assert "0 of 4 blocks shared, fixed loss weights, 4 steps for each task, 1 seed." in ran.out
    # The next one begins anew.
    assert following._earlier(JOB, config) is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "No task set is named. Give one with --data: digits, digits-style, voc, pacs."),
        (("--data", "cifar"), "There is no task set 'cifar'. There are: digits"),
        (
            ("--data", "digits", "--shared", 5),
            "--shared 5 is not accepted. Accepted is a number from 0 to 4",
        ),
        (("--data", "digits", "--weighting", "gradnorm"), "Accepted is one of fixed, uncertainty"),
        (
            ("--data", "digits", "--fraction", "0.5,2"),
            "--fraction 0.5,2 is not accepted. Accepted is shares",
        ),
        (("--data", "digits", "--fraction", "few"), "--fraction few is not accepted"),
        (("--data", "digits", "--seeds", 0), "--seeds 0 is not accepted"),
    ],
)
def test_refusals_are_sentences(wsl: Run, runs: Path, words: tuple, sentence: str) -> None:
    ran = wsl("multitask", *words)
    assert ran.status == 2
    assert sentence in ran.err
    assert ran.out == ""
    assert jobs.runs() == []


def test_missing_pictures_are_refused_before_anything_is_trained(
    wsl: Run, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_DATA", str(tmp_path))
    settings.cache_clear()
    ran = wsl("multitask", "--data", "voc")
    assert ran.status == 2
    assert "voc/VOCdevkit/VOC2012 or voc/VOC2012" in ran.err
    assert "The task set digits needs no data." in ran.err
