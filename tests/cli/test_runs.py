"""`wsl runs`: trainings of another process, listed, shown, cancelled, resumed, pruned."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.waiting import HERE, PATIENCE_S, at_the_gate, eventually
from wsl_core import jobs
from wsl_core.jobs import Progress, Result
from wsl_core.jobs.files import RunFiles

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def _jobs_are_found(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers know the jobs of the tests."""
    paths = [str(HERE), str(HERE.parents[1]), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))


@pytest.fixture
def gated(tmp_path: Path) -> dict[str, Any]:
    """A training of twelve steps that stands still after step 6 until there is a file."""
    return {"steps": 12, "every": 4, "seed": 7, "gate": str(tmp_path / "gate"), "gate_at": 6}


@pytest.fixture
def standing(gated: dict[str, Any]) -> jobs.Run:
    """The run of `gated`, standing still."""
    return at_the_gate(jobs.submit("sample_jobs:train", gated))


def test_without_runs_the_list_is_empty(wsl: Run) -> None:
    assert wsl("runs", "list", "--json").json == {"runs": []}
    ran = wsl("runs", "list")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.split() == ["ID", "JOB", "STATE", "DONE", "AGE", "MB"]


def test_the_list_says_how_it_stands(wsl: Run, standing: jobs.Run) -> None:
    done = jobs.submit("sample_jobs:count", {"to": 2}, lane="interactive")
    done.wait()
    facts = {one["id"]: one for one in wsl("runs", "list", "--json").json["runs"]}
    assert set(facts) == {standing.id, done.id}
    assert (facts[standing.id]["state"], facts[standing.id]["share"]) == ("running", 0.5)
    assert facts[standing.id]["name"] == "sample_jobs:train"
    assert (facts[done.id]["state"], facts[done.id]["share"]) == ("finished", 0.5)
    assert 0 <= facts[done.id]["age_s"] < PATIENCE_S
    assert 0 < facts[done.id]["megabytes"] < 0.1
    (line,) = [line for line in wsl("runs", "list").out.splitlines() if standing.id in line]
    assert line.split()[:4] == [standing.id, "sample_jobs:train", "running", "50%"]


def test_a_run_is_shown_with_its_figures(wsl: Run, standing: jobs.Run) -> None:
    facts = wsl("runs", "show", standing.id, "--json").json
    assert facts["config"] == standing.config
    assert facts["state"] == "running"
    assert facts["sentence"] is None
    assert [one["step"] for one in facts["latest"]] == [1, 2, 3, 4, 5, 6]
    assert facts["latest"][0]["figures"]["loss"] == standing.history()[0].figures["loss"]
    text = wsl("runs", "show", standing.id).out
    assert "'seed': 7" in text
    assert " 50%  step 6  training  loss " in text


def test_a_failure_is_shown_in_words(wsl: Run) -> None:
    run = jobs.submit("sample_jobs:refuse", {})
    run.wait()
    assert "These weights are refused" in wsl("runs", "show", run.id).out
    assert wsl("runs", "show", run.id, "--json").json["sentence"] == run.sentence


def test_a_diverged_run_is_still_json(wsl: Run, runs: Path) -> None:
    files = RunFiles.create(runs, "a:b", {}, None, "training")
    files.write(Progress(0.5, step=1, figures={"loss": float("nan"), "rate": 0.1}))
    files.write(Result({}))
    (shown,) = wsl("runs", "show", files.folder.name, "--json").json["latest"]
    assert shown["figures"] == {"loss": None, "rate": 0.1}
    assert "loss nan, rate 0.1" in wsl("runs", "show", files.folder.name).out


def test_a_run_of_another_process_is_cancelled_in_time(process: Run, standing: jobs.Run) -> None:
    ran = process("runs", "cancel", standing.id, "--json")
    assert (ran.status, ran.json["state"]) == (0, "cancelled"), ran.err
    assert standing.state == "cancelled"
    assert [one.step for one in standing.history()] == [1, 2, 3, 4, 5, 6]


def test_a_run_is_resumed_and_waited_for(
    wsl: Run, process: Run, standing: jobs.Run, gated: dict[str, Any]
) -> None:
    wsl("runs", "cancel", standing.id)
    Path(gated["gate"]).touch()
    ran = process("runs", "resume", standing.id)
    assert ran.status == 0, ran.err
    assert ran.out == f"{standing.id} finished\n"
    assert "100%  step 12  training  loss" in ran.err
    assert [one.step for one in standing.history()] == list(range(1, 13))
    again = wsl("runs", "resume", standing.id, "--json")
    assert (again.status, again.json["state"], again.err) == (0, "finished", "")


def test_a_run_is_paused_from_elsewhere_and_goes_on_by_steps(
    wsl: Run, process: Run, standing: jobs.Run, gated: dict[str, Any]
) -> None:
    standing.pause()
    Path(gated["gate"]).touch()
    ran = process("runs", "pause", standing.id)  # the wish stands already: it waits
    assert (ran.status, ran.out) == (0, f"{standing.id} paused\n"), ran.err
    (listed,) = wsl("runs", "list", "--json").json["runs"]
    assert (listed["state"], listed["share"]) == ("paused", 8 / 12)
    ran = wsl("runs", "resume", standing.id, "--step")
    assert (ran.status, ran.out) == (0, f"{standing.id} paused\n")
    assert standing.checkpoint().step == 12
    assert wsl("runs", "resume", standing.id).out == f"{standing.id} finished\n"


def test_a_resumed_run_that_fails_says_why(wsl: Run) -> None:
    run = jobs.submit("sample_jobs:refuse", {})
    run.wait()
    ran = wsl("runs", "resume", run.id)
    assert (ran.status, ran.out) == (2, f"{run.id} failed\n")
    assert "These weights are refused" in ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
def test_an_interrupted_resumption_cancels_and_keeps_the_checkpoint(
    wsl: Run, standing: jobs.Run
) -> None:
    standing.cancel()
    standing.wait()
    resuming = subprocess.Popen(
        [sys.executable, "-m", "wsl_core", "runs", "resume", standing.id],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Tests that run in the background are told to ignore it, and hand that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    eventually(lambda: standing.state == "running")
    at_the_gate(standing)
    resuming.send_signal(signal.SIGINT)
    _, complaint = resuming.communicate(timeout=PATIENCE_S)
    assert resuming.returncode == 130
    assert complaint.endswith("Interrupted. What was finished is kept.\n")
    assert standing.state == "cancelled"
    assert (standing.folder / "checkpoint.safetensors").is_file()


def test_old_runs_are_pruned_and_others_stay(wsl: Run, standing: jobs.Run) -> None:
    done = jobs.submit("sample_jobs:count", {"to": 1}, lane="interactive")
    done.wait()
    assert wsl("runs", "prune", "--json").json == {"removed": []}
    assert wsl("runs", "prune", "--days", 1).out == "Removed: 0\n"
    ran = wsl("runs", "prune", "--megabytes", 0)
    assert ran.out == f"{done.id}\nRemoved: 1\n"
    assert [run.id for run in jobs.runs()] == [standing.id]


@pytest.mark.parametrize(
    ("argv", "part"),
    [
        ((), "ACTION"),
        (("stop",), "invalid choice"),
        (("show",), "ID"),
        (("show", "20260101-000000-abcdef"), "There is no run"),
        (("cancel", "../runs"), "There is no run"),
        (("resume", "x"), "There is no run"),
        (("prune", "--days", "soon"), "soon is not accepted. Accepted is a number from 0"),
        (("prune", "--megabytes", "-1"), "not accepted"),
        (("prune", "--days", "inf"), "not accepted"),
    ],
)
def test_refusals_are_sentences(wsl: Run, argv: tuple[str, ...], part: str) -> None:
    ran = wsl("runs", *argv)
    assert (ran.status, ran.out) == (2, "")
    assert part in ran.err
    assert ran.err.count("\n") == 1


def test_a_run_of_another_version_is_refused(wsl: Run, runs: Path) -> None:
    files = RunFiles.create(runs, "a:b", {}, None, "training")
    (files.folder / "run.json").write_text('{"version": 99}')
    ran = wsl("runs", "show", files.folder.name)
    assert (ran.status, ran.out) == (2, "")
    assert "another version" in ran.err
    assert wsl("runs", "list", "--json").json == {"runs": []}
